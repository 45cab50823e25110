"""The best of each row, ties by the order of the columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

__all__ = ["Ranking", "largest_of_dense", "largest_per_row", "ndcg", "top_n"]

_CACHED = 1 << 18  # values handled at a time, so that they stay in the processor's cache


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


def place_in_row(rows: np.ndarray) -> np.ndarray:
    """Return how many of the same row stand before each, of rows in ascending order.

    >>> place_in_row(np.array([0, 0, 2, 2, 2])).tolist()
    [0, 1, 0, 1, 2]
    """
    return np.arange(len(rows)) - np.searchsorted(rows, rows)


def top_n(scores: np.ndarray, n: int) -> Ranking:
    """Return the n highest scores of each row; those of minus infinity never.

    >>> ranking = top_n(np.array([[1.0, 3.0, 3.0], [-np.inf, 0.0, -np.inf]]), 2)
    >>> ranking.rows.tolist(), ranking.columns.tolist()
    ([0, 0, 1], [1, 2, 1])
    """
    size = max(_CACHED // max(scores.shape[1], 1), 1)
    parts = [_top_n(scores[start : start + size], n) for start in range(0, len(scores), size)]
    if len(parts) == 1:
        return parts[0]
    starts = range(0, len(scores), size)
    return Ranking(
        *(
            np.concatenate([np.zeros(0, dtype), *arrays])
            for dtype, arrays in (
                (np.int64, [part.rows + start for part, start in zip(parts, starts, strict=True)]),
                (np.int64, [part.columns for part in parts]),
                (scores.dtype, [part.scores for part in parts]),
            )
        )
    )


def _top_n(scores: np.ndarray, n: int) -> Ranking:
    width = scores.shape[1]
    kept = scores > -np.inf
    if 0 < n < width:
        kept &= scores >= _floor(scores, n)[:, None]
    rows, columns = np.nonzero(kept)
    values = scores[rows, columns]
    order = np.lexsort((columns, -values, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    best = place_in_row(rows) < n
    return Ranking(rows[best], columns[best], values[best])


def largest_per_row(matrix: sp.csr_matrix, k: int) -> sp.csr_matrix:
    """Return the k largest stored values of each row, ties by the order of the columns.

    >>> largest_per_row(sp.csr_matrix([[1.0, 2.0, 2.0]]), 1).toarray().tolist()
    [[0.0, 2.0, 0.0]]
    """
    if not matrix.has_sorted_indices:
        matrix.sort_indices()
    counts = np.diff(matrix.indptr)
    data, indptr = matrix.data, matrix.indptr
    kept = np.ones(len(data), dtype=bool)
    for row in np.flatnonzero(counts > k):
        values = data[indptr[row] : indptr[row + 1]]
        edge = np.partition(values, len(values) - k)[len(values) - k]
        chosen = values >= edge
        surplus = int(chosen.sum()) - k
        if surplus:
            chosen[np.flatnonzero(values == edge)[-surplus:]] = False
        kept[indptr[row] : indptr[row + 1]] = chosen
    before = np.concatenate([[0], np.cumsum(np.minimum(counts, k))])
    return sp.csr_matrix((data[kept], matrix.indices[kept], before), shape=matrix.shape)


def largest_of_dense(values: np.ndarray, k: int) -> sp.csr_matrix:
    """Return the k largest values above zero of each row, ties by the order of the columns.

    >>> largest_of_dense(np.array([[1.0, 2.0, 2.0]]), 1).toarray().tolist()
    [[0.0, 2.0, 0.0]]
    """
    kept = values > 0
    if 0 < k < values.shape[1]:
        kept &= values >= _floor(values, k)[:, None]
    rows, columns = np.nonzero(kept)
    found = values[rows, columns]
    counts = np.bincount(rows, minlength=len(values))
    widest = int(counts.max(initial=0))
    if widest > k:
        place = place_in_row(rows)
        few = np.zeros((len(values), widest), dtype=values.dtype)
        few[rows, place] = found
        edge = np.partition(few, widest - k, axis=1)[:, widest - k]
        tied = found == edge[rows]
        above = np.bincount(rows, found > edge[rows], len(values))
        seen = np.cumsum(tied)  # ties so far, over all rows; the first of a row come first
        before = np.concatenate([[0], seen])[np.searchsorted(rows, rows)]
        best = (found > edge[rows]) | (tied & (seen - before <= k - above[rows]))
        rows, columns, found = rows[best], columns[best], found[best]
        counts = np.bincount(rows, minlength=len(values))
    indptr = np.concatenate([[0], np.cumsum(counts)])
    return sp.csr_matrix((found, columns, indptr), shape=values.shape)


def _floor(values: np.ndarray, k: int) -> np.ndarray:
    """Return a value for each row that its k-th largest is not below, and seldom much above.

    Columns are dealt into groups; where the k-th largest of the groups' maxima is t, at least k
    values are t or more. That costs a fraction of finding the k-th largest of all.
    """
    width = values.shape[1]
    groups = max(4 * k, 64)
    if width >= 2 * groups:
        size = width // groups
        values = values[:, : size * groups].reshape(len(values), size, groups).max(axis=1)
        width = groups
    bound: np.ndarray = np.partition(values, width - k, axis=1)[:, width - k]
    return bound


def ndcg(hits: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """Return each customer's normalised discounted cumulative gain.

    ``DCG = sum_r hit_r / log2(r + 1)`` over ranks r = 1..k, divided by that of the ideal list of
    ``min(k, relevant)`` hits (Järvelin, Kekäläinen: ACM TOIS 20, 2002, equations 2 and 5, with the
    discount of Burges et al., ICML 2005).

    >>> ndcg(np.array([[0, 1]]), np.array([1])).round(4).tolist()
    [0.6309]
    """
    discount = 1 / np.log2(np.arange(2, hits.shape[1] + 2))
    ideal = np.concatenate([[1.0], np.cumsum(discount)])
    possible = ideal[np.minimum(relevant, hits.shape[1])]
    gain: np.ndarray = (hits @ discount) / possible
    return gain
