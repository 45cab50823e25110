"""Carries an order's own fields down to its further lines, where an export leaves them blank."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.mapping import Understanding
from habitue.collect.texts import as_text, cleaned

__all__ = ["FillDown"]


class FillDown:
    """Fills batch after batch; what the last row held goes on into the next batch."""

    def __init__(self, known: Understanding) -> None:
        columns = {name: known.fields[name].column for name in known.fill_down}
        self._order, self._time = columns.get("order_id", ""), columns.get("time", "")
        self._columns = list(columns.values())
        self._last: pa.Table | None = None

    def apply(self, table: pa.Table) -> pa.Table:
        """Return the batch with its blanks filled."""
        if not self._columns or not len(table):
            return table
        own = pa.table({name: cleaned(as_text(table[name])) for name in self._columns})
        if self._last is not None:
            own = pa.concat_tables([self._last, own]).combine_chunks()
        order = pc.fill_null_forward(own[self._order])
        before = pa.chunked_array(
            [pa.nulls(1, pa.string()), *order.slice(0, len(order) - 1).chunks]
        )
        further = pc.and_(pc.is_null(own[self._time]), pc.fill_null(pc.equal(order, before), False))
        filled = {}
        for name in self._columns:
            blank = pc.and_(further, pc.is_null(own[name]))
            filled[name] = pc.if_else(blank, pc.fill_null_forward(own[name]), own[name])
        own = pa.table(filled)
        skip = 0 if self._last is None else 1
        self._last = own.slice(len(own) - 1)
        for name in self._columns:
            at = table.column_names.index(name)
            table = table.set_column(at, name, own[name].slice(skip))
        return table
