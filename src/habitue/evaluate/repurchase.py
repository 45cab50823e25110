"""Who will buy again: every classifier measured through time and by folds, and one chosen.

With a horizon h, what was known at c1 = as_of - h is joined to who ordered in [c1, as_of).

- ``kfold``: customers of c1 are parted at random; each part is judged by a model of the others.
- ``time``: the model learns at c2 = as_of - 2h from who ordered in [c2, c1), and is judged at c1.
  Nothing that it learns from is later than c1, so it shows what will happen in use.

The model of lowest log loss through time is chosen, or by folds where the history is too short for
two windows; then it is fitted at c1, the latest outcomes there are, to be used as of now.

With a history of five horizons or more, the window before is learnt from as well, both in the time
protocol and for use: that halved the calibration error's excess over chance in simulated shops. In
a shorter one the earlier histories are so cut off that learning from them was measured to lose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.stats import rankdata
from threadpoolctl import threadpool_limits

from habitue.columns import EVALUATION
from habitue.engines import Engine
from habitue.errors import NotEnoughDataError
from habitue.evaluate.calibration import (
    brier,
    expected_calibration_error,
    log_loss,
    mass_bins,
    reliability,
)
from habitue.evaluate.calibrators import Calibrated, folds_of
from habitue.loyalty.classify import RepurchaseClassifier, classifiers
from habitue.loyalty.classify.statistical import Statistical
from habitue.loyalty.features import Window, features, matrix, window
from habitue.loyalty.score import Predicts

__all__ = ["RepurchaseComparison", "compare"]

Floats = NDArray[np.float64]
Estimate = tuple[float, float, float]

_CUSTOMERS, _EACH = 50, 10  # fewer customers, or orderers or others among them: nothing is learnt
_LEAST_DAYS = 7  # a shorter horizon tells nothing of loyalty
_SAMPLES = 200  # bootstrap samples of the calibration error
_Z = 1.959963984540054  # 95 %, two-sided


@dataclass(frozen=True)
class RepurchaseComparison:
    """Every model's quality and the chosen model, ready to use as of the run.

    Attributes
    ----------
    table : pa.Table
        ``columns.EVALUATION`` with task ``repurchase``; empty where nothing could be measured.
    chosen : str
        The chosen model's name.
    model : Predicts
        Fitted on the latest outcomes, calibrated where it was measured.
    reliability : pa.Table or None
        The chosen model's reliability table under the protocol it was chosen by.
    horizon_days : int
        The horizon in force: the one asked for, or shorter where the history demands it.
    why : dict
        How the choice was made, as data: ``protocol`` (time, kfold or none), ``reason`` (measured,
        history_short, customers_few), ``asked_days``, ``horizon_days``, ``history_days``,
        ``customers`` and ``ordered`` (their share) of the latest window.
    training : Window or None
        The latest window with outcomes.
    """

    table: pa.Table
    chosen: str
    model: Predicts
    reliability: pa.Table | None
    horizon_days: int
    why: dict[str, Any] = field(default_factory=dict)
    training: Window | None = None


def compare(
    engine: Engine, as_of: datetime, horizon_days: int = 90, folds: int = 5, seed: int = 7
) -> RepurchaseComparison:
    """Measure every classifier, choose one, and fit it.

    Where the history is shorter than two horizons, the horizon becomes a third of the history.
    With less than three weeks of history, fewer than 50 customers at the cut-off, or fewer than 10
    who ordered or did not, nothing can be measured: the answer is then BG/NBD's, which needs no
    outcomes, as it is.

    Parameters
    ----------
    engine : Engine
        Holds ``sales``, ``views``, ``catalogue`` and ``sentiment``.
    as_of : datetime
        The cut-off of the run, with a time zone.
    horizon_days : int
        Over which a customer orders again, or doesn't.
    folds : int
        Of the k-fold protocol.
    seed : int
        Of folds, kernels and intervals: the same seed gives the same answer.
    """
    # Many small systems of equations: threads of BLAS would only wait for each other.
    with threadpool_limits(1, user_api="blas"):
        return _compare(engine, as_of, horizon_days, folds, seed)


def _compare(
    engine: Engine, as_of: datetime, horizon_days: int, folds: int, seed: int
) -> RepurchaseComparison:
    history = _history_days(engine, as_of)
    days = horizon_days if history >= 2 * horizon_days else int(history // 3)
    why: dict[str, Any] = {
        "asked_days": horizon_days,
        "horizon_days": days,
        "history_days": round(history, 1),
    }
    if days < _LEAST_DAYS:
        return _unmeasured(engine, as_of, horizon_days, why, "history_short")
    step = timedelta(days=days)
    latest = window(engine, as_of - step, as_of)
    why |= {"customers": len(latest.y), "ordered": float(latest.y.mean()) if len(latest.y) else 0.0}
    if not _enough(latest):
        return _unmeasured(engine, as_of, horizon_days, why, "customers_few")
    earlier = [
        window(engine, as_of - (n + 1) * step, as_of - n * step)
        for n in range(1, 1 + _earlier_windows(history, days))
    ]
    models = classifiers(horizon_days=days, random_state=seed)
    chances = {"kfold": {n: _by_folds(m, latest, folds, seed) for n, m in models.items()}}
    if earlier and _enough(earlier[0]):
        chances["time"] = {n: _through_time(m, earlier, latest, seed) for n, m in models.items()}
    protocol = "time" if "time" in chances else "kfold"
    losses = {name: log_loss(latest.y, p).mean() for name, p in chances[protocol].items()}
    chosen = min(losses, key=lambda name: (losses[name], name))
    why |= {"protocol": protocol, "reason": "measured" if protocol == "time" else "history_short"}
    return RepurchaseComparison(
        table=_table(chances, latest.y, chosen, seed),
        chosen=chosen,
        model=_calibrated(models[chosen], [latest, *earlier[:-1]], seed),
        reliability=reliability(latest.y, chances[protocol][chosen]),
        horizon_days=days,
        why=why,
        training=latest,
    )


def _history_days(engine: Engine, as_of: datetime) -> float:
    known = engine.query("SELECT min(time) AS first_time FROM sales WHERE customer IS NOT NULL")
    first = known["first_time"][0].as_py()
    return (as_of - first).total_seconds() / 86_400 if first else 0.0


def _enough(known: Window) -> bool:
    ordered = int(known.y.sum())
    return len(known.y) >= _CUSTOMERS and _EACH <= ordered <= len(known.y) - _EACH


def _unmeasured(
    engine: Engine, as_of: datetime, days: int, why: dict[str, Any], reason: str
) -> RepurchaseComparison:
    """BG/NBD as it is, over the horizon that was asked for: it needs no outcomes."""
    known = matrix(features(engine, as_of))
    model: RepurchaseClassifier = Statistical(horizon_days=days)
    try:
        model.fit(known, np.zeros(len(known)))
    except NotEnoughDataError:  # nobody's first order is longer ago than this very moment
        model = classifiers()["baseline"].fit(np.zeros((1, known.shape[1])), [0])
    return RepurchaseComparison(
        table=EVALUATION.schema.empty_table(),
        chosen=model.name,
        model=model,
        reliability=None,
        horizon_days=days,
        why=why | {"protocol": "none", "reason": reason, "horizon_days": days},
    )


def _earlier_windows(history: float, days: int) -> int:
    """How many windows before the latest are of use: each needs a history before it."""
    if history < 3 * days:
        return 0
    return 2 if history >= 5 * days else 1


def _calibrated(model: RepurchaseClassifier, known: Sequence[Window], seed: int) -> Calibrated:
    return Calibrated(model, random_state=seed).fit(
        np.vstack([window.X for window in known]),
        np.concatenate([window.y for window in known]),
        groups=np.concatenate([window.customer for window in known]),
    )


def _by_folds(model: RepurchaseClassifier, known: Window, folds: int, seed: int) -> Floats:
    """Each customer's chance by a model, calibrated within, that never saw the customer."""
    fold = folds_of(known.customer, known.y, folds, seed)
    chance = np.empty(len(known.y))
    for k in range(folds):
        test = fold == k
        fitted = Calibrated(model, random_state=seed).fit(known.X[~test], known.y[~test])
        chance[test] = fitted.predict_proba(known.X[test])[:, 1]
    return chance


