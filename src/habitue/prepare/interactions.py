"""Who dealt with which product, and which products customers come back for.

Weight of a customer and a product: with *p* orders (a day) that hold it, *c* times in the cart
and *v* views, ``log2(1 + p + cart_weight * c + view_weight * v)``. One purchase weighs 1, the third
adds less than the second, and many views never drown a purchase.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa

from habitue.columns import INTERACTIONS
from habitue.engines import Engine, time_literal

__all__ = ["REPEAT_SHARE", "interactions", "pooled_shares", "repeatable"]

#: A product is one that customers come back for when at least this share of its buyers did.
REPEAT_SHARE = 0.2

_FEWEST_BUYERS = 20  # products with fewer say little about how much products differ


def interactions(
    engine: Engine, as_of: datetime, cart_weight: float = 0.5, view_weight: float = 0.2
) -> pa.Table:
    """Return each customer's dealings with each product before a moment (columns.INTERACTIONS).

    Reads ``sales`` and ``views``; guests' purchases and visitors that nobody knows are left out.

    Parameters
    ----------
    engine : Engine
        Holds the tables.
    as_of : datetime
        The cut-off: nothing at or after it is looked at.
    cart_weight, view_weight : float
        What a cart and a view count against a purchase, which counts 1.
    """
    cut = time_literal(as_of)
    rows = engine.query(
        f"""
        WITH held AS (
            SELECT customer, item_id, order_id, CAST(time AS DATE) AS day,
                min(time) AS first, max(time) AS last
            FROM sales
            WHERE customer IS NOT NULL AND item_id IS NOT NULL AND quantity > 0 AND time < {cut}
            GROUP BY customer, item_id, order_id, CAST(time AS DATE)
        ),
        daily AS (
            SELECT customer, item_id, count(*) AS orders, min(first) AS first, max(last) AS last
            FROM held GROUP BY customer, item_id, day
        ),
        bought AS (
            SELECT customer, item_id, sum(orders) AS strength, count(*) AS days,
                min(first) AS first, max(last) AS last
            FROM daily GROUP BY customer, item_id
        ),
        seen AS (
            SELECT customer, item_id,
                sum(CASE WHEN event = 'cart' THEN CAST({cart_weight} AS DOUBLE)
                         ELSE CAST({view_weight} AS DOUBLE) END) AS strength,
                min(time) AS first, max(time) AS last
            FROM views
            WHERE customer IS NOT NULL AND item_id IS NOT NULL AND event IN ('view', 'cart')
              AND time < {cut}
            GROUP BY customer, item_id
        ),
        both_kinds AS (
            SELECT customer, item_id, CAST(strength AS DOUBLE) AS strength, days, first, last,
                first AS first_bought, last AS last_bought FROM bought
            UNION ALL
            SELECT customer, item_id, strength, 0, first, last, NULL, NULL FROM seen
        )
        SELECT customer, item_id, ln(1 + sum(strength)) / ln(2) AS weight,
            min(first) AS first_time, max(last) AS last_time, max(days) > 0 AS bought,
            max(days) AS days_bought, min(first_bought) AS first_bought,
            max(last_bought) AS last_bought
        FROM both_kinds GROUP BY customer, item_id HAVING sum(strength) > 0
        ORDER BY customer NULLS LAST, item_id NULLS LAST
        """
    )
    return rows.cast(INTERACTIONS.schema)


def repeatable(engine: Engine, as_of: datetime, threshold: float = REPEAT_SHARE) -> pa.Table:
    """Return which products customers come back for: ``item_id, repeatable``.

    A product is repeatable when at least ``threshold`` of its buyers bought it on two or more
    different days. Few buyers say little, so a product's share is pooled with its category's, and
    the category's with the shop's (`pooled_shares`). A product left out here is recommended to
    nobody who has it; one kept may be recommended again.

    Reads ``sales`` and ``catalogue`` (for categories).
    """
    rows = engine.query(
        f"""
        WITH days AS (
            SELECT customer, item_id, count(DISTINCT CAST(time AS DATE)) AS days
            FROM sales
            WHERE customer IS NOT NULL AND item_id IS NOT NULL AND quantity > 0
              AND time < {time_literal(as_of)}
            GROUP BY customer, item_id
        ),
        groups AS (SELECT item_id, min(category) AS category FROM catalogue GROUP BY item_id)
        SELECT d.item_id, min(coalesce(g.category, '')) AS category, count(*) AS buyers,
            CAST(sum(CASE WHEN d.days >= 2 THEN 1 ELSE 0 END) AS BIGINT) AS again
        FROM days d LEFT JOIN groups g ON g.item_id = d.item_id
        GROUP BY d.item_id ORDER BY d.item_id NULLS LAST
        """
    )
    buyers, again = rows["buyers"].to_numpy(), rows["again"].to_numpy()
    _names, category = np.unique(rows["category"].to_pylist(), return_inverse=True)
    share = pooled_shares(again, buyers, category)
    return pa.table(
        {"item_id": rows["item_id"], "repeatable": pa.array(share >= threshold, pa.bool_())}
    )


def pooled_shares(again: np.ndarray, buyers: np.ndarray, category: np.ndarray) -> np.ndarray:
    """Return each product's share of buyers who came back, pooled with its category and the shop.

    Beta-binomial pooling: a group's share is ``(again + m * above) / (buyers + m)``, where
    ``above`` is the share one level up. The strength *m* (worth of that many buyers) comes from
    how much the shares of well-sold products differ, by the method of moments: with a prior
    Beta(m mu, m (1 - mu)) the variance of a share is mu (1 - mu) / (m + 1) besides sampling noise
    (Gelman et al., Bayesian Data Analysis, 3rd ed., section 5.1).

    Parameters
    ----------
    again, buyers : ndarray of shape (n_products,)
        Buyers on two or more days, and all buyers.
    category : ndarray of int of shape (n_products,)
        Number of each product's category.

    Examples
    --------
    >>> import numpy as np
    >>> again, buyers = np.array([50, 0, 1]), np.array([100, 100, 1])
    >>> pooled_shares(again, buyers, np.array([0, 1, 1])).round(2).tolist()
    [0.5, 0.0, 0.33]
    """
    if len(buyers) == 0:
        return np.zeros(0)
    shop = again.sum() / buyers.sum()
    strength = _strength(again, buyers, shop)
    sums = [np.bincount(category, weights=values) for values in (again, buyers)]
    group = (sums[0] + strength * shop) / (sums[1] + strength)
    pooled: np.ndarray = (again + strength * group[category]) / (buyers + strength)
    return pooled


def _strength(again: np.ndarray, buyers: np.ndarray, shop: float) -> float:
    """Return how many buyers the prior is worth, between 2 and 1,000."""
    much = buyers >= _FEWEST_BUYERS
    spread = shop * (1 - shop)
    if much.sum() < 2 or spread == 0:
        return float(_FEWEST_BUYERS)
    shares = again[much] / buyers[much]
    noise = spread * np.mean(1 / buyers[much])
    between = max(float(np.mean((shares - shop) ** 2) - noise), 1e-9)
    return float(np.clip(spread / between - 1, 2, 1000))
