"""Tiny shops with known answers for the analyses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from habitue import columns
from habitue.engines import DuckDBEngine

__all__ = ["START", "close_shops", "planted", "shop"]

START = datetime(2024, 1, 1, tzinfo=UTC)
Line = tuple[Any, ...]
_open: list[DuckDBEngine] = []


def shop(
    lines: list[Line],
    categories: dict[str, str] | None = None,
    views: list[tuple[int, str, float, str]] | None = None,
) -> DuckDBEngine:
    """Return an engine that knows a shop: lines are (customer, order, item, day, amount, discount).

    Amounts are whole units of the currency; days are counted from ``START``.
    """
    engine = DuckDBEngine()
    _open.append(engine)
    rows = [
        {
            "row_key": number,
            "order_id": order,
            "customer": customer,
            "time": START + timedelta(days=day),
            "item_id": item,
            "quantity": 1.0,
            "unit_price": round(amount * columns.MICROS),
            "amount": round(amount * columns.MICROS),
            "discount": round((rest[0] if rest else 0) * columns.MICROS),
            "currency": "GBP",
            "returned": 0.0,
        }
        for number, (customer, order, item, day, amount, *rest) in enumerate(lines)
    ]
    engine.register("sales", pa.Table.from_pylist(rows, schema=columns.SALES.schema))
    products = [
        {"item_id": item, "title": item, "category": category}
        for item, category in (categories or {}).items()
    ]
    engine.register("catalogue", pa.Table.from_pylist(products, schema=columns.CATALOGUE.schema))
    seen = [
        {"customer": customer, "item_id": item, "time": START + timedelta(days=day), "event": event}
        for customer, item, day, event in views or []
    ]
    engine.register("views", pa.Table.from_pylist(seen, schema=columns.VIEWS.schema))
    return engine


def close_shops() -> None:
    """Close the engines of all shops made so far."""
    while _open:
        _open.pop().close()


def planted(each: int = 80, seed: int = 0) -> tuple[list[Line], dict[int, int]]:
    """Return the lines of a shop with four kinds of customers, and each customer's kind.

    Regulars order weekly, big spenders seldom and much, hunters at a discount, the gone not for
    200 days; all within 300 days, with heavy tails.
    """
    rng = np.random.default_rng(seed)
    lines: list[Line] = []
    kinds: dict[int, int] = {}
    for customer in range(4 * each):
        kind = kinds[customer] = customer % 4
        gap, worth, cut = ((8, 20, 0), (60, 300, 0), (40, 25, 0.4), (20, 20, 0))[kind]
        day, end = float(rng.uniform(0, 30)), 90 if kind == 3 else 300
        order = 0
        while day < end:
            amount = float(worth * np.exp(rng.normal(0, 0.3)))
            item = f"i{rng.integers(30)}"
            lines.append((customer, f"{customer}-{order}", item, day, amount, amount * cut))
            day, order = day + float(rng.gamma(4, gap / 4)), order + 1
    return lines, kinds
