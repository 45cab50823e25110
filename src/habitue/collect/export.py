"""What an export format must offer: how a known system's file becomes record tables.

A container says how a file is written (CSV, JSON, …); an export format says what a known system
means by it. Most files need none: their columns are understood by name and content. A format is
for what names can't tell: rows that stand for several records, several record tables in one file,
order fields on the first row only, words of the system's own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pyarrow as pa

from habitue.collect.base import SAMPLE_ROWS, Container, Raw, Rejection, Source
from habitue.registry import find

__all__ = ["ExportFormat", "Part", "known_formats", "parts"]


class Part(ABC):
    """One record table that an export holds, with columns named as the table's fields.

    Cells are text as the file has them, or cleaned by the format; typing, checking and setting
    aside are the same as for every other file. A row of the export may become several rows, which
    then bear its line number; a row that is no record of this table is left out.
    """

    kind: str = ""
    fields: tuple[str, ...] = ()
    #: Records looked at before it is decided how their cells are written.
    sample_rows: int = SAMPLE_ROWS

    @abstractmethod
    def needs(self) -> Sequence[str]:
        """Return the export's columns that ``reshape`` looks at."""

    @abstractmethod
    def reshape(self, raw: Raw) -> Raw:
        """Return a batch's records of this table, with the columns ``fields``.

        What the container set aside, and its blank lines, are taken care of; a reshaped batch
        says what itself sets aside. A row that no part makes a record of must be set aside by one.
        """

    def stream(self, raws: Iterable[Raw]) -> Iterator[Raw]:
        """Yield the records of one pass over the file; to be replaced if batches hang together.

        What must be known from batch to batch lives in this generator: a file is read more than
        once, and not always to its end.
        """
        for raw in raws:
            yield self.reshape(raw)


class ExportFormat(ABC):
    """An export that a known system writes. A new one is one new file in ``collect/formats``.

    Attributes
    ----------
    name : str
        Its key: ``shopify``.
    title : str
        What people call it: ``Shopify orders``.
    rank : int
        Formats are asked in the order of their ranks; the more specific first.
    """

    name: str = ""
    title: str = ""
    rank: int = 100

    @classmethod
    @abstractmethod
    def recognises(cls, source: Source) -> bool:
        """Say whether a file is of this format, by several columns together, never by one."""

    @abstractmethod
    def parts(self, source: Source) -> list[Part]:
        """Return the record tables that the file holds."""


class _Reshaped(Container):
    """Reads one part of an export as if it were a file of its own."""

    def __init__(self, source: Source, part: Part, first: bool) -> None:  # not from bytes
        self._source, self._part, self._first = source, part, first
        self.columns = list(part.fields)
        self.facts = []

    @classmethod
    def recognises(cls, file: object) -> bool:
        return False

    def batches(self, columns: Sequence[str]) -> Iterator[Raw]:
        schema = pa.schema([(name, pa.string()) for name in columns])
        aside: list[Rejection] = []
        blank = 0

        def opened() -> Iterator[Raw]:
            nonlocal blank
            # One column at least: a table of none does not know how many rows it has.
            wanted = list(self._part.needs()) or self._source.columns[:1]
            for raw in self._source.batches(wanted):
                aside.extend(raw.rejected)
                blank += raw.blank
                yield Raw(raw.table, raw.lines)

        for rows in self._part.stream(opened()):
            rows.table = rows.table.select(list(columns)).cast(schema)
            # The container's own count, once: by the first of an export's record tables.
            if self._first:
                rows.rejected, rows.blank = [*aside, *rows.rejected], rows.blank + blank
            aside.clear()
            blank = 0
            yield rows
        if self._first and (aside or blank):
            yield Raw(schema.empty_table(), np.empty(0, np.int64), list(aside), blank)


def known_formats() -> list[type[ExportFormat]]:
    """Return the export formats in the order in which they are asked."""
    found = cast("dict[str, type[ExportFormat]]", find("habitue.collect.formats", ExportFormat))
    return sorted(found.values(), key=lambda kind: (kind.rank, kind.name))


def parts(source: Source) -> list[Source]:
    """Return an opened file as one source for each record table that it holds.

    A file of no known export format is returned as it is.
    """
    for kind in known_formats():
        if kind.recognises(source):
            export = kind()
            return [
                _part(source, export, part, first=number == 0)
                for number, part in enumerate(export.parts(source))
            ]
    return [source]


def _part(source: Source, export: ExportFormat, part: Part, first: bool) -> Source:
    reader = _Reshaped(source, part, first)
    return replace(
        source,
        kind=part.kind,
        columns=reader.columns,
        facts=[*source.facts, ("export", export.title)],
        sample=_sample(reader, part.sample_rows),
        reader=reader,
        unused=[name for name in source.columns if name not in set(part.needs())],
    )


def _sample(reader: Container, enough: int) -> pa.Table:
    taken, rows = [], 0
    for raw in reader.batches(reader.columns):
        taken.append(raw.table)
        rows += len(raw.table)
        if rows >= enough:
            break
    schema = pa.schema([(name, pa.string()) for name in reader.columns])
    return pa.concat_tables([schema.empty_table(), *taken]).slice(0, enough)
