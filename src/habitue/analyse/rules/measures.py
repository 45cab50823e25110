"""How strong, how surprising and how certain an association rule is.

Symbols: N baskets, n(A), n(c) and n(Ac) baskets that hold the left side, the right side, both.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

__all__ = [
    "benjamini_hochberg",
    "confidence",
    "conviction",
    "fisher",
    "leverage",
    "lift",
    "support",
]

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def support(both: Any, baskets: int) -> Reals:
    """Return n(Ac) / N, the share of baskets that hold both sides (Agrawal et al. 1993).

    >>> support(np.array([20]), 100).tolist()
    [0.2]
    """
    return np.asarray(both, dtype=np.float64) / max(baskets, 1)


def confidence(both: Any, left: Any) -> Reals:
    """Return n(Ac) / n(A), the share of the left side's baskets that hold the right.

    >>> confidence(np.array([20]), np.array([25])).tolist()
    [0.8]
    """
    return np.asarray(both, dtype=np.float64) / np.asarray(left, dtype=np.float64)


def lift(both: Any, left: Any, right: Any, baskets: int) -> Reals:
    """Return confidence over the right side's share: n(Ac) N / (n(A) n(c)) (Brin et al. 1997).

    >>> lift(np.array([20]), np.array([25]), np.array([40]), 100).tolist()
    [2.0]
    """
    return confidence(both, left) / support(right, baskets)


def conviction(both: Any, left: Any, right: Any, baskets: int) -> Reals:
    """Return (1 - n(c)/N) / (1 - confidence); inf for a rule that always holds.

    How many times more often the rule would fail if the sides were independent (Brin et al.
    1997).

    >>> conviction(np.array([20, 25]), 25, 40, 100).round(3).tolist()
    [3.0, inf]
    """
    fails = np.asarray(left) - np.asarray(both)  # whole baskets: exact zero when it always holds
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = (1 - np.asarray(right) / baskets) * np.asarray(left)
        return np.where(fails == 0, np.inf, expected / fails)


def leverage(both: Any, left: Any, right: Any, baskets: int) -> Reals:
    """Return n(Ac)/N - n(A) n(c)/N²: support beyond independence (Piatetsky-Shapiro 1991).

    >>> leverage(np.array([20]), np.array([25]), np.array([40]), 100).round(3).tolist()
    [0.1]
    """
    return support(both, baskets) - support(left, baskets) * support(right, baskets)


def fisher(both: Any, left: Any, right: Any, baskets: Any) -> Reals:
    """Return Fisher's exact one-sided p: the chance of so many common baskets or more.

    P(X >= n(Ac)) for X hypergeometric: n(A) baskets drawn from N of which n(c) hold the right
    side. The tail is summed term by term from its largest term, for all rules at once.

    >>> fisher(np.array([8]), np.array([10]), np.array([10]), 20).round(6).tolist()
    [0.011507]
    """
    columns = np.broadcast_arrays(both, left, right, baskets)
    table = np.stack([np.asarray(column, dtype=np.int64).ravel() for column in columns], axis=1)
    if not len(table):
        return np.empty(0)
    distinct, inverse = np.unique(table, axis=0, return_inverse=True)
    k, n, K, N = (distinct[:, i].astype(np.float64) for i in range(4))
    low = np.maximum(0, n + K - N)
    upper = k > n * K / N  # sum the tail that is the smaller one
    tail = np.zeros(len(k))
    tail[upper] = _tail(k[upper], n[upper], K[upper], N[upper], 1)
    below = ~upper & (k > low)
    rest = _tail(k[below] - 1, n[below], K[below], N[below], -1)
    tail[~upper] = 1.0
    tail[below] = 1.0 - rest
    return np.clip(tail, 0.0, 1.0)[inverse.ravel()]


def _tail(k: Reals, n: Reals, K: Reals, N: Reals, step: int) -> Reals:
    """Return the probability from k outwards, up (1) or down (-1), away from the mean."""
    term = np.exp(_log_choose(K, k) + _log_choose(N - K, n - k) - _log_choose(N, n))
    total = term.copy()
    ratio = np.ones_like(term)
    active = np.arange(len(k))
    at = k.copy()
    while len(active):
        x, m, s, b = at[active], n[active], K[active], N[active]
        if step > 0:
            factor = (s - x) * (m - x) / ((x + 1) * (b - s - m + x + 1))
        else:
            factor = x * (b - s - m + x) / ((s - x + 1) * (m - x + 1))
        ratio[active] *= factor
        total[active] += term[active] * ratio[active]
        at[active] += step
        active = active[ratio[active] * term[active] > 1e-17 * total[active]]
    return total


def _log_choose(n: Reals, k: Reals) -> Reals:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)


def benjamini_hochberg(p: Reals) -> Reals:
    """Return p-values adjusted so that the false discovery rate is bounded.

    The i-th smallest of m becomes min over j >= i of p(j) m / j (Benjamini and Hochberg 1995).

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    m = len(p)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * m / np.arange(1, m + 1)
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted
