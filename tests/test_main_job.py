"""The main job on real records: UCI Online Retail, with no option given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from habitue import Shop
from habitue.columns import MICROS, RESULTS
from tests.shared import shared_data


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = Shop.create(tmp_path_factory.mktemp("main") / "x")
    (report,) = shop.import_files([shared_data("online_retail/online_retail.csv.gz")])
    assert (report.read, report.accepted, report.rejected) == (541_909, 541_909, 0)
    shop.run()
    return shop


def test_the_published_figures_come_out_before_services_and_returns(shop: Shop) -> None:
    selected = shop.summary["selected"]
    assert selected == {
        "lines": 397_884,
        "customers": 4_338,
        "orders": 18_532,
        "amount": 8_911_407_904_000,
        "repeated_lines": 5_192,
    }
    after = shop.summary["after"]
    assert 0.9 * selected["amount"] < after["amount"] < selected["amount"]
    assert after["customers"] <= selected["customers"]


def test_every_row_is_accounted_for_by_one_reason(shop: Shop) -> None:
    rows = [row for row in shop.accounting if row["table"] == "purchases"]
    selected = {row["reason"]: row["rows"] for row in rows if row["stage"] == "select"}
    assert sum(selected.values()) == 541_909
    assert selected["cancelled"] == 9_288
    assert selected["counted"] == 397_884
    prepared = sum(row["rows"] for row in rows if row["stage"] == "prepare")
    assert prepared == selected["counted"] + selected["no_customer"]


def test_the_same_import_again_adds_nothing(shop: Shop) -> None:
    path = shared_data("online_retail/online_retail.csv.gz")
    (report,) = shop.import_files([path])
    assert (report.accepted, report.repeated, report.already) == (0, 541_909, True)


def test_every_table_of_the_run_follows_the_vocabulary(shop: Shop) -> None:
    for name, table in RESULTS.items():
        assert shop.table(name).to_arrow().schema.equals(table.schema), name


def test_customers_are_found_by_the_number_that_they_had(shop: Shop) -> None:
    customer = shop.find("17850")
    assert shop.reveal([customer]) == {customer: "17850"}
    chain = shop.customer("17850")
    assert sum(len(order["lines"]) for order in chain["records"]["orders"]) == 313 - 1
    assert chain["recommendations"]
    assert all(json.loads(row["reason"])["kind"] for row in chain["recommendations"])
    assert chain["segment"]["customers"] >= 1
    assert 0 <= chain["loyalty"]["score"] <= 100


def test_the_report_holds_the_figures_in_both_languages(shop: Shop) -> None:
    html = shop.current.report.read_text(encoding="utf-8")
    for figure in ("541,909", "397,884", "4,338", "18,532", "8,911,407.90"):
        assert figure in html
    assert 'lang="zh' in html
    assert "http://" not in html.replace("http://www.w3.org", "")


def test_a_personalised_model_beats_popularity_through_time(shop: Shop) -> None:
    rows = [
        row
        for row in shop.evaluation
        if (row["task"], row["protocol"], row["metric"]) == ("recommend", "time", "ndcg@10")
    ]
    by_model = {row["model"]: row["mean"] for row in rows}
    chosen = next(row for row in rows if row["chosen"])
    assert chosen["mean"] > 1.2 * by_model["popular"]
    assert all(row["low"] <= row["mean"] <= row["high"] for row in rows)


def test_money_is_exact(shop: Shop) -> None:
    assert shop.summary["selected"]["amount"] / MICROS == 8_911_407.904


def test_results_turn_into_the_users_own_frames(shop: Shop) -> None:
    assert list(shop.segments.to_pandas().columns) == shop.segments.columns
    assert shop.segments.to_polars().height == len(shop.segments)
    assert shop.recommend("17850", n=3)["rank"] == [1, 2, 3]


def test_the_manifest_says_what_the_run_was_made_from(shop: Shop) -> None:
    manifest = shop.current.manifest
    assert {"data", "config", "seed", "versions", "stages", "tables", "chosen"} <= set(manifest)
    assert Path(shop.current.folder).name == manifest["run"]
