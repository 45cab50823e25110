"""How alike rows are by the columns they share: the cosine and its generalisation, by blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from habitue.recommend.ranking import largest_per_row

__all__ = ["Association", "nearest", "row_sums"]

_CELLS = 1 << 24  # stored values of a block of a product, at most: 128 MB


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

    def of(
        self, products: sp.csr_matrix, targets: np.ndarray, sources: np.ndarray
    ) -> sp.csr_matrix:
        """Return the strengths of a block of dot products.

        Parameters
        ----------
        products : csr_matrix of shape (n_targets, n_sources)
            Dot products ``p``.
        targets, sources : ndarray
            Squared norms of the rows.
        """
        p = products.data
        rows = np.repeat(targets, np.diff(products.indptr))
        strength = p if self.power == 1 else p**self.power
        strength = strength * rows**-self.target * sources[products.indices] ** -self.source
        if self.shrinkage:
            strength = strength * (p / (p + self.shrinkage))
        return sp.csr_matrix(
            (strength.astype(np.float32, copy=False), products.indices, products.indptr),
            shape=products.shape,
        )


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

    Returns
    -------
    csr_matrix of shape (n_rows, n)
        Strengths; no row of the whole n x n is ever held but block by block.
    """
    rows = np.arange(matrix.shape[0]) if rows is None else rows
    norms = row_sums(matrix, 2)
    blocks = products if products is not None else dot_products(matrix, rows, association.shared)
    found = []
    for start, block in blocks:
        mine = rows[start : start + block.shape[0]]
        strength = association.of(block, norms[mine], norms)
        own = np.repeat(mine, np.diff(block.indptr)) == block.indices
        strength.data[own] = -np.inf
        best = largest_per_row(strength, k + 1)
        best.data[best.data == -np.inf] = 0.0
        best.eliminate_zeros()
        found.append(largest_per_row(best, k))
    if not found:
        return sp.csr_matrix((len(rows), matrix.shape[0]), dtype=np.float32)
    return sp.csr_matrix(sp.vstack(found, format="csr"))


def dot_products(
    matrix: sp.csr_matrix, rows: np.ndarray, shared: float = 0.0
) -> Iterator[tuple[int, sp.csr_matrix]]:
    """Yield where a block of rows starts, and their dot products with all rows.

    Blocks are cut so that a block's stored values stay within a fixed number, however popular its
    rows are.
    """
    if len(rows) == 0:
        return
    columns = sp.csr_matrix(matrix.T)
    scaled = matrix
    if shared:
        scaled = sp.csr_matrix(matrix @ sp.diags(row_sums(columns, 2) ** -shared, dtype=np.float32))
    reach = np.diff(columns.indptr)
    steps = np.concatenate([[0], np.cumsum(reach[matrix.indices], dtype=np.int64)])
    cost = steps[matrix.indptr[rows + 1]] - steps[matrix.indptr[rows]]
    cost = np.minimum(cost, matrix.shape[0])
    block = np.cumsum(cost) // _CELLS
    for number in np.unique(block):
        first, end = np.searchsorted(block, [number, number + 1])
        product = sp.csr_matrix(scaled[rows[first:end]] @ columns)
        product.sort_indices()
        yield int(first), product
