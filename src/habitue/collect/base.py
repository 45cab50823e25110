"""What a file format must offer, and what passes between opening, understanding and reading."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from habitue.collect.bytestream import ByteFile

__all__ = [
    "REJECTED",
    "SAMPLE_ROWS",
    "Batch",
    "Container",
    "Fact",
    "Raw",
    "Rejection",
    "Source",
    "unique_names",
]

#: Rows looked at before the columns' meaning is decided.
SAMPLE_ROWS = 20_000

#: The table of rows that were set aside.
REJECTED = pa.schema(
    [("line", pa.int64()), ("reason", pa.string()), ("column", pa.string()), ("value", pa.string())]
)


#: Something found out about a file, to be shown: what, and the value. Data, worded at the edge.
Fact = tuple[str, str]


@dataclass(frozen=True)
class Rejection:
    """A row that can't be read: its line, the reason's key, and the cell at fault if any."""

    line: int
    reason: str
    column: str = ""
    value: str = ""


@dataclass
class Raw:
    """Rows as the file holds them: text columns (typed ones for Parquet), and where they stood."""

    table: pa.Table
    lines: np.ndarray
    rejected: list[Rejection] = field(default_factory=list)
    blank: int = 0


@dataclass
class Batch:
    """Rows of one record table, those set aside, and how many lines were blank."""

    rows: pa.Table
    rejected: pa.Table
    blank: int

    @property
    def read(self) -> int:
        """All rows that were read: accepted, set aside and blank."""
        return len(self.rows) + len(self.rejected) + self.blank


class Container(ABC):
    """A kind of file. A new one is one new file in ``collect/containers``.

    ``recognises`` decides by content; the formats are asked in the order of ``rank``. After
    ``__init__`` the columns and facts are known; ``batches`` streams the rows, and may be
    called again.
    """

    name: str = ""
    rank: int = 100

    columns: list[str]
    facts: list[Fact]

    @classmethod
    @abstractmethod
    def recognises(cls, file: ByteFile) -> bool:
        """Say whether the file is of this kind, by its first bytes."""

    @abstractmethod
    def __init__(self, file: ByteFile) -> None:
        """Find out how the file is written."""

    @abstractmethod
    def batches(self, columns: Sequence[str]) -> Iterator[Raw]:
        """Yield the rows of the columns asked for, in the file's order."""


@dataclass
class Source:
    """An opened file: its container, its columns, what was found out, and its first rows.

    ``kind`` is the record table, where an export format knows it: the columns are then the
    table's fields, and ``unused`` the export's columns that no field comes from.
    """

    path: Path
    format: str
    columns: list[str]
    facts: list[Fact]
    sample: pa.Table
    reader: Container = field(repr=False)
    kind: str = ""
    unused: list[str] = field(default_factory=list)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[Raw]:
        """Yield the file's rows, of these columns or of all."""
        return self.reader.batches(self.columns if columns is None else columns)


def unique_names(names: Sequence[str]) -> list[str]:
    """Return column names with none empty and none twice.

    >>> unique_names(["a", "", "a"])
    ['a', 'column_2', 'a_2']
    """
    result: list[str] = []
    taken: set[str] = set()
    for position, given in enumerate(names, start=1):
        base = given.strip() or f"column_{position}"
        name, n = base, 1
        while name in taken:
            n += 1
            name = f"{base}_{n}"
        taken.add(name)
        result.append(name)
    return result
