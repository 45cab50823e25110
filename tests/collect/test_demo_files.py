"""The sample shop's files: what a shop would have, and exactly the truth that was planted."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from habitue.collect.demo import SampleShop, purchases_stream, write_shop
from habitue.collect.demo.faults import KINDS
from habitue.collect.demo.orders import SERVICES
from habitue.columns import SALES
from habitue.errors import UsageError

Row = dict[str, str]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> SampleShop:
    return write_shop(tmp_path_factory.mktemp("shop"), customers=800, seed=5)


def rows(shop: SampleShop, name: str, encoding: str = "utf-8") -> list[Row]:
    with (shop.exports / name).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def truth(shop: SampleShop, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(shop.truth / f"{name}.parquet").to_pylist()
    return found


def summary(shop: SampleShop) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shop.truth / "summary.json").read_text(encoding="utf-8"))
    return found


def events(shop: SampleShop) -> list[dict[str, str]]:
    with gzip.open(shop.exports / "views.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def comments(shop: SampleShop) -> list[dict[str, Any]]:
    text = (shop.exports / "comments.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def good(shop: SampleShop) -> list[Row]:
    """The rows of both English exports, each once, without the broken ones."""
    broken = {row["line"] for row in truth(shop, "bad_rows")}
    first = [row for i, row in enumerate(rows(shop, "orders.csv"), 2) if i not in broken]
    seen = Counter(tuple(row.values()) for row in first)
    second = Counter(tuple(row.values()) for row in rows(shop, "orders_2.csv"))
    names = list(first[0])
    return [dict(zip(names, values, strict=True)) for values in (seen | second).elements()]


def test_the_same_seed_writes_the_same_bytes(shop: SampleShop, tmp_path: Path) -> None:
    again = write_shop(tmp_path, customers=800, seed=5)
    for one, other in ((shop.exports, again.exports), (shop.truth, again.truth)):
        for path in one.iterdir():
            assert path.read_bytes() == (other / path.name).read_bytes(), path.name


def test_another_seed_writes_another_shop(shop: SampleShop, tmp_path: Path) -> None:
    other = write_shop(tmp_path, customers=800, seed=6)
    assert (shop.exports / "orders.csv").read_bytes() != (other.exports / "orders.csv").read_bytes()


def test_exports_add_up_to_the_rows_written(shop: SampleShop) -> None:
    chinese = rows(shop, "订单.csv", "gb18030")
    counts = summary(shop)
    assert len(chinese) == counts["chinese_rows"]
    assert len(good(shop)) + len(chinese) == counts["rows_written"]


def test_two_english_exports_overlap(shop: SampleShop) -> None:
    first, second = rows(shop, "orders.csv"), rows(shop, "orders_2.csv")
    shared = Counter(tuple(r.values()) for r in first) & Counter(tuple(r.values()) for r in second)
    assert sum(shared.values()) == summary(shop)["rows_in_both_exports"] > 0
    assert len(second) > sum(shared.values())


def test_broken_rows_stand_where_the_truth_says(shop: SampleShop) -> None:
    lines = (shop.exports / "orders.csv").read_text(encoding="utf-8").splitlines()
    planted = truth(shop, "bad_rows")
    assert len(planted) == summary(shop)["bad_rows"] == 48
    assert {row["kind"] for row in planted} == set(KINDS)
    for row in planted:
        pattern = re.escape(KINDS[row["kind"]]).replace(r"\{n\}", r"9\d{6}")
        assert re.fullmatch(pattern, lines[row["line"] - 1])


def test_good_rows_are_well_formed(shop: SampleShop) -> None:
    codes = {row["Item Code"] for row in rows(shop, "items.csv")} | {s[0] for s in SERVICES}
    for row in good(shop):
        assert datetime.fromisoformat(row["Order Date"]).replace(tzinfo=UTC) < shop.end
        assert row["Item Code"] in codes
        assert float(row["Unit Price"]) >= 0
        assert float(row["Line Discount"]) >= 0
        assert int(row["Quantity"]) != 0


def test_returns_refer_to_a_line_that_was_sold_before(shop: SampleShop) -> None:
    sold = {
        (r["Order Number"], r["Item Code"]): r for r in good(shop) if r["Status"] == "completed"
    }
    back = [row for row in good(shop) if int(row["Quantity"]) < 0]
    assert len(back) > 20
    for row in back:
        line = sold[row["Order Number"], row["Item Code"]]
        assert row["Status"] == "returned"
        assert line["Order Date"] < row["Order Date"]
        assert int(line["Quantity"]) == -int(row["Quantity"])


def test_each_identifier_in_an_order_is_its_persons(shop: SampleShop) -> None:
    owner = {(row["kind"], row["value"]): row["person"] for row in truth(shop, "identifiers")}
    for row in good(shop):
        by_number = owner.get(("customer_id", row["Customer ID"]))
        by_email = owner.get(("email", row["Email"].lower()))
        assert not row["Email"] or by_email is not None
        assert by_number is None or by_number == by_email


def test_phones_link_the_storefronts_in_any_spelling(shop: SampleShop) -> None:
    owner = {(row["kind"], row["value"]): row["person"] for row in truth(shop, "identifiers")}
    spellings = set()
    for row in rows(shop, "订单.csv", "gb18030"):
        typed = row["联系手机"]
        digits = "+86" + re.sub(r"^(\+86|0086)", "", typed.replace(" ", ""))
        assert owner["phone", digits] == owner["customer_id", row["买家会员名"]]
        spellings.add((typed[:3], " " in typed))
    assert spellings == {("+86", False), ("+86", True), ("008", False), ("100", False)}


def test_events_repeat_and_come_late_as_often_as_planted(shop: SampleShop) -> None:
    log, counts = events(shop), summary(shop)
    ids = [event["event_id"] for event in log]
    assert len(log) == counts["events"] + counts["repeated_events"]
    assert len(set(ids)) == counts["events"]
    late = {
        event["event_id"]
        for event in log
        if event["received_at"][:10] > event["timestamp"][:10]
        and _days(event["received_at"], event["timestamp"]) >= 1
    }
    assert len(late) == counts["late_events"]


def _days(later: str, earlier: str) -> float:
    apart = datetime.fromisoformat(later) - datetime.fromisoformat(earlier)
    return (apart.total_seconds() + 1) / 86_400


def test_events_are_of_known_kinds_products_and_people(shop: SampleShop) -> None:
    codes = {row["Item Code"] for row in rows(shop, "items.csv")}
    people = {row["customer_id"] for row in truth(shop, "customers")}
    for event in events(shop):
        assert event["event"] in ("product_view", "add_to_cart", "search")
        assert ("query" in event) == (event["event"] == "search")
        assert event.get("product_id") in (codes | {None})
        assert event.get("user_id") in (people | {None})
        assert event["timestamp"] < shop.end.isoformat()


def test_browsing_tells_of_purchases_to_come(shop: SampleShop) -> None:
    bought = {(row["customer_id"], row["item_id"]) for row in truth(shop, "future")}
    viewed = {
        (e["user_id"], e["product_id"]) for e in events(shop) if {"user_id", "product_id"} <= set(e)
    }
    customers, items = summary(shop)["customers"], summary(shop)["items"]
    by_chance = len(bought) * len(viewed) / (customers * items)
    assert len(bought & viewed) > 5 * by_chance


def test_comments_are_told_apart_by_tone_but_not_by_stars_alone(shop: SampleShop) -> None:
    tone = {row["comment_id"]: row["tone"] for row in truth(shop, "comments")}
    said = comments(shop)
    assert {row["comment_id"] for row in said} == set(tone)
    rated = [row for row in said if "rating" in row]
    agree = sum((row["rating"] - 3) * tone[row["comment_id"]] > 0 for row in rated)
    assert 0.6 < agree / len(rated) < 0.97
    assert 0.5 < len(rated) / len(said) < 0.8


def test_comments_vary_and_come_in_two_languages(shop: SampleShop) -> None:
    said = comments(shop)
    languages = Counter(row["language"] for row in truth(shop, "comments"))
    assert len({row["text"] for row in said}) > 0.8 * len(said)
    assert languages["zh"] > 0.15 * len(said)
    assert not any(mark in row["text"] for row in said for mark in "{}")
    assert {row["platform"] for row in said} == {"shop", "facebook", "instagram"}


def test_bad_orders_get_bad_comments(shop: SampleShop) -> None:
    counts = summary(shop)
    assert counts["bad_comments"] > 0.15 * counts["comments"]
    assert counts["good_comments"] > 0.35 * counts["comments"]


def test_the_future_is_in_no_export_and_agrees_with_who_buys(shop: SampleShop) -> None:
    later = truth(shop, "future")
    assert min(row["time"] for row in later) >= shop.end
    buyers = {row["customer_id"] for row in truth(shop, "customers") if row["buys"]}
    assert buyers == {row["customer_id"] for row in later}


def test_bundles_are_of_known_products_that_differ_in_category(shop: SampleShop) -> None:
    category = {row["item_id"]: row["category"] for row in truth(shop, "items")}
    bundles = [row["items"] for row in truth(shop, "bundles")]
    assert sorted(map(len, bundles)) == [2] * 8 + [3] * 4
    for items in bundles:
        assert len({category[item] for item in items}) == len(items)


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.5, 0.4, 0.6), (1.0, 1, 1)])
def test_as_many_items_have_a_category_as_asked(
    tmp_path: Path, share: float, least: float, most: float
) -> None:
    shop = write_shop(tmp_path, customers=20, seed=1, categorised=share)
    items = rows(shop, "items.csv")
    assert ("Category" in items[0]) == (share > 0)
    assert least <= sum(bool(row.get("Category")) for row in items) / len(items) <= most


def test_titles_are_unique_within_the_catalogue(shop: SampleShop) -> None:
    titles = [row["Item Name"] for row in rows(shop, "items.csv")]
    assert len(set(titles)) == len(titles)


def test_one_customer_makes_a_shop(tmp_path: Path) -> None:
    shop = write_shop(tmp_path, customers=1, seed=2)
    assert len(truth(shop, "customers")) == 1
    assert summary(shop)["bad_rows"] == 48


@pytest.mark.parametrize(
    "wrong",
    [
        {"customers": 0},
        {"days": 100},
        {"end": datetime(2026, 1, 1)},
        {"categorised": 1.5},
    ],
)
def test_senseless_arguments_are_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        write_shop(tmp_path, **wrong)


def test_the_stream_is_sales_in_chunks_and_agrees_with_the_exports(tmp_path: Path) -> None:
    batches = list(purchases_stream(9000, seed=4))
    table = pa.Table.from_batches(batches)
    written = summary(write_shop(tmp_path, customers=9000, seed=4))
    assert len(batches) == 2
    assert table.schema == SALES.schema
    assert table.num_rows == written["order_lines"]
    assert len(set(table["order_id"].to_pylist())) == written["orders"]
    assert table["row_key"].to_pylist() == list(range(table.num_rows))
