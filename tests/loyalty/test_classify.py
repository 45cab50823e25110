from __future__ import annotations

import numpy as np
import pytest
from tests.contracts.classifier import ClassifierContract, worlds

from habitue.errors import UsageError
from habitue.loyalty.classify import RepurchaseClassifier
from habitue.loyalty.classify.baseline import Baseline
from habitue.loyalty.classify.naive_bayes import NaiveBayes
from habitue.loyalty.classify.statistical import Statistical, history
from habitue.loyalty.classify.svm import SVM
from habitue.loyalty.features import index


class TestBaseline(ClassifierContract):
    least_auc = 0.5

    def make(self) -> RepurchaseClassifier:
        return Baseline()


class TestStatistical(ClassifierContract):
    least_auc = 0.77

    def make(self) -> RepurchaseClassifier:
        return Statistical(horizon_days=90)


class TestNaiveBayes(ClassifierContract):
    least_auc = 0.74

    def make(self) -> RepurchaseClassifier:
        return NaiveBayes()


class TestSVM(ClassifierContract):
    least_auc = 0.75

    def make(self) -> RepurchaseClassifier:
        return SVM(random_state=3)


def test_bgnbd_does_not_learn_from_outcomes() -> None:
    past, future = worlds()
    told, untold = (Statistical(90).fit(past.X, y) for y in (past.y, 1 - past.y))
    np.testing.assert_array_equal(told.predict_proba(future.X), untold.predict_proba(future.X))


def test_bgnbd_reads_only_our_features() -> None:
    with pytest.raises(UsageError, match="BG/NBD"):
        Statistical().fit(np.ones((3, 2)), [0, 1, 0])


def test_histories_are_whole_days_and_possible() -> None:
    X = worlds()[0].X
    past = history(X)
    np.testing.assert_array_equal(past.T, np.round(X[:, index("tenure")]))
    assert (past.frequency == X[:, index("occasions")] - 1).all()


def test_naive_bayes_learns_from_what_is_unknown() -> None:
    X = np.array([[np.nan], [1.0]] * 30)
    model = NaiveBayes().fit(X, np.isnan(X[:, 0]))
    assert model.predict([[np.nan], [1.0]]).tolist() == [1, 0]


def test_the_kernel_sees_what_no_straight_line_can() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(600, 2))
    inside = (X**2).sum(axis=1) < 1.2
    bent, straight = (SVM(C=1, components=c).fit(X, inside).score(X, inside) for c in (60, 0))
    assert bent > 0.9 > straight


def test_shapes_that_are_no_table_are_refused() -> None:
    with pytest.raises(UsageError, match="customers, features"):
        Baseline().fit(np.ones(3), [0, 1, 0])
