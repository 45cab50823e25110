from __future__ import annotations

from collections import Counter
from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.recommend.worlds import NOW, engine_of, random_world, taste_shop

from habitue.evaluate.split import deal, fold_numbers, held_out, horizon_that_fits, through_time
from habitue.recommend import Matrix
from habitue.recommend.heldout import Split


def day(n: float) -> object:
    return NOW - timedelta(days=n)


def pairs(split: Split) -> set[tuple[int, int]]:
    rows = np.repeat(split.rows, split.relevant)
    return set(zip(rows.tolist(), split.truth.indices.tolist(), strict=True))


@given(st.lists(st.integers(0, 5), max_size=60), st.integers(2, 6), st.integers(0, 99))
def test_each_customers_purchases_are_dealt_out_evenly(rows: list[int], k: int, seed: int) -> None:
    customers = np.array(sorted(rows), dtype=np.int64)
    folds = fold_numbers(customers, k, seed)
    for customer in set(rows):
        counts = Counter(folds[customers == customer].tolist())
        sizes = [counts[fold] for fold in range(k)]
        assert max(sizes) - min(sizes) <= 1


def test_every_purchase_is_tested_once_and_never_with_itself_in_training() -> None:
    matrix = Matrix.of(random_world(1))
    tested: list[tuple[int, int]] = []
    for make in deal(matrix, 4, seed=1):
        split = make()
        assert not pairs(split) & set(zip(*split.train.weights.nonzero(), strict=True))
        tested += pairs(split)
    bought = matrix.purchases.nonzero()
    assert len(tested) == len(set(tested))
    assert set(tested) <= set(zip(*(side.tolist() for side in bought), strict=True))
    assert len(tested) >= 0.95 * len(bought[0])


def test_views_stay_in_training() -> None:
    matrix = Matrix.of(random_world(1))
    for make in deal(matrix, 3, seed=1):
        train = make().train
        assert (~train.bought).sum() == (~matrix.bought).sum()


def test_what_settings_were_chosen_on_is_never_tested() -> None:
    matrix = Matrix.of(random_world(1))
    spared = held_out(matrix, 0.3, seed=4)
    for make in deal(matrix, 3, seed=1, spared=spared):
        split = make()
        assert not pairs(split) & pairs(spared)
        assert len(split.rows) > 0


def test_more_customers_than_wanted_are_sampled() -> None:
    split = next(iter(deal(Matrix.of(random_world(1)), 3, seed=1, most=7)))()
    assert len(split.rows) == 7


def test_a_sample_of_customers_can_be_learnt_from() -> None:
    split = held_out(Matrix.of(random_world(1)), 0.3, seed=1, learn_from=10)
    assert (np.diff(split.train.weights.indptr) > 0).sum() <= 10


def test_through_time_learns_before_and_tests_after() -> None:
    sales = [
        {"customer": 1, "item_id": "a", "time": day(50)},
        {"customer": 2, "item_id": "b", "time": day(50)},
        {"customer": 1, "item_id": "b", "time": day(5)},
        {"customer": 1, "item_id": "a", "time": day(4)},  # bought before: not counted
        {"customer": 9, "item_id": "a", "time": day(4)},  # not known before
        {"customer": 2, "item_id": "a", "time": day(-1)},  # after the end
    ]
    with engine_of(sales) as engine:
        split = through_time(engine, day(10), NOW)  # type: ignore[arg-type]
    assert split.train.customers.at(split.rows).to_pylist() == [1]
    assert split.train.items.at(split.truth.indices).to_pylist() == ["b"]
    assert split.train.weights.nnz == 2


def test_what_happens_after_the_cut_changes_nothing_that_is_learnt() -> None:
    with taste_shop() as engine:
        before = through_time(engine, day(60), NOW).train  # type: ignore[arg-type]
        later = engine.query("SELECT * FROM sales").to_pylist()
        kept = [row for row in later if row["time"] < day(60)]
        engine.register("sales", engine.query("SELECT * FROM sales LIMIT 0"))
        with engine_of(kept, catalogue=engine.query("SELECT * FROM catalogue").to_pylist()) as cut:
            after = through_time(cut, day(60), NOW).train  # type: ignore[arg-type]
    assert (before.weights.toarray() == after.weights.toarray()).all()
    assert (before.details.repeatable == after.details.repeatable).all()


def test_a_repeatable_product_is_counted_when_bought_again() -> None:
    sales = [
        {"customer": c, "item_id": "milk", "time": day(d)}
        for c in range(1, 9)
        for d in (90, 60, 30, 5)
    ]
    with engine_of(sales) as engine:
        split = through_time(engine, day(10), NOW)  # type: ignore[arg-type]
    assert len(split.rows) == 8
    assert split.excluded.nnz == 0


def test_a_short_history_shortens_the_horizon() -> None:
    sales = [{"customer": 1, "item_id": "a", "time": day(40)}]
    with engine_of(sales) as engine:
        assert horizon_that_fits(engine, NOW, 90) == timedelta(days=10)
        assert horizon_that_fits(engine, NOW, 7) == timedelta(days=7)
        engine.register("sales", engine.query("SELECT * FROM sales LIMIT 0"))
        assert horizon_that_fits(engine, NOW, 90) == timedelta(days=90)
