"""The tree of products on the command line: shown, written out, corrected."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from tests.cli.fake_shop import Run

from habitue.shop import Shop
from habitue.state.runs import Runs


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shop = Shop.create(tmp_path / "shop").folder
    rows = [("1", "Red Mug", "Tableware", "Mugs", 3), ("2", "Soap", "other", "other", 1)]
    names = ("item_id", "title", "department", "category", "orders")
    draft = Runs(shop / "runs").draft()
    draft.table("catalogue", pa.table(dict(zip(names, zip(*rows, strict=True), strict=True))))
    draft.publish()
    return shop


def test_the_tree_is_shown_with_examples(habitue: Run, tree: Path) -> None:
    out = habitue("categories", "--shop", tree)[1]
    for part in ("Tableware", "Mugs", "Red Mug"):
        assert part in out


def test_the_tree_is_a_document_for_programs(habitue: Run, tree: Path) -> None:
    rows = json.loads(habitue("categories", "--json", "--shop", tree)[1])["categories"]
    assert rows[0] == {
        "department": "Tableware",
        "category": "Mugs",
        "products": 1,
        "examples": ["Red Mug"],
    }


def test_a_file_to_correct_is_written_and_says_how(habitue: Run, tree: Path) -> None:
    status, _out, err = habitue("categories", "--edit", "--shop", tree)
    assert status == 0
    assert "habitue run" in err
    assert "Red Mug" in (tree / "categories.csv").read_text(encoding="utf-8-sig")


def test_the_file_can_be_written_elsewhere(habitue: Run, tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.csv"
    out = habitue("categories", "-o", file, "--json", "--shop", tree)[1]
    assert json.loads(out) == {"file": str(file)}
    assert file.exists()
    assert not (tree / "categories.csv").exists()


@pytest.mark.parametrize("words", [["--edit", "-o", "x.csv"], ["-o", "no/such/folder/x.csv"]])
def test_what_can_not_be_done_is_said(habitue: Run, tree: Path, words: list[str]) -> None:
    status, _out, err = habitue("categories", *words, "--shop", tree)
    assert status == 2
    assert "Error:" in err
