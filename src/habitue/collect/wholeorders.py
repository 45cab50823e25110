"""Keeps an order's lines together where an export is read a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Raw
from habitue.collect.texts import as_text, cleaned

__all__ = ["filled_down", "whole_orders"]

_MOST_HELD = 200_000  # rows of one order, beyond which it is parted


def whole_orders(raws: Iterable[Raw], column: str) -> Iterator[Raw]:
    """Yield batches anew such that none ends within an order; a blank number goes on with the last.

    Orders stand together in exports. One of more lines than any order has is parted all the same.
    """
    held: Raw | None = None
    for raw in raws:
        if held is not None:
            table = pa.concat_tables([held.table, raw.table])
            raw = Raw(table, np.concatenate([held.lines, raw.lines]))
        order = pc.fill_null_forward(cleaned(as_text(raw.table[column])))
        cut = _last_start(order)
        if len(order) - cut > _MOST_HELD:
            cut = len(order)
        held = Raw(raw.table.slice(cut), raw.lines[cut:])
        if cut:
            yield Raw(raw.table.slice(0, cut), raw.lines[:cut])
    if held is not None:
        yield held


def _last_start(order: pa.Array) -> int:
    if len(order) < 2:
        return 0
    same = pc.fill_null(pc.equal(order.slice(1), order.slice(0, len(order) - 1)), False)
    starts = np.flatnonzero(~np.asarray(same))
    return int(starts[-1]) + 1 if len(starts) else 0


def filled_down(table: pa.Table, order: str, time: str, own: Sequence[str]) -> pa.Table:
    """Return a table with an order's own fields on its further lines as well.

    A further line has no time, and the number of the order above it or none.

    >>> table = pa.table({"no": ["7", "", "8"], "at": ["1 May", "", ""], "who": ["Ann", "", ""]})
    >>> filled_down(table, "no", "at", ["no", "at", "who"]).to_pydict()
    {'no': ['7', '7', '8'], 'at': ['1 May', '1 May', None], 'who': ['Ann', 'Ann', None]}
    """
    cells = {name: cleaned(as_text(table[name])) for name in own}
    numbers = pc.fill_null_forward(cells[order])
    codes = pc.fill_null(numbers, "").dictionary_encode().indices.to_numpy(zero_copy_only=False)
    rows = np.arange(len(codes))
    run = np.cumsum(np.r_[0, codes[1:] != codes[:-1]]) if len(codes) else rows
    blank = np.asarray(cells[time].is_null())
    start = np.flatnonzero(~blank)
    if not len(start):
        return table
    first = start[np.maximum(np.searchsorted(start, rows, side="right") - 1, 0)]
    source = pa.array(np.where(blank & (run == run[first]), first, rows))
    for name, column in cells.items():
        filled = numbers if name == order else pc.coalesce(column, column.take(source))
        table = table.set_column(table.column_names.index(name), name, filled)
    return table
