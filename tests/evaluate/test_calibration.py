from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as sklearn_log_loss

from habitue.errors import UsageError
from habitue.evaluate.calibration import (
    brier,
    expected_calibration_error,
    log_loss,
    mass_bins,
    reliability,
)
from habitue.evaluate.calibrators import Calibrated, SplineCalibration, folds_of
from habitue.loyalty.classify import RepurchaseClassifier
from habitue.loyalty.classify.naive_bayes import NaiveBayes

Floats = NDArray[np.float64]


def drawn(n: int = 8_000, seed: int = 1) -> tuple[NDArray[np.int64], Floats]:
    """Outcomes and the chances that they were drawn with."""
    random = np.random.default_rng(seed)
    p = random.beta(1, 2, n)
    return (random.random(n) < p).astype(np.int64), p


def test_losses_are_scikit_learns() -> None:
    y, p = drawn(500)
    assert log_loss(y, p).mean() == pytest.approx(sklearn_log_loss(y, p))
    assert brier(y, p).mean() == pytest.approx(brier_score_loss(y, p))


def test_a_sure_mistake_has_a_finite_loss() -> None:
    assert log_loss([1, 0], [0, 1]).max() < 14


def test_true_chances_have_next_to_no_calibration_error() -> None:
    y, p = drawn()
    assert expected_calibration_error(y, p) < 0.015


def test_chances_too_high_by_a_tenth_have_an_error_of_a_tenth() -> None:
    y, p = drawn()
    assert expected_calibration_error(y, p + 0.1) == pytest.approx(0.1, abs=0.015)


@given(st.lists(st.sampled_from([0.0, 0.1, 0.1234, 0.5, 0.5001, 0.9, 1.0]), min_size=1))
def test_bins_rise_with_chances_and_never_part_equals(chances: list[float]) -> None:
    p = np.array(chances)
    order = np.argsort(p, kind="stable")
    bins = mass_bins(p)[order]
    assert (np.diff(bins) >= 0).all()
    assert (np.diff(bins)[np.diff(p[order]) == 0] == 0).all()
    assert set(bins) == set(range(bins.max() + 1))


def test_bins_of_different_chances_are_of_equal_mass() -> None:
    assert np.bincount(mass_bins(np.random.default_rng(0).random(1000))).tolist() == [100] * 10


def test_the_calibration_error_is_that_of_the_reliability_table() -> None:
    y, p = drawn(999)
    table = reliability(y, p).to_pydict()
    n, gap = np.array(table["customers"]), np.subtract(table["observed"], table["predicted"])
    assert expected_calibration_error(y, p) == pytest.approx((n * np.abs(gap)).sum() / n.sum())


def test_reliability_intervals_hold_the_truth_of_true_chances() -> None:
    table = reliability(*drawn()).to_pylist()
    inside = [row["low"] <= row["predicted"] <= row["high"] for row in table]
    assert sum(inside) >= 8
    assert [row["bin"] for row in table] == list(range(1, 11))


def test_nobody_is_an_error_and_so_are_unlike_lengths() -> None:
    with pytest.raises(UsageError, match="nobody"):
        expected_calibration_error([], [])
    with pytest.raises(UsageError, match="outcomes"):
        brier([1], [0.1, 0.2])


def test_true_chances_are_left_as_they_are() -> None:
    y, p = drawn()
    np.testing.assert_allclose(SplineCalibration().fit(p, y).predict(p), p, atol=0.06)


@pytest.mark.parametrize("bend", [lambda p: expit(6 * (p - 0.2)), np.square, np.sqrt])
def test_bent_chances_are_made_true(bend: np.ufunc) -> None:
    y, p = drawn()
    calibrated = SplineCalibration().fit(bend(p), y).predict(bend(p))
    assert expected_calibration_error(y, bend(p)) > 0.05
    fresh, true = drawn(seed=2)
    later = SplineCalibration().fit(bend(p), y).predict(bend(true))
    assert expected_calibration_error(fresh, later) < 0.025
    assert (np.diff(calibrated[np.argsort(p)]) >= 0).all()


def test_chances_that_tell_nothing_become_the_share_that_ordered() -> None:
    random = np.random.default_rng(3)
    p, y = random.random(5000), random.random(5000) < 0.3
    np.testing.assert_allclose(SplineCalibration().fit(p, y).predict(p), 0.3, atol=0.1)


def test_one_chance_for_all_becomes_the_share_that_ordered() -> None:
    y = np.repeat([1, 0], [30, 70])
    calibrated = SplineCalibration().fit(np.full(100, 0.9), y).predict([0.9])
    assert calibrated[0] == pytest.approx(0.3, abs=0.015)


def test_chances_of_0_and_1_stay_finite() -> None:
    p, y = np.tile([0.0, 1.0], 50), np.tile([0, 1], 50)
    assert np.isfinite(SplineCalibration().fit(p, y).predict([0, 0.5, 1])).all()


def test_folds_keep_a_customer_together_and_spread_outcomes() -> None:
    random = np.random.default_rng(0)
    groups, y = random.integers(0, 300, 1000), random.random(1000) < 0.2
    fold = folds_of(groups, y, 5, seed=1)
    assert all(len(set(fold[groups == g])) == 1 for g in set(groups.tolist()))
    assert np.ptp([y[fold == k].mean() for k in range(5)]) < 0.1
    assert (fold == folds_of(groups, y, 5, seed=1)).all()


def overconfident() -> tuple[Floats, NDArray[np.int64]]:
    """Ten copies of one weak feature: naive Bayes counts it ten times."""
    random = np.random.default_rng(5)
    feature = random.normal(size=16_000)
    y = (random.random(16_000) < expit(feature)).astype(np.int64)
    return np.repeat(feature[:, None], 10, axis=1), y


def test_an_overconfident_classifier_is_made_true() -> None:
    X, y = overconfident()
    raw = NaiveBayes().fit(X[:8000], y[:8000]).predict_proba(X[8000:])[:, 1]
    model = Calibrated(NaiveBayes()).fit(X[:8000], y[:8000])
    assert expected_calibration_error(y[8000:], raw) > 0.1
    assert expected_calibration_error(y[8000:], model.predict_proba(X[8000:])[:, 1]) < 0.04
    assert model.predict(X[8000:]).mean() == pytest.approx(0.5, abs=0.1)


class Memory(RepurchaseClassifier):
    """Knows by heart what it has seen, and nothing else."""

    name = "memory"

    def _fit(self, X: Floats, y: NDArray[np.int64]) -> None:
        self.known_ = dict(zip(X[:, 0].tolist(), y.tolist(), strict=True))

    def _chance(self, X: Floats) -> Floats:
        return np.array([self.known_.get(x, 0.5) for x in X[:, 0].tolist()], dtype=np.float64)


def test_the_map_never_sees_a_customer_that_was_learnt_from() -> None:
    random = np.random.default_rng(6)
    X, y = np.arange(400.0)[:, None], random.random(400) < 0.3
    model = Calibrated(Memory()).fit(X, y)
    assert model.predict_proba([[1e9]])[0, 1] == pytest.approx(0.3, abs=0.02)


def test_nobody_to_judge_is_an_empty_answer() -> None:
    X, y = overconfident()
    assert Calibrated(NaiveBayes()).fit(X, y).predict_proba(X[:0]).shape == (0, 2)
