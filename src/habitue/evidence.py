"""The evidence chain: from one customer's records to what is recommended, each with its numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from habitue.columns import RECOMMENDATIONS
from habitue.engines import Engine
from habitue.prepare.store import Store
from habitue.state.runs import PublishedRun

__all__ = ["best_sellers", "chain", "of_customer"]


def of_customer(table: pa.Table, customer: int) -> pa.Table:
    """Return the rows of one customer."""
    return table.filter(pc.equal(table["customer"], customer))


def best_sellers(run: PublishedRun, customer: int, n: int) -> pa.Table:
    """Return what most customers bought, as recommendations to someone who is not profiled."""
    summary = run.summary
    span = datetime.fromisoformat(summary["as_of"]) - datetime.fromisoformat(summary["first"])
    days = max(math.ceil(span / timedelta(days=1)), 1)
    bought = run.table("interactions").filter(pc.field("bought"))
    counts = bought.group_by("item_id").aggregate([([], "count_all")])
    order = [("count_all", "descending"), ("item_id", "ascending")]
    top = counts.sort_by(order).slice(0, n).to_pylist()
    rows = [
        {
            "customer": customer,
            "rank": rank,
            "item_id": row["item_id"],
            "score": float(row["count_all"]),
            "model": "popular",
            "reason": json.dumps({"kind": "popular", "customers": row["count_all"],
                                  "days": days, "category": None}),
        }
        for rank, row in enumerate(top, start=1)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, RECOMMENDATIONS.schema)


def chain(
    run: PublishedRun,
    store: Store,
    engine: Engine,
    customer: int,
    aliases: Sequence[int],
    objects: bool = False,
) -> dict[str, Any]:
    """Return one customer's records, segment, interests, loyalty and recommendations.

    Parameters
    ----------
    run : PublishedRun
        The results to explain.
    store : Store
        The records behind them.
    engine : Engine
        Reads the records.
    customer : int
        Pseudonym that stands for the person.
    aliases : sequence of int
        All pseudonyms of the person.
    objects : bool
        The person objects to being profiled: there are records, and nothing that follows from them.
    """

    def rows(name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = of_customer(run.table(name), customer).to_pylist()
        return [] if objects else found

    member = next(iter(rows("members")), None)
    return {
        "customer": customer,
        "objects": objects,
        "records": _records(store, engine, aliases),
        "rfm": next(iter(rows("rfm")), None),
        "segment": {**_segment(run, member["segment"]), **member} if member else None,
        "interests": sorted(rows("interests"), key=lambda row: -row["affinity"]),
        "loyalty": next(iter(rows("loyalty")), None),
        "recommendations": sorted(rows("recommendations"), key=lambda row: row["rank"]),
    }


def _segment(run: PublishedRun, number: int) -> dict[str, Any]:
    segments = run.table("segments")
    found: dict[str, Any] = segments.filter(pc.equal(segments["segment"], number)).to_pylist()[0]
    return found


def _records(store: Store, engine: Engine, aliases: Sequence[int]) -> dict[str, Any]:
    listed = ", ".join(str(number) for number in aliases)
    for table in ("purchases", "views", "comments"):
        store.read(engine, table)
    lines = engine.query(
        f"""
        SELECT order_id, time, item_id, title, quantity, unit_price, amount, status, line, row_key
        FROM purchases WHERE customer IN ({listed})
        ORDER BY time NULLS LAST, row_key NULLS LAST
        """
    ).to_pylist()
    counts = {
        table: engine.query(f"SELECT count(*) AS n FROM {table} WHERE customer IN ({listed})")
        for table in ("views", "comments")
    }
    return {"orders": _orders(lines), **{t: rows["n"][0].as_py() for t, rows in counts.items()}}


def _orders(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    orders: dict[str, dict[str, Any]] = {}
    for line in lines:
        order = orders.setdefault(
            line["order_id"],
            {"order_id": line["order_id"], "time": line["time"], "amount": 0, "lines": []},
        )
        order["amount"] += line["amount"] or 0
        order["lines"].append({k: v for k, v in line.items() if k not in ("order_id", "time")})
    return list(orders.values())
