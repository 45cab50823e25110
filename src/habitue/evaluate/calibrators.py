"""Making probabilities true: calibration maps, learnt from customers who were not learnt from."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.isotonic import IsotonicRegression

from habitue.evaluate.calibration import mass_bins, paired
from habitue.loyalty.classify import RepurchaseClassifier

__all__ = ["BetaCalibration", "Calibrated", "IsotonicCalibration", "folds_of"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_TINY = 1e-6  # nothing is certain: keeps logarithms finite


class BetaCalibration(BaseEstimator):
    """Maps a chance p to expit(a ln p - b ln(1 - p) + c), with a, b >= 0.

    Kull, Silva Filho & Flach (2017), Beta calibration, AISTATS 54, eq. 3; a = b is Platt's
    scaling of the log-odds. Fitted by maximum likelihood with a ridge towards the identity
    (a = b = 1, c = 0) that weighs as much as ``shrinkage`` customers, so few data change little.

    Parameters
    ----------
    shrinkage : float
        The ridge's weight, in customers.

    Attributes
    ----------
    a_, b_, c_ : float
        The map.

    Examples
    --------
    >>> p = np.repeat([0.2, 0.6], 500)
    >>> y = np.tile([1, 0, 0, 0, 0], 200)
    >>> bool(BetaCalibration().fit(p, y).predict([0.6])[0] < 0.25)
    True
    """

    name: ClassVar[str] = "beta"

    def __init__(self, shrinkage: float = 4.0) -> None:
        self.shrinkage = shrinkage

    def fit(self, p: ArrayLike, y: ArrayLike) -> Self:
        """Learn the map from chances and outcomes, both (customers,)."""
        target, chance = paired(y, p)
        parts = self._parts(chance)
        identity = np.array([1.0, 1.0, 0.0])

        def loss(theta: Floats) -> tuple[float, Floats]:
            odds, away = parts @ theta, theta - identity
            value = np.logaddexp(0, odds).sum() - target @ odds
            gradient = parts.T @ (expit(odds) - target) + self.shrinkage * away
            return (
                (value + 0.5 * self.shrinkage * away @ away) / max(len(target), 1),
                gradient / max(len(target), 1),
            )

        bounds = [(0.0, None), (0.0, None), (None, None)]
        found = minimize(loss, identity, jac=True, method="L-BFGS-B", bounds=bounds)
        self.a_, self.b_, self.c_ = (float(value) for value in found.x)
        return self

    def predict(self, p: ArrayLike) -> Floats:
        """Return the calibrated chances."""
        parts = self._parts(np.asarray(p, dtype=np.float64))
        return np.asarray(expit(parts @ np.array([self.a_, self.b_, self.c_])))

    @staticmethod
    def _parts(p: Floats) -> Floats:
        chance = np.clip(p, _TINY, 1 - _TINY)
        return np.column_stack((np.log(chance), -np.log1p(-chance), np.ones(len(chance))))


class IsotonicCalibration(BaseEstimator):
    """Maps a chance to the best rising staircase (Zadrozny & Elkan 2002), made of steps with mass.

    Each step holds at least ``least`` customers, smoothed by Laplace's rule: nothing is certain.
    Between the steps' centres the map is a straight line.

    Parameters
    ----------
    least : int
        Customers that a step averages over.

    Examples
    --------
    >>> p, y = np.repeat([0.2, 0.9], 100), np.tile([1, 0], 100)
    >>> IsotonicCalibration().fit(p, y).predict([0.2, 0.9])
    array([0.5, 0.5])
    """

    name: ClassVar[str] = "isotonic"

    def __init__(self, least: int = 25) -> None:
        self.least = least

    def fit(self, p: ArrayLike, y: ArrayLike) -> Self:
        """Learn the map from chances and outcomes, both (customers,)."""
        target, chance = paired(y, p)
        odds = logit(np.clip(chance, _TINY, 1 - _TINY))
        where = mass_bins(odds, max(len(odds) // self.least, 1))
        n = np.bincount(where)
        centre = np.bincount(where, weights=odds) / n
        share = (np.bincount(where, weights=target) + 1) / (n + 2)
        self.at_, self.to_ = centre, IsotonicRegression().fit(centre, share, n).predict(centre)
        return self

    def predict(self, p: ArrayLike) -> Floats:
        """Return the calibrated chances."""
        chance = np.clip(np.asarray(p, dtype=np.float64), _TINY, 1 - _TINY)
        return np.asarray(np.interp(logit(chance), self.at_, self.to_))


def folds_of(groups: ArrayLike, y: ArrayLike, folds: int, seed: int) -> Whole:
    """Return each row's fold: rows of a group stay together, outcomes are spread evenly.

    Groups are shuffled, sorted by their mean outcome and dealt out like cards.

    >>> folds_of([7, 7, 8, 9], [1, 0, 0, 1], folds=3, seed=1).tolist()
    [1, 1, 0, 2]
    """
    _names, where = np.unique(np.asarray(groups), return_inverse=True)
    mean = np.bincount(where, weights=np.asarray(y, dtype=np.float64)) / np.bincount(where)
    shuffled = np.random.default_rng(seed).permutation(len(mean))
    order = shuffled[np.argsort(mean[shuffled], kind="stable")]
    dealt = np.empty(len(mean), dtype=np.int64)
    dealt[order] = np.arange(len(mean)) % folds
    return dealt[where]


class Calibrated(ClassifierMixin, BaseEstimator):
    """A classifier with the map that makes its chances true, learnt by cross-fitting.

    The map sees only chances that were given to customers who were not learnt from; the classifier
    itself then learns from all rows.

    Parameters
    ----------
    classifier : RepurchaseClassifier
        Cloned, never changed.
    calibration : estimator
        ``BetaCalibration`` or ``IsotonicCalibration``; cloned, never changed.
    folds : int
        Folds of the cross-fitting.
    random_state : int
        Seeds the folds.

    Attributes
    ----------
    classifier_, calibration_
        Fitted.
    """

    def __init__(
        self,
        classifier: RepurchaseClassifier,
        calibration: BetaCalibration | IsotonicCalibration | None = None,
        folds: int = 3,
        random_state: int = 0,
    ) -> None:
        self.classifier = classifier
        self.calibration = calibration
        self.folds = folds
        self.random_state = random_state

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        groups: ArrayLike | None = None,
        recent: ArrayLike | None = None,
    ) -> Self:
        """Learn the classifier and its map.

        Parameters
        ----------
        X, y
            (rows, features) and (rows,), as the classifier takes them.
        groups : array of shape (rows,), optional
            Rows of one customer in several windows bear the same number and stay in one fold.
        recent : array of bool of shape (rows,), optional
            The rows that the map is learnt from; all if left out.
        """
        features, target = np.asarray(X, dtype=np.float64), np.asarray(y)
        who = np.arange(len(target)) if groups is None else np.asarray(groups)
        use = np.ones(len(target), dtype=bool) if recent is None else np.asarray(recent, dtype=bool)
        fold = folds_of(who, target, self.folds, self.random_state)
        held = np.full(len(target), np.nan)
        for k in np.unique(fold):
            test, train = (fold == k) & use, fold != k
            if test.any() and train.any():
                model = clone(self.classifier).fit(features[train], target[train])
                held[test] = model.predict_proba(features[test])[:, 1]
        known = np.isfinite(held)
        self.classifier_ = clone(self.classifier).fit(features, target)
        self.calibration_ = clone(self.calibration or BetaCalibration())
        self.calibration_.fit(held[known], target[known])
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Return (rows, 2): the calibrated chances of no order and of an order."""
        raw = self.classifier_.predict_proba(X)[:, 1]
        chance = self.calibration_.predict(raw) if len(raw) else raw
        return np.column_stack((1 - chance, chance))

    def predict(self, X: ArrayLike) -> Whole:
        """Return 1 where an order is more likely than none, else 0."""
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(np.int64)
