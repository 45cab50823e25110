from __future__ import annotations

import statistics
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.loyalty.worlds import at, rhythm_purchases, sales, shop

from habitue.columns import CATALOGUE, SALES, SENTIMENT, VIEWS
from habitue.errors import UsageError
from habitue.loyalty.features import FEATURES, NAMES, features, index, labels, matrix, window

CUT = datetime(2024, 6, 30, 12, tzinfo=UTC)


def lines(*rows: tuple[int | None, str, float, str, float, float, float, float]) -> pa.Table:
    """Rows of customer, order, days before the cut, item, amount, discount, quantity, returned."""
    records = [
        {
            "row_key": number,
            "customer": customer,
            "order_id": order,
            "time": CUT - timedelta(days=ago),
            "item_id": item,
            "amount": round(amount * 1e6),
            "discount": round(discount * 1e6),
            "quantity": quantity,
            "unit_price": 1,
            "currency": "EUR",
            "returned": returned,
        }
        for number, (customer, order, ago, item, amount, discount, quantity, returned) in enumerate(
            rows
        )
    ]
    return pa.Table.from_pylist(records, SALES.schema)


SHOP = lines(
    (1, "a", 100, "soap", 10, 0, 2, 0),
    (1, "a", 100, "tea", 30, 10, 1, 1),
    (1, "b", 40, "soap", 20, 0, 2, 0),
    (1, "c", 39.9, "soap", 20, 0, 2, 0),
    (1, "d", 10, "mug", 5, 5, 1, 0),
    (2, "e", 5, "mug", 8, 0, 1, 0),
    (None, "f", 3, "mug", 8, 0, 1, 0),
    (3, "g", -1, "mug", 8, 0, 1, 0),
    (2, "h", -2, "tea", 8, 0, 1, 0),
)


def rows_of(table: pa.Table, **tables: pa.Table) -> dict[int, dict[str, Any]]:
    with shop(table, **tables) as engine:
        return {row["customer"]: row for row in features(engine, CUT).to_pylist()}


def test_features_of_a_known_customer() -> None:
    row = rows_of(SHOP)[1]
    assert (row["recency"], row["tenure"]) == (10, 100)
    assert (row["orders"], row["occasions"]) == (4, 3)  # b and c are of one day
    assert (row["orders_30"], row["orders_90"], row["orders_180"]) == (1, 3, 4)
    assert (row["gap"], row["overdue"]) == (45, pytest.approx(10 / 45))
    assert row["rhythm"] == pytest.approx(statistics.stdev([60, 30]) / 45)
    assert (row["amount"], row["order_value"], row["amount_90"]) == (85, 21.25, 45)
    assert row["trend"] == pytest.approx((45 - 40) / 85)
    assert (row["items"], row["return_share"]) == (3, pytest.approx(1 / 9))
    assert row["discount_share"] == pytest.approx(15 / 100)


def test_what_is_unknown_is_null() -> None:
    row = rows_of(SHOP)[2]
    unknown = {name for name in NAMES if row[name] is None}
    assert unknown == {"gap", "overdue", "rhythm", "since_visit", "sentiment"}


def test_guests_and_customers_to_come_have_no_row() -> None:
    assert set(rows_of(SHOP)) == {1, 2}


def test_categories_come_from_the_catalogue() -> None:
    catalogue = pa.Table.from_pylist(
        [{"item_id": "soap", "category": "Bath"}, {"item_id": "tea", "category": "Bath"}],
        CATALOGUE.schema,
    )
    assert rows_of(SHOP, catalogue=catalogue)[1]["categories"] == 1


def test_visits_are_days_with_a_view() -> None:
    views = pa.Table.from_pylist(
        [
            {"customer": 1, "time": CUT - timedelta(days=ago), "event": event}
            for ago, event in (
                (2, "view"),
                (2.1, "cart"),
                (50, "view"),
                (200, "cart"),
                (-1, "cart"),
            )
        ],
        VIEWS.schema,
    )
    row = rows_of(SHOP, views=views)[1]
    assert (row["visits_30"], row["visits_90"], row["carts_90"]) == (1, 2, 1)
    assert row["since_visit"] == 2


def test_tone_is_that_of_comments_before_the_cut() -> None:
    tone = pa.Table.from_pylist(
        [
            {"customer": 1, "time": CUT - timedelta(days=ago), "sentiment": value}
            for ago, value in ((2, 0.5), (3, 1.0), (-1, -1.0))
        ],
        SENTIMENT.schema,
    )
    row = rows_of(SHOP, sentiment=tone)[1]
    assert (row["comments"], row["sentiment"]) == (2, 0.75)


def test_labels_say_who_of_the_known_ordered() -> None:
    with shop(SHOP) as engine:
        came = labels(engine, CUT, CUT + timedelta(days=10)).to_pylist()
        earlier = labels(engine, CUT, CUT + timedelta(days=1.5)).to_pylist()
    assert came == [{"customer": 1, "ordered": False}, {"customer": 2, "ordered": True}]
    assert not any(row["ordered"] for row in earlier)


def test_an_order_at_the_cut_itself_is_future() -> None:
    table = lines((1, "a", 5, "x", 1, 0, 1, 0), (1, "b", 0, "x", 1, 0, 1, 0))
    assert rows_of(table)[1]["orders"] == 1
    with shop(table) as engine:
        assert labels(engine, CUT, CUT + timedelta(days=1))["ordered"].to_pylist() == [True]


def test_nothing_after_the_cut_can_change_a_feature() -> None:
    purchases = rhythm_purchases(300, 300, seed=2)
    with (
        shop(sales(purchases, 400)) as whole,
        shop(
            sales(purchases, 400).filter(
                pa.compute.less(sales(purchases, 400)["time"], pa.scalar(at(200)))
            )
        ) as cut,
    ):
        assert features(whole, at(200)).equals(features(cut, at(200)))


def test_features_and_labels_go_row_by_row() -> None:
    with shop(sales(rhythm_purchases(300, 300, seed=2), 400)) as engine:
        known = window(engine, at(200), at(290))
        assert features(engine, at(200))["customer"].to_pylist() == known.customer.tolist()
        assert labels(engine, at(200), at(290))["customer"].to_pylist() == known.customer.tolist()
    assert known.X.shape == (len(known.y), len(NAMES))


def test_an_empty_shop_has_no_rows_but_all_columns() -> None:
    with shop(SALES.schema.empty_table()) as engine:
        table = features(engine, CUT)
        assert window(engine, CUT, CUT + timedelta(days=1)).X.shape == (0, len(NAMES))
    assert table.schema.equals(FEATURES.schema)
    assert matrix(table).shape == (0, len(NAMES))


def test_another_time_zone_is_the_same_moment() -> None:
    import zoneinfo

    with shop(SHOP) as engine:
        shanghai = features(engine, CUT.astimezone(zoneinfo.ZoneInfo("Asia/Shanghai")))
        assert shanghai.equals(features(engine, CUT))


def test_a_cut_without_a_time_zone_is_utc() -> None:
    with shop(SHOP) as engine:
        assert features(engine, CUT.replace(tzinfo=None)).equals(features(engine, CUT))


def test_a_feature_that_is_unknown_is_named() -> None:
    with pytest.raises(UsageError, match="recency"):
        index("age")


def test_the_matrix_holds_unknown_as_nan() -> None:
    with shop(SHOP) as engine:
        X = matrix(features(engine, CUT))
    assert np.isnan(X[1, index("gap")])
    assert X[0, index("orders")] == 4
