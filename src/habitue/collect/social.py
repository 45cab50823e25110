"""What the archives of platforms have in common: rows of JSON that someone wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pyarrow as pa

from habitue.collect.base import Raw, Rejection, Source
from habitue.collect.containers.json import JsonDocument
from habitue.collect.export import Part
from habitue.collect.jsontext import loads

__all__ = [
    "COMMENT",
    "POST",
    "Aside",
    "Cells",
    "Found",
    "Written",
    "document",
    "of_epoch",
    "parsed",
    "rows_of",
]

#: A row of an archive: its columns' cells as text.
Cells = dict[str, "str | None"]

#: The fields of a comment and of a post that archives fill.
COMMENT = ("line_id", "time", "platform", "text", "handle", "name", "from_shop")
POST = ("post_id", "time", "platform", "type", "text", "url", "likes", "shares")

_NUMBER = re.compile(r"\d{1,16}(\.\d+)?")


class Found(NamedTuple):
    """A record that stands in a row: of which table, and its cells."""

    kind: str
    cells: Cells


class Aside(NamedTuple):
    """What stands in a row and is set aside, and why."""

    reason: str


class Written(Part):
    """One record table of an archive.

    Parameters
    ----------
    kind : str
        The record table.
    needs : sequence of str
        The archive's columns that are looked at.
    write : callable
        What stands in a row: records of any table, and what is set aside.
    first : bool
        Whether this is the archive's first part, which answers for what is set aside.
    """

    def __init__(
        self,
        kind: str,
        needs: Sequence[str],
        write: Callable[[Cells], Iterable[Found | Aside]],
        first: bool = True,
    ) -> None:
        self.kind = kind
        self.fields = POST if kind == "posts" else COMMENT
        self._needs, self._write, self._first = list(needs), write, first

    def needs(self) -> Sequence[str]:
        return self._needs

    def reshape(self, raw: Raw) -> Raw:
        cells: list[Cells] = []
        places: list[int] = []
        aside: list[Rejection] = []
        for place, row in enumerate(rows_of(raw.table)):
            line = int(raw.lines[place])
            found = list(self._write(row)) or [Aside("no_message")]
            for one in found:
                if isinstance(one, Aside):
                    aside.append(Rejection(line, one.reason))
                elif one.kind == self.kind:
                    cells.append(one.cells)
                    places.append(place)
        table = pa.table(
            {name: pa.array([row.get(name) for row in cells], pa.string()) for name in self.fields}
        )
        return Raw(table, raw.lines[places], aside if self._first else [])


def rows_of(table: pa.Table) -> Iterator[Cells]:
    """Yield a table's rows."""
    names = table.column_names
    columns = [table[name].to_pylist() for name in names]
    for row in zip(*columns, strict=True):
        yield dict(zip(names, row, strict=True))


def document(source: Source) -> JsonDocument | None:
    """Return the JSON document that a file is, or None."""
    return source.reader if isinstance(source.reader, JsonDocument) else None


def parsed(cell: str | None) -> Any:
    """Return the list or object that a cell holds as JSON; None for anything else.

    >>> parsed('[{"post": "Hello"}]'), parsed("[cut"), parsed(None)
    ([{'post': 'Hello'}], None, None)
    """
    if not cell or cell[0] not in "[{":
        return None
    try:
        return loads(cell.encode())
    except (ValueError, RecursionError):
        return None


def of_epoch(value: object, per_second: int = 1) -> str | None:
    """Return seconds or parts of seconds since 1970 as ISO 8601; what is no time as it is.

    >>> of_epoch("1700000000"), of_epoch(1700000000123, 1000), of_epoch("soon"), of_epoch(0)
    ('2023-11-14T22:13:20+00:00', '2023-11-14T22:13:20.123000+00:00', 'soon', None)
    """
    text = "" if value is None else str(value)
    if not _NUMBER.fullmatch(text):
        return text or None
    try:
        seconds = float(text) if per_second == 1 else int(float(text)) / per_second
        return datetime.fromtimestamp(seconds, UTC).isoformat() if seconds else None
    except (ValueError, OverflowError, OSError):
        return text
