"""Baskets in any usual form, as one sparse matrix."""

from __future__ import annotations

from itertools import chain
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from habitue.errors import UsageError
from habitue.locale import _

__all__ = ["Matrix", "to_matrix"]

#: One row a basket, one column an item; ones, sorted within a row.
Matrix = sparse.csr_array[Any, tuple[int, int]]


def to_matrix(baskets: Any) -> tuple[Matrix, list[str]]:
    """Return baskets as a matrix of ones, and the items of its columns as text, sorted.

    Parameters
    ----------
    baskets : list of lists, data frame, or scipy sparse matrix
        A frame has two columns, basket and item, and may be of any library; the items of a
        matrix are named by their column numbers. An item counts once a basket.

    Raises
    ------
    UsageError
        If the baskets are none of these, or hold empty values.

    Examples
    --------
    >>> matrix, items = to_matrix([["tea", "cup", "tea"], [], ["cup"]])
    >>> items, matrix.toarray().tolist()
    (['cup', 'tea'], [[1, 1], [0, 0], [1, 0]])
    """
    if sparse.issparse(baskets):
        return _from_sparse(baskets)
    if hasattr(baskets, "__arrow_c_stream__") or hasattr(baskets, "columns"):
        return _from_frame(baskets)
    if isinstance(baskets, str | bytes) or not hasattr(baskets, "__iter__"):
        text = _(
            "Baskets are of the type {type}; give a list of lists of items, a data frame with the "
            "columns basket and item, or a scipy sparse matrix."
        )
        raise UsageError(text.format(type=type(baskets).__name__))
    return _from_lists([_one(basket, number) for number, basket in enumerate(baskets)])


def _one(basket: Any, number: int) -> list[Any]:
    if isinstance(basket, str | bytes) or not hasattr(basket, "__iter__"):
        text = _("Basket {number} is of the type {type}; each basket must be a list of items.")
        raise UsageError(text.format(number=number, type=type(basket).__name__))
    return list(basket)


def _from_sparse(baskets: Any) -> tuple[Matrix, list[str]]:
    matrix = sparse.csr_array(baskets)
    if np.isnan(matrix.data.astype(np.float64)).any():
        raise UsageError(_("The basket matrix holds NaN; an item is either held (1) or not (0)."))
    rows, items = matrix.nonzero()
    names = [str(number) for number in range(matrix.shape[1])]
    return _matrix(rows, items, (int(matrix.shape[0]), int(matrix.shape[1]))), names


def _from_frame(baskets: Any) -> tuple[Matrix, list[str]]:
    if hasattr(baskets, "__arrow_c_stream__"):
        table = pa.table(baskets)
    else:
        table = nw.from_native(baskets, eager_only=True).to_arrow()
    if table.num_columns != 2:
        text = _("The frame of baskets has {n} columns ({names}); it must have two: basket, item.")
        raise UsageError(text.format(n=table.num_columns, names=", ".join(table.column_names)))
    for column in table.column_names:
        if table[column].null_count:
            text = _("The column {column!r} of the baskets has {n} empty values; leave them out.")
            raise UsageError(text.format(column=column, n=table[column].null_count))
    rows, names = _coded(table.column(0))
    items, titles = _coded(table.column(1))
    return _named(rows, items, len(names), titles)


def _from_lists(baskets: list[list[Any]]) -> tuple[Matrix, list[str]]:
    flat = [str(item) for item in chain.from_iterable(baskets)]
    items, titles = _coded(pa.chunked_array([pa.array(flat, type=pa.string())]))
    rows = np.repeat(np.arange(len(baskets)), [len(basket) for basket in baskets])
    return _named(rows, items, len(baskets), titles)


def _coded(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], list[str]]:
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    whole = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.unify_dictionaries().chunk(0) if whole.num_chunks else pa.array([])
    if not pa.types.is_dictionary(whole.type):
        return np.empty(0, dtype=np.int64), []
    values = [str(value) for value in whole.dictionary.to_pylist()]
    return pc.cast(whole.indices, pa.int64()).to_numpy(zero_copy_only=False), values


def _named(
    rows: npt.NDArray[Any], items: npt.NDArray[Any], baskets: int, titles: list[str]
) -> tuple[Matrix, list[str]]:
    names = sorted(set(titles))
    place = {name: number for number, name in enumerate(names)}
    column = np.array([place[title] for title in titles], dtype=np.int64)
    return _matrix(rows, column[items] if len(items) else items, (baskets, len(names))), names


def _matrix(rows: npt.NDArray[Any], items: npt.NDArray[Any], shape: tuple[int, int]) -> Matrix:
    ones = np.ones(len(rows), dtype=np.int32)
    matrix: Matrix = sparse.coo_array((ones, (rows, items)), shape=shape).tocsr()
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix
