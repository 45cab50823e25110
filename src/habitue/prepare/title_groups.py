"""Groups titles: one seed word a group, then centroids, then the nearest groups are merged.

Everything starts from counted words instead of random points, so that the same catalogue gives
the same groups, and a few new products move few old ones.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.preprocessing import normalize

__all__ = ["TitleGroups", "merge"]

_FINER = 3  # groups made for each that is asked for, then merged
_CLAIM = 6.0  # a seed takes a title as a whole once its word is this part (1/6) of the title
_ROUNDS = 10


class TitleGroups:
    """Spherical k-means from word seeds, the nearest groups merged by Ward's cost.

    Parameters
    ----------
    n_groups : int
        Groups to make at most.
    threshold : float
        A title less like than this to its nearest group is in none.

    Attributes
    ----------
    n_groups_ : int
        Groups made.
    """

    def __init__(self, n_groups: int = 24, threshold: float = 0.15) -> None:
        self.n_groups = n_groups
        self.threshold = threshold

    def fit(
        self,
        points: sparse.csr_matrix,
        X: sparse.csr_matrix,
        weights: np.ndarray,
        merging: sparse.csr_matrix | None = None,
    ) -> TitleGroups:
        """Group titles.

        Parameters
        ----------
        points : csr_matrix of shape (n_titles, n_features)
            See ``habitue.prepare.title_points``.
        X : csr_matrix of shape (n_titles, n_terms)
            Weights of terms, rows of length 1.
        weights : ndarray of shape (n_titles,)
            Products that bear each title.
        merging : csr_matrix of shape (n_titles, n_other_features), optional
            The points by which groups are merged, if others than those that form them.
        """
        seeds = seed_terms(X, weights, _FINER * self.n_groups)
        self.centres_ = np.zeros((0, points.shape[1]))
        self.groups_ = np.zeros(0, dtype=np.int64)
        if seeds:
            labels, self.centres_ = _k_means(points, X[:, seeds].toarray(), weights)
            found = labels >= 0
            size = np.bincount(labels[found], weights[found], minlength=len(seeds))
            sums = _sums(points if merging is None else merging, labels, weights, len(seeds))
            self.groups_ = merge(sums, size, self.n_groups)
        self.n_groups_ = int(self.groups_.max(initial=-1)) + 1
        return self

    def predict(self, points: sparse.csr_matrix) -> np.ndarray:
        """Return the group of each title, shape (n_titles,); -1 where it is like none."""
        labels = np.full(points.shape[0], -1, dtype=np.int64)
        for start in range(0, points.shape[0] if len(self.centres_) else 0, 8192):
            likeness = points[start : start + 8192] @ self.centres_.T
            near = likeness.argmax(axis=1)
            close = likeness[np.arange(len(near)), near] >= self.threshold
            labels[start : start + 8192] = np.where(close, self.groups_[near], -1)
        return labels


def seed_terms(X: sparse.csr_matrix, weights: np.ndarray, n: int) -> list[int]:
    """Return up to n terms that together explain the titles best, found greedily.

    A term explains a title by its squared weight there (a title's squares add up to 1); what a
    seed has explained no longer counts for the next.
    """
    if not X.nnz:
        return []
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
    """Return the sum of each group's points, shape (n, n_features)."""
    member = np.flatnonzero(labels >= 0)
    shape = (n, points.shape[0])
    members = sparse.csr_matrix((weights[member], (labels[member], member)), shape=shape)
    return sparse.csr_matrix(members @ points)


def merge(sums: sparse.csr_matrix, size: np.ndarray, n_groups: int) -> np.ndarray:
    """Return the final group of each fine group, the nearest and smallest joined first.

    The cost of joining a and b is ``(1 - cos(a, b)) * sqrt(n_a n_b / (n_a + n_b))``: Ward's with
    the root of his size term, which keeps large kinds of product apart without piling up the rest.

    Parameters
    ----------
    sums : csr_matrix of shape (n_fine, n_features)
        Sum of the points of each fine group.
    size : ndarray of shape (n_fine,)
        Products of each; one without any is in no group (-1).
    n_groups : int
        Groups to make at most.
    """
    n = len(size)
    size = size.astype(np.float64)
    inner = (sums @ sums.T).toarray()
    group = np.arange(n)
    empty = size <= 0
    alive = ~empty
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
    order = {old: new for new, old in enumerate(np.flatnonzero(alive).tolist())}
    return np.array([-1 if empty[old] else order[old] for old in group.tolist()])


def _costs(inner: np.ndarray, size: np.ndarray, alive: np.ndarray, i: int) -> np.ndarray:
    lengths = np.sqrt(np.maximum(inner.diagonal(), 1e-12))
    cosine = inner[i] / (lengths * lengths[i])
    cost = (1.0 - cosine) * np.sqrt(size * size[i] / np.maximum(size + size[i], 1e-12))
    cost[~alive] = np.inf
    cost[i] = np.inf
    return np.asarray(cost)
