"""What an export format must offer: how a known system's file becomes record tables.

A container says how a file is written (CSV, JSON, …); an export format says what a known system
means by it. Most files need none: their columns are understood by name and content. A format is
for what names can't tell: rows that stand for several records, several record tables in one file,
order fields on the first row only, words of the system's own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

import pyarrow as pa

from habitue.collect.base import SAMPLE_ROWS, Container, Raw, Source
from habitue.registry import find

__all__ = ["ExportFormat", "Part", "parts"]


class Part(ABC):
    """One record table that an export holds, with columns named as the table's fields.

    Cells are text as the file has them, or cleaned by the format; typing, checking and setting
    aside are the same as for every other file. A row of the export may become several rows, which
    then bear its line number; a row that is no record of this table is left out.
    """

    kind: str = ""
    fields: tuple[str, ...] = ()

    @abstractmethod
    def needs(self) -> Sequence[str]:
        """Return the export's columns that ``reshape`` looks at."""

    @abstractmethod
    def reshape(self, raw: Raw) -> Raw:
        """Return a batch's records of this table, with the columns ``fields``.

        The rows that the container set aside, and its blank lines, come along with the first
        part of an export only; a reshaped batch says what itself sets aside.
        """


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
        for raw in self._source.batches(list(self._part.needs())):
            rows = self._part.reshape(raw)
            rows.table = rows.table.select(list(columns)).cast(schema)
            if self._first:
                rows.rejected = [*raw.rejected, *rows.rejected]
                rows.blank += raw.blank
            yield rows


def parts(source: Source) -> list[Source]:
    """Return an opened file as one source for each record table that it holds.

    A file of no known export format is returned as it is.
    """
    found = cast("dict[str, type[ExportFormat]]", find("habitue.collect.formats", ExportFormat))
    for kind in sorted(found.values(), key=lambda kind: (kind.rank, kind.name)):
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
        sample=_sample(reader),
        reader=reader,
        unused=[name for name in source.columns if name not in set(part.needs())],
    )


def _sample(reader: Container) -> pa.Table:
    taken, rows = [], 0
    for raw in reader.batches(reader.columns):
        taken.append(raw.table)
        rows += len(raw.table)
        if rows >= SAMPLE_ROWS:
            break
    schema = pa.schema([(name, pa.string()) for name in reader.columns])
    return pa.concat_tables([schema.empty_table(), *taken]).slice(0, SAMPLE_ROWS)
