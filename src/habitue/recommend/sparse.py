"""Rows of sparse matrices shared out to all cores; as arrays that the kernels take."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import scipy.sparse as sp

from habitue.cores import cores
from habitue.recommend.kernels import Csr, Pattern

__all__ = ["arrays", "dense_product", "pattern", "rows_of", "shared_out"]

T = TypeVar("T")

_SHARED_OUT = 1_000  # rows from which on threads share the work
_EACH = 8  # blocks of rows a thread, so that none waits long for the slowest
_MOST = 64  # threads


def shared_out(work: Callable[[int, int], T], size: int, most: int | None = None) -> list[T]:
    """Return what work gives for blocks of rows (from, to), in their order.

    Parameters
    ----------
    work : callable
        Called with where a block starts and ends, by several threads at a time.
    size : int
        How many rows there are.
    most : int, optional
        The largest block.

    >>> shared_out(lambda start, end: end - start, 5, most=2)
    [2, 2, 1]
    """
    threads = cores(_MOST) if size >= _SHARED_OUT else 1
    step = size if threads == 1 else -(-size // (threads * _EACH))
    step = max(min(step, most or step), 1)
    starts = range(0, size, step)
    if threads == 1:
        return [work(start, min(start + step, size)) for start in starts]
    with ThreadPoolExecutor(threads) as pool:  # compiled code lets go of the lock
        return list(pool.map(lambda start: work(start, min(start + step, size)), starts))


def arrays(matrix: sp.csr_matrix) -> Csr:
    """Return where the rows of a matrix start, the columns and the values, as kernels take them."""
    return (*pattern(matrix), _own(matrix.data, np.float32))


def pattern(matrix: sp.csr_matrix) -> Pattern:
    """Return where the rows of a matrix start and the columns, as kernels take them."""
    return (
        _own(matrix.indptr, np.int64),
        _own(matrix.indices, np.int32),
    )


def rows_of(matrix: sp.csr_matrix, rows: np.ndarray) -> sp.csr_matrix:
    """Return some rows of a matrix; -1 stands for an empty one.

    >>> rows_of(sp.csr_matrix([[1.0, 0.0], [0.0, 2.0]]), np.array([1, -1])).toarray().tolist()
    [[0.0, 2.0], [0.0, 0.0]]
    """
    if len(rows) == 1:  # a request for one customer: what SciPy checks takes longer than the rest
        start, end = (
            (matrix.indptr[rows[0]], matrix.indptr[rows[0] + 1]) if rows[0] >= 0 else (0, 0)
        )
        made = sp.csr_matrix((1, matrix.shape[1]), dtype=matrix.dtype)
        made.data, made.indices = matrix.data[start:end], matrix.indices[start:end]
        made.indptr = np.array([0, end - start], dtype=matrix.indptr.dtype)
        return made
    kept = sp.csr_matrix(matrix[np.maximum(rows, 0)])
    if (rows < 0).any():
        kept = sp.csr_matrix(sp.diags((rows >= 0).astype(np.float32)) @ kept)
    return kept


def _own(values: np.ndarray, dtype: type) -> np.ndarray:
    """Return an array of a type that kernels take: they know none that is read-only."""
    return np.require(values, dtype, ["C", "W"])


def dense_product(a: sp.csr_matrix, b: sp.csr_matrix) -> np.ndarray:
    """Return the product of two sparse matrices as a dense one of float32.

    >>> dense_product(sp.csr_matrix([[2.0, 0.0]]), sp.csr_matrix([[1.0], [3.0]])).tolist()
    [[2.0]]
    """
    from habitue.recommend.kernels.ranking import products

    out = np.zeros((a.shape[0], b.shape[1]), dtype=np.float32)
    products(arrays(a), arrays(b), out)
    return out
