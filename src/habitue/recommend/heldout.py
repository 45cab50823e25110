"""Purchases held out from what a model may see, to judge it or to choose its settings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from habitue.recommend.matrix import Matrix
from habitue.recommend.ranking import Ranking

__all__ = ["Split", "fold_numbers", "held_out", "without"]


@dataclass(frozen=True)
class Split:
    """What to learn from, and what came true for some of its customers.

    Attributes
    ----------
    train : Matrix
        What the model may see.
    rows : ndarray of int
        Positions of the customers to test.
    truth : csr_matrix of shape (n_rows, n_items)
        Ones where a customer bought an item in the test part.
    excluded : csr_matrix of shape (n_rows, n_items)
        What is not recommended: it is in no truth either.
    """

    train: Matrix
    rows: np.ndarray
    truth: sp.csr_matrix
    excluded: sp.csr_matrix

    @classmethod
    def of(
        cls, train: Matrix, truth: sp.csr_matrix, excluded: sp.csr_matrix, most: int, seed: int
    ) -> Split:
        """Make a split of full-height matrices: customers with a past and a truth, at most so many.

        More customers than ``most`` are sampled.
        """
        truth = sp.csr_matrix(truth - truth.multiply(_ones(excluded)))
        truth.eliminate_zeros()
        rows = np.flatnonzero((np.diff(truth.indptr) > 0) & (np.diff(train.weights.indptr) > 0))
        if len(rows) > most:
            rows = np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
        return cls(train, rows, truth[rows], excluded[rows])

    def hits(self, ranking: Ranking, n: int) -> np.ndarray:
        """Return which of each tested customer's n items came true, of shape (n_rows, n)."""
        hits = np.zeros((len(self.rows), n), dtype=np.float64)
        hits[ranking.rows, ranking.ranks - 1] = self.came_true(ranking.rows, ranking.columns)
        return hits

    def came_true(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return whether items came true for tested customers, both as positions."""
        width = self.truth.shape[1]
        owner = np.repeat(np.arange(len(self.rows)), self.relevant)
        return np.isin(rows * width + columns, owner * width + self.truth.indices)

    @property
    def relevant(self) -> np.ndarray:
        """Return how many items came true for each tested customer."""
        return np.diff(self.truth.indptr)


def _ones(matrix: sp.csr_matrix) -> sp.csr_matrix:
    return sp.csr_matrix(
        (np.ones(matrix.nnz, dtype=np.float32), matrix.indices, matrix.indptr), shape=matrix.shape
    )


def fold_numbers(rows: np.ndarray, k: int, seed: int) -> np.ndarray:
    """Return the fold, 0 to k - 1, of each purchase, dealt out evenly within each customer.

    Parameters
    ----------
    rows : ndarray of int
        The customer of each purchase.

    >>> sorted(fold_numbers(np.array([0, 0, 0, 1]), k=3, seed=7)[:3].tolist())
    [0, 1, 2]
    """
    rng = np.random.default_rng(seed)
    order = np.lexsort((rng.random(len(rows)), rows))
    start = rng.integers(0, k, size=int(rows.max(initial=-1)) + 1)
    ordered = rows[order]
    place = np.arange(len(rows)) - np.searchsorted(ordered, ordered)
    result = np.empty(len(rows), dtype=np.int64)
    result[order] = (place + start[ordered]) % k
    return result


def held_out(
    matrix: Matrix, share: float, seed: int, most: int = 1_000, learn_from: int = 2_000
) -> Split:
    """Return a split that holds out a share of the purchases of some customers.

    Parameters
    ----------
    matrix : Matrix
        The data to choose hyper-parameters on.
    share : float
        Of each customer's purchases that is tested.
    most, learn_from : int
        Customers tested, and customers kept to learn from; more are sampled.
    """
    rows = matrix.entry_rows()
    if matrix.shape[0] > learn_from:
        rng = np.random.default_rng(seed)
        kept = np.zeros(matrix.shape[0], dtype=bool)
        kept[rng.choice(matrix.shape[0], learn_from, replace=False)] = True
        matrix = matrix.keep(kept[rows])
        rows = matrix.entry_rows()
    k = max(round(1 / share), 2)
    numbers = np.full(len(matrix.bought), -1)
    numbers[matrix.bought] = fold_numbers(rows[matrix.bought], k, seed)
    return without(matrix, numbers == 0, most, seed)


def without(matrix: Matrix, tested: np.ndarray, most: int, seed: int) -> Split:
    """Return the split that tests some stored values and learns from the others.

    What a customer bought in the training part is left out of the candidates.
    """
    train = matrix.keep(~tested)
    truth = matrix.keep(tested).purchases
    return Split.of(train, truth, train.purchases, most, seed)
