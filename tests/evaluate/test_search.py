from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp
from tests.recommend.worlds import NOW, random_world, two_camps

from habitue.errors import UsageError
from habitue.evaluate.search import FAST, fewer, sample, search
from habitue.recommend import Matrix


def tastes(customers: int = 200, groups: int = 8, each: int = 12, seed: int = 1) -> Matrix:
    """Customers who deal with items of one group, and with a few that everybody has."""
    rng = np.random.default_rng(seed)
    x = np.zeros((customers, groups * each + 10), dtype=np.float32)
    for row in range(customers):
        own = row % groups * each
        x[row, own + rng.choice(each, 6, replace=False)] = 1
        x[row, groups * each + rng.choice(10, 4, replace=False)] = 1
    return Matrix.of(sp.csr_matrix(x))


def test_what_is_held_out_is_not_learnt_from() -> None:
    matrix = Matrix.of(random_world(1))
    split = sample(matrix, 10, seed=0)
    assert len(split.rows) == 10
    assert split.train.weights[split.rows].multiply(split.truth).nnz == 0
    whole = split.train.weights[split.rows] + split.truth
    assert (whole.toarray() == matrix.weights[split.rows].toarray()).all()


def test_where_times_are_known_the_latest_are_held_out() -> None:
    matrix = Matrix.of(random_world(2), as_of=NOW)
    split = sample(matrix, 100, seed=0)
    kept = dict(zip(_pairs(split.train.weights), split.train.last, strict=True))
    ages = dict(zip(_pairs(matrix.weights), matrix.last, strict=True))
    for place, row in enumerate(split.rows.tolist()):
        own = [age for (customer, _item), age in kept.items() if customer == row]
        for item in split.truth[[place]].indices.tolist():
            assert ages[row, item] <= min(own)


def _pairs(matrix: sp.csr_matrix) -> list[tuple[int, int]]:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return list(zip(rows.tolist(), matrix.indices.tolist(), strict=True))


def test_a_fifth_of_everybodys_items_is_held_out() -> None:
    matrix = tastes()
    split = sample(matrix, 20, seed=0)
    assert split.train.weights.nnz == pytest.approx(0.8 * matrix.weights.nnz, rel=0.05)


def test_a_smaller_sample_keeps_the_past_of_those_it_tests() -> None:
    split = sample(tastes(), 100, seed=0)
    small = fewer(split, 15, most=500.0, seed=0)
    assert len(small.rows) == 15
    assert small.train.weights.nnz < split.train.weights.nnz
    kept = split.train.weights[small.rows].toarray()
    assert (small.train.weights[small.rows].toarray() == kept).all()


def test_the_best_of_what_was_tried_on_most_customers_is_found() -> None:
    found = search(tastes(), budget=2.0, seed=3)
    first = found.ranked()[0]
    assert first.quality == max(t.quality for t in found.ranked())
    assert type(found.best) is first.model
    assert found.best.get_params().items() >= first.settings.items()


def test_items_that_everybody_has_lead_to_other_settings_than_the_defaults() -> None:
    found = search(tastes(), budget=2.0, seed=3)
    defaults = type(found.best)().get_params()
    few = [t for t in found.tried if t.settings.items() <= defaults.items()]
    assert all(t.quality <= found.ranked()[0].quality for t in few if t.customers > 150)


def test_the_same_seed_gives_the_same_answer_whatever_the_clock() -> None:
    one, other = (search(tastes(), budget=0.5, seed=3) for _time in range(2))
    assert one.best.get_params() == other.best.get_params()
    assert [t.quality for t in one.tried] == [t.quality for t in other.tried]


def test_nothing_is_tried_twice_and_a_larger_budget_tries_more() -> None:
    small, large = (search(tastes(), budget=seconds) for seconds in (0.2, 3.0))
    assert len(small.tried) < len(large.tried)
    keys = [(t.model.name, tuple(t.settings.items()), t.customers) for t in large.tried]
    assert len(keys) == len(set(keys))


def test_settings_stay_within_their_ranges() -> None:
    for tried in search(tastes(), budget=1.0).tried[2:]:
        for name, kind in tried.model.ranges().items():
            assert kind.low - 1e-9 <= tried.settings[name] <= kind.high + 1e-9


def test_customers_with_a_single_item_are_no_basis_for_a_search() -> None:
    with pytest.raises(UsageError, match="two items"):
        search(Matrix.of(pa.table({"customer": [1, 2], "item_id": ["a", "b"]})))


def test_a_search_of_one_model_finds_that_model() -> None:
    matrix = Matrix.of(two_camps()[0])
    for model in FAST:
        assert type(search(matrix, (model,), budget=0.2).best) is model
