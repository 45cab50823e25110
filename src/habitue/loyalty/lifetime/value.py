"""What a customer is worth over the coming months, in today's money."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from habitue.loyalty.lifetime.base import History, LifetimeModel

__all__ = ["MONTH", "lifetime_value"]

#: Days in a month: a twelfth of a Gregorian year.
MONTH = 365.2425 / 12


def lifetime_value(
    model: LifetimeModel,
    history: History,
    spend: ArrayLike,
    *,
    months: int = 12,
    month: float = MONTH,
    yearly_discount: float = 0.1,
) -> NDArray[np.float64]:
    """Return the expected, discounted worth of a customer's coming purchases.

    Sum over months i of (E[X(i)] - E[X(i - 1)]) E[spend] / (1 + d)^(i / 12), the discrete form of
    Fader, Hardie & Lee (2005), RFM and CLV, Journal of Marketing Research 42(4), eq. 1.

    Parameters
    ----------
    model : LifetimeModel
        Fitted to histories in the same unit of time.
    history : History
        The customers.
    spend : array of shape (customers,)
        Expected worth of a purchase, in the unit that the result shall have.
    months : int
        How far to look.
    month : float
        The length of a month in the histories' unit of time; the default is for days.
    yearly_discount : float
        What money in a year is worth less than today.

    Returns
    -------
    array of shape (customers,)
    """
    reached = np.zeros(history.customers)
    worth = np.zeros(history.customers)
    for i in range(1, months + 1):
        expected = model.expected_purchases(history, i * month)
        worth += (expected - reached) / (1 + yearly_discount) ** (i / 12)
        reached = expected
    return np.asarray(worth * np.asarray(spend, dtype=np.float64))
