"""Models whose scores are a product of two sparse matrices: ranked without holding the product."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from typing import Any, Self

import numpy as np
import scipy.sparse as sp

from habitue.recommend.base import Recommender
from habitue.recommend.kernels import Csr
from habitue.recommend.ranking import Ranking, ranked, room
from habitue.recommend.sparse import arrays, dense_product, pattern

__all__ = ["Linear"]

_TOGETHER = 4_096  # customers ranked at a time


class Linear(Recommender):
    """Scores of customers are ``A B``, times a factor for each item."""

    def fit(self, interactions: Any, items: Any = None, as_of: datetime | None = None) -> Self:
        self._made = None
        return super().fit(interactions, items, as_of)

    @abstractmethod
    def _sides(self, rows: np.ndarray) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        """Return A of shape (n_rows, n_sources), of some rows of the matrix, and all of B."""

    def _scale(self) -> np.ndarray | None:
        """Return the factor of each item; all 1 where there is none."""
        return None

    def _scores(self, rows: np.ndarray) -> np.ndarray:
        scores = dense_product(*self._sides(rows))
        scale = self._scale()
        return scores if scale is None else scores * scale

    def _together(self) -> int:
        return _TOGETHER

    def _ranked(self, rows: np.ndarray, n: int, exclude: sp.csr_matrix) -> Ranking:
        from habitue.recommend.kernels.ranking import best_of_products

        known = rows >= 0
        left, right = self._sides(rows[known])
        counts = np.zeros(len(rows), dtype=np.int64)
        counts[known] = np.diff(left.indptr)
        indptr = np.concatenate([[0], np.cumsum(counts)])
        _own, indices, data = arrays(left)
        popular = self.matrix_.by_popularity
        out = room(len(rows), min(n, self.matrix_.shape[1]))
        best_of_products(
            (indptr, indices, data), *self._ready(right), pattern(exclude),
            popular.columns, popular.values, out[0].shape[1], *out,
        )  # fmt: skip
        return ranked(*out)

    #: The side of the items and their factors as kernels take them, and what they were made of.
    _made: tuple[sp.csr_matrix, Csr, np.ndarray] | None = None

    def _ready(self, right: sp.csr_matrix) -> tuple[Csr, np.ndarray]:
        if self._made is None or self._made[0] is not right:
            scale = self._scale()
            if scale is None:
                scale = np.ones(self.matrix_.shape[1], dtype=np.float32)
            self._made = right, arrays(right), scale
        return self._made[1], self._made[2]
