from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from tests.analyse.worlds_of_analysis import START, planted, shop

from habitue import columns
from habitue.analyse.segments import Segmentation, segment
from habitue.analyse.segments.features import behaviour, scaled

CUT = START + timedelta(days=300)
CATEGORIES = {f"i{n}": f"c{n % 5}" for n in range(30)}


@pytest.fixture(scope="module")
def found() -> tuple[Segmentation, dict[int, int]]:
    lines, kinds = planted()
    return segment(shop(lines, CATEGORIES), CUT), kinds


def test_planted_types_are_found_again(found: tuple[Segmentation, dict[int, int]]) -> None:
    members = found[0].members
    truth = [found[1][customer] for customer in members["customer"].to_pylist()]
    assert adjusted_rand_score(truth, members["segment"].to_pylist()) >= 0.9


def test_segments_are_in_the_order_of_their_worth(
    found: tuple[Segmentation, dict[int, int]],
) -> None:
    table = found[0].segments
    assert table["segment"].to_pylist() == list(range(1, len(table) + 1))
    amount = table["amount"].to_pylist()
    assert amount == sorted(amount, reverse=True)
    assert sum(table["share"].to_pylist()) == pytest.approx(1)
    assert sum(table["amount_share"].to_pylist()) == pytest.approx(1)


def test_tables_have_their_columns(found: tuple[Segmentation, dict[int, int]]) -> None:
    assert found[0].segments.schema.equals(columns.SEGMENTS.schema)
    assert found[0].members.schema.equals(columns.MEMBERS.schema)
    assert sum(found[0].choice["chosen"].to_pylist()) == 1


def test_names_and_rules_say_what_was_planted(
    found: tuple[Segmentation, dict[int, int]],
) -> None:
    rows = found[0].segments.to_pylist()
    names = [{t["trait"] for t in json.loads(row["name"])} for row in rows]
    assert any("discount_share" in name for name in names)
    rules = [{c["feature"] for alternative in json.loads(row["rule"]) for c in alternative}
             for row in rows]  # fmt: skip
    assert {"discount_share"} in rules
    assert all(len(json.loads(row["name"])) <= 3 for row in rows)
    assert all(row["precision"] > 0.85 and row["recall"] > 0.85 for row in rows)


def test_the_same_seed_gives_the_same_tables() -> None:
    lines, _kinds = planted(40)
    one, other = (segment(shop(lines, CATEGORIES), CUT, bootstraps=4) for _ in range(2))
    assert one.segments.equals(other.segments)
    assert one.members.equals(other.members)


@pytest.mark.parametrize("customers", [1, 2, 49])
def test_few_customers_are_one_segment_and_it_is_said_why(customers: int) -> None:
    lines = [(c, f"o{c}", "i1", 3.0 * c, 5.0 + c) for c in range(customers)]
    result = segment(shop(lines, CATEGORIES), CUT)
    assert result.note == "too_few_customers"
    row = result.segments.to_pylist()[0]
    assert (row["customers"], row["share"], row["rule"], row["name"]) == (
        customers,
        1,
        "[[]]",
        "[]",
    )


def test_an_empty_shop_has_no_segments() -> None:
    result = segment(shop([]), CUT)
    assert (len(result.segments), len(result.members), result.note) == (0, 0, "too_few_customers")


def test_customers_who_are_all_alike_are_one_segment() -> None:
    lines = [(c, f"o{c}", "i1", 5.0, 5.0) for c in range(80)]
    result = segment(shop(lines, CATEGORIES), CUT)
    assert (len(result.segments), result.note) == (1, "no_stable_clusters")


def test_behaviour_is_in_its_own_units() -> None:
    lines = [(1, "o1", "i0", 290.0, 30.0), (1, "o2", "i5", 299.0, 10.0), (2, "o3", "i1", 0.0, 5.0)]
    views = [(1, "i0", 1.0, "view"), (9, "i0", 1.0, "view"), (1, "i0", 400.0, "view")]
    people = behaviour(shop(lines, CATEGORIES, views), CUT).to_pylist()
    assert [p["recency"] for p in people] == [1.0, 300.0]
    assert [p["order_value"] for p in people] == [20_000_000, 5_000_000]
    assert [p["views"] for p in people] == [1, 0]
    assert people[0]["focus"] == 1.0  # i0 and i5 are both of c0


def test_scaled_features_are_centred_and_constant_ones_left_out() -> None:
    lines, _kinds = planted(20)
    matrix, names = scaled(behaviour(shop(lines, CATEGORIES), CUT))
    assert "views" not in names
    np.testing.assert_allclose(matrix.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(matrix.std(axis=0), 1, atol=1e-9)


def test_the_loved_category_names_a_segment() -> None:
    lines, kinds = planted(40)
    moved = [(c, o, "tea" if kinds[c] == 1 else i, *rest) for c, o, i, *rest in lines]
    result = segment(shop(moved, {**CATEGORIES, "tea": "Tea"}), CUT, bootstraps=4)
    names = [trait for row in result.segments.to_pylist() for trait in json.loads(row["name"])]
    assert any(t.get("category") == "Tea" and t["times"] >= 2 for t in names)
