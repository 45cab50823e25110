"""Making probabilities true: calibration maps, learnt from customers who were not learnt from."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from habitue.evaluate.calibration import paired
from habitue.loyalty.classify import RepurchaseClassifier

__all__ = ["Calibrated", "SplineCalibration", "folds_of"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_TINY = 1e-13  # keeps log-odds finite, and those of naive Bayes apart
_EACH = 25  # customers that a piece of a map needs


class SplineCalibration(BaseEstimator):
    """Maps chances to true ones by a rising, piecewise straight line through the log-odds.

    logit P(y = 1) = c + sum over pieces of w_j h_j(u), w_j >= 0, where u is the given chance's
    log-odds (standardised) and h_j the part of u that lies in piece j, between quantiles. With one
    piece this is Platt's scaling (Platt 1999); more pieces follow Lucena (2018), Spline-Based
    Probability Calibration, arXiv:1809.07751, made to rise everywhere so that ranks are kept.
    Fitted by maximum likelihood with a penalty of smoothness / 2 sum (w_j - w_(j-1))^2, as
    P-splines have (Eilers & Marx 1996), and a slight ridge: few data give a careful map.

    Parameters
    ----------
    pieces : int
        Pieces of equal mass at most; fewer where chances repeat, or with under 25 customers each.
    smoothness : float
        Weight of the differences between neighbouring slopes.
    ridge : float
        Weight of the slopes themselves: pulls towards the same chance for all.

    Attributes
    ----------
    knots_ : array
        Where pieces meet, in standardised log-odds.
    slopes_, intercept_ : array, float
        The map.

    Examples
    --------
    >>> p, y = np.tile([0.2, 0.6], 1000), np.tile([1, 1, 0, 1, 0, 1, 0, 1], 250)
    >>> SplineCalibration().fit(p, y).predict([0.2, 0.6]).round(2)
    array([0.25, 1.  ])
    """

    def __init__(self, pieces: int = 14, smoothness: float = 1.0, ridge: float = 0.01) -> None:
        self.pieces = pieces
        self.smoothness = smoothness
        self.ridge = ridge

    def fit(self, p: ArrayLike, y: ArrayLike) -> Self:
        """Learn the map from chances and outcomes, both (customers,)."""
        target, chance = paired(y, p)
        odds = _log_odds(chance)
        self.centre_, self.scale_ = float(odds.mean()), max(float(odds.std()), 1e-9)
        pieces = max(min(self.pieces, len(odds) // _EACH), 1)
        shares = np.linspace(0, 1, pieces + 1)[1:-1]
        standard = (odds - self.centre_) / self.scale_
        self.knots_ = np.unique(np.quantile(standard, shares, method="inverted_cdf"))
        parts = self._parts(chance)
        m = parts.shape[1] - 1
        change = np.diff(np.eye(m), axis=0)
        penalty = np.zeros((m + 1, m + 1))
        penalty[:m, :m] = self.smoothness * change.T @ change + self.ridge * np.eye(m)

        def loss(theta: Floats) -> tuple[float, Floats]:
            fitted = parts @ theta
            value = np.logaddexp(0, fitted).sum() - target @ fitted + theta @ penalty @ theta / 2
            gradient = parts.T @ (expit(fitted) - target) + penalty @ theta
            return value / len(target), gradient / len(target)

        start = np.append(np.full(m, self.scale_), self.centre_)  # the identity
        bounds = [(0.0, None)] * m + [(None, None)]
        found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
        self.slopes_, self.intercept_ = found.x[:m], float(found.x[m])
        return self

    def predict(self, p: ArrayLike) -> Floats:
        """Return the calibrated chances."""
        parts = self._parts(np.asarray(p, dtype=np.float64))
        return np.asarray(expit(parts @ np.append(self.slopes_, self.intercept_)))

    def _parts(self, p: Floats) -> Floats:
        u = (_log_odds(p) - self.centre_) / self.scale_
        edges = np.concatenate(([-np.inf], self.knots_, [np.inf]))
        from_ = np.concatenate((self.knots_[:1], self.knots_))  # where each piece counts 0
        pieces = [
            np.clip(u, low, high) - zero
            for low, high, zero in zip(edges[:-1], edges[1:], from_, strict=True)
        ]
        return np.column_stack((*pieces, np.ones(len(u))))


def _log_odds(p: Floats) -> Floats:
    return np.asarray(logit(np.clip(p, _TINY, 1 - _TINY)))


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
    calibration : SplineCalibration, optional
        Cloned, never changed.
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
        calibration: SplineCalibration | None = None,
        folds: int = 3,
        random_state: int = 0,
    ) -> None:
        self.classifier = classifier
        self.calibration = calibration
        self.folds = folds
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Learn the classifier and its map.

        Parameters
        ----------
        X, y
            (rows, features) and (rows,), as the classifier takes them.
        groups : array of shape (rows,), optional
            Rows of one customer in several windows bear the same number and stay in one fold.
        """
        features, target = np.asarray(X, dtype=np.float64), np.asarray(y)
        who = np.arange(len(target)) if groups is None else np.asarray(groups)
        fold = folds_of(who, target, self.folds, self.random_state)
        held = np.full(len(target), np.nan)
        for k in np.unique(fold):
            test = fold == k
            if not test.all():
                model = clone(self.classifier).fit(features[~test], target[~test])
                held[test] = model.predict_proba(features[test])[:, 1]
        known = np.isfinite(held)
        self.classifier_ = clone(self.classifier).fit(features, target)
        self.calibration_ = clone(self.calibration or SplineCalibration())
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
