"""What an engine must offer to run the loop's relational steps.

A relational step is one portable SQL text over named tables. To stay portable, a step

- says NULLS FIRST or NULLS LAST wherever it orders, and ends its order with a unique column;
- keeps money in whole micros and never casts a fraction to a whole number (round first);
- divides only by what can't be zero (``nullif``);
- uses GROUP BY or DISTINCT to remove repeats, not ``row_number`` over a whole table.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

__all__ = ["Engine", "time_literal"]


def time_literal(time: datetime) -> str:
    """Return a moment as SQL; one without a time zone is UTC.

    >>> time_literal(datetime(2011, 12, 9, 12, 50))
    "TIMESTAMPTZ '2011-12-09 12:50:00.000000+00:00'"
    """
    moment = time if time.tzinfo else time.replace(tzinfo=UTC)
    return f"TIMESTAMPTZ '{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00:00'"


class Engine(ABC):
    """Runs SQL over named tables; Arrow in, Arrow out."""

    name: str = ""

    @abstractmethod
    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table known by a name; a table of that name is replaced."""

    @abstractmethod
    def read_parquet(self, name: str, paths: Sequence[Path], schema: pa.Schema) -> None:
        """Make Parquet files known as one table; no files make an empty table of that schema."""

    @abstractmethod
    def create(self, name: str, sql: str) -> None:
        """Compute a query once and keep it as a named step."""

    @abstractmethod
    def view(self, name: str, sql: str) -> None:
        """Give a query a name, to be computed wherever it is used; a table so named is replaced."""

    @abstractmethod
    def query(self, sql: str) -> pa.Table:
        """Return a query's rows."""

    @abstractmethod
    def stream(self, sql: str, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """Yield a query's rows in batches of about so many rows."""

    @abstractmethod
    def write(self, sql: str, path: Path) -> int:
        """Write a query's rows to one Parquet file; return how many."""

    @abstractmethod
    def drop(self, name: str) -> None:
        """Forget a name, if it is known."""

    @abstractmethod
    def close(self) -> None:
        """Release memory and spill files."""

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The few words that differ between engines.

    @abstractmethod
    def quantile(self, column: str, share: float) -> str:
        """Return the SQL for an interpolated quantile as an aggregate."""

    @abstractmethod
    def days_between(self, start: str, end: str) -> str:
        """Return the SQL for the days from one timestamp to another, fractions kept."""

    @abstractmethod
    def hash64(self, text: str) -> str:
        """Return the SQL for a 63-bit hash of a text, the same on every engine and version."""
