"""What every segmenter offers: customers as rows in, labels out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from habitue.errors import NotEnoughDataError, UsageError
from habitue.locale import _

__all__ = ["Segmenter"]

Reals = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


class Segmenter(ClusterMixin, BaseEstimator, ABC):
    """Base of all segmenters, with scikit-learn's conventions for clusterers.

    A new segmenter derives from this, sets ``name`` and finds the centres in ``_centres``.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
    labels_ : ndarray of shape (n_samples,)
        The cluster of each row: the nearest centre.
    stability_ : ndarray of shape (n_clusters,)
        Mean Jaccard overlap of each cluster with its match over bootstrap samples.
    n_features_in_ : int
    """

    name: str = ""
    cluster_centers_: Reals
    stability_: Reals

    def fit(self, X: Any, y: object = None) -> Self:
        """Find the clusters.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Scaled features, no missing values.
        y : ignored
            There for scikit-learn's conventions.

        Raises
        ------
        UsageError
            If X is no matrix of finite numbers, or a parameter is out of bounds.
        NotEnoughDataError
            If X has no rows.
        """
        matrix = self._checked(X)
        if len(matrix) == 0:
            raise NotEnoughDataError(_("There are no customers to segment."))
        self.n_features_in_ = matrix.shape[1]
        self.cluster_centers_, self.stability_ = self._centres(matrix)
        self.labels_ = self.predict(matrix)
        return self

    def predict(self, X: Any) -> Labels:
        """Return the cluster of each row."""
        distances: Labels = self.transform(X).argmin(axis=1)
        return distances

    def transform(self, X: Any) -> Reals:
        """Return the distances to the centres, (n_samples, n_clusters)."""
        check_is_fitted(self)
        matrix = self._checked(X)
        if matrix.shape[1] != self.n_features_in_:
            text = _("There are {n} features; the segments were made with {fitted}.")
            raise UsageError(text.format(n=matrix.shape[1], fitted=self.n_features_in_))
        centres = self.cluster_centers_
        square = (matrix**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)
        distances: Reals = np.sqrt(np.maximum(square - 2 * matrix @ centres.T, 0))
        return distances

    @abstractmethod
    def _centres(self, X: Reals) -> tuple[Reals, Reals]:
        """Return the centres and their stability."""

    def _checked(self, X: Any) -> Reals:
        try:
            matrix = np.asarray(X, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise UsageError(_("The features are not all numbers: {e}.").format(e=error)) from error
        if matrix.ndim != 2:
            text = _("The features have {n} dimension(s); give a matrix, one row a customer.")
            raise UsageError(text.format(n=matrix.ndim))
        if not np.isfinite(matrix).all():
            text = _("{n} values of the features are missing or infinite; fill them in first.")
            raise UsageError(text.format(n=int((~np.isfinite(matrix)).sum())))
        return matrix
