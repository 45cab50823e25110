"""Customer neighbours: what the customers most like you bought."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp

from habitue.recommend.linear import Linear
from habitue.recommend.matrix import Matrix
from habitue.recommend.ranges import Range
from habitue.recommend.reasons import Reason, neighbour_reasons
from habitue.recommend.similarity import Association, nearest

__all__ = ["UserKNN"]

_TOGETHER = 2_048  # customers whose neighbours are sought at a time


class UserKNN(Linear):
    """Ranks items by how much the customers most like this one dealt with them.

    The score of item j for customer u is ``d_j^-popularity * sum_v W_uv x_vj`` over the strongest
    neighbours v of u, where ``W_uv`` is the association of customers through the items they share
    (`Association`, target u, source v). The defaults are the cosine similarity between customers
    (Resnick et al.: GroupLens, CSCW 1994, with the cosine for the correlation).

    Parameters
    ----------
    neighbours : int, default 100
        Most similar customers to ask.
    item_exponent : float, default 0
        Discounts items that many deal with, in the similarity: 0 not at all.
    power : float, default 1
        Of the sum over items; above 1 favours customers who share many.
    source_exponent : float, default 0.5
        Discounts neighbours who deal with many items.
    popularity_exponent : float, default 0
        Discounts items that many deal with, in the score.
    shrinkage : float, default 0
        Discounts similarity that rests on few items.

    Examples
    --------
    >>> import pyarrow as pa
    >>> shop = pa.table(
    ...     {"customer": [1, 1, 2, 2, 3], "item_id": ["tea", "pot", "tea", "pot", "tea"]}
    ... )
    >>> model = UserKNN().fit(shop)
    >>> model.recommend([3], n=1)["item_id"].to_pylist(), model.explain(3, "pot")
    (['pot'], {'kind': 'neighbours', 'customers': 2, 'items': ['tea']})
    """

    name: ClassVar[str] = "userknn"
    complexity: ClassVar[int] = 4

    def __init__(
        self,
        neighbours: int = 100,
        item_exponent: float = 0.0,
        power: float = 1.0,
        source_exponent: float = 0.5,
        popularity_exponent: float = 0.0,
        shrinkage: float = 0.0,
    ) -> None:
        self.neighbours = neighbours
        self.item_exponent = item_exponent
        self.power = power
        self.source_exponent = source_exponent
        self.popularity_exponent = popularity_exponent
        self.shrinkage = shrinkage

    @classmethod
    def candidates(cls) -> list[dict[str, Any]]:
        strict = {"neighbours": 300, "item_exponent": 0.5, "power": 1.2}
        return [{}, {"neighbours": 300}, {**strict, "popularity_exponent": 0.1}]

    @classmethod
    def ranges(cls) -> dict[str, Range]:
        return {
            "neighbours": Range(50, 1_000, whole=True),
            "item_exponent": Range(0.0, 1.0),
            "power": Range(0.7, 1.7),
            "source_exponent": Range(0.0, 1.0),
            "popularity_exponent": Range(-0.2, 0.6),
        }

    #: The customers last asked for, and their neighbours: scores and reasons both need them.
    _last: tuple[np.ndarray, sp.csr_matrix] | None = None

    def _fit(self, matrix: Matrix) -> None:
        self._last = None

    def neighbours_of(self, rows: np.ndarray) -> sp.csr_matrix:
        """Return the neighbours of some rows of the matrix, with their similarity.

        Returns
        -------
        csr_matrix of shape (n_rows, n_customers)
            At most ``neighbours`` stored values a row.
        """
        if self._last is not None:
            asked, near = self._last
            place = np.minimum(np.searchsorted(asked, rows), max(len(asked) - 1, 0))
            if len(asked) and np.array_equal(asked[place], rows):
                return near if len(rows) == len(asked) else near[place]
        association = Association(
            shared=self.item_exponent,
            power=self.power,
            source=self.source_exponent,
            shrinkage=self.shrinkage,
        )
        matrix = self.matrix_
        found = nearest(matrix.weights, rows, self.neighbours, association, matrix.by_item)
        if (np.diff(rows) > 0).all():
            self._last = (rows.copy(), found)
        return found

    def _sides(self, rows: np.ndarray) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        return self.neighbours_of(rows), self.matrix_.weights

    def _scale(self) -> np.ndarray | None:
        if not self.popularity_exponent:
            return None
        held = np.bincount(self.matrix_.weights.indices, minlength=self.matrix_.shape[1])
        discount = np.maximum(held, 1) ** -self.popularity_exponent
        return np.asarray(discount, dtype=np.float32)

    def _reasons(self, rows: np.ndarray, columns: np.ndarray) -> list[Reason | None]:
        order = np.argsort(rows, kind="stable")
        customers, starts = np.unique(rows[order], return_index=True)
        starts = np.append(starts, len(rows))
        found: list[Reason | None] = [None] * len(rows)
        for start in range(0, len(customers), _TOGETHER):
            some = customers[start : start + _TOGETHER]
            ends = starts[start : start + len(some) + 1]
            places = order[ends[0] : ends[-1]]
            near = self.neighbours_of(some)
            reasons = neighbour_reasons(self.matrix_, near, some, ends - ends[0], columns[places])
            for place, reason in zip(places.tolist(), reasons, strict=True):
                found[place] = reason
        return found
