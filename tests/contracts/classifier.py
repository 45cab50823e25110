"""What every repurchase classifier must do. Inherit, say how to make one, and state its quality."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from tests.loyalty.worlds import at, bgnbd_purchases, sales, shop

from habitue.errors import NotEnoughDataError, UsageError
from habitue.loyalty.classify import RepurchaseClassifier, classifiers
from habitue.loyalty.features import Window, window

Floats = NDArray[np.float64]
_HORIZON = 90
_windows: list[Window] = []


def worlds() -> tuple[Window, Window]:
    """Return two windows of one simulated shop: to learn from, and to be judged on."""
    if not _windows:
        lines = sales(bgnbd_purchases(1500, 400, 0.6, 25, 0.6, 3, seed=5), 400)
        with shop(lines) as engine:
            starts = (400 - 2 * _HORIZON, 400 - _HORIZON)
            _windows.extend(window(engine, at(day), at(day + _HORIZON)) for day in starts)
    return _windows[0], _windows[1]


class ClassifierContract:
    """Tests that a subclass inherits."""

    #: The least area under the ROC curve through time on the simulated shop.
    least_auc = 0.5

    def make(self) -> RepurchaseClassifier:
        raise NotImplementedError

    @pytest.fixture
    def model(self) -> RepurchaseClassifier:
        past, _future = worlds()
        return self.make().fit(past.X, past.y)

    def test_the_registry_finds_it_by_its_name(self) -> None:
        assert type(classifiers()[self.make().name]) is type(self.make())

    def test_it_fulfils_the_expected_quality(self, model: RepurchaseClassifier) -> None:
        future = worlds()[1]
        area = roc_auc_score(future.y, model.predict_proba(future.X)[:, 1])
        assert area >= self.least_auc

    def test_chances_lie_within_0_and_1_and_add_up_to_1(self, model: RepurchaseClassifier) -> None:
        chances = model.predict_proba(worlds()[1].X)
        assert chances.min() >= 0
        np.testing.assert_allclose(chances.sum(axis=1), 1)

    def test_prediction_is_the_likelier_class(self, model: RepurchaseClassifier) -> None:
        X = worlds()[1].X
        chance = model.predict_proba(X)[:, 1]
        np.testing.assert_array_equal(model.predict(X), (chance >= 0.5).astype(int))

    def test_the_same_seed_gives_the_same_answer(self, model: RepurchaseClassifier) -> None:
        past, future = worlds()
        again = clone(model).fit(past.X, past.y)
        np.testing.assert_array_equal(again.predict_proba(future.X), model.predict_proba(future.X))

    def test_a_customer_is_judged_alone(self, model: RepurchaseClassifier) -> None:
        X = worlds()[1].X
        np.testing.assert_allclose(
            model.predict_proba(X[3:4]), model.predict_proba(X)[3:4], atol=1e-9
        )

    def test_unknown_features_are_no_obstacle(self) -> None:
        past, future = worlds()
        kept = ~np.isin(np.arange(past.X.shape[1]), (0, 1, 3))  # days and occasions are never null
        holes = np.random.default_rng(1).random(past.X.shape) < 0.3
        X = np.where(holes & kept, np.nan, past.X)
        chances = self.make().fit(X, past.y).predict_proba(future.X)
        assert np.isfinite(chances).all()

    def test_one_outcome_only_is_no_obstacle(self) -> None:
        past, _future = worlds()
        model = self.make().fit(past.X[:5], np.ones(5))
        assert np.isfinite(model.predict_proba(past.X)).all()

    def test_nobody_to_judge_is_an_empty_answer(self, model: RepurchaseClassifier) -> None:
        assert model.predict_proba(worlds()[1].X[:0]).shape == (0, 2)

    def test_its_own_parameters_survive_cloning(self) -> None:
        model = self.make()
        assert clone(model).get_params() == model.get_params()

    def test_nobody_to_learn_from_is_an_error(self) -> None:
        with pytest.raises(NotEnoughDataError):
            self.make().fit(worlds()[0].X[:0], [])

    @pytest.mark.parametrize("y", [[0, 2], [1], [1, 0, 1]])
    def test_outcomes_must_be_0_or_1_and_fit_the_rows(self, y: list[int]) -> None:
        with pytest.raises(UsageError):
            self.make().fit(worlds()[0].X[:2], y)

    def test_another_number_of_features_is_refused(self, model: RepurchaseClassifier) -> None:
        with pytest.raises(UsageError, match="features"):
            model.predict_proba(worlds()[1].X[:, :5])
