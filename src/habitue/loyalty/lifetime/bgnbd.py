"""BG/NBD: customers buy at random at their own rate, and may leave for good after any purchase.

Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005). "Counting Your Customers" the Easy Way: An
Alternative to the Pareto/NBD Model. Marketing Science 24(2), 275-284 (FHL below).
Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2008). Computing P(alive) Using the BG/NBD Model
(FHL 2008 below).
"""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, digamma, expit, gammaln, hyp2f1

from habitue.errors import NotEnoughDataError
from habitue.locale import _
from habitue.loyalty.lifetime.base import History, LifetimeModel

__all__ = ["BGNBD"]

Floats = NDArray[np.float64]

#: Where a shop too small to learn from is held: r, a, b of a usual shop (CDNOW, as FHL, table 2).
_R, _A, _B = 0.25, 0.8, 2.4
_SPREAD = 1.0  # of the prior, on the natural logarithm: usual within a factor of e
_CUSTOMERS, _REPEATING = 50, 20


class BGNBD(LifetimeModel):
    """The beta-geometric / negative binomial model of repeat purchases.

    A living customer buys at rate lambda ~ Gamma(r, alpha) and leaves after each purchase with
    chance p ~ Beta(a, b). Fitted by maximum likelihood with the analytic gradient, over the
    different histories only. With fewer than 50 customers, or 20 who came back, a weak log-normal
    prior around a usual shop's parameters is added (``held_`` is then true), so that a tiny shop
    has an answer that is no more sure than its data.

    Parameters
    ----------
    usual_alpha : float
        Centre of the prior on alpha, in the histories' unit of time. The default is CDNOW's in
        days; in weeks it is 4.4.

    Attributes
    ----------
    r_, alpha_, a_, b_ : float
        The parameters in the paper's symbols; alpha is in the histories' unit of time.
    log_likelihood_ : float
        Of the histories, without the prior.
    held_ : bool
        Whether the prior was used.

    Examples
    --------
    >>> history = History([2, 1, 0, 0, 5], [30.4, 1.7, 0, 0, 24.4], [38.9, 38.9, 38.9, 38.9, 38.9])
    >>> model = BGNBD().fit(history)
    >>> model.held_, bool(np.all(model.alive(history) <= 1))
    (True, True)
    """

    name: ClassVar[str] = "bgnbd"

    def __init__(self, usual_alpha: float = 31.0) -> None:
        self.usual_alpha = usual_alpha

    def fit(self, history: History) -> Self:
        """Learn the parameters.

        Raises
        ------
        NotEnoughDataError
            If there is no customer with a history longer than nothing.
        """
        distinct, counts = history.distinct()
        unit = float(np.average(distinct.T, weights=counts)) if distinct.customers else 0.0
        if unit <= 0:
            raise NotEnoughDataError(
                _("No customer has a history yet: BG/NBD needs a first purchase before the cut-off")
            )
        scaled = _Likelihood(
            History(distinct.frequency, distinct.recency / unit, distinct.T / unit), counts
        )
        repeating = counts[distinct.frequency > 0].sum()
        self.held_ = bool(history.customers < _CUSTOMERS or repeating < _REPEATING)
        usual = np.log([_R, self.usual_alpha / unit, _A, _B])

        def target(theta: Floats) -> tuple[float, Floats]:
            value, gradient = scaled(np.exp(theta))
            value, gradient = -value, -gradient * np.exp(theta)
            if self.held_:
                away = (theta - usual) / _SPREAD
                value, gradient = value + 0.5 * float(away @ away), gradient + away / _SPREAD
            total = counts.sum()
            return value / total, gradient / total

        found = minimize(
            target,
            np.log([_R, 0.14, _A, _B]),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-9.0, 9.0)] * 4,  # e^9 in units of the mean history: as good as infinite
            options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8, "maxcor": 8},
        )
        r, alpha, a, b = np.exp(found.x)
        self.r_, self.alpha_, self.a_, self.b_ = float(r), float(alpha * unit), float(a), float(b)
        shift = -np.log(unit) * float(counts @ distinct.frequency)  # density of x times, rescaled
        self.log_likelihood_ = float(scaled(np.exp(found.x))[0] + shift)
        return self

    def alive(self, history: History) -> Floats:
        """Return the chance that a customer has not left for good (FHL 2008, eq. 1).

        P = 1 / (1 + [x > 0] a / (b + x - 1) ((alpha + T) / (alpha + t_x))^(r + x))
        """
        x, t_x, T = history.frequency, history.recency, history.T
        left = (
            np.log(self.a_)
            - np.log(self.b_ + np.maximum(x, 1) - 1)
            + (self.r_ + x) * (np.log(self.alpha_ + T) - np.log(self.alpha_ + t_x))
        )
        return np.where(x > 0, expit(-left), 1.0)

    def expected_purchases(self, history: History, time: float) -> Floats:
        """Return E[Y(t) | x, t_x, T], the purchases in the next ``time`` (FHL, eq. 10).

        The paper's Gaussian hypergeometric function is taken through Euler's transformation,
        2F1(A, B; C; z) = (1 - z)^(C - A - B) 2F1(C - A, C - B; C; z), whose arguments don't grow
        with x: the paper's own form overflows for frequent customers.
        """
        r, alpha, a, b = self.r_, self.alpha_, self.a_, self.b_
        if abs(a - 1) < 1e-5:
            a = 1 + 1e-5  # the formula has a removable pole at a = 1
        x, T = history.frequency, history.T
        z = time / (alpha + T + time)
        rest = (1 - z) ** (a - 1) * hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, z)
        living: Floats = (a + b + x - 1) / (a - 1) * (1 - rest)
        return np.maximum(living, 0.0) * self.alive(history)

    def chance(self, history: History, time: float) -> Floats:
        """Return P(at least one purchase in the next ``time`` | x, t_x, T).

        A living customer can only leave after a purchase, so until the next one the purchases are
        Poisson: P(none | alive, lambda) = exp(-lambda t). Given x, T and being alive, the
        likelihood is lambda^x exp(-lambda T) (FHL, section 4), so lambda ~ Gamma(r + x, alpha + T)
        and, integrating it out,

        P = P(alive) (1 - ((alpha + T) / (alpha + T + t))^(r + x))
        """
        rate = np.log1p(time / (self.alpha_ + history.T))
        return self.alive(history) * -np.expm1(-(self.r_ + history.frequency) * rate)


