"""Purchases out of events: one record for each product of an order, and for what was taken back.

An order's line is named by its product, so an order that was sent twice counts once, whatever the
order of its products. A refund or cancellation is a record of pieces below zero; one that names no
product takes back all of its order, if the order is in the same file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Raw, Rejection
from habitue.collect.events import EventPart
from habitue.collect.nested import Listed
from habitue.columns import IDENTIFIERS

__all__ = ["Purchases"]

_STATUS = {"order": "completed", "refund": "refunded", "cancel": "cancelled"}
_Bare = dict[str | None, list[tuple[int, str, str | None, str | None]]]
_ITEM = ("item_id", "title", "category", "brand", "quantity", "unit_price")


class Purchases(EventPart):
    """Orders, refunds and cancellations."""

    kind = "purchases"
    fields = ("order_id", "line_id", "time", *_ITEM, "currency", "status", *IDENTIFIERS)
    takes = tuple(_STATUS)

    def stream(self, raws: Iterable[Raw]) -> Iterator[Raw]:
        bare = dict(self.found.bare)
        for raw in raws:
            yield self._records(raw, bare)
        left = sorted(line for refunds in bare.values() for line, *_facts in refunds)
        nothing = Raw(pa.table({}), np.empty(0, np.int64))
        aside = [Rejection(line, "refund_without_items") for line in left]
        yield self.made({}, nothing.lines, aside)

    def reshape(self, raw: Raw) -> Raw:
        return self._records(raw, dict(self.found.bare))

    def _records(self, raw: Raw, bare: _Bare) -> Raw:
        raw, what = self.chosen(raw)
        facts, items = self.log.facts(raw.table), self.log.items(raw.table)
        kinds = what.to_pylist()
        without = np.setdiff1d(np.arange(len(kinds)), items.parent)
        rejected = [
            Rejection(int(raw.lines[n]), "order_without_items")
            for n in without.tolist()
            if kinds[n] == "order"
        ]
        index = pa.array(items.parent)
        columns = {name: column.take(index) for name, column in facts.items()} | items.fields
        kind = np.array(kinds, object)[items.parent] if kinds else np.empty(0, object)
        columns |= _lines(columns, items, kind)
        lines = raw.lines[items.parent]
        columns, lines = self._with_bare(columns, lines, kind, bare)
        return self.made(columns, lines, [*raw.rejected, *rejected])

    def _with_bare(
        self, columns: dict[str, pa.Array], lines: np.ndarray, kind: np.ndarray, bare: _Bare
    ) -> tuple[dict[str, pa.Array], np.ndarray]:
        """Add what refunds without products take back of the orders in this batch."""
        orders = columns["order_id"].to_pylist()
        events = columns["event_id"].to_pylist()
        whole: dict[str | None, list[int]] = {}
        source: dict[str | None, str | None] = {}
        for n, (order, event) in enumerate(zip(orders, events, strict=True)):
            # Of an order that was sent twice, the first is taken.
            named = kind[n] == "order" and order is not None and order in bare
            if named and source.setdefault(order, event) == event:
                whole.setdefault(order, []).append(n)
        picked: list[tuple[int, int, str, str | None, str | None]] = []
        for order, rows in whole.items():
            for line, what, time, event in bare.pop(order):
                picked += [(n, line, what, time, event) for n in rows]
        if not picked:
            return columns, lines
        at = pa.array([n for n, *_rest in picked])
        back = {name: column.take(at) for name, column in columns.items()}
        marks = [f"{what} {event or line} " for _n, line, what, _time, event in picked]
        back["line_id"] = pc.binary_join_element_wise(pa.array(marks), back["line_id"], "")
        back["quantity"] = _below_zero(back["quantity"])
        back["status"] = pa.array([_STATUS[what] for _n, _line, what, *_rest in picked])
        times = pa.array([time for *_rest, time, _event in picked], pa.string())
        back["time"] = pc.coalesce(times, back["time"])
        joined = {name: pa.concat_arrays([columns[name], back[name]]) for name in columns}
        return joined, np.concatenate((lines, [line for _n, line, *_rest in picked]))


def _lines(columns: dict[str, pa.Array], items: Listed, kind: np.ndarray) -> dict[str, pa.Array]:
    """Return each line's own name, its pieces with their sign, and its status."""
    seen: Counter[tuple[int, str]] = Counter()
    names: list[str] = []
    ids = columns["item_id"].to_pylist()
    events = columns["event_id"].to_pylist()
    for n, (parent, item) in enumerate(zip(items.parent.tolist(), ids, strict=True)):
        seen[parent, item or ""] += 1
        mark = "" if kind[n] == "order" else f"{kind[n]} {events[n]} "
        names.append(f"{mark}{item}~{seen[parent, item or '']}")
    quantity = pc.coalesce(items.fields["quantity"], pa.scalar("1"))
    taken_back = pa.array(kind != "order", pa.bool_())
    return {
        "line_id": pa.array(names, pa.string()),
        "quantity": pc.if_else(taken_back, _below_zero(quantity), quantity),
        "status": pa.array([_STATUS[k] for k in kind.tolist()], pa.string()),
    }


def _below_zero(quantity: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise("-", pc.utf8_ltrim(quantity, "-+ "), "")
