"""What each customer is interested in: categories, against what everyone is interested in."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from habitue import columns
from habitue.engines import Engine, time_literal

__all__ = ["PRIOR", "VIEW_WEIGHT", "interests"]

#: Dealings that the population's shares count for, against the customer's own.
PRIOR = 5.0
#: What one view or search counts against one line bought.
VIEW_WEIGHT = 0.2
#: What one cart counts against one line bought.
CART_WEIGHT = 0.5

_INTERESTS = """
WITH dealings AS (
  SELECT customer, item_id, 1.0 AS weight
  FROM sales
  WHERE customer IS NOT NULL AND time < {cut} AND amount > 0
  UNION ALL
  SELECT customer, item_id, CASE event WHEN 'cart' THEN {cart} ELSE {view} END AS weight
  FROM views
  WHERE customer IS NOT NULL AND item_id IS NOT NULL AND time < {cut}
), own AS (
  SELECT customer, category, CAST(sum(weight) AS DOUBLE) AS weight
  FROM dealings JOIN catalogue ON dealings.item_id = catalogue.item_id
  WHERE category IS NOT NULL
  GROUP BY customer, category
), people AS (
  SELECT customer, sum(weight) AS total FROM own GROUP BY customer
), usual AS (
  SELECT category, sum(weight) / (SELECT sum(weight) FROM own) AS share FROM own GROUP BY category
)
SELECT own.customer, own.category, own.weight / people.total AS share,
       (own.weight + {prior} * usual.share) / (people.total + {prior}) / usual.share AS affinity
FROM own
JOIN people ON own.customer = people.customer
JOIN usual ON own.category = usual.category
ORDER BY own.customer NULLS LAST, share DESC NULLS LAST, own.category NULLS LAST
"""


def interests(
    engine: Engine,
    as_of: datetime,
    *,
    view_weight: float = VIEW_WEIGHT,
    cart_weight: float = CART_WEIGHT,
    prior: float = PRIOR,
) -> pa.Table:
    """Return each customer's interest in each category that they have dealt with.

    Of ``n`` dealings of a customer (lines bought count 1, carts and views less), ``n_c`` are
    with category ``c``; ``p_c`` is the category's share of everyone's dealings. Then::

        share    = n_c / n
        affinity = (n_c + k p_c) / (n + k) / p_c

    The affinity is the customer's share over the population's, after ``k`` dealings at the
    population's shares were added to the customer's own: someone of whom little is known is
    taken to be like everyone (affinity 1) until they show otherwise.

    Parameters
    ----------
    engine : Engine
        Knows ``sales``, ``views`` and ``catalogue``.
    as_of : datetime
        What happened before this counts.
    view_weight, cart_weight : float
        What a view and a cart count.
    prior : float
        ``k``.

    Returns
    -------
    pyarrow.Table
        Columns as ``columns.INTERESTS`` says; by customer, the greatest share first.
    """
    sql = _INTERESTS.format(
        cut=time_literal(as_of), cart=float(cart_weight), view=float(view_weight), prior=prior
    )
    return engine.query(sql).cast(columns.INTERESTS.schema)
