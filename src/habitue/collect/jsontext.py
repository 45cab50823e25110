"""Turns JSON records into flat rows of text, numbers as they were written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from habitue.collect.base import Raw, Rejection
from habitue.collect.encoding import BAD

__all__ = ["Rows", "columns_of", "flat", "loads"]


def flat(record: dict[str, Any], prefix: str = "") -> dict[str, str | None]:
    """Return a record's leaves by their dotted names; lists stay JSON.

    >>> flat({"id": 7, "user": {"email": "a@b.c"}, "tags": ["x"], "gone": None})
    {'id': '7', 'user.email': 'a@b.c', 'tags': '["x"]', 'gone': None}
    """
    result: dict[str, str | None] = {}
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            result |= flat(value, f"{name}.")
        else:
            result[name] = value if value is None or isinstance(value, str) else _text(value)
    return result


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def loads(text: bytes) -> Any:
    """Return one JSON value; numbers beyond 64 bits and NaN are taken too.

    Raises
    ------
    ValueError
        If it is no JSON.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def columns_of(records: Iterable[Any]) -> list[str]:
    """Return the names that occur in records, in the order of their first occurrence."""
    names: dict[str, None] = {}
    for record in records:
        if isinstance(record, dict):
            names.update(dict.fromkeys(flat(record)))
    return list(names)


class Rows:
    """Collects rows until they are taken as a batch; only the columns asked for are looked at."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = list(columns)
        self._objects = {
            name[:n] for name in columns for n, letter in enumerate(name) if letter == "."
        }
        self._clear()

    def _clear(self) -> None:
        self._cells: dict[str, list[str | None]] = {name: [] for name in self._columns}
        self._lines: list[int] = []
        self._rejected: list[Rejection] = []
        self._blank = 0

    def __len__(self) -> int:
        return len(self._lines) + len(self._rejected)

    def add(self, line: int, value: Any) -> None:
        """Add a record, or set it aside if it is no object."""
        if not isinstance(value, dict):
            self.reject(line, "json_not_object")
            return
        self._put(value, "", len(self._lines))
        self._lines.append(line)

    def _put(self, record: dict[str, Any], prefix: str, row: int) -> None:
        """Write a record's leaves; a column's list is filled up when it is next written to."""
        for key, value in record.items():
            name = f"{prefix}{key}" if prefix else key
            if isinstance(value, dict):
                if name in self._objects:
                    self._put(value, f"{name}.", row)
            elif value is not None and (cells := self._cells.get(name)) is not None:
                if len(cells) > row:  # the same name, nested and not: the later one counts
                    cells.pop()
                elif len(cells) < row:
                    cells.extend([None] * (row - len(cells)))
                cells.append(value if isinstance(value, str) else _text(value))

    def add_text(self, line: int, text: bytes) -> None:
        """Add a record from its JSON text, or set it aside and say why."""
        text = text.strip()
        if not text or text == b"\x1a":
            self._blank += 1
        elif BAD in text:
            self.reject(line, "undecodable")
        else:
            try:
                value = loads(text)
            except (ValueError, RecursionError):
                self.reject(line, "json_broken")
            else:
                self.add(line, value)

    def reject(self, line: int, reason: str) -> None:
        """Set a record aside."""
        self._rejected.append(Rejection(line, reason))

    def take(self) -> Raw:
        """Return what was collected, and begin anew."""
        rows = len(self._lines)
        for cells in self._cells.values():
            _sound(cells)
            cells.extend([None] * (rows - len(cells)))
        table = pa.table(
            {name: pa.array(cells, pa.string()) for name, cells in self._cells.items()},
            schema=pa.schema([(name, pa.string()) for name in self._columns]),
        )
        raw = Raw(table, np.array(self._lines, np.int64), self._rejected, self._blank)
        self._clear()
        return raw


def _sound(cells: list[str | None]) -> None:
    """Replace halves of surrogate pairs, which JSON can escape and UTF-8 can't hold."""
    try:
        "".join(filter(None, cells)).encode()
    except UnicodeEncodeError:
        cells[:] = [cell and cell.encode("utf-8", "replace").decode() for cell in cells]
