"""What a lifetime model offers, and the histories it reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator

from habitue.errors import UsageError
from habitue.locale import _

__all__ = ["History", "LifetimeModel", "SpendModel"]

Floats = NDArray[np.float64]


class History:
    """The sufficient statistics of customers' purchases.

    Parameters
    ----------
    frequency : array of shape (customers,)
        Repeat purchases: purchases less the first.
    recency : array of shape (customers,)
        Time from the first purchase to the latest; 0 with no repeat purchase.
    T : array of shape (customers,)
        Time from the first purchase to the cut-off, in the same unit.

    Raises
    ------
    UsageError
        If lengths differ, a value is missing, or not 0 <= recency <= T.

    Examples
    --------
    >>> History([2, 0], [30.43, 0], [38.86, 38.86]).customers
    2
    """

    def __init__(self, frequency: ArrayLike, recency: ArrayLike, T: ArrayLike) -> None:
        self.frequency, self.recency, self.T = (
            np.ascontiguousarray(values, dtype=np.float64).ravel()
            for values in (frequency, recency, T)
        )
        sizes = {len(self.frequency), len(self.recency), len(self.T)}
        if len(sizes) != 1:
            raise UsageError(
                _("frequency, recency and T differ in length: {sizes}.").format(sizes=sorted(sizes))
            )
        valid = (self.frequency >= 0) & (self.recency >= 0) & (self.recency <= self.T)
        if not valid.all():  # NaN compares false, so missing values are found here too
            raise UsageError(
                _(
                    "{count} of {all} histories are impossible (the first at position {where}): "
                    "frequency must be 0 or more and 0 <= recency <= T, with no value missing."
                ).format(count=int((~valid).sum()), all=len(valid), where=int(np.argmin(valid)))
            )

    @property
    def customers(self) -> int:
        """How many customers."""
        return len(self.frequency)

    def distinct(self) -> tuple[History, Floats]:
        """Return the different histories and how many customers share each."""
        order = np.lexsort((self.T, self.recency, self.frequency))
        rows = np.column_stack((self.frequency, self.recency, self.T))[order]
        if len(rows) == 0:
            return self, np.empty(0)
        starts = np.flatnonzero(np.r_[True, (rows[1:] != rows[:-1]).any(axis=1)])
        counts = np.diff(np.r_[starts, len(rows)]).astype(np.float64)
        return History(*rows[starts].T), counts


class LifetimeModel(BaseEstimator, ABC):
    """Learns from all customers' histories how they buy and leave; then judges each.

    Every parameter has a default; ``fit`` returns the model.
    """

    name: ClassVar[str] = ""

    @abstractmethod
    def fit(self, history: History) -> Self:
        """Learn the shop's parameters."""

    @abstractmethod
    def expected_purchases(self, history: History, time: float) -> Floats:
        """Return the purchases to expect in the next ``time`` after the cut-off, a customer."""

    @abstractmethod
    def alive(self, history: History) -> Floats:
        """Return the chance that a customer has not left for good by the cut-off."""

    @abstractmethod
    def chance(self, history: History, time: float) -> Floats:
        """Return the chance of at least one purchase in the next ``time`` after the cut-off."""


class SpendModel(BaseEstimator, ABC):
    """Learns how the worth of a purchase differs between customers; then judges each."""

    name: ClassVar[str] = ""

    @abstractmethod
    def fit(self, purchases: ArrayLike, spend: ArrayLike) -> Self:
        """Learn from the number of purchases and their mean worth, both (customers,)."""

    @abstractmethod
    def expected_spend(self, purchases: ArrayLike, spend: ArrayLike) -> Floats:
        """Return the mean worth of a customer's future purchases."""
