"""What every command shares: the shop asked for, and how to speak."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from habitue.progress import log

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from habitue.progress import Progress
    from habitue.shop import Shop

__all__ = ["NESTED", "Session"]

#: Columns that hold JSON as text: in a JSON document they are what they say.
NESTED = frozenset({"reason", "name", "rule", "profile"})


@dataclass
class Session:
    """One call of the command line: its common options, its two streams."""

    folder: Path = field(default_factory=lambda: Path())
    json: bool = False
    quiet: bool = False
    debug: bool = False

    def shop(self) -> Shop:
        """Open the shop of this folder or of one above it."""
        from habitue.shop import Shop

        return Shop.open(self.folder)

    @property
    def out(self) -> Console:
        """Where data goes."""
        return _console(stderr=False)

    @property
    def err(self) -> Console:
        """Where messages go."""
        return _console(stderr=True)

    def say(self, message: str) -> None:
        """Say something that is no data; nothing when quiet."""
        if not self.quiet:
            self.err.print(message, highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def hearing(self) -> Iterator[None]:
        """Say for a block what is logged: whom one waits for, and what goes wrong on the way."""
        handler, level = _Spoken(self), log.level
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        try:
            yield
        finally:
            log.removeHandler(handler)
            log.setLevel(level)

    def show(self, *parts: RenderableType) -> None:
        """Print data for people."""
        from rich.text import Text

        console = self.out
        for part in parts:
            running = isinstance(part, (str, Text))  # a terminal breaks its lines itself
            console.print(part, highlight=False, markup=False, soft_wrap=running)

    def document(self, value: object) -> None:
        """Print data for programs: one JSON document."""
        sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")

    def progress(self) -> Progress:
        """Return the listener that fits: silent, a bar on a terminal, or plain lines."""
        from habitue.cli.progress import Bar, PlainLines
        from habitue.progress import Silent

        if self.quiet:
            return Silent()
        return Bar(self.err) if sys.stderr.isatty() else PlainLines()


class _Spoken(logging.Handler):
    """Says what is logged; when quiet, only what goes wrong."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING or not self._session.quiet:
            message = record.getMessage()
            self._session.err.print(message, highlight=False, markup=False, soft_wrap=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would end the process; who called it decides that

    return Piped(stderr=stderr)


def plain(value: object) -> Any:
    """Return a value as JSON knows it: times as ISO 8601, nested JSON as what it says.

    >>> plain({"customer": 7, "reason": '{"kind": "popular"}', "score": float("nan")})
    {'customer': '7', 'reason': {'kind': 'popular'}, 'score': None}
    >>> plain(date(2026, 1, 2))
    '2026-01-02'
    """
    if isinstance(value, Mapping):
        return {str(key): _cell(str(key), part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float) and not -float("inf") < value < float("inf"):
        return None  # JSON has neither NaN nor infinity
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def _cell(key: str, value: object) -> Any:
    if key == "customer" and isinstance(value, int):
        return str(value)  # a pseudonym has 63 bits: as a number, many JSON readers round it
    if key in NESTED and isinstance(value, str) and value[:1] in ("{", "["):
        return plain(json.loads(value))
    return plain(value)
