"""Rows on their way into the state, of which few are held in memory at a time."""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Iterator
from typing import IO, Any

__all__ = ["Spool"]


class Spool:
    """Keeps rows in their order; what goes beyond some thousands waits in an unnamed file.

    The file has no name, so that nothing of it can be found again, whatever happens. It is to hold
    only what the state may hold too: hashes and what is encrypted.

    Parameters
    ----------
    held : int
        So many rows at most are held in memory.

    Examples
    --------
    >>> spool = Spool(held=2)
    >>> for n in range(3):
    ...     spool.append((n, b"x"))
    >>> list(spool.chunks())
    [[(0, b'x'), (1, b'x')], [(2, b'x')]]
    """

    def __init__(self, held: int = 50_000) -> None:
        self._held = held
        self._rows: list[tuple[Any, ...]] = []
        self._file: IO[bytes] | None = None

    def append(self, row: tuple[Any, ...]) -> None:
        """Add a row of numbers, texts and bytes."""
        self._rows.append(row)
        if len(self._rows) >= self._held:
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115
            marshal.dump(self._rows, self._file)
            self._rows = []

    def chunks(self) -> Iterator[list[tuple[Any, ...]]]:
        """Yield all rows, and let go of them."""
        if self._file is not None:
            with self._file as file:
                end = file.tell()
                file.seek(0)
                while file.tell() < end:
                    yield marshal.load(file)
            self._file = None
        rows, self._rows = self._rows, []
        if rows:
            yield rows
