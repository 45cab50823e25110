"""Simulated shops whose customers' habits are known, as the tables that the loop reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from habitue.columns import CATALOGUE, SALES, SENTIMENT, VIEWS
from habitue.engines import DuckDBEngine

Floats = NDArray[np.float64]
START = datetime(2023, 1, 1, tzinfo=UTC)


@dataclass
class Purchases:
    """Order times: a customer's number and days since the shop's start, and who lives how."""

    customer: NDArray[np.int64]
    day: Floats
    rate: Floats
    dropout: Floats


def bgnbd_purchases(
    customers: int, days: float, r: float, alpha: float, a: float, b: float, seed: int
) -> Purchases:
    """Draw purchases as the BG/NBD model says, of customers who come in evenly over the days."""
    random = np.random.default_rng(seed)
    rate = random.gamma(r, 1 / alpha, customers)
    dropout = np.clip(random.beta(a, b, customers), 1e-9, 1)
    repeats = np.minimum(random.geometric(dropout), 300)  # leaves after its n-th repeat purchase
    return _drawn(random, random.uniform(0, days, customers), repeats, rate, dropout, 1.0, days)


def rhythm_purchases(customers: int, days: float, seed: int) -> Purchases:
    """Draw purchases of customers with a steady rhythm of their own, of whom some leave."""
    random = np.random.default_rng(seed)
    kind = random.choice(4, customers, p=(0.25, 0.3, 0.2, 0.25))
    gap = np.array([20.0, 45.0, 90.0, 120.0])[kind] * random.lognormal(0, 0.25, customers)
    dropout = np.array([0.02, 0.08, 0.2, 0.6])[kind]
    repeats = np.minimum(random.geometric(dropout), 300) - (kind == 3)
    first = random.uniform(0, days, customers)
    return _drawn(random, first, repeats, 1 / gap, dropout, 4.0, days)


def _drawn(
    random: np.random.Generator,
    first: Floats,
    repeats: NDArray[np.int64],
    rate: Floats,
    dropout: Floats,
    shape: float,
    days: float,
) -> Purchases:
    who = np.repeat(np.arange(len(first)), repeats)
    gaps = random.gamma(shape, 1 / shape, len(who)) / np.maximum(rate[who], 1e-12)
    total = np.concatenate(([0.0], np.cumsum(gaps)))
    begins = np.concatenate(([0], np.cumsum(repeats)))[:-1]
    later = first[who] + total[1:] - total[begins][who]
    customer = np.concatenate((np.arange(len(first)), who))
    day = np.concatenate((first, later))
    kept = day < 2 * days
    return Purchases(customer[kept] + 1, day[kept], rate, dropout)


def sales(purchases: Purchases, until: float, seed: int = 0) -> pa.Table:
    """Return order lines (columns.SALES) of the purchases before a day."""
    random = np.random.default_rng(seed)
    use = purchases.day < until
    customer, day = purchases.customer[use], purchases.day[use]
    n = len(day)
    worth = np.random.default_rng(seed + 1).gamma(4, 8, purchases.customer.max() + 1)[customer]
    amount = np.maximum((worth * random.gamma(6, 1 / 6, n) * 1e6).astype(np.int64), 10_000)
    micros = (day * 86_400e6).astype(np.int64) + int(START.timestamp() * 1e6)
    return pa.table(
        {
            "row_key": np.arange(n),
            "order_id": [str(number) for number in range(n)],
            "customer": customer,
            "time": pa.array(micros, pa.timestamp("us", tz="UTC")),
            "item_id": [f"I{number}" for number in random.integers(0, 40, n)],
            "quantity": np.ones(n),
            "unit_price": amount,
            "amount": amount,
            "discount": np.zeros(n, np.int64),
            "currency": ["EUR"] * n,
            "returned": np.zeros(n),
        }
    ).cast(SALES.schema)


def shop(lines: pa.Table, **tables: pa.Table) -> DuckDBEngine:
    """Return an engine that knows the tables the loyalty stages read; those not given are empty."""
    engine = DuckDBEngine(threads=2)
    for table in (VIEWS, CATALOGUE, SENTIMENT):
        engine.register(table.name, tables.get(table.name, table.schema.empty_table()))
    engine.register("sales", lines)
    return engine


def at(day: float) -> datetime:
    """Return a moment by the days since the shop's start."""
    return START + timedelta(days=day)
