"""How much of what was planted in the sample shop the loop finds again, through the whole product.

The generator says what it planted (``truth/``); the shop knows only the untidy exports. Customers
are told apart by pseudonym, so the truth is joined through the vault, as a user would.
"""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import adjusted_rand_score

from habitue import Shop
from habitue.collect.demo import write_shop
from habitue.evaluate.calibration import expected_calibration_error


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    write_shop(folder, customers=5000, seed=11)
    return folder


@pytest.fixture(scope="module")
def shop(folder: Path) -> Shop:
    shop = Shop.create(folder, name="Planted")
    shop.import_files([folder / "exports"])
    shop.run()
    return shop


def truth(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / "truth" / f"{name}.parquet").to_pylist()
    return rows


@pytest.fixture(scope="module")
def planted(shop: Shop, folder: Path) -> dict[int, dict[str, Any]]:
    """Return each person's truth by the pseudonym that the shop gave them."""
    customers = shop.rfm["customer"]
    number_of = shop.reveal(customers)
    by_number = {row["customer_id"]: row for row in truth(folder, "customers")}
    found = {c: by_number[n] for c, n in number_of.items() if n in by_number}
    assert len(found) >= 0.98 * len(by_number)
    return found


def test_every_planted_bad_row_is_set_aside_and_no_other(shop: Shop, folder: Path) -> None:
    rejected = {
        (int(line), reason)
        for path in (folder / "rejects").glob("*.csv")
        for line, reason, *_ in (row.split(",") for row in path.read_text().splitlines()[1:])
    }
    assert {line for line, _ in rejected} == {row["line"] for row in truth(folder, "bad_rows")}


def test_people_with_several_identifiers_are_one_customer(shop: Shop, folder: Path) -> None:
    of_person: dict[int, set[int]] = {}
    for row in truth(folder, "identifiers"):
        if row["person"] % 8:  # look-ups one by one take long; an eighth of the people is enough
            continue
        customer = shop.vault.find(row["value"])
        if customer is not None:
            of_person.setdefault(row["person"], set()).add(shop.find(customer))
    whole = np.mean([len(customers) == 1 for customers in of_person.values()])
    assert whole >= 0.98


def test_customer_types_are_found_again(shop: Shop, planted: dict[int, dict[str, Any]]) -> None:
    members = [row for row in shop.members if row["customer"] in planted]
    types = [planted[row["customer"]]["type"] for row in members]
    assert adjusted_rand_score(types, [row["segment"] for row in members]) >= 0.8


def test_bundles_come_first_among_the_rules(shop: Shop, folder: Path) -> None:
    pairs = {
        frozenset(pair)
        for row in truth(folder, "bundles")
        for pair in combinations(row["items"], 2)
    }
    found: list[frozenset[str]] = []
    for rule in shop.rules:
        pair = frozenset([*rule["antecedent"], rule["consequent"]])
        if len(pair) == 2 and pair not in found:
            found.append(pair)
    top = set(found[: len(pairs)])
    assert len(top & pairs) / len(top) >= 0.9
    assert len(top & pairs) / len(pairs) >= 0.9


def test_the_chance_of_another_order_is_true(
    shop: Shop, planted: dict[int, dict[str, Any]], folder: Path
) -> None:
    rows = [row for row in shop.loyalty if row["customer"] in planted]
    chance = np.array([row["probability"] for row in rows])
    came = np.array([planted[row["customer"]]["buys"] for row in rows])
    assert expected_calibration_error(came, chance) <= 0.03
    measured = [
        row["mean"]
        for row in shop.evaluation
        if (row["task"], row["protocol"], row["metric"]) == ("repurchase", "time", "ece")
        and row["chosen"]
    ]
    assert measured[0] <= 0.03


def test_recommendations_beat_popularity_through_time(shop: Shop) -> None:
    rows = [
        row
        for row in shop.evaluation
        if (row["task"], row["protocol"], row["metric"]) == ("recommend", "time", "ndcg@10")
    ]
    popular = next(row["mean"] for row in rows if row["model"] == "popular")
    assert next(row["mean"] for row in rows if row["chosen"]) >= 1.5 * popular


def test_what_is_recommended_is_bought_in_the_withheld_future(
    shop: Shop, planted: dict[int, dict[str, Any]], folder: Path
) -> None:
    bought: dict[str, set[str]] = {}
    for row in truth(folder, "future"):
        bought.setdefault(row["customer_id"], set()).add(row["item_id"])
    hits = [
        row["item_id"] in bought[planted[row["customer"]]["customer_id"]]
        for row in shop.recommendations
        if row["customer"] in planted
        and row["rank"] <= 5
        and planted[row["customer"]]["customer_id"] in bought
    ]
    assert np.mean(hits) >= 0.2  # best-sellers: about one in twenty-five


def test_loyal_customers_score_above_those_who_left(
    shop: Shop, planted: dict[int, dict[str, Any]]
) -> None:
    rows = [row for row in shop.loyalty if row["customer"] in planted]
    left = [row["score"] for row in rows if planted[row["customer"]]["left"] is not None]
    stayed = [row["score"] for row in rows if planted[row["customer"]]["left"] is None]
    above = np.mean(np.median(left) < np.array(stayed))
    assert above >= 0.9


def test_the_tone_of_comments_is_told_in_both_languages(shop: Shop, folder: Path) -> None:
    tone_of = {row["comment_id"]: row for row in truth(folder, "comments")}
    comments = {row["row_key"]: row["comment_id"] for row in shop.records("comments")}
    for language in ("en", "zh"):
        told = [
            (row["sentiment"], tone_of[comments[row["row_key"]]]["tone"])
            for row in shop.sentiment
            if row["sentiment"] is not None
            and tone_of[comments[row["row_key"]]]["language"] == language
            and tone_of[comments[row["row_key"]]]["tone"] != 0
        ]
        assert np.mean([(said > 0) == (true > 0) for said, true in told]) >= 0.85


def test_robots_are_set_aside(shop: Shop, folder: Path) -> None:
    planted = json.loads((folder / "truth" / "summary.json").read_text())["robot_events"]
    found = sum(row["rows"] for row in shop.accounting if row["reason"] in ("robot", "too_fast"))
    assert abs(found - planted) <= 0.03 * planted
