"""One loyalty score from 0 to 100, from four parts that a person can check.

habit
    100 F / (1 + (recency / 2g)^3), F = n / (n + 1) for n occasions. g is the customer's own gap
    between occasions, drawn towards the shop's as if by one gap more. Nearly full while orders keep
    the rhythm, half when the silence is twice the gap, a tenth at four times.
value
    Per cent of customers who have spent less (half of those who spent the same).
engagement
    Half for the latest visit, 2^(-days / 30); a quarter each for visiting on more days of the last
    90, and for buying from more categories, than other visitors. Unknown without visits.
voice
    50 (1 + tone n / (n + 1)) for the mean tone of n comments. Unknown without comments.

The score is the weighted mean of the known parts. The weights are learnt from who ordered later.
A customer who orders now, or whose latest order was more recent, never scores lower.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import rankdata

from habitue.columns import LOYALTY, MICROS
from habitue.engines import Engine
from habitue.errors import NotEnoughDataError
from habitue.loyalty.classify.statistical import history
from habitue.loyalty.features import Window, features, index, matrix
from habitue.loyalty.lifetime import BGNBD, GammaGamma, lifetime_value

__all__ = [
    "BANDS",
    "PARTS",
    "WEIGHTS",
    "Comparison",
    "Predicts",
    "band",
    "learn_weights",
    "loyalty_table",
    "parts",
    "score",
]

Floats = NDArray[np.float64]

PARTS = ("habit", "value", "engagement", "voice")
#: The parts' weights where nothing could be learnt.
WEIGHTS: dict[str, float] = {"habit": 0.5, "value": 0.2, "engagement": 0.2, "voice": 0.1}
#: The lowest score of each band; below the last a customer is *gone*.
BANDS: tuple[tuple[str, float], ...] = (
    ("loyal", 70.0),
    ("steady", 50.0),
    ("wavering", 35.0),
    ("leaving", 20.0),
    ("gone", 0.0),
)
#: A band is at best this where the habit is below: worth alone keeps nobody.
_AT_BEST: tuple[tuple[str, float], ...] = (("gone", 3.0), ("leaving", 12.0), ("wavering", 30.0))

#: A band is at worst this from a calibrated chance of an order within the horizon.
_AT_WORST: tuple[tuple[str, float], ...] = (("leaving", 0.25), ("wavering", 0.5))

_PRIOR = 500  # customers that the default weights count as
_LEAST = 200  # customers below which weights are not learnt
_GAP = 30.0  # days; the shop's gap where nobody has come back yet


class Predicts(Protocol):
    """A fitted classifier of repurchase."""

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Return (customers, 2): the chances of no order and of an order."""
        ...


class Comparison(Protocol):
    """What ``evaluate.repurchase.compare`` hands over."""

    @property
    def model(self) -> Predicts:
        """The chosen model, fitted."""

    @property
    def horizon_days(self) -> int:
        """The horizon it was fitted for."""

    @property
    def training(self) -> Window | None:
        """The latest window with outcomes."""


def parts(X: Floats) -> Floats:
    """Return the four parts of each customer, (customers, 4) in the order of ``PARTS``.

    Parameters
    ----------
    X : array of shape (customers, features)
        As ``features.matrix`` gives them. Unknown parts are NaN.

    Examples
    --------
    >>> X = np.full((1, 24), np.nan)
    >>> for name, value in {"recency": 30, "tenure": 120, "occasions": 4, "amount": 80}.items():
    ...     X[0, index(name)] = value
    >>> parts(X).round(1)
    array([[71.1, 50. ,  nan,  nan]])
    """
    return np.column_stack((_habit(X), _rank(X[:, index("amount")]), _engagement(X), _voice(X)))


