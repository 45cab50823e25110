"""k-means on a sample, refined on everyone, with k chosen by stability."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn import config_context
from sklearn.cluster import KMeans, kmeans_plusplus
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import silhouette_score
from sklearn.metrics.pairwise import euclidean_distances
from threadpoolctl import threadpool_limits

from habitue.analyse.segments.base import Labels, Reals, Segmenter
from habitue.errors import UsageError
from habitue.locale import _

__all__ = ["Choice", "KMeansSegmenter", "jaccard"]

_SAMPLE = 4_000  # customers that the clusters are compared on
_DRAWN = 2_000  # customers in one bootstrap sample
_STARTS = 5  # of the clustering that is assessed
_STARTS_AGAIN = 3  # of the clustering of one bootstrap sample
_SEEN = 2_000  # customers that the silhouette is computed on
_START = 50_000  # customers that the last clustering starts from
_TOLERANCE = 0.01  # silhouettes that are this near are taken to be equal


@dataclass(frozen=True)
class Choice:
    """How one number of clusters fared: the least stable cluster's Jaccard, and silhouette."""

    k: int
    stability: float
    silhouette: float


class KMeansSegmenter(Segmenter):
    """k-means; the number of clusters is chosen by what would be found again.

    For each k, bootstrap samples are clustered anew. A cluster's stability is the mean, over the
    samples, of its greatest Jaccard overlap with a cluster of the sample's partition; above .75
    it is a stable pattern, below .6 it should not be trusted (Hennig 2007, "Cluster-wise
    assessment of cluster stability"). A k is eligible if *every* one of its clusters is stable.
    Of those, k is the one of the greatest silhouette, the largest if several are within .01: a
    blunt partition into two halves is stable too, but separates little. If no k is eligible,
    all customers are one segment: there are no clusters to be found again.

    Parameters
    ----------
    n_clusters : int, optional
        Fixed number of clusters; chosen if left out.
    max_clusters : int
        Most clusters to try.
    bootstraps : int
        Samples for each k.
    threshold : float
        Smallest stability of a cluster that counts as found again.
    random_state : int
        Seed; the same seed and rows give the same clusters.

    Attributes
    ----------
    choice_ : list of Choice
        What was found for each k that was tried.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = np.vstack([rng.normal(m, 1, (100, 2)) for m in (0, 10, 20)])
    >>> len(KMeansSegmenter().fit(X).cluster_centers_)
    3
    """

    name = "kmeans"

    def __init__(
        self,
        n_clusters: int | None = None,
        max_clusters: int = 10,
        bootstraps: int = 12,
        threshold: float = 0.75,
        random_state: int = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.max_clusters = max_clusters
        self.bootstraps = bootstraps
        self.threshold = threshold
        self.random_state = random_state

    def _centres(self, X: Reals) -> tuple[Reals, Reals]:
        self._check()
        X = _in_order(X)
        rng = np.random.default_rng(self.random_state)
        sample = X[np.sort(rng.permutation(len(X))[:_SAMPLE])]
        draws = [
            rng.integers(0, len(sample), min(len(sample), _DRAWN)) for _i in range(self.bootstraps)
        ]
        tried = self._tried(X)
        self.choice_ = []
        if not tried:
            return X.mean(axis=0, keepdims=True), np.ones(1)
        stabilities = {}
        # Many small fits: threads within one would only wait for each other, and checks of what
        # was checked before take as long as the fits.
        with (
            threadpool_limits(1),
            config_context(assume_finite=True, skip_parameter_validation=True),
            warnings.catch_warnings(),
        ):
            # a draw of few distinct rows: its empty clusters count as not found again
            warnings.simplefilter("ignore", ConvergenceWarning)
            samples = self._samples(sample, draws, max(tried))
            seen = sample[:: -(-len(sample) // _SEEN)]
            distances = euclidean_distances(seen)
            np.fill_diagonal(distances, 0)  # rounding leaves a little
            for k in tried:
                found, silhouette = self._assess(samples, distances, k)
                stabilities[k] = found
                self.choice_.append(Choice(k, float(found.min()), silhouette))
            k = self._chosen()
            if k == 1:
                return X.mean(axis=0, keepdims=True), np.ones(1)
            return self._refined(X, k), stabilities[k]

    def _tried(self, X: Reals) -> range:
        """Return the numbers of clusters to try: five distinct customers a cluster at least."""
        distinct = len(np.unique(X, axis=0)) if X.shape[1] else 1
        if self.n_clusters is not None:
            k = min(self.n_clusters, distinct)
            return range(k, k + 1) if k > 1 else range(0)
        return range(2, min(self.max_clusters, distinct // 5) + 1)

    def _check(self) -> None:
        wrong = _("{name} is {value}; it must be {least} or more.")
        for name, value, least in (
            ("n_clusters", 1 if self.n_clusters is None else self.n_clusters, 1),
            ("max_clusters", self.max_clusters, 1),
            ("bootstraps", self.bootstraps, 1),
        ):
            if value < least:
                raise UsageError(wrong.format(name=name, value=value, least=least))

    def _samples(self, sample: Reals, draws: list[npt.NDArray[np.int64]], k: int) -> list[_Sample]:
        """Return the sample itself and its bootstrap samples, each with its starting centres."""
        kept = [_Sample.of(sample, k, _STARTS, self.random_state)]
        for number, draw in enumerate(draws):
            kept.append(_Sample.of(sample[draw], k, _STARTS_AGAIN, number))
        return kept

    def _assess(self, samples: list[_Sample], distances: Reals, k: int) -> tuple[Reals, float]:
        first, *drawn = samples
        sample, whole = first.rows, first.clusters(k)
        overlaps = []
        for draw in drawn:
            again = draw.clusters(k, max_iter=50, tol=1e-3)
            overlaps.append(jaccard(whole.labels_, again.predict(sample), k))
        labels = whole.labels_[:: -(-len(sample) // _SEEN)]
        separated = 1 < len(np.unique(labels)) < len(labels)
        silhouette = silhouette_score(distances, labels, metric="precomputed") if separated else 0.0
        return self._matched(sample, whole, np.mean(overlaps, axis=0)), float(silhouette)

    def _matched(self, sample: Reals, whole: KMeans, overlap: Reals) -> Reals:
        """Order the stabilities by centre, as `_refined` orders the centres."""
        return overlap[np.lexsort(whole.cluster_centers_.T[::-1])]

    def _chosen(self) -> int:
        if self.n_clusters is not None:
            return self.choice_[-1].k if self.choice_ else 1
        eligible = [choice for choice in self.choice_ if choice.stability >= self.threshold]
        if not eligible:
            return 1
        best = max(choice.silhouette for choice in eligible)
        return max(c.k for c in eligible if c.silhouette >= best - _TOLERANCE)

    def _refined(self, X: Reals, k: int) -> Reals:
        """Cluster a sample from several starts, then everyone from the best."""
        rng = np.random.default_rng(self.random_state)
        start = X[np.sort(rng.permutation(len(X))[:_START])]
        first = KMeans(k, n_init=10, random_state=self.random_state).fit(start)
        last = KMeans(k, init=first.cluster_centers_, n_init=1).fit(X)
        centres: Reals = last.cluster_centers_
        return centres[np.lexsort(centres.T[::-1])]


@dataclass(frozen=True)
class _Sample:
    """Rows to cluster, and several sets of starting centres for them.

    k-means++ draws one centre after the other, so the first k of many are a start for k: the
    sets are drawn once, for the greatest k, not for each k again.
    """

    rows: Reals
    starts: list[Reals]

    @classmethod
    def of(cls, rows: Reals, k: int, starts: int, seed: int) -> _Sample:
        rng = np.random.RandomState(seed)  # as scikit-learn takes it
        return cls(rows, [kmeans_plusplus(rows, k, random_state=rng)[0] for _i in range(starts)])

    def clusters(self, k: int, **how: Any) -> KMeans:
        """Return the tightest of the clusterings from each start."""
        fits = [KMeans(k, init=start[:k], n_init=1, **how).fit(self.rows) for start in self.starts]
        return min(fits, key=lambda fit: float(fit.inertia_))


def _in_order(X: Reals) -> Reals:
    """Sort the rows, so that their order makes no difference to what the seed draws."""
    return X[np.lexsort(X.T[::-1])] if X.shape[1] else X


def jaccard(one: Labels, other: Labels, k: int) -> Reals:
    """Return each cluster's greatest Jaccard overlap with a cluster of another partition.

    >>> jaccard(np.array([0, 0, 1, 1]), np.array([1, 1, 1, 0]), 2).round(2).tolist()
    [0.67, 0.5]
    """
    both = np.bincount(one * k + other, minlength=k * k).reshape(k, k).astype(np.float64)
    either = both.sum(axis=1)[:, None] + both.sum(axis=0) - both
    overlap: Reals = (both / np.maximum(either, 1)).max(axis=1)
    return overlap
