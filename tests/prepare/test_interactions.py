from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from tests.recommend.worlds import NOW, engine_of

from habitue.columns import INTERACTIONS
from habitue.prepare.interactions import interactions, pooled_shares, repeatable


def day(n: float) -> datetime:
    return NOW - timedelta(days=n)


def test_a_purchase_weighs_one_and_views_less() -> None:
    sales = [{"customer": 1, "item_id": "a", "time": day(9)}]
    views: list[dict[str, Any]] = [
        {"customer": 1, "item_id": "b", "time": day(9)},
        {"customer": 1, "item_id": "b", "time": day(8)},
        {"customer": 1, "item_id": "c", "time": day(8), "event": "cart"},
        {"customer": 1, "item_id": None, "time": day(8), "event": "search"},
    ]
    with engine_of(sales, views) as engine:
        rows = interactions(engine, NOW).to_pydict()
    assert rows["item_id"] == ["a", "b", "c"]
    assert rows["weight"] == pytest.approx([1.0, math.log2(1.4), math.log2(1.5)])
    assert rows["bought"] == [True, False, False]
    assert rows["last_bought"] == [day(9), None, None]


def test_orders_days_and_times_are_counted() -> None:
    sales = [
        {"customer": 1, "item_id": "a", "order_id": "1", "time": day(9)},
        {"customer": 1, "item_id": "a", "order_id": "1", "time": day(9)},  # a second line
        {"customer": 1, "item_id": "a", "order_id": "2", "time": day(9) + timedelta(hours=2)},
        {"customer": 1, "item_id": "a", "order_id": "3", "time": day(2)},
    ]
    views = [{"customer": 1, "item_id": "a", "time": day(1)}]
    with engine_of(sales, views) as engine:
        table = interactions(engine, NOW)
    assert table.schema == INTERACTIONS.schema
    row = table.to_pylist()[0]
    assert row["weight"] == pytest.approx(math.log2(1 + 3 + 0.2))
    assert row["days_bought"] == 2
    assert (row["first_bought"], row["last_bought"]) == (day(9), day(2))
    assert (row["first_time"], row["last_time"]) == (day(9), day(1))


def test_guests_returned_lines_and_the_future_are_left_out() -> None:
    sales: list[dict[str, Any]] = [
        {"customer": None, "item_id": "a", "time": day(9)},
        {"customer": 1, "item_id": "b", "time": day(9), "quantity": 0.0, "returned": 1.0},
        {"customer": 1, "item_id": "c", "time": day(1)},
    ]
    views = [{"customer": 1, "item_id": "d", "time": day(1)}]
    with engine_of(sales, views) as engine:
        assert interactions(engine, day(5)).num_rows == 0
        assert interactions(engine, NOW)["item_id"].to_pylist() == ["c", "d"]


def test_milk_is_bought_again_and_sofas_are_not() -> None:
    milk = [{"customer": c, "item_id": "milk", "time": day(d)} for c in range(30) for d in (40, 9)]
    sofa = [{"customer": c, "item_id": "sofa", "time": day(40)} for c in range(30)]
    with engine_of(milk + sofa) as engine:
        rows = repeatable(engine, NOW).to_pydict()
        early = repeatable(engine, day(20)).to_pydict()
    assert dict(zip(rows["item_id"], rows["repeatable"], strict=True)) == {
        "milk": True,
        "sofa": False,
    }
    assert early["repeatable"] == [False, False]


def test_twice_on_one_day_is_not_coming_back() -> None:
    twice = [
        {"customer": c, "item_id": "a", "time": day(9) + timedelta(hours=h)}
        for c in range(30)
        for h in (1, 2)
    ]
    with engine_of(twice) as engine:
        assert repeatable(engine, NOW)["repeatable"].to_pylist() == [False]


def test_what_few_bought_is_judged_by_its_category() -> None:
    items = [(f"milk{n}", "dairy", True) for n in range(6)]
    items += [(f"sofa{n}", "rooms", False) for n in range(6)]
    sales = [
        {"customer": c, "item_id": item, "time": day(d)}
        for item, _category, again in items
        for c in range(40)
        for d in ((40, 9) if again and c % 2 else (40,))
    ]
    sales += [{"customer": 1, "item_id": i, "time": day(9)} for i in ("new milk", "new sofa")]
    catalogue = [{"item_id": item, "category": category} for item, category, _again in items]
    catalogue += [{"item_id": "new milk", "category": "dairy"}]
    catalogue += [{"item_id": "new sofa", "category": "rooms"}]
    with engine_of(sales, catalogue=catalogue) as engine:
        rows = repeatable(engine, NOW).to_pydict()
    found = dict(zip(rows["item_id"], rows["repeatable"], strict=True))
    assert (found["new milk"], found["new sofa"]) == (True, False)


def test_pooling_pulls_small_counts_most() -> None:
    again, buyers = np.array([1, 100, 0, 40]), np.array([1, 100, 300, 400])
    share = pooled_shares(again, buyers, np.zeros(4, dtype=int))
    assert share[1] > share[0] > share[3] > share[2]


def test_pooling_recovers_how_much_products_differ() -> None:
    rng = np.random.default_rng(0)
    truth = rng.beta(0.3 * 10, 0.7 * 10, 400)
    buyers = rng.integers(1, 80, 400)
    again = rng.binomial(buyers, truth)
    share = pooled_shares(again, buyers, np.zeros(400, dtype=int))
    assert np.mean((share - truth) ** 2) < 0.6 * np.mean((again / buyers - truth) ** 2)


def test_a_shop_without_sales_has_nothing_repeatable() -> None:
    with engine_of([]) as engine:
        assert repeatable(engine, NOW).num_rows == 0
        assert interactions(engine, NOW).num_rows == 0