def _habit(X: Floats) -> Floats:
    recency, tenure, n = (X[:, index(name)] for name in ("recency", "tenure", "occasions"))
    own = X[:, index("gap")]
    known = own[np.isfinite(own)]
    usual = float(np.median(known)) if len(known) else _GAP
    gap = (tenure - recency + usual) / n  # n - 1 own gaps and one of the shop's
    return np.asarray(100 * n / (n + 1) / (1 + (recency / (2 * np.maximum(gap, 1.0))) ** 3))


def _engagement(X: Floats) -> Floats:
    since = X[:, index("since_visit")]
    visitors = np.flatnonzero(np.isfinite(since))
    result = np.full(len(X), np.nan)
    if len(visitors):
        of = X[visitors]
        breadth = of[:, index("categories")]
        if len(np.unique(breadth)) == 1:  # a shop without categories
            breadth = of[:, index("items")]
        latest = 100 * np.exp2(-since[visitors] / 30)
        result[visitors] = latest / 2 + _rank(of[:, index("visits_90")]) / 4 + _rank(breadth) / 4
    return result


def _voice(X: Floats) -> Floats:
    n = X[:, index("comments")]
    return np.asarray(50 * (1 + X[:, index("sentiment")] * n / (n + 1)))


def _rank(values: Floats) -> Floats:
    """Per cent of customers below, and half of those level."""
    return np.asarray(100 * (rankdata(values) - 0.5) / max(len(values), 1))


def score(known: Floats, weights: Mapping[str, float] = WEIGHTS) -> Floats:
    """Return the weighted mean of the known parts, (customers,) from 0 to 100.

    Examples
    --------
    >>> score(np.array([[80.0, 50.0, np.nan, np.nan]]), {"habit": 0.5, "value": 0.25})
    array([70.])
    """
    weight = np.array([weights.get(part, 0.0) for part in PARTS])
    given = np.isfinite(known) * weight
    total = np.maximum(given.sum(axis=1), 1e-12)
    return np.asarray(np.clip((np.nan_to_num(known) * given).sum(axis=1) / total, 0, 100))


def learn_weights(window: Window | None) -> dict[str, float]:
    """Return the parts' weights, learnt from who ordered after the window's cut-off.

    Logistic regression of the outcome on the parts with weights of 0 or more, divided by their sum.
    The default weights are mixed in as if 500 customers had voted for them; with fewer than 200
    customers, or but one outcome, they stand alone.

    Examples
    --------
    >>> learn_weights(None) == WEIGHTS
    True
    """
    default = np.array([WEIGHTS[part] for part in PARTS])
    if window is None or len(window.y) < _LEAST or len(np.unique(window.y)) < 2:
        return dict(WEIGHTS)
    given = parts(window.X) / 100
    present = np.array([np.isfinite(part).any() for part in given.T])
    centre = np.array([np.nanmean(given[:, j]) if present[j] else 0.0 for j in range(len(PARTS))])
    centred = np.where(np.isfinite(given), given - centre, 0.0)  # unknown says nothing
    design = np.column_stack((centred, np.ones(len(centred))))

    def loss(theta: Floats) -> tuple[float, Floats]:
        odds = design @ theta
        value = np.logaddexp(0, odds).mean() - window.y @ odds / len(odds)
        return float(value), design.T @ (expit(odds) - window.y) / len(odds)

    bounds = [(0.0, None)] * len(PARTS) + [(None, None)]
    start = np.append(default, 0.0)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x[:-1]
    found = np.where(present, found, 0.0)
    if found.sum() <= 0:
        return dict(WEIGHTS)
    # A part that nobody has yet keeps its default share, for the day it comes.
    learnt = np.where(present, found / found.sum() * default[present].sum(), default)
    mixed = (len(window.y) * learnt + _PRIOR * default) / (len(window.y) + _PRIOR)
    return dict(zip(PARTS, (mixed / mixed.sum()).tolist(), strict=True))


