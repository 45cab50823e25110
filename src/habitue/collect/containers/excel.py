"""Excel workbooks, old and new: the sheets with data whose headers agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import python_calamine as calamine

from habitue.collect.base import Container, Raw, Rejection, unique_names
from habitue.collect.bytestream import ByteFile
from habitue.errors import FormatError
from habitue.locale import _

__all__ = ["Excel"]

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ROWS = 50_000
_PREAMBLE = 30


class Excel(Container):
    """A workbook; sheets with the first one's header are read one after the other."""

    name = "excel"
    rank = 200

    @classmethod
    def recognises(cls, file: ByteFile) -> bool:
        return file.head.startswith(_OLD) or (
            file.head.startswith(b"PK\x03\x04")
            and (b"[Content_Types]" in file.head or b"xl/" in file.head)
        )

    def __init__(self, file: ByteFile) -> None:
        self._keep = file
        self._path = file.local_path()
        self._sheets: list[tuple[str, int]] = []
        names: list[str] | None = None
        for title in self._titles():
            found = _header(self._rows(title))
            if found is None:
                continue
            at, header = found
            if names is None:
                names = header
            if header == names:
                self._sheets.append((title, at))
        if names is None:
            raise FormatError(_("{file} has no sheet with data.").format(file=file.path))
        self.columns = unique_names(names)
        self.facts = [("sheets", ", ".join(title for title, _at in self._sheets))]
        if self._sheets[0][1]:
            self.facts.append(("header", f"row {self._sheets[0][1] + 1}"))

    def _titles(self) -> list[str]:
        with self._readable():
            return list(calamine.CalamineWorkbook.from_path(str(self._path)).sheet_names)

    def _rows(self, title: str) -> list[list[Any]]:
        with self._readable():
            book = calamine.CalamineWorkbook.from_path(str(self._path))
            return list(book.get_sheet_by_name(title).to_python(skip_empty_area=False))

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (calamine.CalamineError, OSError, ValueError) as error:
            raise FormatError(
                _("{file} can't be read as an Excel workbook: {reason}.").format(
                    file=self._keep.path, reason=error
                )
            ) from error

    def batches(self, columns: Sequence[str]) -> Iterator[Raw]:
        at = [self.columns.index(name) for name in columns]
        for title, header in self._sheets:
            rows = self._rows(title)
            for start in range(header + 1, len(rows), _ROWS):
                yield self._raw(rows[start : start + _ROWS], start + 1, columns, at)

    def _raw(
        self, rows: list[list[Any]], line: int, columns: Sequence[str], at: Sequence[int]
    ) -> Raw:
        kept, lines, blank = [], [], 0
        rejected: list[Rejection] = []
        for number, row in enumerate(rows, start=line):
            if all(cell is None or cell == "" for cell in row):
                blank += 1
            elif any(cell not in (None, "") for cell in row[len(self.columns) :]):
                rejected.append(Rejection(number, "many_fields"))
            else:
                kept.append(row)
                lines.append(number)
        table = pa.table(
            {
                name: pa.array([_text(row[n]) if n < len(row) else "" for row in kept], pa.string())
                for name, n in zip(columns, at, strict=True)
            },
            schema=pa.schema([(name, pa.string()) for name in columns]),
        )
        return Raw(table, np.array(lines, np.int64), rejected, blank)


def _header(rows: list[list[Any]]) -> tuple[int, list[str]] | None:
    """Return where a sheet's header stands, and its names: the first row about as wide as any."""
    widths = [sum(cell not in (None, "") for cell in row) for row in rows[:_PREAMBLE]]
    if not widths or not max(widths):
        return None
    at = next(n for n, width in enumerate(widths) if width >= 0.6 * max(widths))
    names = [_text(cell).strip() for cell in rows[at]]
    while names and not names[-1]:
        names.pop()
    return at, names


def _text(cell: Any) -> str:
    """Return a cell as text: whole numbers without a point, times as ISO 8601 has them."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
