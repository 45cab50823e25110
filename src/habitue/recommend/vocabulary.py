"""Ids at the edges of matrices: any frame's columns in, positions inside, ids out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.errors import UsageError
from habitue.locale import _

__all__ = ["Vocabulary", "to_arrow"]

_VIEWS = (pa.string_view(), pa.large_string())  # polars' texts, which Arrow can't take from


def to_arrow(frame: Any) -> pa.Table:
    """Return a frame of any library that speaks Arrow (pandas, polars, DuckDB) as a table."""
    if isinstance(frame, pa.Table) or hasattr(frame, "__arrow_c_stream__"):
        table = pa.table(frame)
        views = [f.with_type(pa.string()) if f.type in _VIEWS else f for f in table.schema]
        return table.cast(pa.schema(views))
    text = _("Expected a frame (Arrow, pandas, polars) or a SciPy matrix, not {kind}.")
    raise UsageError(text.format(kind=type(frame).__name__))


def _plain(values: Any) -> pa.Array:
    """Return ids as one array of 64-bit integers or strings."""
    if not isinstance(values, pa.ChunkedArray | pa.Array):
        values = pa.array(values if isinstance(values, np.ndarray) else list(values))
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    return values.cast(pa.int64() if pa.types.is_integer(values.type) else pa.string())


class Vocabulary:
    """Ids in their order: position to id and back.

    Examples
    --------
    >>> Vocabulary.of(["b", "a", "b"]).positions(["a", "c"]).tolist()
    [0, -1]
    """

    def __init__(self, ids: pa.Array) -> None:
        self.ids = ids

    @classmethod
    def of(cls, *columns: Any) -> Vocabulary:
        """Make the sorted vocabulary of all ids in some columns, nulls left out."""
        parts = [_plain(column) for column in columns]
        if len({part.type for part in parts}) > 1:
            text = _("The same ids are of different types in two tables: {types}.")
            raise UsageError(text.format(types=", ".join(str(part.type) for part in parts)))
        ids = pc.unique(pa.chunked_array(parts)).drop_null()
        return cls(ids.take(pc.array_sort_indices(ids)))

    @classmethod
    def in_order(cls, column: Any) -> Vocabulary:
        """Make the vocabulary of a column as it stands; of repeated ids the first is found."""
        return cls(_plain(column))

    def __len__(self) -> int:
        return len(self.ids)

    def positions(self, ids: Any) -> np.ndarray:
        """Return where ids stand; -1 for unknown ones."""
        wanted = _plain(ids)
        if wanted.type != self.ids.type:
            return np.full(len(wanted), -1, dtype=np.int64)
        found = pc.index_in(wanted, value_set=self.ids)
        return np.asarray(found.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)

    def at(self, positions: np.ndarray) -> pa.Array:
        """Return the ids that stand at positions."""
        return self.ids.take(pa.array(positions, pa.int64()))
