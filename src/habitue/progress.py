"""The progress seam: long work says how far it is, and who listens decides how it looks.

Library code calls ``progress.step(name)`` and ``progress.advance(n)``; the silent default
costs nothing. The command line puts a bar there on a terminal and plain lines elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

__all__ = ["Progress", "Silent", "log", "running"]

log = logging.getLogger("habitue")


class Progress(Protocol):
    """What a listener offers."""

    def start(self, title: str, steps: int) -> None:
        """A piece of work of so many steps begins."""

    def step(self, title: str) -> None:
        """The next step begins."""

    def advance(self, done: int, total: int | None) -> None:
        """So much of the present step is done (rows, bytes); the total where it is known."""

    def finish(self) -> None:
        """All steps are done."""


class Silent:
    """Says nothing: the library's default."""

    def start(self, title: str, steps: int) -> None:
        """Ignore."""

    def step(self, title: str) -> None:
        """Ignore."""

    def advance(self, done: int, total: int | None) -> None:
        """Ignore."""

    def finish(self) -> None:
        """Ignore."""


@contextmanager
def running(progress: Progress, title: str, steps: int) -> Iterator[Progress]:
    """Hold a piece of work open; it is finished even when it fails."""
    progress.start(title, steps)
    try:
        yield progress
    finally:
        progress.finish()
