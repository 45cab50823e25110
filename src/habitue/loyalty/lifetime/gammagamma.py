"""Gamma-Gamma: the worth of a purchase varies around each customer's own mean.

Fader, P. S. & Hardie, B. G. S. (2013). The Gamma-Gamma Model of Monetary Value (FH below).
"""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from habitue.errors import NotEnoughDataError
from habitue.locale import _
from habitue.loyalty.lifetime.base import SpendModel

__all__ = ["GammaGamma"]

Floats = NDArray[np.float64]

#: Where a shop too small to learn from is held: p, q of a usual shop (CDNOW); v follows the mean.
_USUAL = np.array([6.25, 3.75, 0.44])
_FLOOR = np.array([0.0, 1.0, 0.0])  # below which p, q, v can't go
_ENOUGH = 20


class GammaGamma(SpendModel):
    """The gamma-gamma model of the worth of purchases.

    A purchase of a customer is worth Gamma(p, nu) with nu ~ Gamma(q, v). Fitted by maximum
    likelihood with the analytic gradient over the customers with a positive mean spend and at least
    ``least`` purchases. q is held above 1, without which there is no mean to expect. With fewer
    than 20 such customers a weak log-normal prior around a usual shop's parameters is added
    (``held_`` is then true).

    Parameters
    ----------
    least : int
        Customers with fewer purchases are not learnt from.

    Attributes
    ----------
    p_, q_, v_ : float
        The parameters in the paper's symbols; v is in units of the spend.
    log_likelihood_ : float
        Of the customers learnt from, without the prior.
    held_ : bool
        Whether the prior was used.

    Examples
    --------
    >>> model = GammaGamma().fit([2, 5, 3], [20.0, 30.0, 25.0])
    >>> bool(20 < model.expected_spend([5], [20.0])[0] < 25)
    True
    """

    name: ClassVar[str] = "gamma_gamma"

    def __init__(self, least: int = 1) -> None:
        self.least = least

    def fit(self, purchases: ArrayLike, spend: ArrayLike) -> Self:
        """Learn from the number of purchases and their mean worth, both (customers,).

        Raises
        ------
        NotEnoughDataError
            If nobody has spent anything.
        """
        x, m = (np.asarray(values, dtype=np.float64) for values in (purchases, spend))
        use = (x >= max(self.least, 1)) & (m > 0)
        x, m = x[use], m[use]
        if len(m) == 0:
            raise NotEnoughDataError(
                _("Nobody has spent anything yet: the gamma-gamma model needs a sale above zero")
            )
        unit = float(np.average(m, weights=x))
        likelihood = _Likelihood(x, m / unit)
        self.held_ = len(m) < _ENOUGH
        usual = np.log(_USUAL - _FLOOR)

        def target(theta: Floats) -> tuple[float, Floats]:
            moved = np.exp(theta)
            value, gradient = likelihood(moved + _FLOOR)
            value, gradient = -value, -gradient * moved
            if self.held_:
                away = theta - usual
                value, gradient = value + 0.5 * float(away @ away), gradient + away
            return value / len(m), gradient / len(m)

        found = minimize(
            target,
            usual,
            jac=True,
            method="L-BFGS-B",
            bounds=[(-9.0, 9.0)] * 3,
            options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8},
        )
        p, q, v = np.exp(found.x) + _FLOOR
        self.p_, self.q_, self.v_ = float(p), float(q), float(v * unit)
        self.log_likelihood_ = float(likelihood(np.array([p, q, v]))[0] - len(m) * np.log(unit))
        return self

    def expected_spend(self, purchases: ArrayLike, spend: ArrayLike) -> Floats:
        """Return E[M | p, q, v, m_x, x] = p (v + x m_x) / (p x + q - 1) (FH, eq. 5).

        The shop's mean when nothing was bought yet; nearer to the customer's own the more was.
        """
        x = np.asarray(purchases, dtype=np.float64)
        m = np.where(x > 0, np.asarray(spend, dtype=np.float64), 0.0)
        return self.p_ * (self.v_ + x * m) / (self.p_ * x + self.q_ - 1)


class _Likelihood:
    """The log-likelihood of mean spends and its gradient (FH, eq. 1a).

    ln f = ln G(px + q) - ln G(px) - ln G(q) + q ln v + (px - 1) ln m + px ln x
           - (px + q) ln(v + x m)
    """

    def __init__(self, x: Floats, m: Floats) -> None:
        self.x, self.m, self.logs = x, m, np.log(m) + np.log(x)

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        """Return the log-likelihood and its gradient in (p, q, v)."""
        p, q, v = parameters
        x, m = self.x, self.m
        px, scale = p * x, v + x * m
        log_scale, psi_sum = np.log(scale), digamma(px + q)
        terms = gammaln(px + q) - gammaln(px) - (px + q) * log_scale + px * self.logs - np.log(m)
        value = terms.sum() + len(m) * (q * np.log(v) - gammaln(q))
        gradient = (
            (x * (psi_sum - digamma(px) + self.logs - log_scale)).sum(),
            (psi_sum - log_scale).sum() + len(m) * (np.log(v) - digamma(q)),
            len(m) * q / v - ((px + q) / scale).sum(),
        )
        return float(value), np.array(gradient)
