"""Tiny worlds with known right answers, and slow obvious oracles, for recommenders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from habitue.columns import CATALOGUE, SALES, VIEWS
from habitue.engines import DuckDBEngine

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def two_camps(text: bool = False) -> tuple[pa.Table, pa.Table]:
    """Coffee people and tea people: customer 1 lacks one coffee thing, customer 6 one tea thing."""
    coffee, tea = ["beans", "filter", "grinder"], ["leaves", "pot", "strainer"]
    rows = [(c, i) for c in range(1, 6) for i in coffee] + [
        (c, i) for c in range(6, 11) for i in tea
    ]
    rows = [row for row in rows if row not in ((1, "grinder"), (6, "strainer"))]
    customers: list[Any] = [f"c{c:02}" if text else c for c, _item in rows]
    interactions = pa.table({"customer": customers, "item_id": [item for _c, item in rows]})
    titles = {
        "beans": "coffee beans",
        "filter": "coffee filter",
        "grinder": "coffee grinder",
        "leaves": "tea leaves",
        "pot": "tea pot",
        "strainer": "tea strainer",
        "cosy": "tea cosy",  # nobody bought it
    }
    items = pa.table(
        {
            "item_id": list(titles),
            "title": list(titles.values()),
            "category": [title.split()[0] for title in titles.values()],
        }
    )
    return interactions, items


def random_world(seed: int, customers: int = 30, items: int = 20) -> pa.Table:
    """Who bought what at random, with weights, ages and repeated days."""
    rng = np.random.default_rng(seed)
    pairs = np.argwhere(rng.random((customers, items)) < 0.25)
    n = len(pairs)
    last = rng.uniform(0, 200, n)
    days = rng.integers(1, 5, n)
    first = last + rng.uniform(1, 100, n) * (days > 1)
    return pa.table(
        {
            "customer": pairs[:, 0],
            "item_id": [f"i{item:02}" for item in pairs[:, 1]],
            "weight": rng.uniform(0.2, 3, n),
            "bought": rng.random(n) < 0.8,
            "days_bought": days,
            "first_bought": [NOW - timedelta(days=d) for d in first],
            "last_bought": [NOW - timedelta(days=d) for d in last],
        }
    )


@st.composite
def weights(draw: st.DrawFn) -> np.ndarray:
    """Small matrices of customers by items, of ones or of weights."""
    shape = draw(st.tuples(st.integers(2, 8), st.integers(2, 7)))
    values = st.sampled_from([0.0, 0.0, 0.0, 1.0, 0.5, 2.0, 1.585])
    rows = draw(
        st.lists(
            st.lists(values, min_size=shape[1], max_size=shape[1]),
            min_size=shape[0],
            max_size=shape[0],
        )
    )
    return np.array(rows)


def naive_association(
    x: np.ndarray,
    shared: float = 0.0,
    power: float = 1.0,
    source: float = 0.5,
    target: float = 0.5,
    shrinkage: float = 0.0,
) -> np.ndarray:
    """Association of each row (target) with each other row (source), by the book."""
    n, m = x.shape
    result = np.zeros((n, n))
    for t in range(n):
        for s in range(n):
            p = 0.0
            for c in range(m):
                norm = sum(x[r, c] ** 2 for r in range(n))
                if norm > 0:
                    p += x[t, c] * x[s, c] * norm**-shared
            if t != s and p > 0:
                d_t, d_s = sum(x[t] ** 2), sum(x[s] ** 2)
                result[t, s] = p**power * d_s**-source * d_t**-target * p / (p + shrinkage)
    return result


def naive_cosine(x: np.ndarray) -> np.ndarray:
    """Cosine of each two rows; 0 with itself and with rows of zeros."""
    result = np.zeros((len(x), len(x)))
    for a in range(len(x)):
        for b in range(len(x)):
            length = np.sqrt(sum(x[a] ** 2)) * np.sqrt(sum(x[b] ** 2))
            if a != b and length > 0:
                result[a, b] = sum(x[a] * x[b]) / length
    return result


def naive_top(values: np.ndarray, k: int) -> np.ndarray:
    """Keep the k largest of each row, the first of equal ones; the rest is 0."""
    result = np.zeros_like(values)
    for row, kept in zip(values, result, strict=True):
        for column in sorted(range(len(row)), key=lambda c: (-row[c], c))[:k]:
            kept[column] = row[column]
    return result


def engine_of(
    sales: list[dict[str, Any]],
    views: list[dict[str, Any]] | None = None,
    catalogue: list[dict[str, Any]] | None = None,
) -> DuckDBEngine:
    """An engine with these rows; what a row leaves out is filled in plainly."""
    plain = {"quantity": 1.0, "unit_price": 1_000_000, "amount": 1_000_000, "returned": 0.0}
    rows = [{"row_key": n, "order_id": f"o{n}", **plain, **row} for n, row in enumerate(sales)]
    seen = [{"row_key": n, "event": "view", **row} for n, row in enumerate(views or [])]
    known = {row["item_id"] for row in sales}
    items = catalogue if catalogue is not None else [{"item_id": i} for i in sorted(known)]
    engine = DuckDBEngine(threads=1)
    engine.register("sales", pa.Table.from_pylist(rows, SALES.schema))
    engine.register("views", pa.Table.from_pylist(seen, VIEWS.schema))
    engine.register("catalogue", pa.Table.from_pylist(items, CATALOGUE.schema))
    return engine


def taste_shop(
    seed: int = 3, customers: int = 120, groups: int = 6, each: int = 12
) -> DuckDBEngine:
    """A shop of a year whose customers buy from one group of items, all groups alike popular."""
    rng = np.random.default_rng(seed)
    sales = []
    for customer in range(customers):
        taste = customer % groups
        for order in range(8):
            time = NOW - timedelta(days=float(rng.uniform(order * 45, order * 45 + 45)))
            sales += [
                {
                    "customer": customer,
                    "order_id": f"{customer}-{order}",
                    "time": time,
                    "item_id": f"g{taste}-{item:02}",
                }
                for item in rng.choice(each, 2, replace=False)
            ]
    known = sorted({str(row["item_id"]) for row in sales})
    return engine_of(sales, catalogue=[{"item_id": item, "title": item} for item in known])
