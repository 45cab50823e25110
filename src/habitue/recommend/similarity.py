"""How alike rows are by the columns they share: the cosine and its generalisation, by blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from habitue.recommend.ranking import largest_of_dense, largest_per_row

__all__ = ["Association", "nearest", "row_sums"]

_CELLS = 1 << 24  # stored values of a block of a product, at most: 128 MB
_CACHED = 1 << 18  # values handled at a time where they should stay in the processor's cache
_DENSE = 10  # a block with more than a tenth of its values is handled faster as a dense one


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

    def of(self, p: np.ndarray, targets: np.ndarray, sources: np.ndarray) -> np.ndarray:
        """Return the strengths that dot products come to.

        Parameters
        ----------
        p : ndarray of float32
            Dot products.
        targets, sources : ndarray
            Squared norms of the target and the source of each, of a shape that fits.
        """
        one = np.float32(1)
        factors = (targets.astype(np.float64) ** -self.target).astype(np.float32)
        strength = p if self.power == 1 else p ** np.float32(self.power)
        strength = strength * factors
        strength *= (sources.astype(np.float64) ** -self.source).astype(np.float32)
        if self.shrinkage:
            strength *= one - np.float32(self.shrinkage) / (p + np.float32(self.shrinkage))
        return strength


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
    products: list[tuple[int, sp.csr_matrix]] | None = None,
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
    products : list, optional
        The dot products where they are at hand, as `dot_products` gives them.
    columns : csr_matrix of shape (n_columns, n), optional
        The matrix turned round, where it is at hand.

    Returns
    -------
    csr_matrix of shape (n_rows, n)
        Strengths; no row of the whole n x n is ever held but block by block.
    """
    rows = np.arange(matrix.shape[0]) if rows is None else rows
    norms = row_sums(matrix, 2)
    blocks = (
        products
        if products is not None
        else dot_products(matrix, rows, association.shared, columns)
    )
    found = []
    for start, block in blocks:
        mine = rows[start : start + block.shape[0]]
        dense = block.nnz * _DENSE > block.shape[0] * block.shape[1]
        strongest = _strongest_dense if dense else _strongest_sparse
        found.append(strongest(block, mine, norms, k, association))
    if not found:
        return sp.csr_matrix(np.zeros((len(rows), matrix.shape[0]), dtype=np.float32))
    return sp.csr_matrix(sp.vstack(found, format="csr"))


def _strongest_sparse(
    block: sp.csr_matrix, mine: np.ndarray, norms: np.ndarray, k: int, association: Association
) -> sp.csr_matrix:
    """Return the k strongest of each row of a block of few dot products."""
    own = np.repeat(mine, np.diff(block.indptr))
    strength = association.of(block.data, norms[own], norms[block.indices])
    strength[own == block.indices] = 0
    block = sp.csr_matrix((strength, block.indices.copy(), block.indptr.copy()), shape=block.shape)
    block.eliminate_zeros()
    return largest_per_row(block, k)


def _strongest_dense(
    block: sp.csr_matrix, mine: np.ndarray, norms: np.ndarray, k: int, association: Association
) -> sp.csr_matrix:
    """Return the k strongest of each row of a block where most rows share something."""
    found = []
    size = max(_CACHED // block.shape[1], 1)
    for start in range(0, block.shape[0], size):
        part = slice(start, start + size)
        p = block[part].toarray()
        strength = association.of(p, norms[mine[part], None], norms[None, :])
        strength[np.arange(len(strength)), mine[part]] = 0
        found.append(largest_of_dense(strength, k))
    return sp.csr_matrix(sp.vstack(found, format="csr"))


def dot_products(
    matrix: sp.csr_matrix,
    rows: np.ndarray,
    shared: float = 0.0,
    columns: sp.csr_matrix | None = None,
) -> Iterator[tuple[int, sp.csr_matrix]]:
    """Yield where a block of rows starts, and their dot products with all rows.

    Blocks are cut so that a block's stored values stay within a fixed number, however popular its
    rows are.
    """
    if len(rows) == 0:
        return
    columns = sp.csr_matrix(matrix.T) if columns is None else columns
    scaled = matrix if matrix.dtype == np.float32 else matrix.astype(np.float32)
    if shared:
        scaled = sp.csr_matrix(matrix @ sp.diags(row_sums(columns, 2) ** -shared, dtype=np.float32))
    reach = np.diff(columns.indptr)
    steps = np.concatenate([[0], np.cumsum(reach[matrix.indices], dtype=np.int64)])
    cost = steps[matrix.indptr[rows + 1]] - steps[matrix.indptr[rows]]
    cost = np.minimum(cost, matrix.shape[0])
    block = np.cumsum(cost) // _CELLS
    for number in np.unique(block):
        first, end = np.searchsorted(block, [number, number + 1])
        yield int(first), sp.csr_matrix(scaled[rows[first:end]] @ columns)
