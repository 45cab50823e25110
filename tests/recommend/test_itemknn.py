from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp
from hypothesis import given
from tests.contracts.recommender import RecommenderContract
from tests.recommend.worlds import (
    NOW,
    naive_association,
    naive_cosine,
    naive_top,
    random_world,
    two_camps,
    weights,
)

from habitue.recommend import ItemKNN, Matrix


class TestItemKNN(RecommenderContract):
    recommender = ItemKNN


@given(weights())
def test_the_defaults_are_the_plain_cosine_of_items(x: np.ndarray) -> None:
    model = ItemKNN().fit(sp.csr_matrix(x))
    assert model.similarity_.toarray() == pytest.approx(naive_cosine(x.T), abs=1e-6)
    everyone = np.arange(len(x))
    assert model._scores(everyone) == pytest.approx(x @ naive_cosine(x.T).T, abs=1e-5, rel=1e-6)


@given(weights())
def test_exponents_and_shrinkage_agree_with_the_formula(x: np.ndarray) -> None:
    model = ItemKNN(
        neighbours=2,
        customer_exponent=0.57,
        power=1.2,
        source_exponent=0.72,
        target_exponent=0.25,
        shrinkage=1.5,
    ).fit(sp.csr_matrix(x))
    expected = naive_association(x.T, 0.57, 1.2, 0.72, 0.25, 1.5)
    found = model.similarity_.toarray()
    assert np.sort(found, axis=1) == pytest.approx(
        np.sort(naive_top(expected, 2), axis=1), abs=1e-6, rel=1e-6
    )
    assert found[found > 0] == pytest.approx(expected[found > 0], rel=1e-6)


def test_it_finds_what_ones_own_camp_has() -> None:
    model = ItemKNN().fit(*two_camps())
    first = model.recommend([1, 6], n=1)
    assert first["item_id"].to_pylist() == ["grinder", "strainer"]


def test_the_reason_counts_who_bought_both() -> None:
    world = random_world(4)
    model = ItemKNN().fit(world, as_of=NOW)
    frame = world.to_pandas()
    buyers = frame[frame["bought"]].groupby("item_id")["customer"].agg(set)
    for row in model.recommend(list(range(30)), n=5).to_pylist():
        reason = model.explain(row["customer"], row["item_id"])
        if reason["kind"] == "together":
            source = reason["items"][0]
            assert source in set(frame.loc[frame["customer"] == row["customer"], "item_id"])
            assert reason["customers"] == len(buyers[source] & buyers[row["item_id"]])


def test_similar_items_are_those_of_the_camp() -> None:
    similar = ItemKNN().fit(*two_camps()).similar_items("pot", n=2)
    assert similar["item_id"].to_pylist() == ["leaves", "strainer"]
    assert similar["score"].to_pylist() == pytest.approx([1.0, 4 / np.sqrt(20)])


def test_a_repeated_pair_adds_up() -> None:
    once = pa.table({"customer": [1, 1], "item_id": ["a", "b"], "weight": [3.0, 1.0]})
    thrice = pa.table(
        {"customer": [1, 1, 1], "item_id": ["a", "b", "a"], "weight": [1.0, 1.0, 2.0]}
    )
    assert (Matrix.of(once).weights.toarray() == Matrix.of(thrice).weights.toarray()).all()
