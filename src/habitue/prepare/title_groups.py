"""Groups titles: one seed word a group, then centroids, then the nearest groups are merged.

Everything starts from counted words instead of random points, so that the same catalogue gives
the same groups, and a few new products move few old ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import normalize

from habitue.prepare.departments import DEPARTMENTS, department_of

__all__ = ["TitleGroups"]

_FINER = 3  # groups made for each that is asked for, then merged
_CLAIM = 6.0  # a seed takes a title as a whole once its word is this part (1/6) of the title
_ROUNDS = 10
_TOPICS = 100
_SHARES = (0.55, 0.22, 0.23)  # of words, latent topics and departments in the similarity


class TitleGroups:
    """Spherical k-means on words and latent topics, from word seeds, merged by Ward's cost.

    Parameters
    ----------
    n_groups : int
        Groups to make at most.
    random_state : int
        Seed of the topics' decomposition.

    Attributes
    ----------
    labels_ : ndarray of shape (n_titles,)
        Group of each title, -1 where it is like none.
    """

    def __init__(self, n_groups: int = 24, random_state: int = 0, threshold: float = 0.15) -> None:
        self.n_groups = n_groups
        self.random_state = random_state
        self.threshold = threshold

    def fit(self, X: sparse.csr_matrix, weights: np.ndarray, terms: Sequence[str]) -> TitleGroups:
        """Group titles.

        Parameters
        ----------
        X : csr_matrix of shape (n_titles, n_terms)
            Weights of terms, rows of length 1.
        weights : ndarray of shape (n_titles,)
            Products that bear each title.
        terms : sequence of str, length n_terms
        """
        self.kinds_ = _kinds(terms)
        seeds = seed_terms(X, weights, _FINER * self.n_groups)
        self.labels_ = np.full(X.shape[0], -1)
        self.n_groups_ = 0
        self.svd_: TruncatedSVD | None = None
        if not seeds:
            return self
        if min(X.shape) > _TOPICS:
            self.svd_ = TruncatedSVD(_TOPICS, n_iter=3, random_state=self.random_state).fit(X)
        points = self._points(X)
        labels, centres = _k_means(points, X[:, seeds].toarray(), weights)
        groups = merge(points, labels, weights, len(seeds), self.n_groups)
        self.centres_ = centres
        self.groups_ = groups
        self.n_groups_ = int(groups.max()) + 1
        self.labels_ = self.predict(X)
        return self

    def predict(self, X: sparse.csr_matrix) -> np.ndarray:
        """Return the group of each title, shape (n_titles,); -1 where it is like none."""
        if self.n_groups_ == 0:
            return np.full(X.shape[0], -1)
        labels = np.empty(X.shape[0], dtype=np.int64)
        for start in range(0, X.shape[0], 8192):
            likeness = self._points(X[start : start + 8192]) @ self.centres_.T
            near = likeness.argmax(axis=1)
            close = likeness[np.arange(len(near)), near] >= self.threshold
            labels[start : start + 8192] = np.where(close, self.groups_[near], -1)
        return labels

    def _points(self, X: sparse.csr_matrix) -> sparse.csr_matrix:
        of_words, of_topics, of_kinds = np.sqrt(_SHARES)
        parts = [X * of_words, normalize(X.multiply(X) @ self.kinds_) * of_kinds]
        if self.svd_ is not None:
            parts.append(sparse.csr_matrix(normalize(self.svd_.transform(X)) * of_topics))
        return sparse.csr_matrix(sparse.hstack(parts))


def _kinds(terms: Sequence[str]) -> sparse.csr_matrix:
    """Which department's goods each term names, shape (n_terms, n_departments)."""
    number = np.array([department_of(term) for term in terms], dtype=np.int64)
    known = np.flatnonzero(number >= 0)
    shape = (len(terms), len(DEPARTMENTS))
    return sparse.csr_matrix((np.ones(len(known)), (known, number[known])), shape=shape)


