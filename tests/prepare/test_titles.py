"""One title a product: the catalogue's, else the description most often used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from habitue.columns import ITEMS, PURCHASES
from habitue.engines import DuckDBEngine
from habitue.prepare.titles import titles


def _titles(
    lines: Sequence[tuple[str, str | None, int]], items: list[dict[str, object]] | None = None
) -> dict[str, dict[str, object]]:
    rows = [
        {"item_id": item, "title": title, "time": datetime(2024, 1, day, tzinfo=UTC)}
        for item, title, day in lines
    ]
    with DuckDBEngine() as engine:
        engine.register("purchases", pa.Table.from_pylist(rows, schema=PURCHASES.schema))
        engine.register("items", pa.Table.from_pylist(items or [], schema=ITEMS.schema))
        return {row["item_id"]: row for row in titles(engine).to_pylist()}


@pytest.mark.parametrize(
    ("used", "title"),
    [
        (["RED MUG", "RED MUG", "MUG RED"], "RED MUG"),
        (["MUG RED", "RED MUG"], "RED MUG"),  # the latest of equals
        (["damaged", "damaged", "RED MUG"], "RED MUG"),
        (["?", "??", "?sold as set", "RED MUG"], "RED MUG"),
        (["red mug", "red mug", "RED MUG"], "RED MUG"),
        (["red mug", "red cup", "red mug"], "red mug"),  # a shop that writes small
        (["check", "check", "red mug"], "red mug"),
        (["  RED MUG ", "RED MUG", "CUP"], "RED MUG"),
        (["蛋糕", "蛋糕", "蛋糕盒"], "蛋糕"),
        (["damaged"], "damaged"),
        (["Found Objects Tray"], "Found Objects Tray"),
        ([None, ""], None),
    ],
)
def test_the_most_used_description_is_the_title(used: list[str], title: str) -> None:
    lines = [("A", text, day + 1) for day, text in enumerate(used)]
    assert _titles(lines)["A"]["title"] == title


def test_equal_in_number_and_time_the_first_by_the_alphabet() -> None:
    assert _titles([("A", "MUG", 1), ("A", "CUP", 1)])["A"]["title"] == "CUP"


def test_the_items_table_wins_and_its_latest_line_counts() -> None:
    items = [
        {"item_id": "A", "line": 1, "title": "Old", "category": "Cups"},
        {"item_id": "A", "line": 2, "title": "Mug", "category": "Mugs", "description": "Blue."},
        {"item_id": "B", "line": 3, "title": "Never sold"},
    ]
    found = _titles([("A", "RED MUG", 1), ("C", "SOAP", 1)], items)
    assert found["A"]["title"] == "Mug"
    assert found["A"]["category"] == "Mugs"
    assert found["A"]["description"] == "Blue."
    assert set(found) == {"A", "B", "C"}