def band(scores: ArrayLike, habits: ArrayLike, chances: ArrayLike | None = None) -> list[str]:
    """Return each customer's band: loyal, steady, wavering, leaving or gone.

    By the score (``BANDS``), but at best *wavering* with a habit below 30, *leaving* below 12, and
    *gone* below 3: someone who was worth much is leaving all the same. But nobody is called *gone*
    whose calibrated chance of an order within the horizon is one in four or more, nor *leaving* at
    one in two.

    Examples
    --------
    >>> band([85, 55, 55, 20], [80, 60, 10, 1])
    ['loyal', 'steady', 'leaving', 'gone']
    >>> band([85, 55, 55, 20], [80, 60, 10, 1], [0.9, 0.5, 0.3, 0.3])
    ['loyal', 'steady', 'leaving', 'leaving']
    """
    names = [name for name, _low in BANDS]
    lows = np.array([low for _name, low in BANDS])
    habit = np.asarray(habits, dtype=np.float64)
    number = (np.asarray(scores, dtype=np.float64)[:, None] < lows[None, :-1]).sum(axis=1)
    for name, low in _AT_BEST:
        number = np.where(habit < low, np.maximum(number, names.index(name)), number)
    if chances is not None:
        chance = np.asarray(chances, dtype=np.float64)
        for name, low in _AT_WORST:
            number = np.where(chance >= low, np.minimum(number, names.index(name)), number)
    return [names[i] for i in number]


def loyalty_table(
    engine: Engine, as_of: datetime, horizon_days: int, comparison: Comparison | None = None
) -> pa.Table:
    """Return every customer's loyalty as of the cut-off (``columns.LOYALTY``).

    Parameters
    ----------
    engine : Engine
        Holds ``sales``, ``views``, ``catalogue`` and ``sentiment``.
    as_of : datetime
        The cut-off, with a time zone.
    horizon_days : int
        For ``probability`` and ``expected_orders``, unless the comparison had to shorten it.
    comparison : RepurchaseComparison, optional
        What ``evaluate.repurchase.compare`` returned: its model gives ``probability``, its latest
        window the weights. Without it the probability is BG/NBD's and the weights the default.

    Returns
    -------
    pa.Table
        One row a customer who ordered before the cut-off, by customer.
    """
    known = features(engine, as_of)
    X = matrix(known)
    days = comparison.horizon_days if comparison else horizon_days
    given = parts(X)
    total = score(given, learn_weights(comparison.training if comparison else None))
    columns: dict[str, object] = {
        "customer": known["customer"],
        "score": total,
        **{part: _nullable(given[:, j]) for j, part in enumerate(PARTS)},
        **_forecast(X, days),
    }
    chances = None
    if comparison and len(X):
        chances = columns["probability"] = comparison.model.predict_proba(X)[:, 1]
    columns["band"] = pa.array(band(total, given[:, 0], chances), pa.string())
    return pa.table({name: columns[name] for name in LOYALTY.names}).cast(LOYALTY.schema)


def _forecast(X: Floats, days: int) -> dict[str, object]:
    """BG/NBD's and gamma-gamma's view: chance, orders, and the worth of 12 months.

    The models count days with an order; orders are more by the shop's own ratio.
    """
    unknown = pa.nulls(len(X), pa.float64())
    try:
        past = history(X)
        model = BGNBD().fit(past)
        occasions = X[:, index("occasions")]
        spend = X[:, index("amount")] / occasions
        expected = GammaGamma().fit(occasions, spend).expected_spend(occasions, spend)
        worth = lifetime_value(model, past, expected)
    except NotEnoughDataError:
        names = ("probability", "alive", "expected_orders", "lifetime_value")
        return dict.fromkeys(names, unknown)
    several = X[:, index("orders")].sum() / occasions.sum()
    return {
        "probability": model.chance(past, days),
        "alive": model.alive(past),
        "expected_orders": several * model.expected_purchases(past, days),
        "lifetime_value": pa.array(np.round(worth * MICROS).astype(np.int64)),
    }


def _nullable(values: Floats) -> pa.Array:
    return pa.array(values, mask=~np.isfinite(values))
