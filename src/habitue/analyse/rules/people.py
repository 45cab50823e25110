"""Keeps the rules that rest on enough people: one regular's habit is no rule."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from habitue.engines import Engine, time_literal

__all__ = ["CHECKED", "of_many"]

#: Rules that are known to be of enough people, the first; what leaves the shop is among these.
CHECKED = 1_000

_LINES = """
SELECT DISTINCT order_id, item_id,
    CASE WHEN customer IS NULL THEN order_id ELSE concat('#', CAST(customer AS VARCHAR)) END AS who
FROM sales
WHERE time < {cut} AND amount > 0 AND order_id IS NOT NULL
  AND item_id IN (SELECT item_id FROM ruled)
"""


def of_many(engine: Engine, rules: pa.Table, as_of: datetime, min_group: int) -> pa.Table:
    """Return the rules whose baskets are of at least ``min_group`` people.

    A known customer is one person, and so is a guest's order. Once 1,000 rules have passed, the
    rest are not looked at and follow as they are: none of them is shown to anyone outside.

    Parameters
    ----------
    engine : Engine
        Knows ``sales``.
    rules : pyarrow.Table
        Columns as ``columns.RULES`` says, the most useful first.
    as_of : datetime
        Orders before this count.
    min_group : int
        Fewest people.
    """
    sets = [
        frozenset([*left, right])
        for left, right in zip(
            rules["antecedent"].to_pylist(), rules["consequent"].to_pylist(), strict=True
        )
    ]
    if not sets:
        return rules
    items = pa.array(sorted(frozenset().union(*sets)), pa.string())
    engine.register("ruled", pa.table({"item_id": items}))
    lines = engine.query(_LINES.format(cut=time_literal(as_of)))
    engine.drop("ruled")
    baskets = _Baskets(lines)
    known: dict[frozenset[str], bool] = {}
    kept = []
    for at, products in enumerate(sets):
        if products not in known:
            known[products] = baskets.people(products) >= min_group
        if known[products]:
            kept.append(at)
        if len(kept) == CHECKED:
            kept += range(at + 1, len(sets))
            break
    return rules.take(pa.array(kept, pa.int64()))


class _Baskets:
    """Which orders hold each product, and whose each order is."""

    def __init__(self, lines: pa.Table) -> None:
        order, item, who = (_codes(lines[name]) for name in ("order_id", "item_id", "who"))
        names = lines["item_id"].combine_chunks().dictionary_encode().dictionary.to_pylist()
        self._who = np.zeros(order.max(initial=-1) + 1, dtype=np.int64)
        self._who[order] = who
        by_item = np.argsort(item, kind="stable")
        ends = np.cumsum(np.bincount(item, minlength=len(names)))[:-1]
        self._orders = dict(zip(names, np.split(order[by_item], ends), strict=True))
        self._marks = np.zeros(len(self._who), dtype=np.int8)

    def people(self, products: frozenset[str]) -> int:
        """Return how many people have had all of the products in one order."""
        lists = sorted((self._orders[p] for p in products), key=len)
        found = lists[0]
        for other in lists[1:]:
            self._marks[found] = 1
            hits = other[self._marks[other] == 1]
            self._marks[found] = 0
            found = hits
        return len(np.unique(self._who[found]))


def _codes(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    codes = column.combine_chunks().dictionary_encode().indices
    return np.asarray(codes, dtype=np.int64)
