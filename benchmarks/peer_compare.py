"""The peer's comparison of recommenders: tuned before the cut, through time and by folds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from benchmarks.peer_recommend import CANDIDATES, PARTS, Data, Model, Train, normalised, ranked

__all__ = ["MODELS", "Chosen", "compare"]

MODELS = (*PARTS, "hybrid")  # the plainest first, as one is preferred that is not clearly beaten
METRICS = ("ndcg", "recall", "hit", "mrr", "novelty")
STEPS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5)
N = 10


@dataclass
class Split:
    """What to learn from and what came true."""

    train: Train
    rows: np.ndarray
    truth: sparse.csr_matrix
    excluded: sparse.csr_matrix

    @classmethod
    def of(
        cls,
        train: Train,
        truth: sparse.csr_matrix,
        excluded: sparse.csr_matrix,
        most: int,
        seed: int,
    ) -> Split:
        """Test customers with a past and a truth, a sample if they are too many."""
        truth = truth - truth.multiply(excluded > 0)
        truth.eliminate_zeros()
        rows = np.flatnonzero((np.diff(truth.indptr) > 0) & (np.diff(train.X.indptr) > 0))
        if len(rows) > most:
            rows = np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
        return cls(train, rows, truth[rows], excluded[rows])


@dataclass
class Chosen:
    """The model to use: each part's settings, and the hybrid's weights."""

    name: str
    settings: dict[str, dict[str, float]]
    weights: dict[str, float]


def dcg(hits: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """Return each customer's NDCG."""
    discount = 1 / np.log2(np.arange(2, hits.shape[1] + 2))
    ideal = np.concatenate([[1.0], np.cumsum(discount)])
    return np.asarray(hits @ discount / ideal[np.minimum(relevant, hits.shape[1])])


