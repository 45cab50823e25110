"""A query over a database as a source: streamed into files of rows that are read as exports are.

Rows are written to a file of their own first, so that the database is asked once, is let go as soon
as it has answered, and the rest of the import may read the rows as often as it needs. With a cursor
column the rows come in its order and in several files, each of which can be imported and
remembered by itself: what is killed goes on from there.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from habitue.collect.addresses import Address
from habitue.collect.connections import Connection, connect
from habitue.errors import FormatError
from habitue.locale import _

__all__ = ["Cursor", "Extract", "Query", "extracts"]

#: A time with its date first, in whatever way a database writes one.
_TIME = re.compile(r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d")


@dataclass(frozen=True)
class Cursor:
    """How far a source was read: the greatest value of its cursor column, as text."""

    value: str
    number: bool = False

    def before(self, seconds: float, numbers: int) -> Cursor:
        """Return a place somewhat earlier, for rows that were committed late.

        A row gets its time or its number when it is written, but is seen only once its
        transaction commits; until then later ones may have been read.

        >>> Cursor("2024-05-01 00:05:00Z").before(600, 1000).value
        '2024-04-30 23:55:00+00:00'
        >>> Cursor("5000", number=True).before(600, 1000).value
        '4000'
        """
        if self.number:
            return Cursor(str(Decimal(self.value) - numbers), number=True)
        if not _TIME.match(self.value):
            return self
        try:
            time = datetime.fromisoformat(self.value) - timedelta(seconds=seconds)
        except (ValueError, OverflowError):
            return self
        return Cursor(time.isoformat(sep=self.value[10]))


@dataclass(frozen=True)
class Query:
    """What to read: one SELECT, and the column that says which rows are later than others.

    Attributes
    ----------
    address : Address
        Where the database is.
    sql : str
        One SELECT.
    cursor : str
        A column of the result that grows: when a row was changed, or its number. Empty: all rows
        are read each time.
    late_seconds, late_numbers : float, int
        How far before the last value to begin again, where the cursor is a time or a number.
    rows : int
        About so many rows a file.
    """

    address: Address
    sql: str
    cursor: str = ""
    late_seconds: float = 600.0
    late_numbers: int = 1000
    rows: int = 1_000_000


@dataclass(frozen=True)
class Extract:
    """One file of rows, how far it goes, and how many rows in it have no cursor."""

    path: Path
    rows: int
    cursor: Cursor | None
    without: int


def extracts(
    query: Query, folder: Path, since: Cursor | None = None, *, arrow: bool = True
) -> Iterator[Extract]:
    """Yield files of a query's rows; each is removed when the next is asked for.

    Rows whose cursor is NULL can't be said to be later than others, so they are read each time,
    first; the store knows them again. A file ends only where the cursor's value changes: rows that
    share one stay together, since equal rows are told apart by their number within one file.

    Parameters
    ----------
    query : Query
        What to read.
    folder : Path
        Where the files are for the time being; only their owner may read them.
    since : Cursor, optional
        How far the source was read before.
    arrow : bool
        Stream Arrow where a driver for that is installed.

    Raises
    ------
    FormatError
        If the database can't be reached, refuses the query, or the cursor is no column of it.
    UsageError
        If the database's driver is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with connect(query.address, arrow=arrow) as connection:
        yield from _cut(_Stream(connection, query, since), folder, query.rows)


