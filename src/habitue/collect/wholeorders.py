"""Keeps an order's lines together where an export is read a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Raw
from habitue.collect.texts import as_text, cleaned

__all__ = ["whole_orders"]

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
