from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
from tests.contracts.recommender import RecommenderContract
from tests.recommend.worlds import NOW, random_world

from habitue.recommend import Popular


class TestPopular(RecommenderContract):
    recommender = Popular


def test_what_sells_now_comes_before_what_sold_once() -> None:
    then, now = NOW - timedelta(days=300), NOW - timedelta(days=3)
    world = pa.table(
        {
            "customer": [1, 2, 3, 4, 5],
            "item_id": ["old", "old", "old", "new", "new"],
            "last_bought": [then, then, then, now, now],
            "first_bought": [then, then, then, now, now],
        }
    )
    model = Popular(days=90).fit(world, as_of=NOW)
    assert model.recommend([99])["item_id"].to_pylist() == ["new", "old"]
    assert model.explain(99, "new") == {
        "kind": "popular",
        "customers": 2,
        "days": 90,
        "category": None,
    }
    assert model.explain(99, "old")["customers"] == 3
    assert model.explain(99, "old")["days"] == 300


def test_the_reason_counts_customers_of_those_days() -> None:
    frame = random_world(2).to_pandas()
    model = Popular(days=30).fit(random_world(2), as_of=NOW)
    since = NOW - timedelta(days=30)
    lately = frame[frame["bought"] & (frame["last_bought"] >= since)]
    counts = lately.groupby("item_id")["customer"].nunique()
    for item, count in counts.items():
        assert model.explain(0, item)["customers"] == count


def test_without_times_all_purchases_count() -> None:
    model = Popular().fit(pa.table({"customer": [1, 2], "item_id": ["a", "a"]}))
    reason = model.explain(3, "a")
    assert (reason["customers"], reason["days"]) == (2, None)


def test_views_do_not_make_a_best_seller() -> None:
    world = pa.table(
        {"customer": [1, 2, 3], "item_id": ["seen", "seen", "sold"], "bought": [False, False, True]}
    )
    assert Popular().fit(world).recommend([9])["item_id"].to_pylist() == ["sold"]
