"""What the API hands out: an Arrow table that turns into the user's own kind of frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

__all__ = ["Frame"]


class Frame:
    """A read-only table.

    Any library that speaks Arrow reads it directly (``polars.DataFrame(frame)``,
    ``duckdb.sql("FROM frame")``); ``to_pandas`` and ``to_polars`` save the typing.

    Examples
    --------
    >>> frame = Frame(pa.table({"customer": [7], "score": [81.5]}))
    >>> frame.columns, len(frame), frame["score"]
    (['customer', 'score'], 1, [81.5])
    """

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    @property
    def columns(self) -> list[str]:
        """The columns' names."""
        return list(self._table.column_names)

    def to_arrow(self) -> pa.Table:
        """Return the Arrow table itself."""
        return self._table

    def to_pandas(self) -> Any:
        """Return a pandas DataFrame (needs ``habitue[pandas]``)."""
        return self._table.to_pandas()

    def to_polars(self) -> Any:
        """Return a polars DataFrame (needs ``habitue[polars]``)."""
        import polars

        return polars.from_arrow(self._table)

    def to_pylist(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries."""
        rows: list[dict[str, Any]] = self._table.to_pylist()
        return rows

    def __getitem__(self, column: str) -> list[Any]:
        values: list[Any] = self._table[column].to_pylist()
        return values

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_pylist())

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"<Frame of {len(self)} rows: {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        html: str = self._table.slice(0, 20).to_pandas().to_html(index=False)
        return html
