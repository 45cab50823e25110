"""The same for everyone: what most customers bought lately."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from habitue.recommend.base import Recommender
from habitue.recommend.matrix import RECENT_DAYS, Matrix
from habitue.recommend.reasons import Reason, popular_reasons

__all__ = ["Popular"]


class Popular(Recommender):
    """Ranks items by how many customers bought them in the last days.

    Items with the same number follow by how many customers ever bought them.

    Parameters
    ----------
    days : float, default 90
        How far back to count, above 0.

    Examples
    --------
    >>> import pyarrow as pa
    >>> shop = pa.table({"customer": [1, 2, 3], "item_id": ["tea", "tea", "cup"]})
    >>> Popular().fit(shop).recommend([3], n=1).to_pylist()
    [{'customer': 3, 'rank': 1, 'item_id': 'tea', 'score': 2.66...}]
    """

    name: ClassVar[str] = "popular"
    complexity: ClassVar[int] = 0
    fitted: ClassVar[tuple[str, ...]] = ("popularity_",)

    popularity_: np.ndarray

    def __init__(self, days: float = RECENT_DAYS) -> None:
        self.days = days

    @classmethod
    def candidates(cls) -> list[dict[str, Any]]:
        return [{"days": 90}, {"days": 30}, {"days": 365}]

    def _fit(self, matrix: Matrix) -> None:
        self.popularity_ = matrix.popularity(self.days).astype(np.float32)

    def _scores(self, rows: np.ndarray) -> np.ndarray:
        return np.tile(self.popularity_, (len(rows), 1))

    def _reasons(self, rows: np.ndarray, columns: np.ndarray) -> list[Reason | None]:
        return list(popular_reasons(self.matrix_, columns, self.days))
