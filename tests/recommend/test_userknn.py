from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from tests.contracts.recommender import RecommenderContract
from tests.recommend.worlds import (
    NOW,
    naive_association,
    naive_cosine,
    random_world,
    two_camps,
    weights,
)

from habitue.recommend import UserKNN


class TestUserKNN(RecommenderContract):
    recommender = UserKNN


@given(weights())
def test_the_defaults_are_the_plain_cosine_between_customers(x: np.ndarray) -> None:
    everyone = np.arange(len(x))
    model = UserKNN().fit(sp.csr_matrix(x))
    assert model.neighbours_of(everyone).toarray() == pytest.approx(naive_cosine(x), abs=1e-6)
    assert model._scores(everyone) == pytest.approx(naive_cosine(x) @ x, abs=1e-5, rel=1e-6)


@given(weights())
def test_exponents_agree_with_the_formula(x: np.ndarray) -> None:
    everyone = np.arange(len(x))
    model = UserKNN(
        item_exponent=0.4, power=1.3, source_exponent=0.2, popularity_exponent=0.3, shrinkage=2.0
    ).fit(sp.csr_matrix(x))
    similarity = naive_association(x, 0.4, 1.3, 0.2, 0.5, 2.0)
    held = np.maximum((x > 0).sum(axis=0), 1)
    expected = similarity @ x * held**-0.3
    assert model._scores(everyone) == pytest.approx(expected, abs=1e-6, rel=1e-5)


def test_only_the_nearest_are_asked() -> None:
    model = UserKNN(neighbours=3).fit(random_world(1))
    assert (np.diff(model.neighbours_of(np.arange(10)).indptr) <= 3).all()


def test_asking_for_some_customers_gives_the_same_as_for_all() -> None:
    model = UserKNN().fit(random_world(1))
    everyone = model._scores(np.arange(30))
    assert model._scores(np.array([4, 9])) == pytest.approx(everyone[[4, 9]], rel=1e-6)


def test_it_finds_what_ones_own_camp_has() -> None:
    model = UserKNN().fit(*two_camps())
    first = model.recommend([1, 6], n=1)
    assert first["item_id"].to_pylist() == ["grinder", "strainer"]


def test_the_reason_counts_neighbours_who_bought_it_and_something_in_common() -> None:
    frame = random_world(5).to_pandas()
    model = UserKNN(neighbours=8).fit(random_world(5), as_of=NOW)
    bought = frame[frame["bought"]].groupby("customer")["item_id"].agg(set)
    told = 0
    for row in model.recommend(list(range(30)), n=4).to_pylist():
        reason = model.explain(row["customer"], row["item_id"])
        if reason["kind"] == "neighbours":
            told += 1
            mine = model.matrix_.customers.positions([row["customer"]])
            near = model.matrix_.customers.at(model.neighbours_of(mine).indices).to_pylist()
            named = set(reason["items"])
            count = sum(
                row["item_id"] in bought.get(v, set()) and bool(named & bought[v]) for v in near
            )
            assert reason["customers"] == count
            assert named <= bought[row["customer"]]
    assert told > 50