def measured(
    scores: np.ndarray, split: Split, fallback: np.ndarray, buyers: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the five metrics of each customer, and the items recommended to anyone."""
    best, reached = ranked(scores, fallback, split.excluded, N)
    hits = np.take_along_axis(split.truth.toarray() > 0, best, axis=1) & np.isfinite(reached)
    relevant = np.diff(split.truth.indptr)
    people = int((np.diff(split.train.X.indptr) > 0).sum())
    bits = -np.log2(np.maximum(buyers[best], 0.5) / people)
    values = [
        dcg(hits, relevant),
        hits.sum(axis=1) / relevant,
        hits.any(axis=1),
        (hits / np.arange(1, N + 1)).max(axis=1),
        bits.mean(axis=1),
    ]
    return np.column_stack(values), np.unique(best)


def tune(split: Split, data: Data) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Return the settings that do best for each part, and the weights of their blend."""
    fallback = split.train.fallback()
    buyers = np.bincount(split.train.X.indices, minlength=data.shape[1])
    settings, raw = {}, {}
    for name in PARTS:
        best = -1.0
        for candidate in CANDIDATES[name]:
            found = Model(name, **candidate).fit(split.train, data).scores(split.rows)
            quality = measured(found, split, fallback, buyers)[0][:, 0].mean()
            if quality > best:
                best, settings[name], raw[name] = quality, candidate, found
    return settings, learn_weights(raw, split, fallback)


def learn_weights(
    raw: dict[str, np.ndarray], split: Split, fallback: np.ndarray
) -> dict[str, float]:
    """Return the blend of highest nDCG by coordinate search on each part's thirty best."""
    tops = [ranked(scores, fallback, split.excluded, 3 * N)[0] for scores in raw.values()]
    rows = np.repeat(np.arange(len(split.rows)), 3 * N * len(tops))
    pairs = pd.DataFrame({"row": rows, "column": np.hstack(tops).ravel()}).drop_duplicates()
    pairs = pairs.sort_values(["row", "column"])
    row, column = pairs["row"].to_numpy(), pairs["column"].to_numpy()
    place = pairs.groupby("row").cumcount().to_numpy()
    shape = (len(split.rows), int(place.max()) + 1)
    tables = np.zeros((len(raw), *shape), dtype=np.float32)
    for table, scores in zip(tables, raw.values(), strict=True):
        table[row, place] = normalised(scores)[row, column]
    below = np.full(shape, -np.inf, dtype=np.float32)
    below[row, place] = fallback[column]
    true = np.zeros(shape)
    true[row, place] = split.truth.toarray()[row, column]
    none = sparse.csr_matrix(shape)
    relevant = np.diff(split.truth.indptr)

    def quality(weights: np.ndarray) -> float:
        blend = np.tensordot(weights.astype(np.float32), tables, axes=1)
        best, _reached = ranked(blend, below, none, N)
        return float(dcg(np.take_along_axis(true, best, axis=1), relevant).mean())

    return dict(zip(raw, climb(quality, len(raw)).tolist(), strict=True))


def climb(quality: Callable[[np.ndarray], float], size: int) -> np.ndarray:
    """Return weights found by coordinate search from the best single part, in three rounds."""
    single = [quality(weights) for weights in np.eye(size)]
    best, weights = max(single), np.eye(size)[int(np.argmax(single))]
    for _round in range(3):
        before = best
        for part in range(size):
            for step in STEPS:
                trial = weights.copy()
                trial[part] = step
                if trial.any() and (reached := quality(trial)) > best:
                    best, weights = reached, trial
        if best <= before:
            break
    return np.asarray(weights)


def blend(raw: dict[str, np.ndarray], weights: dict[str, float]) -> np.ndarray:
    """Return the weighted sum of normalised scores."""
    return np.asarray(sum(np.float32(w) * normalised(raw[p]) for p, w in weights.items() if w > 0))


def judge(
    split: Split, data: Data, settings: dict[str, dict[str, float]], weights: dict[str, float]
) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Return every model's metrics by customer, and its coverage."""
    fallback = split.train.fallback()
    buyers = np.bincount(split.train.X.indices, minlength=data.shape[1])
    raw = {
        name: Model(name, **settings[name]).fit(split.train, data).scores(split.rows)
        for name in PARTS
    }
    raw["hybrid"] = blend(raw, weights)
    values, covered = {}, {}
    for name, scores in raw.items():
        values[name], listed = measured(scores, split, fallback, buyers)
        covered[name] = len(listed) / data.shape[1]
    return values, covered


def folds(data: Data, everything: Train, spared: sparse.csr_matrix, seed: int) -> list[Split]:
    """Return five splits, each customer's purchases dealt out evenly; tuned-on ones never test."""
    rng = np.random.default_rng(seed)
    pairs = everything.pairs
    testable = np.asarray(spared[pairs["row"], pairs["column"]]).ravel() == 0
    shuffled = pairs[testable].sample(frac=1, random_state=seed)
    start = rng.integers(0, 5, data.shape[0])
    dealt = (shuffled.groupby("row").cumcount() + start[shuffled["row"]]) % 5
    fold = dealt.reindex(pairs.index).fillna(-1).to_numpy()
    splits = []
    for number in range(5):
        train = Train.of(pairs[fold != number], data.shape, everything.repeatable)
        tested = Train.of(pairs[fold == number], data.shape, everything.repeatable)
        splits.append(Split.of(train, tested.X, train.X, 600, seed + number))
    return splits


def intervals(values: np.ndarray, seed: int) -> np.ndarray:
    """Return mean and percentile bootstrap interval of each column, from 1,000 samples of rows."""
    rng = np.random.default_rng(seed)
    n = len(values)
    means = [values[rng.integers(0, n, n)].mean(axis=0) for _sample in range(1000)]
    return np.vstack([values.mean(axis=0), np.quantile(means, [0.025, 0.975], axis=0)])


def compare(
    data: Data, now: pd.Timestamp, horizon: pd.Timedelta, seed: int = 7
) -> tuple[pd.DataFrame, Chosen]:
    """Return every model through time and by five folds, and the one to use."""
    cut = now - horizon
    before, earlier = data.train(cut), data.train(cut - horizon)
    outer = Split.of(before, data.bought(cut, now), before.excluded(), 5000, seed)
    inner = Split.of(earlier, data.bought(cut - horizon, cut), earlier.excluded(), 800, seed)
    settings, weights = tune(inner, data)
    lift = sparse.csr_matrix(
        (np.ones(len(inner.rows)), (inner.rows, np.arange(len(inner.rows)))),
        shape=(data.shape[0], len(inner.rows)),
    )
    spared = sparse.csr_matrix(lift @ inner.truth)
    protocols = {"time": [outer], "kfold": folds(data, data.train(now), spared, seed)}
    table: list[dict[str, Any]] = []
    gains = {}
    for protocol, splits in protocols.items():
        trials = [judge(split, data, settings, weights) for split in splits]
        rows = np.concatenate([split.rows for split in splits])
        every = np.hstack([np.concatenate([t[0][name] for t in trials]) for name in MODELS])
        means = pd.DataFrame(every).groupby(rows).mean().to_numpy()  # one row a customer
        found = intervals(means, seed)
        if protocol == "time":
            gains = {name: means[:, 5 * i] for i, name in enumerate(MODELS)}
        for i, name in enumerate(MODELS):
            for j, metric in enumerate(METRICS):
                mean, low, high = found[:, 5 * i + j]
                table.append(_row(name, protocol, f"{metric}@{N}", mean, low, high))
            covered = float(np.mean([trial[1][name] for trial in trials]))
            table.append(_row(name, protocol, f"coverage@{N}", covered, covered, covered))
    return pd.DataFrame(table), Chosen(choose(gains, seed), settings, weights)


def _row(model: str, protocol: str, metric: str, *values: float) -> dict[str, Any]:
    named = dict(zip(("mean", "low", "high"), map(float, values), strict=True))
    return {"model": model, "protocol": protocol, "metric": metric, **named}


def choose(gains: dict[str, np.ndarray], seed: int) -> str:
    """Return the plainest model that the best one does not clearly beat."""
    best = max(gains, key=lambda name: gains[name].mean())
    others = [name for name in gains if name != best]
    ahead = intervals(np.column_stack([gains[best] - gains[name] for name in others]), seed)
    equal = {best, *(name for name, low in zip(others, ahead[1], strict=True) if low <= 0)}
    return next(name for name in MODELS if name in equal)
