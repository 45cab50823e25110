"""What sets customers apart: behaviour in its own units, and scaled for clustering."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from habitue.analyse.rfm import rfm
from habitue.engines import Engine, time_literal

__all__ = ["FEATURES", "Feature", "behaviour", "scaled"]

Reals = npt.NDArray[np.float64]


def _same(values: Reals) -> Reals:
    return values


@dataclass(frozen=True)
class Feature:
    """One aspect of behaviour: its column, and how it enters the distance between customers.

    Each feature stands for one aspect, so that no aspect counts twice because it can be measured
    in two ways; ``weight`` scales its standard deviation after the transform.
    """

    name: str
    transform: Callable[[Reals], Reals]
    weight: float = 1.0


#: What customers are compared by. Times, counts and money are compared by their ratios (log).
FEATURES = (
    Feature("recency", np.log1p),
    Feature("tenure", np.log1p),
    Feature("orders", np.log),
    Feature("order_value", np.log),
    Feature("discount_share", _same),
    Feature("focus", _same),
    Feature("views", np.log1p, weight=0.5),
)

#: Lines at the average focus that are added to a customer's own.
_PRIOR = 2.0

_FOCUS = """
WITH own AS (
  SELECT customer, category, count(*) AS lines
  FROM sales JOIN catalogue ON sales.item_id = catalogue.item_id
  WHERE customer IS NOT NULL AND category IS NOT NULL AND amount > 0 AND time < {cut}
  GROUP BY customer, category
)
SELECT customer, CAST(sum(lines) AS BIGINT) AS lines, max(lines) AS top
FROM own GROUP BY customer ORDER BY customer NULLS LAST
"""

_VIEWS = """
SELECT customer, count(*) AS views
FROM views WHERE customer IS NOT NULL AND time < {cut}
GROUP BY customer ORDER BY customer NULLS LAST
"""


def behaviour(engine: Engine, as_of: datetime) -> pa.Table:
    """Return every customer's behaviour, each column in its own unit.

    Besides the columns of `rfm`: ``focus``, the share of the customer's lines that fall on their
    first category, after two lines at everyone's average are added (one line alone says nothing
    of focus); and ``views``, pages viewed.

    Parameters
    ----------
    engine : Engine
        Knows ``sales``, ``catalogue`` and ``views``.
    as_of : datetime
        What happened before this counts.

    Returns
    -------
    pyarrow.Table
        One row a customer, by customer: customer, recency, tenure, gap (days), orders, items,
        views, amount, order_value (micros), discount_share, focus (shares).
    """
    people = rfm(engine, as_of)
    customers = people["customer"].to_numpy()
    cut = time_literal(as_of)
    focus = engine.query(_FOCUS.format(cut=cut))
    top, lines = (_aligned(customers, focus, column) for column in ("top", "lines"))
    shares = top[lines > 0] / lines[lines > 0]
    usual = float(shares.mean()) if len(shares) else 0.0
    views = _aligned(customers, engine.query(_VIEWS.format(cut=cut)), "views")
    discount = np.nan_to_num(people["discount_share"].to_numpy())
    names = ("recency", "tenure", "gap", "orders", "items", "amount", "order_value")
    return pa.table(
        {
            "customer": people["customer"],
            **{name: people[name] for name in names},
            "discount_share": discount,
            "focus": (top + _PRIOR * usual) / (lines + _PRIOR),
            "views": views.astype(np.int64),
        }
    )


def _aligned(customers: npt.NDArray[np.int64], table: pa.Table, column: str) -> Reals:
    """Return a column in the order of the customers; 0 for those who are not in the table."""
    values = np.zeros(len(customers))
    place = np.searchsorted(customers, table["customer"].to_numpy())
    place = np.minimum(place, max(len(customers) - 1, 0))
    if len(customers):
        known = customers[place] == table["customer"].to_numpy()
        values[place[known]] = table[column].to_numpy()[known]
    return values


def scaled(people: pa.Table) -> tuple[Reals, list[str]]:
    """Return the matrix that customers are compared by, and the features of its columns.

    A feature is transformed, cut off at its 1st and 99th percentile (a few huge buyers would
    otherwise each be a cluster), brought to mean 0 and standard deviation ``weight``. What is
    the same for nearly everyone is left out.

    Returns
    -------
    tuple of (ndarray of shape (n_customers, n_features), list of str)
    """
    kept, names = [], []
    for feature in FEATURES:
        values = feature.transform(people[feature.name].to_numpy().astype(np.float64))
        if not len(values):
            continue
        values = np.clip(values, *np.quantile(values, [0.01, 0.99]))
        spread = float(values.std())
        if spread > 1e-9:
            kept.append((values - values.mean()) / spread * feature.weight)
            names.append(feature.name)
    matrix = np.column_stack(kept) if kept else np.zeros((people.num_rows, 0))
    return matrix, names
