"""What is known of each customer as of a cut-off: the rows that the loyalty models learn from.

Nothing at or after the cut-off is looked at, so a model that is trained on these features and on
what customers did afterwards has seen no future.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from habitue.columns import CUSTOMER, MICROS, REAL, Column, Table
from habitue.engines import Engine, time_literal
from habitue.errors import UsageError
from habitue.locale import _

__all__ = ["FEATURES", "NAMES", "Window", "features", "index", "labels", "matrix", "window"]

Floats = NDArray[np.float64]


def _real(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, REAL, meaning, unit)


#: One customer who has ordered, as of a cut-off. Everything is a real number; null is *unknown*.
FEATURES = Table(
    "features",
    "one customer as of a cut-off",
    (
        CUSTOMER,
        _real("recency", "since the latest order", "days"),
        _real("tenure", "since the first order", "days"),
        _real("orders", "orders"),
        _real("occasions", "different days with an order: what the lifetime models count"),
        _real("gap", "mean time between occasions; null with fewer than two", "days"),
        _real("overdue", "recency / gap: above 1 is later than usual; null without a gap"),
        _real("rhythm", "spread of the gaps / their mean: 0 is regular; null with one gap"),
        _real("orders_30", "orders in the last 30 days"),
        _real("orders_90", "orders in the last 90 days"),
        _real("orders_180", "orders in the last 180 days"),
        _real("amount", "spent so far", "units of the currency"),
        _real("order_value", "mean worth of an order", "units of the currency"),
        _real("amount_90", "spent in the last 90 days", "units of the currency"),
        _real(
            "trend",
            "(last 90 days' amount - the 90 days' before) / both: -1 stopped, 1 began; "
            "null if nothing was spent in either",
        ),
        _real("items", "different products bought"),
        _real("categories", "different categories bought"),
        _real("discount_share", "share of the full price that was taken off"),
        _real("return_share", "share of the bought pieces that came back"),
        _real("visits_30", "different days with a view in the last 30 days"),
        _real("visits_90", "different days with a view in the last 90 days"),
        _real("carts_90", "times put in a cart in the last 90 days"),
        _real("since_visit", "since the latest view; null without views", "days"),
        _real("comments", "comments written"),
        _real("sentiment", "mean tone of the comments, -1 to 1; null without comments"),
    ),
)

#: The features' names in the order of a classifier's columns.
NAMES: tuple[str, ...] = tuple(FEATURES.names[1:])


def index(name: str) -> int:
    """Return the column of a feature in a classifier's ``X``.

    Raises
    ------
    UsageError
        If there is no such feature; the message lists those there are.

    Examples
    --------
    >>> index("recency"), index("tenure")
    (0, 1)
    """
    if name not in NAMES:
        text = _("There is no feature {name!r}. There are: {known}.")
        raise UsageError(text.format(name=name, known=", ".join(NAMES)))
    return NAMES.index(name)


def features(engine: Engine, as_of: datetime) -> pa.Table:
    """Return one row a customer who ordered before the cut-off (``FEATURES``), by customer.

    Reads ``sales``, ``views``, ``catalogue`` and ``sentiment``, of which all but ``sales`` may be
    empty. Guests (orders without a customer) have no row.

    Parameters
    ----------
    engine : Engine
        Where the tables are.
    as_of : datetime
        The cut-off; only rows before it are read.
    """
    columns = ", ".join(f"CAST({name} AS DOUBLE) AS {name}" for name in NAMES)
    table = engine.query(
        f"""
        WITH lines AS (
            SELECT customer, order_id, time, item_id, quantity, returned,
                CAST(amount AS DOUBLE) / {MICROS} AS amount,
                CAST(discount AS DOUBLE) / {MICROS} AS discount
            FROM sales WHERE customer IS NOT NULL AND time < {time_literal(as_of)}
        ),
        {_orders(engine, as_of)}, {_breadth()}, {_visits(engine, as_of)},
        tone AS (
            SELECT customer, count(*) AS comments, round(avg(sentiment), 9) AS sentiment
            FROM sentiment WHERE customer IS NOT NULL AND time < {time_literal(as_of)}
            GROUP BY customer
        )
        SELECT customer, {columns} FROM (
            SELECT summary.*, rhythms.occasions, rhythms.gap, rhythms.rhythm,
                recency / nullif(rhythms.gap, 0) AS overdue, breadth.items, breadth.categories,
                coalesce(visits_30, 0) AS visits_30, coalesce(visits_90, 0) AS visits_90,
                coalesce(carts_90, 0) AS carts_90, since_visit,
                coalesce(comments, 0) AS comments, sentiment
            FROM summary JOIN rhythms USING (customer) JOIN breadth USING (customer)
            LEFT JOIN visited USING (customer) LEFT JOIN tone USING (customer)
        ) joined
        ORDER BY customer NULLS LAST
        """
    )
    return table.cast(FEATURES.schema)


def _orders(engine: Engine, as_of: datetime) -> str:
    """Orders, their summary, and the rhythm of the days with orders, as named steps."""
    ago = {days: time_literal(as_of - timedelta(days=days)) for days in (30, 90, 180)}
    previous = f"time >= {ago[180]} AND time < {ago[90]}"
    counts = ", ".join(
        f"sum(CASE WHEN time >= {cut} THEN 1 ELSE 0 END) AS orders_{days}"
        for days, cut in ago.items()
    )
    return f"""
        bought AS (
            SELECT customer, order_id, min(time) AS time, sum(amount) AS amount,
                sum(discount) AS discount, sum(quantity) AS quantity, sum(returned) AS returned
            FROM lines GROUP BY customer, order_id
        ),
        totals AS (
            SELECT customer, min(time) AS first_time, max(time) AS last_time,
                count(*) AS orders, {counts}, round(sum(amount), 6) AS amount,
                round(sum(CASE WHEN time >= {ago[90]} THEN amount ELSE 0 END), 6) AS amount_90,
                round(sum(CASE WHEN {previous} THEN amount ELSE 0 END), 6) AS before_90,
                sum(discount) AS discount, sum(returned) AS returned, sum(quantity) AS quantity
            FROM bought GROUP BY customer
        ),
        summary AS (
            SELECT customer, {engine.days_between("last_time", time_literal(as_of))} AS recency,
                {engine.days_between("first_time", time_literal(as_of))} AS tenure,
                orders, orders_30, orders_90, orders_180, amount, amount_90,
                amount / orders AS order_value,
                (amount_90 - before_90) / nullif(amount_90 + before_90, 0) AS trend,
                round(coalesce(discount / nullif(amount + discount, 0), 0), 9) AS discount_share,
                round(coalesce(returned / nullif(quantity + returned, 0), 0), 9) AS return_share
            FROM totals
        ),
        days AS (
            SELECT customer, CAST(time AS DATE) AS day, min(time) AS time
            FROM bought GROUP BY customer, CAST(time AS DATE)
        ),
        gaps AS (
            SELECT customer, {engine.days_between("previous", "time")} AS gap FROM (
                SELECT customer, time,
                    lag(time) OVER (PARTITION BY customer ORDER BY time NULLS LAST) AS previous
                FROM days
            ) pairs
        ),
        rhythms AS (
            SELECT customer, count(*) AS occasions, round(avg(gap), 9) AS gap,
                round(stddev_samp(gap) / nullif(avg(gap), 0), 9) AS rhythm
            FROM gaps GROUP BY customer
        )
    """


def _breadth() -> str:
    """How many products and categories: distinct pairs first, which are far fewer than lines."""
    return """
        pairs_bought AS (SELECT customer, item_id FROM lines GROUP BY customer, item_id),
        breadth AS (
            SELECT customer, count(*) AS items, count(DISTINCT category) AS categories
            FROM pairs_bought LEFT JOIN (
                SELECT item_id, min(category) AS category FROM catalogue GROUP BY item_id
            ) kinds ON kinds.item_id = pairs_bought.item_id
            GROUP BY customer
        )
    """


def _visits(engine: Engine, as_of: datetime) -> str:
    ago = {days: time_literal(as_of - timedelta(days=days)) for days in (30, 90)}
    counts = ", ".join(
        f"sum(CASE WHEN time >= {cut} THEN 1 ELSE 0 END) AS visits_{days}"
        for days, cut in ago.items()
    )
    return f"""
        visit_days AS (
            SELECT customer, CAST(time AS DATE) AS day, max(time) AS time,
                sum(CASE WHEN event = 'cart' AND time >= {ago[90]} THEN 1 ELSE 0 END) AS carts
            FROM views WHERE customer IS NOT NULL AND time < {time_literal(as_of)}
            GROUP BY customer, CAST(time AS DATE)
        ),
        visited AS (
            SELECT customer, {counts}, sum(carts) AS carts_90,
                {engine.days_between("max(time)", time_literal(as_of))} AS since_visit
            FROM visit_days GROUP BY customer
        )
    """


def labels(engine: Engine, start: datetime, end: datetime) -> pa.Table:
    """Return which customers known before ``start`` ordered in [``start``, ``end``).

    Returns
    -------
    pa.Table
        ``customer`` and ``ordered``, row by row with ``features(engine, start)``.
    """
    return engine.query(
        f"""
        SELECT customer,
            max(CASE WHEN time >= {time_literal(start)} THEN 1 ELSE 0 END) = 1 AS ordered
        FROM sales WHERE customer IS NOT NULL AND time < {time_literal(end)}
        GROUP BY customer HAVING min(time) < {time_literal(start)}
        ORDER BY customer NULLS LAST
        """
    )


def matrix(table: pa.Table) -> Floats:
    """Return features as a classifier takes them: (customers, features), unknown is NaN."""
    columns = [pc.fill_null(table[name], np.nan).to_numpy() for name in NAMES]
    return np.column_stack(columns).astype(np.float64).reshape(table.num_rows, len(NAMES))


@dataclass(frozen=True)
class Window:
    """What was known at ``start``, and who ordered from then until ``end``.

    ``X`` is (customers, features), ``y`` is 1 where the customer ordered, ``customer`` says who.
    """

    start: datetime
    end: datetime
    customer: NDArray[np.int64]
    X: Floats
    y: NDArray[np.int64]


def window(engine: Engine, start: datetime, end: datetime) -> Window:
    """Return features as of ``start`` with what came of them in [``start``, ``end``)."""
    known, came = features(engine, start), labels(engine, start, end)
    return Window(
        start,
        end,
        known["customer"].to_numpy(),
        matrix(known),
        came["ordered"].to_numpy().astype(np.int64),
    )
