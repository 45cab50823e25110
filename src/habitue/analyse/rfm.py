"""Recency, frequency, money: each customer's three scores and the trade's group."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from habitue import columns
from habitue.engines import Engine, time_literal

__all__ = ["GRID", "GROUPS", "group_of", "quintiles", "rfm"]

#: The trade's groups (Shopify's names), from the best to the longest gone.
GROUPS = (
    "champions",
    "loyal",
    "active",
    "promising",
    "new",
    "needs_attention",
    "at_risk",
    "previously_loyal",
    "almost_lost",
    "dormant",
)

#: The group of each cell. Row: recency score, 5 (latest) to 1. Column: the mean of the frequency
#: and money scores, rounded half up, 1 to 5. Shopify names the groups and what sets them apart;
#: the borders between the cells are ours.
GRID: dict[int, tuple[str, str, str, str, str]] = {
    5: ("new", "promising", "active", "loyal", "champions"),
    4: ("new", "promising", "active", "loyal", "loyal"),
    3: ("needs_attention", "needs_attention", "needs_attention", "loyal", "loyal"),
    2: ("almost_lost", "almost_lost", "at_risk", "at_risk", "previously_loyal"),
    1: ("dormant", "dormant", "dormant", "previously_loyal", "previously_loyal"),
}

Reals = npt.NDArray[np.float64]
Scores = npt.NDArray[np.int64]

_CUSTOMERS = """
WITH lines AS (
  SELECT customer, order_id, item_id, time, amount, discount
  FROM sales
  WHERE customer IS NOT NULL AND time < {cut}
), orders AS (
  SELECT customer, order_id, min(time) AS time, CAST(sum(amount) AS BIGINT) AS amount,
         CAST(sum(coalesce(discount, 0)) AS BIGINT) AS discount
  FROM lines GROUP BY customer, order_id HAVING sum(amount) > 0
), items AS (
  SELECT lines.customer, count(DISTINCT lines.item_id) AS items
  FROM lines JOIN orders
    ON lines.customer = orders.customer AND lines.order_id = orders.order_id
  WHERE lines.amount > 0
  GROUP BY lines.customer
), people AS (
  SELECT customer, min(time) AS first_time, max(time) AS last_time, count(*) AS orders,
         CAST(sum(amount) AS BIGINT) AS amount, CAST(sum(discount) AS BIGINT) AS discount
  FROM orders GROUP BY customer
)
SELECT people.customer, first_time, last_time,
       {recency} AS recency, {tenure} AS tenure, orders, items, amount,
       CAST(round(amount * 1.0 / orders) AS BIGINT) AS order_value,
       {span} / nullif(orders - 1, 0) AS gap,
       discount * 1.0 / nullif(amount + discount, 0) AS discount_share
FROM people JOIN items ON people.customer = items.customer
ORDER BY people.customer NULLS LAST
"""


def rfm(engine: Engine, as_of: datetime) -> pa.Table:
    """Return every customer's recency, frequency and money, their scores and group.

    An order is an order number whose lines, before the cut-off and net of returns, come to more
    than nothing. Scores are quintiles (see `quintiles`); the group follows from the recency
    score and the mean of the other two (see `group_of`).

    Parameters
    ----------
    engine : Engine
        Knows the table ``sales``; lines without a customer don't count.
    as_of : datetime
        Lines before this count, and days are counted up to it.

    Returns
    -------
    pyarrow.Table
        Columns as ``columns.RFM`` says, by customer; empty where nobody has ordered.
    """
    cut = time_literal(as_of)
    people = engine.query(
        _CUSTOMERS.format(
            cut=cut,
            recency=engine.days_between("last_time", cut),
            tenure=engine.days_between("first_time", cut),
            span=engine.days_between("first_time", "last_time"),
        )
    )
    r = quintiles(-people["recency"].to_numpy())
    f = quintiles(people["orders"].to_numpy())
    m = quintiles(people["amount"].to_numpy())
    scores = {"r": r, "f": f, "m": m, "group": _groups(r, f, m)}
    for name, values in scores.items():
        people = people.append_column(name, pa.array(values))
    return people.cast(columns.RFM.schema)


def quintiles(values: npt.ArrayLike) -> Scores:
    """Return scores 1 to 5 by fifths of the customers, 5 for the greatest values.

    Equal values have equal scores: a value's score is the fifth in which the middle of its ties
    lies, ``1 + floor(5 (below + ties / 2) / n)``. Where few values are distinct, some scores
    are not given at all, rather than given by chance; where all are equal, all score 3.

    >>> quintiles([10, 20, 30, 40, 50]).tolist()
    [1, 2, 3, 4, 5]
    >>> quintiles([1, 1, 1, 1, 1, 1, 1, 2, 2, 9]).tolist()
    [2, 2, 2, 2, 2, 2, 2, 5, 5, 5]
    """
    array = np.asarray(values)
    if not len(array):
        return np.empty(0, dtype=np.int64)
    _distinct, place, ties = np.unique(array, return_inverse=True, return_counts=True)
    twice_middle = 2 * (np.cumsum(ties) - ties) + ties  # whole numbers: no rounding at borders
    score = 1 + (5 * twice_middle) // (2 * len(array))
    scores: Scores = np.minimum(score, 5).astype(np.int64)[place]
    return scores


def group_of(r: int, f: int, m: int) -> str:
    """Return the group of a customer's scores.

    >>> group_of(5, 5, 4), group_of(5, 1, 1), group_of(1, 5, 5)
    ('champions', 'new', 'previously_loyal')
    """
    return GRID[r][(f + m + 1) // 2 - 1]


def _groups(r: Scores, f: Scores, m: Scores) -> list[str]:
    return [group_of(*scores) for scores in zip(r.tolist(), f.tolist(), m.tolist(), strict=True)]