class _Stream:
    """The rows in the order in which they are to be read."""

    def __init__(self, connection: Connection, query: Query, since: Cursor | None) -> None:
        self._connection, self._cursor, self._since = connection, query.cursor, since
        # Wrapped, nothing but a SELECT parses; the line's end closes a comment.
        self._all = f"SELECT * FROM (\n{query.sql.strip().rstrip(';')}\n) AS source_rows"
        self.ordered = bool(self._cursor)
        self._late = (query.late_seconds, query.late_numbers)

    def __iter__(self) -> Iterator[tuple[pa.RecordBatch, bool]]:
        """Yield batches, and whether they have a cursor."""
        if not self._cursor:
            yield from ((batch, False) for batch in self._connection.stream(self._all))
            return
        column = self._connection.name(self._cursor)
        first = True
        for batch in self._connection.stream(f"{self._all} WHERE {column} IS NULL"):
            if first and self._cursor not in batch.schema.names:
                raise self._unknown(batch.schema.names)
            first = False
            yield batch, False
        where = f"{column} IS NOT NULL"
        if self._since is not None:
            since = self._since.before(*self._late)
            where = f"{column} >= {self._connection.literal(since.value, since.number)}"
        for batch in self._connection.stream(f"{self._all} WHERE {where} ORDER BY {column}"):
            yield batch, True

    def _unknown(self, names: list[str]) -> FormatError:
        text = _("The cursor {cursor!r} is no column of the query. It has: {known}.")
        return FormatError(text.format(cursor=self._cursor, known=", ".join(names)))

    def values(self, batch: pa.RecordBatch) -> pa.Array:
        """Return a batch's cursors as text."""
        values = batch.column(batch.schema.get_field_index(self._cursor))
        if not pa.types.is_timestamp(values.type):
            return values
        zoned = values.type.tz is not None
        # Casting to text needs no time zone, and a zone's database is not at hand everywhere.
        texts = pc.cast(values.cast(pa.int64()).cast(pa.timestamp("us")), pa.string())
        return pc.binary_join_element_wise(texts, "+00:00", "") if zoned else texts

    def place(self, value: str) -> Cursor:
        """Return a cursor's value with what is known of its column."""
        return Cursor(value, self._cursor in self._connection.numbers)


def _cut(stream: _Stream, folder: Path, rows: int) -> Iterator[Extract]:
    """Write the stream into files; one ends where it is long enough and the cursor changes."""
    file: _File | None = None
    try:
        for batch, ordered in stream:
            file = file or _File(folder, batch.schema)
            if not ordered:
                file.add(batch, None)
                continue
            values = stream.values(batch)
            while file.rows + len(batch) > rows:
                at = _change(values, file.last, max(0, rows - file.rows))
                if at is None:
                    break
                file.add(batch.slice(0, at), values.slice(0, at))
                yield file.done(stream)
                file.remove()
                file = _File(folder, batch.schema)
                batch, values = batch.slice(at), values.slice(at)
            file.add(batch, values)
        if file is not None and file.rows:
            yield file.done(stream)
    finally:
        if file is not None:
            file.remove()


def _change(values: pa.Array, last: str | None, start: int) -> int | None:
    """Return the first row from ``start`` on whose cursor is not that of the row before.

    >>> _change(pa.array(["a", "a", "b", "b"]), "a", 0), _change(pa.array(["a", "a"]), "a", 1)
    (2, None)
    """
    if not len(values):
        return None
    before = pa.concat_arrays([pa.array([last], values.type), values.slice(0, len(values) - 1)])
    changes = pc.fill_null(pc.not_equal(values, before), False)
    found = pc.index(changes.slice(start), True).as_py()
    return None if found < 0 else found + start


class _File:
    """Rows on their way into one file that only its owner may read."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self.path = folder / f"{uuid.uuid4().hex}.rows"
        self.rows = self.without = 0
        self.last: str | None = None
        handle = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        self._handle = os.fdopen(handle, "wb")
        self._writer = pq.ParquetWriter(self._handle, schema, compression="zstd")

    def add(self, batch: pa.RecordBatch, values: pa.Array | None) -> None:
        """Add rows, and the texts of their cursors if they have one."""
        self._writer.write_batch(batch)
        self.rows += len(batch)
        if values is None:
            self.without += len(batch)
        elif len(values):
            self.last = values[-1].as_py()

    def done(self, stream: _Stream) -> Extract:
        """Finish the file, so that it can be read."""
        self._close()
        place = None if self.last is None else stream.place(self.last)
        return Extract(self.path, self.rows, place, self.without if stream.ordered else 0)

    def remove(self) -> None:
        """Remove the file."""
        self._close()
        self.path.unlink(missing_ok=True)

    def _close(self) -> None:
        if not self._handle.closed:
            self._writer.close()
            self._handle.close()
