"""Again: what a customer buys at a rhythm, when it is due."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from habitue.recommend.base import Recommender
from habitue.recommend.matrix import Matrix
from habitue.recommend.reasons import Reason

__all__ = ["Again"]

_UNKNOWN_GAP = 90.0  # days between purchases where nobody bought anything twice


class Again(Recommender):
    """Ranks repeatable items that the customer bought by habit and by how due they are.

    With k days of purchase of an item, g days apart in the mean and the last s days ago, the
    expected gap G pools the customer's own with the middle gap of all (worth ``pooling`` gaps of
    the customer's own)::

        G = ((k - 1) g + pooling * middle) / (k - 1 + pooling)
        score = k / (k + 1) * 2 ** -max(s / G - 1, 0)

    so that a habit counts more the older it is, and half as much with each gap that it is overdue.

    Parameters
    ----------
    pooling : float, default 1
        Above 0.
    """

    name: ClassVar[str] = "again"
    complexity: ClassVar[int] = 1
    fitted: ClassVar[tuple[str, ...]] = ("due_",)

    due_: np.ndarray

    def __init__(self, pooling: float = 1.0) -> None:
        self.pooling = pooling

    def _fit(self, matrix: Matrix) -> None:
        gaps = np.maximum(matrix.days_bought - 1, 0)
        span = np.nan_to_num(matrix.first - matrix.last)
        several = gaps > 0
        middle = float(np.median(span[several] / gaps[several])) if several.any() else _UNKNOWN_GAP
        expected = (span + self.pooling * max(middle, 1.0)) / (gaps + self.pooling)
        late = np.maximum(np.nan_to_num(matrix.last) / np.maximum(expected, 1.0) - 1, 0)
        due = matrix.days_bought / (matrix.days_bought + 1) * 2.0 ** -np.minimum(late, 60)
        due *= matrix.bought & matrix.details.repeatable[matrix.weights.indices]
        self.due_ = due.astype(np.float32)

    def _scores(self, rows: np.ndarray) -> np.ndarray:
        due = self.matrix_.weights.copy()
        due.data = self.due_
        return due[rows].toarray()

    def _reasons(self, rows: np.ndarray, columns: np.ndarray) -> list[Reason | None]:
        return again_reasons(self.matrix_, rows, columns)


def again_reasons(matrix: Matrix, rows: np.ndarray, columns: np.ndarray) -> list[Reason | None]:
    """Return how often each customer bought each item; None where never, or no time is known."""
    keys = matrix.entry_rows() * matrix.shape[1] + matrix.weights.indices
    wanted = rows * matrix.shape[1] + columns
    places = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    if not len(keys):
        return [None] * len(rows)
    told = (keys[places] == wanted) & matrix.bought[places] & ~np.isnan(matrix.last[places])
    times = matrix.days_bought[places]
    span = np.nan_to_num(matrix.first[places] - matrix.last[places])
    gaps = np.round(span / np.maximum(times - 1, 1), 1)
    since = np.round(matrix.last[places], 1)
    values = (told.tolist(), times.tolist(), gaps.tolist(), since.tolist())
    return [
        {"kind": "again", "times": n, "gap_days": gap if n > 1 else None, "since_days": days}
        if known
        else None
        for known, n, gap, days in zip(*values, strict=True)
    ]
