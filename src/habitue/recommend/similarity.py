"""How alike rows are by the columns they share: the cosine and its generalisation, by blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from habitue.recommend.sparse import arrays, shared_out

__all__ = ["Association", "nearest", "row_sums"]


@dataclass(frozen=True)
class Association:
    """The strength between a target row t and a source row s, from what they share.

    With the dot product ``p = sum_c x_tc x_sc d_c^-shared``, squared norms ``d_t``, ``d_s`` of the
    rows and ``d_c`` of the columns (of ones and zeros: how many there are), it is ::

        p^power * d_s^-source * d_t^-target * p / (p + shrinkage)

    The defaults give the cosine: shared 0, power 1, source and target 1/2, no shrinkage (Sarwar,
    Karypis, Konstan, Riedl: Item-based collaborative filtering, WWW 2001, section 3.1.1). Exponents
    below 1/2 for the target favour popular ones (Aiolli: Efficient top-N recommendation for very
    large scale binary rated datasets, RecSys 2013, equation 5); ``shared`` discounts columns that
    everybody has; shrinkage discounts what rests on little (Bell, Koren: ICDM 2007, section 3.1).
    """

    shared: float = 0.0
    power: float = 1.0
    source: float = 0.5
    target: float = 0.5
    shrinkage: float = 0.0


def row_sums(matrix: sp.csr_matrix, power: int = 1) -> np.ndarray:
    """Return the sum of each row's values, raised to a power; 1 for an empty row."""
    values = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    sums = np.bincount(values, weights=matrix.data**power, minlength=matrix.shape[0])
    sums[sums == 0] = 1.0
    return sums


def nearest(
    matrix: sp.csr_matrix,
    rows: np.ndarray | None,
    k: int,
    association: Association,
    columns: sp.csr_matrix | None = None,
) -> sp.csr_matrix:
    """Return the k rows most strongly associated with each of some rows, itself left out.

    Parameters
    ----------
    matrix : csr_matrix of shape (n, n_columns)
        The rows to compare.
    rows : ndarray of int, optional
        Which rows to find neighbours for; all if left out.
    k : int
        Neighbours to keep of each.
    association : Association
        The measure.
    columns : csr_matrix of shape (n_columns, n), optional
        The matrix turned round, where it is at hand.

    Returns
    -------
    csr_matrix of shape (n_rows, n)
        Strengths, in no order within a row; the whole n x n is never held, but a row at a time.
    """
    from habitue.recommend.kernels.association import nearest_rows

    rows = np.arange(matrix.shape[0]) if rows is None else rows.astype(np.int64)
    columns = sp.csr_matrix(matrix.T) if columns is None else columns
    norms = row_sums(matrix, 2)
    target = (norms**-association.target).astype(np.float32)
    source = (norms**-association.source).astype(np.float32)
    indptr, indices, data = arrays(matrix)
    if association.shared:
        data = data * (row_sums(columns, 2) ** -association.shared).astype(np.float32)[indices]
    turned = arrays(columns)
    power, shrinkage = float(association.power), float(association.shrinkage)

    def block(start: int, end: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        some = rows[start:end]
        width = min(k, len(norms))
        found = np.empty(len(some) * width, dtype=np.int32)
        strengths = np.empty(len(some) * width, dtype=np.float32)
        counts = np.zeros(len(some), dtype=np.int64)
        size = nearest_rows(
            (indptr, indices, data), turned, some, width, power, target, source, shrinkage,
            found, strengths, counts,
        )  # fmt: skip
        return found[:size].copy(), strengths[:size].copy(), counts

    blocks = shared_out(block, len(rows)) or [block(0, 0)]
    found, strengths, counts = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    indptr = np.concatenate([[0], np.cumsum(counts)])
    return sp.csr_matrix((strengths, found, indptr), shape=(len(rows), len(norms)))
