"""Which recommender serves this shop: each through time and by folds, and a choice with why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.base import clone

from habitue.columns import EVALUATION
from habitue.cores import cores
from habitue.engines import Engine
from habitue.evaluate import metrics
from habitue.evaluate.metrics import Interval, bootstrap_means
from habitue.evaluate.split import Split, deal, held_out, horizon_that_fits, through_time
from habitue.recommend import Hybrid, Popular, Recommender, matrix_of
from habitue.recommend.matrix import Matrix
from habitue.registry import find

__all__ = ["Comparison", "Trial", "compare", "judge", "tune"]

_FEWEST = 20  # tested customers below which a comparison says nothing
_TUNED_ON = 800  # customers that hyper-parameters are chosen on
_BLOCK = 400  # customers scored at a time


@dataclass(frozen=True)
class Comparison:
    """Every recommender's quality, and the one to use.

    Attributes
    ----------
    table : pa.Table
        columns.EVALUATION, task ``recommend``.
    chosen : str
        Name of the model to use.
    model : Recommender
        The model to use with its hyper-parameters, not fitted.
    why : dict
        ``protocol`` it was chosen by (``time``, ``kfold`` or ``none``), ``best`` model,
        ``runner_up``, their ``difference`` in nDCG with ``low`` and ``high``, and whether it is
        ``within_noise``; then the plainest model that the best does not clearly beat is chosen.
    tested : dict of str to int
        Customers tested by protocol.
    horizon_days : float
        Length of the test through time.
    parameters : dict of str to dict
        Hyper-parameters of each model, tuned before the cut-off.
    """

    table: pa.Table
    chosen: str
    model: Recommender
    why: dict[str, Any] = field(default_factory=dict)
    tested: dict[str, int] = field(default_factory=dict)
    horizon_days: float = 0.0
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Trial:
    """How every model did on one split.

    Attributes
    ----------
    customers : ndarray of int of shape (n_rows,)
        Positions of the tested customers.
    values : dict of str to ndarray of shape (n_rows, n_metrics)
        Each model's metrics, customer by customer.
    covered : dict of str to float
        The share of the items that each model recommended to anyone.
    """

    customers: np.ndarray
    values: dict[str, np.ndarray]
    covered: dict[str, float]


def compare(
    engine: Engine,
    as_of: datetime,
    horizon_days: float = 90,
    folds: int = 5,
    seed: int = 7,
    n: int = 10,
    models: Mapping[str, type[Recommender]] | None = None,
    cart_weight: float = 0.5,
    view_weight: float = 0.2,
    matrix: Matrix | None = None,
) -> Comparison:
    """Judge recommenders through time and by k-fold, and choose one.

    Through time, models learn before ``as_of - horizon`` and are judged by what customers known by
    then buy until ``as_of``; products that a customer had bought, unless repeatable, are neither
    recommended nor counted. By k-fold, a k-th of each customer's products is tested at a time.
    Hyper-parameters are chosen before the cut-off, on a split through time inside the training
    part; the purchases that served for that are not tested in the folds either. The choice is by
    nDCG through time; where the test is too small, by k-fold; where that is too small, popularity.

    Parameters
    ----------
    engine : Engine
        Holds ``sales``, ``views`` and ``catalogue``.
    as_of : datetime
        Nothing at or after it is looked at.
    horizon_days : float
        Length of the test through time; a quarter of the history where that is shorter.
    folds : int
        Number of folds.
    seed : int
        Of folds, samples and intervals.
    n : int
        Length of the lists that are judged.
    models : mapping of str to Recommender class, optional
        What to compare; every recommender there is if left out.
    cart_weight, view_weight : float
        What a cart and a view count against a purchase.
    matrix : Matrix, optional
        What `matrix_of` gives as of the moment, where it is at hand.
    """
    models = models or find("habitue.recommend", Recommender)
    horizon = horizon_that_fits(engine, as_of, horizon_days)
    if matrix is None:
        matrix = matrix_of(engine, as_of, cart_weight, view_weight)
    split = partial(through_time, engine, cart_weight=cart_weight, view_weight=view_weight)
    protocols = _protocols(matrix, split, as_of, horizon, folds, seed, n, models)
    if protocols is None:
        return Comparison(EVALUATION.schema.empty_table(), Popular.name, Popular(), _NOTHING)
    (tuned, through), by_fold = protocols
    trials = {"time": [through], "kfold": by_fold}
    tested = {name: _customers(trial) for name, trial in trials.items()}
    chosen, why = _choose(trials, models, seed)
    model = tuned.get(chosen, Popular())
    days = horizon / timedelta(days=1)
    settings = {name: model.get_params(deep=False) for name, model in tuned.items()}
    table = _table(trials, models, chosen, seed, n)
    return Comparison(table, chosen, clone(model), why, tested, days, settings)


_NOTHING: dict[str, Any] = {"protocol": "none", "best": Popular.name}


def _protocols(
    everything: Matrix,
    split: Callable[..., Split],
    as_of: datetime,
    horizon: timedelta,
    k: int,
    seed: int,
    n: int,
    models: Mapping[str, type[Recommender]],
) -> tuple[tuple[dict[str, Recommender], Trial], list[Trial]] | None:
    """Return the models tuned for the split through time with its trial, and each fold's trial."""
    if everything.bought.sum() < 2:
        return None
    cut = as_of - horizon
    outer = split(cut, as_of, seed=seed)
    inner = split(cut - horizon, cut, most=_TUNED_ON, seed=seed)
    if len(inner.rows) < _FEWEST:
        inner = held_out(outer.train, 0.2, seed, most=_TUNED_ON)
    outer = replace(outer, train=outer.train.with_cache_of(everything))
    inner = replace(inner, train=inner.train.with_cache_of(everything))
    tuned = tune(models, inner, n)
    splits = deal(everything, k, seed, spared=inner)
    with ThreadPoolExecutor(cores()) as pool:  # SciPy and NumPy let go of the lock
        first = pool.submit(judge, tuned, outer, n)
        rest = list(pool.map(lambda make: judge(tuned, make(), n), splits))
        return (tuned, first.result()), rest


