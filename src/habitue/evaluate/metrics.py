"""Measures of rankings and the intervals around their means.

A ranking is judged by ``hits``: an array of shape (n_customers, k) of zeros and ones that says
which of a customer's k recommended items, best first, came true; and ``relevant``: how many items
did come true for the customer. Customers for whom nothing came true can't be judged: leave them
out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from habitue.recommend.ranking import ndcg

__all__ = [
    "Interval",
    "bootstrap_mean",
    "bootstrap_means",
    "coverage",
    "hit_rate",
    "ndcg",
    "novelty",
    "recall",
    "reciprocal_rank",
    "wilson",
]

_CELLS = 1 << 22  # weights drawn at a time


@dataclass(frozen=True)
class Interval:
    """A mean and the ends of its interval."""

    mean: float
    low: float
    high: float


def recall(hits: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """Return the share of each customer's relevant items that are in the list.

    >>> recall(np.array([[0, 1]]), np.array([4])).tolist()
    [0.25]
    """
    share: np.ndarray = hits.sum(axis=1) / np.maximum(relevant, 1)
    return share


def hit_rate(hits: np.ndarray) -> np.ndarray:
    """Return for each customer 1 if any recommended item came true, else 0.

    >>> hit_rate(np.array([[0, 1], [0, 0]])).tolist()
    [1.0, 0.0]
    """
    return hits.any(axis=1).astype(float)


def reciprocal_rank(hits: np.ndarray) -> np.ndarray:
    """Return one over the rank of each customer's first hit, 0 without one; its mean is the MRR.

    (Voorhees: The TREC-8 question answering track report, 1999.)

    >>> reciprocal_rank(np.array([[0, 1], [0, 0]])).tolist()
    [0.5, 0.0]
    """
    ranks = 1 / np.arange(1, hits.shape[1] + 1)
    first: np.ndarray = (hits * ranks).max(axis=1, initial=0)
    return first


def coverage(columns: np.ndarray, n_items: int) -> float:
    """Return the share of the catalogue that is recommended to anyone.

    (Ge, Delgado-Battenfeld, Jannach: Beyond accuracy, RecSys 2010, section 2.1.)

    >>> coverage(np.array([0, 0, 3]), 4)
    0.5
    """
    return len(np.unique(columns)) / max(n_items, 1)


def novelty(columns: np.ndarray, buyers: np.ndarray, n_customers: int) -> np.ndarray:
    """Return how little known each recommended item is: ``-log2(share of customers who have it)``.

    An item that nobody has counts as had by half a customer (Zhou et al.: PNAS 107, 2010,
    equation 6: mean self-information).

    >>> novelty(np.array([0, 1]), np.array([4, 1]), 4).tolist()
    [0.0, 2.0]
    """
    share = np.maximum(buyers[columns], 0.5) / max(n_customers, 1)
    bits: np.ndarray = np.log2(1 / share)
    return bits


def bootstrap_mean(
    values: np.ndarray, seed: int, level: float = 0.95, resamples: int = 1000
) -> Interval:
    """Return the mean of one value a customer with its percentile bootstrap interval.

    (Efron, Tibshirani: An introduction to the bootstrap, 1993, chapter 13.) A single value, or
    none, has no interval to speak of: its ends are NaN.

    >>> interval = bootstrap_mean(np.array([0.0, 1.0] * 50), seed=7)
    >>> interval.mean, round(interval.low, 1), round(interval.high, 1)
    (0.5, 0.4, 0.6)
    """
    return bootstrap_means(values[:, None], seed, level, resamples)[0]


def bootstrap_means(
    values: np.ndarray, seed: int, level: float = 0.95, resamples: int = 1000
) -> list[Interval]:
    """Return `bootstrap_mean` of each column, all with the same resamples of the rows.

    So the interval of a difference of two columns is that of paired samples.
    """
    n = len(values)
    if n == 0:
        return [Interval(math.nan, math.nan, math.nan)] * values.shape[1]
    means = values.mean(axis=0)
    if n == 1:
        return [Interval(float(mean), math.nan, math.nan) for mean in means]
    rng = np.random.default_rng(seed)
    size = max(_CELLS // n, 1)
    drawn = [
        _resampled(values, rng, min(size, resamples - start)) for start in range(0, resamples, size)
    ]
    tail = (1 - level) / 2
    low, high = np.quantile(np.concatenate(drawn), [tail, 1 - tail], axis=0)
    return [Interval(*map(float, ends)) for ends in zip(means, low, high, strict=True)]


def _resampled(values: np.ndarray, rng: np.random.Generator, resamples: int) -> np.ndarray:
    """Return means of samples drawn with replacement."""
    n = len(values)
    picks = rng.integers(0, n, size=(resamples, n), dtype=np.int64)
    picks += np.arange(resamples)[:, None] * n
    counts = np.bincount(picks.ravel(), minlength=resamples * n).reshape(resamples, n)
    means: np.ndarray = (counts @ values) / n
    return means


def wilson(successes: int, trials: int, z: float = 1.959964) -> Interval:
    """Return a share with its score interval, which is sound for few trials too.

    (Wilson: JASA 22, 1927.)

    >>> interval = wilson(0, 10)
    >>> interval.mean, round(interval.low, 3), round(interval.high, 3)
    (0.0, 0.0, 0.278)
    """
    if trials == 0:
        return Interval(math.nan, 0.0, 1.0)
    share = successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials)
    half *= math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return Interval(share, max(middle - half, 0.0), min(middle + half, 1.0))
