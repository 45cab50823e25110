"""Lists in cells: the same out of JSON text and out of Parquet's lists."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from habitue.collect.nested import key_values, listed

KEYS = {"item_id": ("id", "sku"), "price": ("price",)}
ITEM = pa.struct([("id", pa.string()), ("sku", pa.string()), ("price", pa.float64())])
TEXT = st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=4)
ITEMS = st.fixed_dictionaries({"id": TEXT, "sku": TEXT, "price": st.none() | st.just(2.5)})


@given(st.lists(st.none() | st.lists(ITEMS, max_size=4), max_size=8))
def test_json_and_arrow_say_the_same(rows: list[list[dict[str, Any]] | None]) -> None:
    texts = pa.array([None if row is None else json.dumps(row) for row in rows], pa.string())
    one = listed(texts, KEYS)
    two = listed(pa.chunked_array([pa.array(rows, pa.list_(ITEM))]), KEYS)
    assert one.parent.tolist() == two.parent.tolist()
    assert one.place.tolist() == two.place.tolist()
    assert {n: c.to_pylist() for n, c in one.fields.items()} == {
        n: c.to_pylist() for n, c in two.fields.items()
    }


def test_what_is_no_list_of_objects_holds_nothing() -> None:
    cells = pa.array(['["a", 1]', "[{", "7", "", "[" * 9999, '{"id": true}', '[{"id": [1]}]'])
    found = listed(cells, KEYS)
    assert found.parent.tolist() == [5, 6]
    assert found.fields["item_id"].to_pylist() == ["true", None]


def test_keys_and_values_become_columns() -> None:
    value = pa.struct([("string_value", pa.string()), ("int_value", pa.int64())])
    kind = pa.list_(pa.struct([("key", pa.string()), ("value", value)]))
    rows = [
        [{"key": "page", "value": {"string_value": "/a", "int_value": None}}],
        None,
        [{"key": "id", "value": {"string_value": None, "int_value": 7}}],
    ]
    kinds = ("string_value", "int_value")
    expected = {"page": ["/a", None, None], "id": [None, None, "7"], "none": [None] * 3}
    for cells in (
        pa.array(rows, kind),
        pa.array([None if row is None else json.dumps(row) for row in rows], pa.string()),
    ):
        found = key_values(cells, list(expected), kinds)
        assert {name: column.to_pylist() for name, column in found.items()} == expected


def test_lists_of_something_else_have_no_keys() -> None:
    found = key_values(pa.array([[1, 2]]), ["page"], ["string_value"])
    assert found["page"].to_pylist() == [None]
