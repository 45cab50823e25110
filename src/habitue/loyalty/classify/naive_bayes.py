"""Naive Bayes: every feature votes on its own, by how often its value came before an order."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.naive_bayes import CategoricalNB

from habitue.loyalty.classify.base import RepurchaseClassifier

__all__ = ["NaiveBayes"]

Floats = NDArray[np.float64]


class NaiveBayes(RepurchaseClassifier):
    """Naive Bayes over features cut at their quantiles.

    Cutting a heavy-tailed feature into bins of equal mass is safer than assuming it normal
    (Yang & Webb 2009, Discretization for naive-Bayes learning, Machine Learning 74). *Unknown* is a
    bin of its own, since not knowing tells something too. Frequencies are smoothed by Laplace's
    rule.

    Parameters
    ----------
    bins : int
        Bins a feature at most; fewer where values repeat.
    smoothing : float
        Added to each bin's count.

    Examples
    --------
    >>> X = np.arange(40.0)[:, None]
    >>> NaiveBayes(bins=4).fit(X, X[:, 0] > 19).predict([[3.0], [33.0]])
    array([0, 1])
    """

    name: ClassVar[str] = "naive_bayes"

    def __init__(self, bins: int = 10, smoothing: float = 1.0) -> None:
        self.bins = bins
        self.smoothing = smoothing

    def _fit(self, X: Floats, y: NDArray[np.int64]) -> None:
        self.edges_ = [self._cut(column) for column in X.T]
        self.model_ = CategoricalNB(
            alpha=self.smoothing, min_categories=[len(edges) + 2 for edges in self.edges_]
        ).fit(self._binned(X), y)

    def _cut(self, column: Floats) -> Floats:
        known = column[np.isfinite(column)]
        if len(known) == 0:
            return np.empty(0)
        shares = np.linspace(0, 1, self.bins + 1)[1:-1]
        return np.unique(np.quantile(known, shares, method="inverted_cdf"))

    def _binned(self, X: Floats) -> NDArray[np.int64]:
        bins = np.zeros(X.shape, dtype=np.int64)  # 0 is unknown
        for j, edges in enumerate(self.edges_):
            known = np.isfinite(X[:, j])
            bins[known, j] = 1 + np.searchsorted(edges, X[known, j], side="left")
        return bins

    def _chance(self, X: Floats) -> Floats:
        if len(self.model_.classes_) == 1:
            return np.full(len(X), float(self.model_.classes_[0]))
        chance: Floats = self.model_.predict_proba(self._binned(X))[:, 1]
        return chance
