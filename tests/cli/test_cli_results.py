"""What the commands print for people and for programs."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from rich.cells import cell_len
from tests.cli.fake_shop import ANN, FakeShop, Run

QUERIES = [
    ["segments"],
    ["rules"],
    ["loyalty"],
    ["evaluate"],
    ["recommend", "ann@example.com"],
    ["customer", "ann@example.com"],
    ["import", "orders.csv"],
]


@pytest.mark.parametrize("words", QUERIES, ids=lambda words: words[0])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_tables_fit_80_columns_in_scripts_of_either_width(
    habitue: Run, shop: FakeShop, words: list[str], language: str
) -> None:
    status, out, _err = habitue(*words, "--lang", language)
    assert status == 0
    tables = [line for line in out.splitlines() if "  " in line]
    assert tables
    assert max(cell_len(line) for line in tables) <= 80


def test_segments_say_who_how_many_worth_and_rule(habitue: Run, shop: FakeShop) -> None:
    out = habitue("segments")[1]
    for part in ("Frequent customers", "1,234", "25%", "£8,911,408", "60%", "last 32 days"):
        assert part in out
    assert "Champions" in out


def test_json_holds_data_not_words(habitue: Run, shop: FakeShop) -> None:
    first = json.loads(habitue("segments", "--json", "--lang", "zh")[1])["segments"][0]
    assert first["name"] == [{"trait": "orders", "level": "high"}]
    assert first["amount"] == 8_911_407_904_000


def test_infinity_is_null_in_json(habitue: Run, shop: FakeShop) -> None:
    assert json.loads(habitue("rules", "--json")[1])["rules"][0]["conviction"] is None


def test_rules_name_products_and_say_when_there_are_more(habitue: Run, shop: FakeShop) -> None:
    _status, out, err = habitue("rules", "-n", "1")
    assert "Teapot" in out
    assert "Red mug" in out
    assert err == "1 of 2 rules; -n shows more.\n"


def test_loyalty_lists_the_bands_and_who_is_slipping(habitue: Run, shop: FakeShop) -> None:
    document = json.loads(habitue("loyalty", "--json")[1])
    assert [(row["band"], row["customers"]) for row in document["bands"]] == [
        ("loyal", 1),
        ("leaving", 1),
    ]
    assert [row["band"] for row in document["slipping"]] == ["leaving"]
    assert "62%" in habitue("loyalty")[1]


def test_evaluate_puts_kfold_and_time_side_by_side_and_marks_the_chosen(
    habitue: Run, shop: FakeShop
) -> None:
    out = habitue("evaluate")[1]
    assert "k-fold" in out
    assert "Through time" in out
    assert "Hybrid ★" in out
    assert "0.123 (0.110–0.130)" in out


def test_evaluate_puts_the_best_first_and_keeps_lesser_metrics_for_who_asks(
    habitue: Run, shop: FakeShop
) -> None:
    shown = habitue("evaluate")[1]
    assert shown.index("Best-sellers") > shown.index("Hybrid")
    assert "Catalogue coverage" not in shown
    assert "Catalogue coverage@10" in habitue("evaluate", "--all")[1]


def test_pseudonyms_are_text_in_json_since_readers_round_large_numbers(
    habitue: Run, shop: FakeShop
) -> None:
    assert json.loads(habitue("customer", "ann@example.com", "--json")[1])["customer"] == str(ANN)


def test_a_recommendation_comes_with_its_reason(habitue: Run, shop: FakeShop) -> None:
    out = habitue("recommend", "ann@example.com", "-n", "3")[1]
    assert "Red mug" in out
    assert "120 customers who bought" in out
    assert shop.calls == [("recommend", 3)]


def test_identifiers_are_shown_only_when_asked_for(habitue: Run, shop: FakeShop) -> None:
    assert "17850" not in habitue("recommend", "ann@example.com")[1]
    assert "17850" in habitue("recommend", "ann@example.com", "--reveal")[1]


@pytest.mark.parametrize(
    "words", [[], ["ann@example.com", "--all"], ["ann@example.com", "-o", "x.csv"]]
)
def test_recommend_wants_a_customer_or_all(habitue: Run, shop: FakeShop, words: list[str]) -> None:
    assert habitue("recommend", *words)[0] == 2


def test_recommendations_for_all_go_to_a_csv_that_opens_in_a_spreadsheet(
    habitue: Run, shop: FakeShop, tmp_path: Path
) -> None:
    status, out, err = habitue("recommend", "--all", "-o", "offers.csv", "--reveal")
    assert (status, out) == (0, "")
    assert "3 recommendations written to offers.csv" in err
    assert (tmp_path / "offers.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "offers.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["customer_id"] for row in rows] == ["17850", "17850", ""]
    assert rows[0]["title"] == "Red mug"
    assert rows[0]["because"].startswith("120 customers")
    assert rows[1]["item_id"] == "'=C"


def test_other_endings_give_other_formats(habitue: Run, shop: FakeShop, tmp_path: Path) -> None:
    assert habitue("recommend", "--all", "-n", "1", "-o", "offers.jsonl")[0] == 0
    lines = (tmp_path / "offers.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["rank"] for line in lines] == [1, 1]
    assert habitue("recommend", "--all", "-o", "offers.parquet")[0] == 0
    assert pq.read_table(tmp_path / "offers.parquet").num_rows == 3
    assert habitue("recommend", "--all", "-o", "offers.doc")[0] == 2
    assert habitue("recommend", "--all", "-o", "no/such/folder.csv")[0] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["offers.jsonl", "offers.parquet"]


def test_recommendations_for_all_print_as_csv(habitue: Run, shop: FakeShop) -> None:
    assert habitue("recommend", "--all")[1].startswith("customer,rank,item_id,title,score,model")


def test_the_evidence_chain_goes_from_records_to_reasons(habitue: Run, shop: FakeShop) -> None:
    out = habitue("customer", "ann@example.com")[1]
    heads = ["Records", "Recency", "Segment", "Interests", "Loyalty", "Offers, and why"]
    places = [out.index(head) for head in heads]
    assert places == sorted(places)
    for part in (str(ANN), "536365", "£8.50", "Champions", "Kitchen", "81 / 100", "Red mug"):
        assert part in out


def test_a_customer_without_results_still_has_records(
    habitue: Run, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = {"customer": 7, "records": {"orders": [], "views": 0, "comments": 0}, "rfm": None}
    monkeypatch.setattr(shop, "customer", lambda who: bare)
    status, out, _err = habitue("customer", "7")
    assert status == 0
    assert "0 orders · 0 views · 0 comments" in out


def test_run_prints_findings_notes_and_report(habitue: Run, shop: FakeShop) -> None:
    out = habitue("run")[1]
    assert "1. The best 10% of customers bring 52% of the revenue." in out
    assert "no page views" in out
    assert "Report:" in out
    assert habitue("run", "--quiet")[1:] == ("", "")


def test_run_as_json_accounts_for_every_row(habitue: Run, shop: FakeShop) -> None:
    document = json.loads(habitue("run", "--json")[1])
    assert document["accounting"][0]["rows"] == 7
    assert document["currency"] == "GBP"
    assert document["report"].endswith("report.html")


def test_run_as_of_a_date_is_that_days_start_where_the_shop_is(
    habitue: Run, shop: FakeShop
) -> None:
    habitue("run", "--as-of", "2026-06-30")
    habitue("run", "--as-of", "2026-06-30T12:00:00+02:00")
    assert [at for _call, at in shop.calls] == [
        datetime(2026, 6, 30, tzinfo=UTC),
        datetime(2026, 6, 30, 10, tzinfo=UTC),
    ]
    status, _out, err = habitue("run", "--as-of", "soon")
    assert status == 2
    assert "--as-of takes a date" in err


def test_report_prints_the_path_and_opens_it(
    habitue: Run, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    status, out, err = habitue("report", "--open")
    assert (status, out) == (0, f"{shop.current.report}\n")
    assert opened == [shop.current.report.as_uri()]
    assert "No browser" in err
