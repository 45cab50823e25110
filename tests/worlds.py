"""Tiny worlds with known answers: purchases written as one line each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from habitue.columns import MICROS, PURCHASES, VIEWS, Table
from habitue.engines import DuckDBEngine
from habitue.prepare import clean

__all__ = ["START", "engine_of", "purchases", "records"]

START = datetime(2026, 1, 1, tzinfo=UTC)


def records(table: Table, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Return a record table from rows that name only what matters."""
    columns = {
        column.name: pa.array([row.get(column.name) for row in rows], column.type)
        for column in table.columns
    }
    return pa.table(columns)


def purchases(lines: Sequence[tuple[str, int | None, float, str, float, float]]) -> pa.Table:
    """Return purchases from ``order, customer, day, item, quantity, price``."""
    rows = []
    for number, (order, customer, day, item, quantity, price) in enumerate(lines, start=1):
        unit = round(price * MICROS)
        rows.append(
            {
                "row_key": number,
                "line": number + 1,
                "repeat": 1,
                "order_id": order,
                "customer": customer,
                "time": START + timedelta(days=day),
                "item_id": item,
                "title": item,
                "quantity": quantity,
                "unit_price": unit,
                "amount": round(quantity * unit),
                "currency": "GBP",
                "status": "sale",
            }
        )
    return records(PURCHASES, rows)


def engine_of(
    table: pa.Table, as_of: datetime, services: Sequence[str] = (), linked: Any = ()
) -> DuckDBEngine:
    """Return an engine with purchases selected and netted."""
    engine = DuckDBEngine()
    engine.register("purchases", table)
    engine.register("views", VIEWS.schema.empty_table())
    engine.register(
        "people",
        pa.table(
            {
                "customer": pa.array([a for a, _ in linked], pa.int64()),
                "person": pa.array([b for _, b in linked], pa.int64()),
            }
        ),
    )
    engine.register("services", pa.table({"item_id": pa.array(list(services), pa.string())}))
    clean.select(engine, as_of, "GBP")
    clean.net(engine)
    engine.create("sales", clean.known_sales(as_of, "GBP"))
    return engine
