"""Item neighbours: who bought this also bought that."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp

from habitue.recommend.linear import Linear
from habitue.recommend.matrix import Matrix
from habitue.recommend.ranges import Range
from habitue.recommend.reasons import Reason, sources, together_reasons
from habitue.recommend.similarity import Association, nearest
from habitue.recommend.sparse import rows_of

__all__ = ["ItemKNN"]


class ItemKNN(Linear):
    """Ranks items by how strongly they go with what the customer dealt with.

    The score of item j for customer u is ``sum_i x_ui C_ij`` over u's items i, where ``x_ui`` is
    the weight and ``C_ij`` the association of items through the customers who have both
    (`Association`, source i, target j); of each j only the strongest sources are kept. The
    defaults are the cosine similarity of items (Sarwar, Karypis, Konstan, Riedl: WWW 2001).

    Parameters
    ----------
    neighbours : int, default 100
        Sources to keep of each item.
    customer_exponent : float, default 0
        Discounts customers who deal with many items: 0 not at all.
    power : float, default 1
        Of the sum over customers; above 1 favours what many customers share.
    source_exponent, target_exponent : float, default 0.5
        Discount items that many deal with; a target exponent below 0.5 favours popular items.
    shrinkage : float, default 0
        Discounts what rests on few customers.

    Attributes
    ----------
    similarity_ : csr_matrix of shape (n_items, n_items)
        Targets by sources.

    Examples
    --------
    >>> import pyarrow as pa
    >>> shop = pa.table(
    ...     {"customer": [1, 1, 2, 2, 3], "item_id": ["tea", "pot", "tea", "pot", "tea"]}
    ... )
    >>> model = ItemKNN().fit(shop)
    >>> model.recommend([3], n=1)["item_id"].to_pylist(), model.explain(3, "pot")
    (['pot'], {'kind': 'together', 'items': ['tea'], 'customers': 2})
    """

    name: ClassVar[str] = "itemknn"
    complexity: ClassVar[int] = 3
    fitted: ClassVar[tuple[str, ...]] = ("similarity_",)

    similarity_: sp.csr_matrix
    #: The similarity turned round, sources by targets: made when the first scores are asked for.
    _turned: sp.csr_matrix | None = None

    def __init__(
        self,
        neighbours: int = 100,
        customer_exponent: float = 0.0,
        power: float = 1.0,
        source_exponent: float = 0.5,
        target_exponent: float = 0.5,
        shrinkage: float = 0.0,
    ) -> None:
        self.neighbours = neighbours
        self.customer_exponent = customer_exponent
        self.power = power
        self.source_exponent = source_exponent
        self.target_exponent = target_exponent
        self.shrinkage = shrinkage

    @classmethod
    def candidates(cls) -> list[dict[str, Any]]:
        plain = {"source_exponent": 0.75, "target_exponent": 0.25}
        return [{}, plain, {**plain, "customer_exponent": 0.5}]

    @classmethod
    def ranges(cls) -> dict[str, Range]:
        return {
            "neighbours": Range(50, 500, whole=True),
            "customer_exponent": Range(0.0, 1.0),
            "power": Range(0.7, 1.7),
            "source_exponent": Range(0.2, 1.0),
            "target_exponent": Range(0.0, 0.6),
        }

    def _fit(self, matrix: Matrix) -> None:
        self._turned = None
        association = Association(
            shared=self.customer_exponent,
            power=self.power,
            source=self.source_exponent,
            target=self.target_exponent,
            shrinkage=self.shrinkage,
        )
        self.similarity_ = nearest(
            matrix.by_item, None, self.neighbours, association, matrix.weights
        )

    def _sides(self, rows: np.ndarray) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        if self._turned is None:
            self._turned = sp.csr_matrix(self.similarity_.T)
        return rows_of(self.matrix_.weights, rows), self._turned

    def _reasons(self, rows: np.ndarray, columns: np.ndarray) -> list[Reason | None]:
        found = sources(self.similarity_, self.matrix_, rows, columns)
        return together_reasons(self.matrix_, columns, found)

    def _alike(self, column: int) -> np.ndarray:
        return self.similarity_[[column]].toarray().ravel()