def tune(
    models: Mapping[str, type[Recommender]], split: Split, n: int = 10
) -> dict[str, Recommender]:
    """Return each model with the hyper-parameters that do best on a split, the plainest first.

    The models are fitted on the split's training part.
    """
    plain = [name for name in models if not issubclass(models[name], Hybrid)]
    with ThreadPoolExecutor(cores()) as pool:
        found = pool.map(lambda name: models[name].tuned(split, n), plain)
        tuned = dict(zip(plain, found, strict=True))
    for name in models.keys() - tuned.keys():
        tuned[name] = models[name].tuned(split, n, tuple(tuned.values()))
    return tuned


def judge(prototypes: Mapping[str, Recommender], split: Split, n: int = 10) -> Trial:
    """Fit models on a split's training part and return how they do on its test part."""
    train = split.train
    fitted: dict[str, Recommender] = {}
    for name, prototype in prototypes.items():
        model = clone(prototype)
        if isinstance(model, Hybrid):
            model.matrix_ = train
            fitted[name] = model.adopt(fitted)
        else:
            fitted[name] = model.fit(train)
    blocks = [
        _judge_block(fitted, split, slice(start, start + _BLOCK), n)
        for start in range(0, len(split.rows), _BLOCK)
    ]
    return Trial(
        customers=split.rows,
        values={
            name: np.concatenate([values[name][0] for values in blocks] or [np.zeros((0, 5))])
            for name in fitted
        },
        covered={
            name: metrics.coverage(
                np.concatenate([values[name][1] for values in blocks] or [np.zeros(0)]),
                split.train.shape[1],
            )
            for name in fitted
        },
    )


