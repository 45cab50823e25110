"""What the prepared records come to: months, span, currency, rows read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa

from habitue.columns import MONTHLY
from habitue.engines import Engine
from habitue.prepare import clean

__all__ = ["latest_purchase", "main_currency", "monthly", "summary"]

#: Tables whose rows are counted as read; ``visits`` is every view that was recorded.
_READ = ("purchases", "visits", "comments", "items", "customers")


def latest_purchase(engine: Engine) -> datetime | None:
    """Return when the latest purchase of ``purchases`` was made."""
    latest: datetime | None = engine.query("SELECT max(time) AS t FROM purchases")["t"][0].as_py()
    return latest


def main_currency(engine: Engine) -> str:
    """Return the currency of most purchases; empty where none says its currency."""
    rows = engine.query(
        """
        SELECT currency, count(*) AS n FROM purchases WHERE currency IS NOT NULL
        GROUP BY currency ORDER BY n DESC NULLS LAST, currency NULLS LAST LIMIT 1
        """
    ).to_pylist()
    return str(rows[0]["currency"]) if rows else ""


def monthly(engine: Engine) -> pa.Table:
    """Return orders, customers and revenue of each month of ``sales`` (columns.MONTHLY)."""
    return engine.query(
        """
        SELECT date_trunc('month', time) AS month, count(DISTINCT order_id) AS orders,
            count(DISTINCT customer) AS customers,
            count(DISTINCT CASE WHEN customer IS NULL THEN order_id
                ELSE concat('#', CAST(customer AS VARCHAR)) END) AS buyers,
            CAST(sum(amount) AS BIGINT) AS amount
        FROM sales GROUP BY 1 ORDER BY 1 NULLS LAST
        """
    ).cast(MONTHLY.schema)


def summary(engine: Engine) -> dict[str, Any]:
    """Return rows read, figures before and after services and returns, and the span of sales."""
    span = engine.query("SELECT min(time) AS first, max(time) AS last FROM sales").to_pylist()[0]
    counts = {name: engine.query(f'SELECT count(*) AS n FROM "{name}"') for name in _READ}
    return {
        "read": {name: count["n"][0].as_py() for name, count in counts.items()},
        **clean.figures(engine),
        **{end: time.isoformat() if time else None for end, time in span.items()},
    }
