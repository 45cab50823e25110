"""Support vector machine with an approximated radial kernel."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.kernel_approximation import Nystroem
from sklearn.svm import LinearSVC

from habitue.loyalty.classify.base import RepurchaseClassifier

__all__ = ["SVM"]

Floats = NDArray[np.float64]


class SVM(RepurchaseClassifier):
    """A linear support vector machine on scaled features and a Nystroem radial kernel.

    Features are logarithms (log(1 + |x|) with x's sign: they are heavy-tailed), scaled to
    mean 0 and variance 1; what is unknown becomes 0, with a column that says so. The kernel
    exp(-gamma |x - x'|^2), gamma = 1 / features, is approximated from a sample of the customers
    (Williams & Seeger 2001), so that training stays linear in their number. The machine's margin
    is squeezed by the logistic function into [0, 1]: a ranking, to be calibrated.

    Parameters
    ----------
    C : float
        Inverse strength of the penalty.
    components : int
        Customers that the kernel is approximated from; 0 leaves the kernel out.
    tol : float
        When the machine's training stops.
    random_state : int
        Seeds the sample.

    Examples
    --------
    >>> X = np.arange(40.0)[:, None]
    >>> SVM().fit(X, X[:, 0] > 19).predict([[3.0], [33.0]])
    array([0, 1])
    """

    name: ClassVar[str] = "svm"

    def __init__(
        self, C: float = 0.1, components: int = 60, tol: float = 1e-2, random_state: int = 0
    ) -> None:
        self.C = C
        self.components = components
        self.tol = tol
        self.random_state = random_state

    def _fit(self, X: Floats, y: NDArray[np.int64]) -> None:
        self.only_ = float(y[0]) if len(np.unique(y)) == 1 else None
        if self.only_ is not None:
            return
        logs, known = _logs(X)
        n = np.maximum(known.sum(axis=0), 1)
        self.mean_ = np.where(known, logs, 0).sum(axis=0) / n
        spread = np.sqrt(np.where(known, (logs - self.mean_) ** 2, 0).sum(axis=0) / n)
        self.spread_ = np.where(spread > 1e-9, spread, np.inf)  # a constant tells nothing
        self.unknown_ = np.flatnonzero((known.sum(axis=0) % len(X)) != 0)  # unknown for some
        scaled = self._scaled(X)
        self.kernel_ = None
        if self.components:
            self.kernel_ = Nystroem(
                gamma=1 / scaled.shape[1],
                n_components=min(self.components, len(X)),
                random_state=self.random_state,
            ).fit(scaled)
        self.model_ = LinearSVC(C=self.C, dual=False, tol=self.tol, random_state=self.random_state)
        self.model_.fit(self._mapped(X), y)

    def _scaled(self, X: Floats) -> Floats:
        logs, known = _logs(X)
        scaled = np.where(known, (logs - self.mean_) / self.spread_, 0.0)
        return np.hstack((np.clip(scaled, -5, 5), ~known[:, self.unknown_]))

    def _mapped(self, X: Floats) -> Floats:
        scaled = self._scaled(X)
        if self.kernel_ is None:
            return scaled
        return np.hstack((scaled, self.kernel_.transform(scaled)))

    def _chance(self, X: Floats) -> Floats:
        if self.only_ is not None:
            return np.full(len(X), self.only_)
        return np.asarray(expit(2 * self.model_.decision_function(self._mapped(X))))


def _logs(X: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    known = np.isfinite(X)
    values = np.where(known, X, 0.0)
    return np.sign(values) * np.log1p(np.abs(values)), known