class _Likelihood:
    """The log-likelihood of different histories and its gradient (FHL, eq. 6 and appendix A).

    L = G(r + x) alpha^r / G(r) * B(a, b + x) / B(a, b)
        * [(alpha + T)^-(r + x) + [x > 0] a / (b + x - 1) (alpha + t_x)^-(r + x)]
    """

    def __init__(self, history: History, counts: Floats) -> None:
        self.x, self.t_x, self.T = history.frequency, history.recency, history.T
        self.counts, self.again = counts, history.frequency > 0
        # Gamma functions depend on x alone, of which there are few different values.
        self.values, where = np.unique(self.x, return_inverse=True)
        self.having = np.bincount(where, weights=counts, minlength=len(self.values))

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        """Return the log-likelihood and its gradient in (r, alpha, a, b)."""
        r, alpha, a, b = parameters
        x = self.x
        log_T, log_t = np.log(alpha + self.T), np.log(alpha + self.t_x)
        stays = -(r + x) * log_T
        leaves = np.where(
            self.again, np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * log_t, -np.inf
        )
        either = np.logaddexp(stays, leaves)
        left = np.exp(leaves - either)  # the chance of having left
        per_x, gradient = self._per_frequency(r, a, b)
        total = self.counts.sum()
        value = float(self.having @ per_x + total * r * np.log(alpha) + self.counts @ either)
        gone = self.counts * left
        gradient += (
            total * np.log(alpha) - self.counts @ log_T + gone @ (log_T - log_t),
            total * r / alpha
            - (self.counts * (r + x)) @ ((1 - left) / (alpha + self.T) + left / (alpha + self.t_x)),
            gone.sum() / a,
            -gone @ (1 / (b + np.maximum(x, 1) - 1)),
        )
        return value, gradient

    def _per_frequency(self, r: float, a: float, b: float) -> tuple[Floats, Floats]:
        x, n = self.values, self.having
        value = gammaln(r + x) - gammaln(r) + betaln(a, b + x) - betaln(a, b)
        both = digamma(a + b) - digamma(a + b + x)
        gradient = (
            n @ (digamma(r + x) - digamma(r)),
            0.0,
            n @ both,
            n @ (both + digamma(b + x) - digamma(b)),
        )
        return value, np.array(gradient)
