"""What a repurchase classifier offers: scikit-learn's classifier, with a name."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from habitue.errors import NotEnoughDataError, UsageError
from habitue.locale import _
from habitue.registry import find

__all__ = ["RepurchaseClassifier", "classifiers"]

Floats = NDArray[np.float64]


class RepurchaseClassifier(ClassifierMixin, BaseEstimator):
    """Learns who ordered within a horizon from what was known before.

    ``X`` is (customers, features), usually ``features.matrix``: NaN is *unknown*, and every
    classifier copes with it. ``y`` is 1 where the customer ordered, else 0. A subclass has a
    ``name``, a default for every parameter, ``_fit`` and ``_chance``. Parameters called
    ``horizon_days`` and ``random_state`` are set by the comparison.

    Its probabilities rank customers; ``evaluate.calibration`` makes them true.
    """

    name: ClassVar[str] = ""

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn from (customers, features) and (customers,).

        Raises
        ------
        UsageError
            If shapes don't fit, or ``y`` holds anything but 0 and 1.
        NotEnoughDataError
            If there are no customers.
        """
        features, target = _checked(X), np.asarray(y).ravel()
        if len(target) != len(features):
            raise UsageError(
                _("X has {rows} rows, y has {labels}.").format(
                    rows=len(features), labels=len(target)
                )
            )
        if len(target) == 0:
            raise NotEnoughDataError(_("There is no customer to learn from."))
        if not np.isin(target, (0, 1)).all():
            raise UsageError(_("y must be 1 where the customer ordered and 0 elsewhere."))
        self.classes_ = np.array([0, 1])
        self.n_features_in_ = features.shape[1]
        self._fit(features, target.astype(np.int64))
        return self

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Return (customers, 2): the chances of no order and of an order."""
        features = _checked(X)
        if features.shape[1] != self.n_features_in_:
            raise UsageError(
                _("X has {given} features; the classifier was fitted with {known}.").format(
                    given=features.shape[1], known=self.n_features_in_
                )
            )
        chance = np.clip(self._chance(features), 0.0, 1.0) if len(features) else np.empty(0)
        return np.column_stack((1 - chance, chance))

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return 1 where an order is more likely than none, else 0."""
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(np.int64)

    @abstractmethod
    def _fit(self, X: Floats, y: NDArray[np.int64]) -> None:
        """Learn; both are checked. ``y`` may hold one class only."""

    @abstractmethod
    def _chance(self, X: Floats) -> Floats:
        """Return the chance of an order, (customers,)."""


def _checked(X: ArrayLike) -> Floats:
    features = np.asarray(X, dtype=np.float64)
    if features.ndim != 2:
        raise UsageError(
            _("X must be (customers, features); its shape is {shape}.").format(shape=features.shape)
        )
    return features


def classifiers(**settings: Any) -> dict[str, RepurchaseClassifier]:
    """Return one new classifier of each kind by name, with the settings that it knows.

    Examples
    --------
    >>> sorted(classifiers(horizon_days=90, random_state=7))
    ['baseline', 'bgnbd', 'naive_bayes', 'svm']
    """
    found: dict[str, RepurchaseClassifier] = {}
    for name, kind in find("habitue.loyalty.classify", RepurchaseClassifier).items():
        model: RepurchaseClassifier = kind()
        known = model.get_params(deep=False)
        found[name] = model.set_params(**{k: v for k, v in settings.items() if k in known})
    return found
