"""What a person says of categories is read as said, and is never lost."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitue.errors import RecordError
from habitue.prepare.categories import group
from habitue.prepare.category_edits import COLUMNS, Edits, Place, read, write

TREE = [
    {"item_id": "1", "title": "Red Mug", "department": "Kitchen", "category": "Mugs"},
    {"item_id": "2", "title": "Blue Mug", "department": "Kitchen", "category": "Mugs"},
    {"item_id": "3", "title": "=Soap", "department": "Bath", "category": "Soap"},
]


def edited(path: Path, **changes: dict[str, str]) -> Edits:
    """Write the tree, change the rows of items (or of categories), and read it."""
    write(path, TREE, read(path))
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row.update(changes.get(row["item_id"] or row["was_category"], {}))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return read(path)


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert not read(tmp_path / "categories.csv")


def test_a_file_given_back_unchanged_says_nothing(tmp_path: Path) -> None:
    assert not edited(tmp_path / "c.csv")


def test_a_row_with_an_item_places_it(tmp_path: Path) -> None:
    found = edited(tmp_path / "c.csv", **{"1": {"category": "Gifts", "department": "Presents"}})
    assert found.items == {"1": Place("Presents", "Gifts")}
    assert not found.groups


def test_a_row_without_an_item_renames_a_category(tmp_path: Path) -> None:
    found = edited(tmp_path / "c.csv", Mugs={"category": "Cups"})
    assert found.groups == {"Mugs": Place("Kitchen", "Cups")}
    assert not found.items


def test_a_category_replaced_in_all_its_rows_is_renamed(tmp_path: Path) -> None:
    new = {"category": "Cups"}
    assert edited(tmp_path / "c.csv", **{"1": new, "2": new}).groups["Mugs"].category == "Cups"


def test_a_minimal_file_by_hand_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("item_id;category\n7;Tea\n;\n", encoding="utf-8")
    assert read(path).items == {"7": Place("", "Tea")}


def test_a_file_from_a_chinese_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes("item_id,title,department,category\n7,红茶,饮料,茶\n".encode("gb18030"))
    assert read(path).items == {"7": Place("饮料", "茶")}


@pytest.mark.parametrize("content", [b"item,kind\n1,a\n", b"", b"\xff\xff\xff\xff"])
def test_a_file_that_says_nothing_readable_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    with pytest.raises(RecordError):
        read(path)


@given(
    st.dictionaries(st.sampled_from("123"), st.sampled_from(["Gifts", "Tea", "-x", "=1+1"])),
    st.dictionaries(st.sampled_from(["Mugs", "Soap"]), st.sampled_from(["Cups", "皂"])),
)
def test_edits_survive_being_written_out_again(
    tmp_path_factory: pytest.TempPathFactory, items: dict[str, str], groups: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("shop") / "c.csv"
    said = Edits(
        {item: Place("D", name) for item, name in items.items()},
        {name: Place("", new) for name, new in groups.items()},
    )
    for _again in range(2):
        write(path, TREE, said)
        found = read(path)
        assert found.items == said.items
        assert {name: found.groups[name] for name in groups} == said.groups
        said = found


def test_an_edit_of_a_product_that_is_gone_stays(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    write(path, TREE, Edits({"99": Place("Old", "Gone")}))
    assert read(path).items == {"99": Place("Old", "Gone")}


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    write(path, TREE, Edits())
    assert ",=Soap" not in path.read_text(encoding="utf-8")


ITEMS = pa.table(
    {
        "item_id": list("abcdef"),
        "title": ["Red Mug", "Tea Mug", "Blue Mugs", "Rose Soap", "Mint Soap", "Olive Soap"],
    }
)


def _at(tree: pa.Table) -> dict[str, tuple[str, str]]:
    columns = (tree[name].to_pylist() for name in ("item_id", "department", "category"))
    return {item: (d, c) for item, d, c in zip(*columns, strict=True)}


def test_what_a_person_says_stands_above_titles_and_export() -> None:
    own = ITEMS.append_column("category", pa.array(["Drinkware"] * 3 + ["Bath"] * 3))
    said = Edits({"a": Place("Presents", "Gifts")}, {"Bath": Place("", "Washing")})
    for items in (ITEMS, own):
        tree = group(items, 2, edits=said)
        assert _at(tree)["a"] == ("Presents", "Gifts")
        assert tree["placed"][0].as_py() == "person"
    assert _at(tree)["f"][1] == "Washing"


def test_edits_stay_from_run_to_run_and_new_products_join_them() -> None:
    said = Edits({"a": Place("", "Gifts")}, {"Soap": Place("Bath", "Soaps")})
    tree = group(ITEMS, 2, edits=said)
    more = pa.concat_tables(
        [ITEMS, pa.table({"item_id": ["g", "h"], "title": ["Fig Soap", "Tin Mug"]})]
    )
    for _run in range(3):
        tree = group(more, 2, edits=said, previous=tree)
        at = _at(tree)
        assert at["g"] == at["d"] == ("Bath", "Soaps")
        assert at["a"][1] == "Gifts"
        assert at["h"][1] == "Mugs"


def test_a_renamed_category_stays_renamed_when_groups_are_made_afresh() -> None:
    said = Edits({}, {"Soap": Place("", "Seife")})
    first = group(ITEMS, 2, edits=said)
    unsettled = first.set_column(3, "placed", pa.array(["likeness"] * 6))
    assert _at(group(ITEMS, 2, previous=unsettled))["d"][1] == "Seife"
