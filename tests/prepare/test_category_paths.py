"""An export's own category tree becomes two levels, and a flat list of categories stays one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitue.prepare.category_paths import split

NAME = st.text("abcdefgh 厨房", min_size=1).map(str.strip).filter(bool)


@pytest.mark.parametrize("separator", [" > ", ">", "›", " » ", "→", "::", "＞"])
def test_arrows_always_part_levels(separator: str) -> None:
    assert split([f"Kitchen{separator}Mugs"] * 3 + [f"Bath{separator}Soap"]) == [
        *[("Kitchen", "Mugs")] * 3,
        ("Bath", "Soap"),
    ]


@pytest.mark.parametrize("separator", ["/", " | ", "\\"])
def test_other_marks_part_levels_of_a_tree(separator: str) -> None:
    paths = [f"{top}{separator}{leaf}" for top in ("Home", "Food") for leaf in "abcd"]
    paths = [path + top[0] for path, top in zip(paths, ["H"] * 4 + ["F"] * 4, strict=True)]
    assert {pair and pair[0] for pair in split(paths)} == {"Home", "Food"}


def test_a_slash_within_names_parts_nothing() -> None:
    flat = ["Juices/Drinks", "Greeting Cards/Wrap", "Cookies/Cones", "Dairy", "Meat"]
    assert split(flat) == [(None, name) for name in flat]


def test_several_labels_are_no_tree() -> None:
    genres = ["Action|Comedy", "Comedy|Drama", "Drama|Action", "Comedy", "Drama|Comedy"]
    assert split(genres) == [(None, name) for name in genres]


def test_a_top_that_holds_everything_is_skipped() -> None:
    paths = [f"首页 > 家居 > {leaf}" for leaf in ("厨房", "浴室")] + ["首页 > 食品 > 零食"]
    assert split(paths) == [("家居", "厨房"), ("家居", "浴室"), ("食品", "零食")]


def test_a_chain_without_branches_is_one_category() -> None:
    assert split(["Home > Kitchen > Mugs"] * 4) == [(None, "Mugs")] * 4


def test_one_name_under_two_departments_is_told_apart() -> None:
    found = split(["Women > Accessories", "Men > Accessories", "Men > Shirts"])
    assert found == [
        ("Women", "Accessories (Women)"),
        ("Men", "Accessories (Men)"),
        ("Men", "Shirts"),
    ]


def test_a_product_in_a_department_alone_is_in_a_category_of_its_name() -> None:
    assert split(["Home > Mugs", "Home", "Food > Jam"])[1] == ("Home", "Home")


def test_what_is_empty_has_no_category() -> None:
    assert split([None, "", "  ", " > "]) == [None] * 4


@given(st.lists(st.tuples(NAME, NAME), min_size=1, max_size=30))
def test_each_category_stands_in_one_department(pairs: list[tuple[str, str]]) -> None:
    found = split([f"{top} > {leaf}" for top, leaf in pairs])
    homes: dict[str, set[str | None]] = {}
    for pair in found:
        assert pair is not None
        homes.setdefault(pair[1], set()).add(pair[0])
    assert all(len(home) == 1 for home in homes.values())
