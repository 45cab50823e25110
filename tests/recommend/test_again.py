from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from tests.contracts.recommender import RecommenderContract
from tests.recommend.worlds import NOW

from habitue.recommend import Again


class TestAgain(RecommenderContract):
    recommender = Again


def world(rows: list[tuple[str, int, float, float]]) -> pa.Table:
    """Rows of item, days bought, days since the first and since the last, of customer 1."""
    return pa.Table.from_pylist(
        [
            {
                "customer": 1,
                "item_id": item,
                "days_bought": days,
                "first_bought": NOW - timedelta(days=first),
                "last_bought": NOW - timedelta(days=last),
            }
            for item, days, first, last in rows
        ]
    )


def order(rows: list[tuple[str, int, float, float]], **items: Any) -> list[str]:
    known = pa.table({"item_id": [r[0] for r in rows], "repeatable": [True] * len(rows)})
    found: list[str] = Again().fit(world(rows), known, NOW).recommend([1])["item_id"].to_pylist()
    return found


def test_an_old_habit_comes_before_a_single_purchase() -> None:
    assert order([("once", 1, 20, 20), ("habit", 6, 180, 30)]) == ["habit", "once"]


def test_what_was_given_up_comes_last() -> None:
    rows = [("given up", 6, 400.0, 300.0), ("due", 3, 90.0, 30.0)]
    assert order(rows) == ["due", "given up"]


def test_the_score_follows_the_formula() -> None:
    rows = [("a", 3, 100.0, 60.0), ("b", 1, 5.0, 5.0)]
    known = pa.table({"item_id": ["a", "b"], "repeatable": [True, True]})
    model = Again().fit(world(rows), known, NOW)
    expected = (40 + 1 * 20) / (2 + 1)
    score = 3 / 4 * 2 ** -(60 / expected - 1)
    assert model.scores(model.matrix_.customers.positions([1]))[0, 0] == pytest.approx(score)


def test_what_is_bought_once_in_a_lifetime_is_not_offered_again() -> None:
    rows = [("sofa", 1, 20.0, 20.0)]
    known = pa.table({"item_id": ["sofa"], "repeatable": [False]})
    assert Again().fit(world(rows), known, NOW).recommend([1]).num_rows == 0


def test_the_reason_tells_the_rhythm() -> None:
    rows = [("tea", 5, 142.0, 30.0), ("salt", 1, 12.0, 12.0)]
    known = pa.table({"item_id": ["tea", "salt"], "repeatable": [True, True]})
    model = Again().fit(world(rows), known, NOW)
    assert model.explain(1, "tea") == {
        "kind": "again",
        "times": 5,
        "gap_days": 28.0,
        "since_days": 30.0,
    }
    assert model.explain(1, "salt") == {
        "kind": "again",
        "times": 1,
        "gap_days": None,
        "since_days": 12.0,
    }
