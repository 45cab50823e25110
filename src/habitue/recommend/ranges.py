"""What settings of a model may be: ranges that a search looks through."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Range"]


@dataclass(frozen=True)
class Range:
    """The lowest and the highest value of a setting that are worth trying.

    Whole numbers are spread by their logarithm.

    Examples
    --------
    >>> Range(0.0, 2.0).at(0.25), Range(10, 1000, whole=True).at(0.5)
    (0.5, 100)
    >>> Range(10, 1000, whole=True).share(100)
    0.5
    """

    low: float
    high: float
    whole: bool = False

    def at(self, share: float) -> float | int:
        """Return the value at a share of the way from the lowest to the highest."""
        share = min(max(share, 0.0), 1.0)
        if self.whole:
            return round(float(self.low * (self.high / self.low) ** share))
        return round(self.low + share * (self.high - self.low), 4)

    def share(self, value: float) -> float:
        """Return how far a value is on the way; 0 and 1 for values beyond the ends."""
        value = min(max(value, self.low), self.high)
        if self.whole:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)
