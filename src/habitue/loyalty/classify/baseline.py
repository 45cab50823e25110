"""The floor: the same chance for everybody, the share that ordered before."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from habitue.loyalty.classify.base import RepurchaseClassifier

__all__ = ["Baseline"]

Floats = NDArray[np.float64]


class Baseline(RepurchaseClassifier):
    """Says (k + 1/2) / (n + 1) of everyone, where k of n ordered (Jeffreys' prior).

    Attributes
    ----------
    chance_ : float
        What it says.

    Examples
    --------
    >>> Baseline().fit([[1.0], [2.0], [3.0]], [0, 1, 0]).predict_proba([[9.0]])
    array([[0.625, 0.375]])
    """

    name: ClassVar[str] = "baseline"

    def _fit(self, X: Floats, y: NDArray[np.int64]) -> None:
        self.chance_ = float((y.sum() + 0.5) / (len(y) + 1))

    def _chance(self, X: Floats) -> Floats:
        return np.full(len(X), self.chance_)
