"""Understanding: the table and the columns by name, type and content; or an error that helps."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.shared import shared_data

from habitue.collect.base import Source
from habitue.collect.files import open_source
from habitue.collect.mapping import understand
from habitue.collect.reasons import REASONS, reason_text
from habitue.errors import MappingError


def source_of(folder: Path, *lines: str) -> Source:
    path = folder / "x.csv"
    path.write_text("\n".join(lines))
    return open_source(path)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("chinese_reviews/waimai_10k.csv.gz", "comments"),
        ("airline_tweets/Tweets.csv.gz", "comments"),
        ("telco_churn/Telco-Customer-Churn.csv", "customers"),
        ("complete_journey/transactions_sample.csv.gz", "purchases"),
    ],
)
def test_real_files_are_understood(name: str, kind: str) -> None:
    assert understand(open_source(shared_data(name))).kind == kind


@pytest.mark.parametrize(
    "name",
    [
        "hillstrom/hillstrom.csv.gz",
        "facebook_metrics/dataset_Facebook.csv",
        "cdnow/CDNOW_sample.txt",
    ],
)
def test_what_is_no_record_table_is_refused_and_says_what_to_give(name: str) -> None:
    with pytest.raises(MappingError, match=r"--map \w+=COLUMN"):
        understand(open_source(shared_data(name)))


def test_the_users_word_counts_and_is_remembered(tmp_path: Path) -> None:
    source = source_of(tmp_path, "a,b,c,d,e", "1,X,2024-05-13,2.5,9", "2,Y,2024-05-14,3.5,9")
    given = {"order_id": "a", "item_id": "B", "unit_price": "d"}
    known = understand(source, "purchases", given)
    assert known.fields["time"].how == "content"
    assert known.remember()[1] == {"order_id": "a", "item_id": "b", "time": "c", "unit_price": "d"}
    assert understand(source, "purchases", known.remember()[1]).fields.keys() == known.fields.keys()


@pytest.mark.parametrize(
    ("kind", "mapping", "says"),
    [
        ("orders", {}, "no record table 'orders'. There are: purchases"),
        (None, {"colour": "a"}, "no field 'colour'. There are: order_id"),
        (None, {"time": "zzz"}, "no column 'zzz'. It has: order, sku"),
        ("comments", {}, "needs text"),
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones(
    tmp_path: Path, kind: str | None, mapping: dict[str, str], says: str
) -> None:
    source = source_of(tmp_path, "order,sku,date,price", "1,A,2024-05-13,2.5")
    with pytest.raises(MappingError, match=says):
        understand(source, kind, mapping)


def test_a_name_means_what_the_cells_allow(tmp_path: Path) -> None:
    source = source_of(
        tmp_path, "order,sku,date,price,text", "1,A,soon,2024-05-13,5", "2,B,later,2024-05-14,5"
    )
    with pytest.raises(MappingError):
        understand(source, "purchases")


def test_an_assumed_order_of_day_and_month_is_said(tmp_path: Path) -> None:
    source = source_of(tmp_path, "order,sku,date,price", "1,A,3/4/2024,2.5", "2,B,5/6/2024,2.5")
    assert ("dates", "dmy (assumed)") in understand(source).facts
    source = source_of(tmp_path, "order,sku,date,price", "1,A,3/4/2024,$2.5", "2,B,5/6/2024,$2.5")
    assert ("dates", "mdy (assumed)") in understand(source).facts


def test_a_catalogue_and_a_list_of_customers_are_told_apart(tmp_path: Path) -> None:
    items = source_of(
        tmp_path,
        "id,name,category,price,description",
        "A1,Mug,Kitchen,2.5,A red mug",
        "A2,Jar,Kitchen,3,A jar",
    )
    assert understand(items).kind == "items"
    people = source_of(
        tmp_path,
        "id,name,email,city,created_at",
        "1,Ann,a@b.example,Bath,2024-05-13",
        "2,Bo,b@b.example,Ely,2024-05-14",
    )
    assert understand(people).kind == "customers"


def test_every_reason_has_words() -> None:
    assert all(reason_text(key).endswith(".") for key in REASONS)
    assert reason_text("something else") == "something else"
