"""The best of each row, ties by the order of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from habitue.recommend.kernels import Pattern
from habitue.recommend.sparse import pattern

__all__ = [
    "Fallback",
    "Ranking",
    "discounts",
    "joined",
    "largest_per_row",
    "ndcg",
    "nothing",
    "ranked",
    "room",
    "top_n",
]


@dataclass(frozen=True)
class Ranking:
    """Recommendations as positions: row by row, the best first."""

    rows: np.ndarray
    columns: np.ndarray
    scores: np.ndarray

    @property
    def ranks(self) -> np.ndarray:
        """Return the rank of each: 1 is first in its row."""
        return place_in_row(self.rows) + 1


@dataclass(frozen=True)
class Fallback:
    """What follows where the scores say nothing: columns in their order; each column's score."""

    columns: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray) -> Fallback:
        """Make it of scores, the highest first; those of minus infinity never."""
        order = np.argsort(-values, kind="stable")
        return cls(order[values[order] > -np.inf].astype(np.int32), values.astype(np.float32))

    @classmethod
    def none(cls, width: int) -> Fallback:
        """Make one that holds nothing."""
        return cls(np.zeros(0, dtype=np.int32), np.zeros(width, dtype=np.float32))


def place_in_row(rows: np.ndarray) -> np.ndarray:
    """Return how many of the same row stand before each, of rows in ascending order.

    >>> place_in_row(np.array([0, 0, 2, 2, 2])).tolist()
    [0, 1, 0, 1, 2]
    """
    return np.arange(len(rows)) - np.searchsorted(rows, rows)


def top_n(
    scores: np.ndarray,
    n: int,
    floor: float = -np.inf,
    exclude: sp.csr_matrix | None = None,
    fallback: Fallback | None = None,
) -> Ranking:
    """Return the n highest scores of each row above a floor, ties by the order of the columns.

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_columns)
        What to rank by.
    n : int
        How many each; fewer where fewer are left.
    floor : float
        Scores must be above it.
    exclude : csr_matrix of shape (n_rows, n_columns), optional
        What to leave out.
    fallback : Fallback, optional
        What follows where fewer than n are above the floor.

    >>> ranking = top_n(np.array([[1.0, 3.0, 3.0], [-np.inf, 0.0, -np.inf]]), 2)
    >>> ranking.rows.tolist(), ranking.columns.tolist()
    ([0, 0, 1], [1, 2, 1])
    """
    from habitue.recommend.kernels.ranking import best_of_rows

    scores = np.ascontiguousarray(scores, dtype=np.float32)
    out = room(len(scores), min(n, scores.shape[1]))
    left_out = pattern(exclude) if exclude is not None else nothing(len(scores))
    order = fallback or Fallback.none(scores.shape[1])
    width = out[0].shape[1]
    best_of_rows(scores, floor, left_out, order.columns, order.values, width, *out)
    return ranked(*out)


def room(rows: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where kernels write the columns, scores and number of each row's best."""
    return (
        np.empty((rows, n), dtype=np.int32),
        np.empty((rows, n), dtype=np.float32),
        np.zeros(rows, dtype=np.int64),
    )


def ranked(columns: np.ndarray, scores: np.ndarray, counts: np.ndarray) -> Ranking:
    """Return what kernels wrote to `room`, row after row."""
    kept = np.arange(columns.shape[1]) < counts[:, None]
    rows = np.repeat(np.arange(len(counts)), counts)
    return Ranking(rows, columns[kept].astype(np.int64), scores[kept])


def joined(parts: Sequence[Ranking]) -> Ranking:
    """Return rankings of rows that follow each other as one."""
    empty = np.zeros(0, dtype=np.int64)
    return Ranking(
        np.concatenate([empty, *(part.rows for part in parts)]),
        np.concatenate([empty, *(part.columns for part in parts)]),
        np.concatenate([empty.astype(np.float32), *(part.scores for part in parts)]),
    )


def nothing(rows: int) -> Pattern:
    """Return the pattern of an empty sparse matrix."""
    return np.zeros(rows + 1, dtype=np.int64), np.zeros(0, dtype=np.int32)


def largest_per_row(matrix: sp.csr_matrix, k: int) -> sp.csr_matrix:
    """Return the k largest stored values of each row, ties by the order of the columns.

    >>> largest_per_row(sp.csr_matrix([[1.0, 2.0, 2.0]]), 1).toarray().tolist()
    [[0.0, 2.0, 0.0]]
    """
    matrix.sort_indices()
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((-matrix.data, rows))
    kept = np.sort(order[place_in_row(rows) < k])
    indptr = np.concatenate([[0], np.cumsum(np.minimum(np.diff(matrix.indptr), k))])
    return sp.csr_matrix((matrix.data[kept], matrix.indices[kept], indptr), shape=matrix.shape)


def discounts(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what a hit at each of n ranks gains, and what 0, 1, … n hits gain at best.

    No hits at all count as 1, so that one can divide by it.
    """
    discount = 1 / np.log2(np.arange(2, n + 2))
    return discount, np.concatenate([[1.0], np.cumsum(discount)])


def ndcg(hits: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """Return each customer's normalised discounted cumulative gain.

    ``DCG = sum_r hit_r / log2(r + 1)`` over ranks r = 1..k, divided by that of the ideal list of
    ``min(k, relevant)`` hits (Järvelin, Kekäläinen: ACM TOIS 20, 2002, equations 2 and 5, with the
    discount of Burges et al., ICML 2005).

    >>> ndcg(np.array([[0, 1]]), np.array([1])).round(4).tolist()
    [0.6309]
    """
    discount, ideal = discounts(hits.shape[1])
    possible = ideal[np.minimum(relevant, hits.shape[1])]
    gain: np.ndarray = (hits @ discount) / possible
    return gain
