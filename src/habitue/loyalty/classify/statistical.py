"""The statistical model: how customers buy and leave (BG/NBD), with no look at other features."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from habitue.errors import UsageError
from habitue.locale import _
from habitue.loyalty.classify.base import RepurchaseClassifier
from habitue.loyalty.features import NAMES, index
from habitue.loyalty.lifetime.base import History
from habitue.loyalty.lifetime.bgnbd import BGNBD

__all__ = ["Statistical", "history"]

Floats = NDArray[np.float64]


def history(X: Floats) -> History:
    """Return the lifetime models' view of features: whole days, occasions less the first.

    Orders of one day are one occasion, as in the papers. Whole days make many histories equal,
    which the models count once.
    """
    occasions, tenure, recency = (X[:, index(k)] for k in ("occasions", "tenure", "recency"))
    T = np.round(tenure)
    t_x = np.where(occasions > 1, np.clip(np.round(tenure - recency), 0, T), 0.0)
    return History(np.maximum(occasions, 1) - 1, t_x, T)


class Statistical(RepurchaseClassifier):
    """P(at least one purchase within the horizon) by BG/NBD (``BGNBD.chance``).

    Parameters
    ----------
    horizon_days : float
        The horizon. ``y`` is not learnt from: the model is of purchases, not of labels.

    Attributes
    ----------
    model_ : BGNBD
        The fitted model, in days.

    Examples
    --------
    >>> X = np.full((1, len(NAMES)), np.nan)
    >>> X[0, [index("occasions"), index("recency"), index("tenure")]] = 4, 10, 100
    >>> Statistical(90).fit(X, [1]).predict(X)
    array([1])
    """

    name: ClassVar[str] = "bgnbd"

    def __init__(self, horizon_days: float = 90) -> None:
        self.horizon_days = horizon_days

    def _fit(self, X: Floats, y: NDArray[np.int64]) -> None:
        if X.shape[1] != len(NAMES):
            raise UsageError(
                _("BG/NBD reads the {known} features of loyalty.features; X has {given}.").format(
                    known=len(NAMES), given=X.shape[1]
                )
            )
        self.model_ = BGNBD().fit(history(X))

    def _chance(self, X: Floats) -> Floats:
        return self.model_.chance(history(X), self.horizon_days)
