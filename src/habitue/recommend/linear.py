"""Models whose scores are a product of two sparse matrices: ranked without holding the product."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
import scipy.sparse as sp

from habitue.recommend.base import Recommender
from habitue.recommend.ranking import Ranking, ranked, room
from habitue.recommend.sparse import arrays, dense_product, pattern

__all__ = ["Linear"]

_TOGETHER = 4_096  # customers ranked at a time


class Linear(Recommender):
    """Scores of customers are ``A B``, times a factor for each item."""

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
        width = self.matrix_.shape[1]
        scale = self._scale()
        scale = np.ones(width, dtype=np.float32) if scale is None else scale
        popular = self.matrix_.by_popularity
        out = room(len(rows), min(n, width))
        best_of_products(
            (indptr, indices, data), arrays(right), scale, pattern(exclude),
            popular.columns, popular.values, out[0].shape[1], *out,
        )  # fmt: skip
        return ranked(*out)
