"""What every segmenter promises: inherit this, set `segmenter`, and the tests are yours."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import adjusted_rand_score

from habitue.analyse.segments.base import Segmenter
from habitue.errors import NotEnoughDataError, UsageError
from habitue.registry import named

__all__ = ["SegmenterContract", "blobs"]


def blobs(centres: int = 4, each: int = 60, seed: int = 0) -> tuple[npt.NDArray[np.float64], Any]:
    """Return points around well separated centres, and which centre each is of."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(centres), each)
    middle = np.column_stack([12.0 * np.arange(centres), 9.0 * (np.arange(centres) % 2)])
    return middle[truth] + rng.normal(0, 1, (len(truth), 2)), truth


class SegmenterContract:
    """Tests that every segmenter passes."""

    segmenter: ClassVar[type[Segmenter]]
    settings: ClassVar[dict[str, Any]] = {}

    def make(self) -> Segmenter:
        return self.segmenter(**self.settings)

    def test_it_is_found_by_its_name(self) -> None:
        assert named("habitue.analyse.segments", Segmenter, self.segmenter.name) is self.segmenter

    def test_a_clone_has_the_same_parameters(self) -> None:
        model = self.make()
        assert clone(model).get_params() == model.get_params()

    def test_fit_returns_itself_and_labels_every_row(self) -> None:
        X, _truth = blobs()
        model = self.make()
        assert model.fit(X) is model
        assert model.labels_.shape == (len(X),)
        assert np.issubdtype(model.labels_.dtype, np.integer)
        assert set(model.labels_) == set(range(len(model.cluster_centers_)))

    def test_parameters_are_left_as_they_were_given(self) -> None:
        model = self.make()
        before = model.get_params()
        model.fit(blobs()[0])
        assert model.get_params() == before

    def test_separated_groups_are_found(self) -> None:
        X, truth = blobs()
        assert adjusted_rand_score(truth, self.make().fit_predict(X)) > 0.98

    def test_the_same_seed_gives_the_same_answer(self) -> None:
        X, _truth = blobs()
        np.testing.assert_array_equal(self.make().fit(X).labels_, self.make().fit(X).labels_)

    def test_the_order_of_rows_does_not_matter(self) -> None:
        X, _truth = blobs()
        order = np.random.default_rng(1).permutation(len(X))
        one, other = self.make().fit(X).labels_[order], self.make().fit(X[order]).labels_
        assert adjusted_rand_score(one, other) == 1.0

    def test_labels_are_the_nearest_centres(self) -> None:
        X, _truth = blobs()
        model = self.make().fit(X)
        np.testing.assert_array_equal(model.predict(X), model.labels_)
        slow = np.linalg.norm(X[:, None] - model.cluster_centers_, axis=2)
        np.testing.assert_allclose(model.transform(X), slow, atol=1e-6)

    def test_results_are_finite_and_stability_is_a_share(self) -> None:
        model = self.make().fit(blobs()[0])
        assert np.isfinite(model.cluster_centers_).all()
        assert ((model.stability_ >= 0) & (model.stability_ <= 1)).all()

    @pytest.mark.parametrize("X", [np.array([[1.0], [np.nan]]), np.ones(3), [["a"], ["b"]]])
    def test_bad_input_is_refused(self, X: Any) -> None:
        with pytest.raises(UsageError):
            self.make().fit(X)

    def test_no_rows_are_not_enough(self) -> None:
        with pytest.raises(NotEnoughDataError):
            self.make().fit(np.empty((0, 2)))

    @pytest.mark.parametrize("n", [1, 2])
    def test_one_or_two_rows_are_one_segment_or_two(self, n: int) -> None:
        model = self.make().fit(np.arange(2.0 * n).reshape(n, 2))
        assert 1 <= len(model.cluster_centers_) <= n

    def test_equal_rows_are_one_segment(self) -> None:
        assert set(self.make().fit(np.ones((60, 3))).labels_) == {0}

    def test_predicting_needs_a_fit_and_the_same_features(self) -> None:
        with pytest.raises(NotFittedError):
            self.make().predict(np.ones((2, 2)))
        with pytest.raises(UsageError):
            self.make().fit(blobs()[0]).predict(np.ones((2, 5)))