def seed_terms(X: sparse.csr_matrix, weights: np.ndarray, n: int) -> list[int]:
    """Return up to n terms that together explain the titles best, found greedily.

    A term explains a title by its squared weight there (a title's squares add up to 1); what a
    seed has explained no longer counts for the next.
    """
    squares = X.multiply(X).tocsr()
    by_term = squares.tocsc()
    left = weights.astype(np.float64).copy()
    gain = np.asarray(squares.T @ left).ravel()
    bearers = np.asarray((X > 0).T @ weights).ravel()
    gain[bearers < 2] = 0.0
    seeds: list[int] = []
    while len(seeds) < n:
        best = int(gain.argmax())
        if gain[best] <= 1e-6:
            break
        seeds.append(best)
        rows = by_term.indices[by_term.indptr[best] : by_term.indptr[best + 1]]
        share = by_term.data[by_term.indptr[best] : by_term.indptr[best + 1]]
        taken = left[rows] * np.minimum(1.0, _CLAIM * share)
        left[rows] -= taken
        gain -= np.asarray(squares[rows].T @ taken).ravel()
        gain[best] = 0.0
    return seeds


def _k_means(
    points: sparse.csr_matrix, start: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Spherical k-means from a first likeness to each group, shape (n_titles, n_groups)."""
    labels = np.where(start.max(axis=1) > 0, start.argmax(axis=1), -1)
    for _round in range(_ROUNDS):
        centres = normalize(_sums(points, labels, weights, start.shape[1])).toarray()
        likeness = points @ centres.T
        new = np.where(likeness.max(axis=1) > 0, likeness.argmax(axis=1), -1)
        if (new == labels).all():
            break
        labels = new
    return labels, centres


def _sums(
    points: sparse.csr_matrix, labels: np.ndarray, weights: np.ndarray, n: int
) -> sparse.csr_matrix:
    member = np.flatnonzero(labels >= 0)
    shape = (n, points.shape[0])
    members = sparse.csr_matrix((weights[member], (labels[member], member)), shape=shape)
    return sparse.csr_matrix(members @ points)


def merge(
    points: sparse.csr_matrix, labels: np.ndarray, weights: np.ndarray, n: int, n_groups: int
) -> np.ndarray:
    """Return the final group of each of n fine groups, the nearest and smallest joined first.

    The cost of joining a and b is ``(1 - cos(a, b)) * sqrt(n_a n_b / (n_a + n_b))``: Ward's with
    the root of his size term, which keeps large kinds of product apart without piling up the rest.
    """
    sums = _sums(points, labels, weights, n)
    inner = (sums @ sums.T).toarray()
    size = np.bincount(labels[labels >= 0], weights[labels >= 0], minlength=n)
    group = np.arange(n)
    alive = size > 0
    cost = np.full((n, n), np.inf)
    for i in np.flatnonzero(alive).tolist():
        cost[i] = _costs(inner, size, alive, i)
    left = int(alive.sum())
    while left > n_groups:
        i, j = sorted(divmod(int(cost.argmin()), n))
        inner[i] += inner[j]
        inner[:, i] += inner[:, j]
        size[i] += size[j]
        alive[j] = False
        group[group == j] = i
        cost[j] = cost[:, j] = np.inf
        cost[i] = cost[:, i] = _costs(inner, size, alive, i)
        left -= 1
    empty = size <= 0
    order = {old: new for new, old in enumerate(np.flatnonzero(alive).tolist())}
    return np.array([-1 if empty[old] else order[old] for old in group.tolist()])


def _costs(inner: np.ndarray, size: np.ndarray, alive: np.ndarray, i: int) -> np.ndarray:
    lengths = np.sqrt(np.maximum(inner.diagonal(), 1e-12))
    cosine = inner[i] / (lengths * lengths[i])
    cost = (1.0 - cosine) * np.sqrt(size * size[i] / np.maximum(size + size[i], 1e-12))
    cost[~alive] = np.inf
    cost[i] = np.inf
    return np.asarray(cost)