def _judge_block(
    fitted: Mapping[str, Recommender], split: Split, part: slice, n: int
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return each model's metrics and recommended columns for a block of customers."""
    block = replace(
        split, rows=split.rows[part], truth=split.truth[part], excluded=split.excluded[part]
    )
    raw: dict[str, np.ndarray] = {}
    found = {}
    for name, model in fitted.items():
        if isinstance(model, Hybrid) and model.parts_.keys() <= raw.keys():
            raw[name] = model.combined(raw)
        else:
            raw[name] = model._scores(block.rows)
        ranking = model.best_of(raw[name], block.excluded, n)
        hits = block.hits(ranking, n)
        bits = metrics.novelty(ranking.columns, split.train.total_buyers, split.train.shape[0])
        listed = np.bincount(ranking.rows, minlength=len(block.rows))
        found[name] = (
            np.stack(
                [
                    metrics.ndcg(hits, block.relevant),
                    metrics.recall(hits, block.relevant),
                    metrics.hit_rate(hits),
                    metrics.reciprocal_rank(hits),
                    np.bincount(ranking.rows, bits, len(block.rows)) / np.maximum(listed, 1),
                ],
                axis=1,
            ),
            ranking.columns,
        )
    return found


#: The metrics of a customer in the order of `Trial.values`; ``@n`` is added to each.
_METRICS = ("ndcg", "recall", "hit", "mrr", "novelty")


def _customers(trials: Sequence[Trial]) -> int:
    return len(np.unique(np.concatenate([trial.customers for trial in trials])))


def _by_customer(trials: Sequence[Trial], name: str) -> np.ndarray:
    """Return a model's metrics, one row a customer: its mean over the folds that tested it."""
    customers = np.concatenate([trial.customers for trial in trials])
    values = np.concatenate([trial.values[name] for trial in trials])
    _ids, where, counts = np.unique(customers, return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(where, column, len(counts)) for column in values.T], axis=1)
    means: np.ndarray = sums / counts[:, None]
    return means


def _choose(
    trials: Mapping[str, Sequence[Trial]], models: Mapping[str, type[Recommender]], seed: int
) -> tuple[str, dict[str, Any]]:
    """Return the model to use, and why."""
    enough = [name for name in ("time", "kfold") if _customers(trials[name]) >= _FEWEST]
    if not enough:
        plainest = min(models, key=lambda name: models[name].complexity)
        return plainest, {"protocol": "none", "best": plainest}
    gains = {name: _by_customer(trials[enough[0]], name)[:, 0] for name in models}
    order = sorted(gains, key=lambda name: (-gains[name].mean(), models[name].complexity))
    best, others = order[0], order[1:]
    if not others:
        return best, {"protocol": enough[0], "best": best}
    paired = np.stack([gains[best] - gains[name] for name in others], axis=1)
    ahead = dict(zip(others, bootstrap_means(paired, seed), strict=True))
    equal = [best, *(name for name in others if ahead[name].low <= 0)]
    chosen = min(equal, key=lambda name: models[name].complexity)
    runner_up = others[0]
    why = {
        "protocol": enough[0],
        "best": best,
        "runner_up": runner_up,
        "difference": ahead[runner_up].mean,
        "low": ahead[runner_up].low,
        "high": ahead[runner_up].high,
        "within_noise": ahead[runner_up].low <= 0,
    }
    return chosen, why


def _table(
    trials: Mapping[str, Sequence[Trial]],
    models: Mapping[str, type[Recommender]],
    chosen: str,
    seed: int,
    n: int,
) -> pa.Table:
    rows = []
    for protocol in ("kfold", "time"):
        some = [trial for trial in trials[protocol] if len(trial.customers)]
        if not some:
            continue
        values = np.concatenate([_by_customer(some, name) for name in models], axis=1)
        means = iter(bootstrap_means(values, seed))
        for name in models:
            measured = {f"{metric}@{n}": next(means) for metric in _METRICS}
            covered = float(np.mean([trial.covered[name] for trial in some]))
            measured[f"coverage@{n}"] = Interval(covered, covered, covered)
            rows += [
                {
                    "task": "recommend",
                    "model": name,
                    "protocol": protocol,
                    "metric": metric,
                    "mean": interval.mean,
                    "low": interval.low,
                    "high": interval.high,
                    "chosen": name == chosen,
                }
                for metric, interval in measured.items()
            ]
    return pa.Table.from_pylist(rows, EVALUATION.schema)
