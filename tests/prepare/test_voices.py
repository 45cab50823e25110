"""Whose words are listened to."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.worlds import START

from habitue.columns import COMMENTS
from habitue.engines import DuckDBEngine
from habitue.prepare import voices


def heard(*rows: dict[str, Any]) -> tuple[list[str], dict[str, int]]:
    full = [{"time": START, "customer": 7, **row} for row in rows]
    with DuckDBEngine() as engine:
        engine.register("comments", pa.Table.from_pylist(full, schema=COMMENTS.schema))
        engine.register("people", pa.table({"customer": [7], "person": [1]}))
        voices.select(engine, START + timedelta(days=1))
        kept = engine.query("SELECT text, customer FROM comments ORDER BY text NULLS LAST")
        reasons = {row["reason"]: row["rows"] for row in voices.accounting(engine).to_pylist()}
    assert set(kept["customer"].to_pylist()) <= {1}
    return kept["text"].to_pylist(), reasons


@pytest.mark.parametrize("platform", ["x", "X", "twitter", "Twitter"])
def test_what_was_written_on_x_is_not_heard(platform: str) -> None:
    assert heard({"text": "a", "platform": platform}) == ([], {"not_profiled": 1})


def test_customers_are_heard_wherever_else_they_write() -> None:
    rows: list[dict[str, Any]]
    rows = [{"text": "a", "platform": None}, {"text": "b", "platform": "xiaohongshu"},
            {"text": "c", "platform": "shop", "from_shop": False}]  # fmt: skip
    assert heard(*rows) == (["a", "b", "c"], {"heard": 3})


def test_the_shop_does_not_hear_itself_nor_the_future() -> None:
    rows: list[dict[str, Any]]
    rows = [{"text": "a", "from_shop": True}, {"text": "b", "time": START + timedelta(days=2)},
            {"text": "c", "time": None}]  # fmt: skip
    assert heard(*rows) == (["c"], {"heard": 1, "own_words": 1, "after_cut": 1})


def test_records_older_than_a_column_have_none_in_it(tmp_path: Path) -> None:
    table = pa.Table.from_pylist([{"text": "a", "time": START}], schema=COMMENTS.schema)
    pq.write_table(table.drop_columns(["from_shop", "rating"]), tmp_path / "old.parquet")
    with DuckDBEngine() as engine:
        engine.read_parquet("comments", [tmp_path / "old.parquet"], COMMENTS.schema)
        (row,) = engine.query("SELECT text, from_shop, rating FROM comments").to_pylist()
        assert row == {"text": "a", "from_shop": None, "rating": None}