def _through_time(
    model: RepurchaseClassifier, earlier: Sequence[Window], later: Window, seed: int
) -> Floats:
    return _calibrated(model, earlier, seed).predict_proba(later.X)[:, 1]


def _table(
    chances: dict[str, dict[str, Floats]], y: NDArray[np.int64], chosen: str, seed: int
) -> pa.Table:
    rows = [
        {
            "task": "repurchase",
            "model": model,
            "protocol": protocol,
            "metric": metric,
            **dict(zip(("mean", "low", "high"), estimate(y, p, seed), strict=True)),
            "chosen": model == chosen,
        }
        for protocol, models in chances.items()
        for model, p in models.items()
        for metric, estimate in _METRICS.items()
    ]
    return pa.Table.from_pylist(rows, EVALUATION.schema)


def _mean(losses: Floats) -> Estimate:
    centre = float(losses.mean())
    half = _Z * float(losses.std(ddof=1)) / len(losses) ** 0.5
    return centre, max(centre - half, 0.0), centre + half


def _log_loss(y: NDArray[np.int64], p: Floats, seed: int) -> Estimate:
    return _mean(log_loss(y, p))


def _brier(y: NDArray[np.int64], p: Floats, seed: int) -> Estimate:
    return _mean(brier(y, p))


def _auc(y: NDArray[np.int64], p: Floats, seed: int) -> Estimate:
    """Area under the ROC curve and its interval (DeLong, DeLong & Clarke-Pearson 1988).

    By midranks (Sun & Xu 2014): an orderer's placement is the share of others ranked below.
    """
    positive, negative = p[y == 1], p[y == 0]
    ranks = rankdata(np.concatenate((positive, negative)))
    above = (ranks[: len(positive)] - rankdata(positive)) / len(negative)
    below = 1 - (ranks[len(positive) :] - rankdata(negative)) / len(positive)
    area = float(above.mean())
    variance = above.var(ddof=1) / len(positive) + below.var(ddof=1) / len(negative)
    half = _Z * float(variance) ** 0.5
    return area, max(area - half, 0.0), min(area + half, 1.0)


def _ece(y: NDArray[np.int64], p: Floats, seed: int) -> Estimate:
    """Calibration error with the basic bootstrap interval (Davison & Hinkley 1997, section 5.2).

    Samples of customers are drawn within fixed bins. Their errors lie above the measured one, since
    noise adds up under the absolute value; the basic interval takes that off again.
    """
    centre = expected_calibration_error(y, p)
    bins = mass_bins(p)
    gap = y - p
    random = np.random.default_rng(seed)
    where = np.eye(bins.max() + 1)[bins] * gap[:, None]
    weights = random.poisson(1.0, size=(_SAMPLES, len(y))).astype(np.float64)
    errors = np.abs(weights @ where).sum(axis=1) / weights.sum(axis=1)
    low, high = np.quantile(errors, (0.025, 0.975))
    return centre, float(max(2 * centre - high, 0.0)), float(max(2 * centre - low, centre))


_METRICS: dict[str, Callable[[NDArray[np.int64], Floats, int], Estimate]] = {
    "log_loss": _log_loss,
    "auc": _auc,
    "brier": _brier,
    "ece": _ece,
}
