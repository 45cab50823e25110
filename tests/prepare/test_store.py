from __future__ import annotations

from datetime import timedelta
from hashlib import md5
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.worlds import START

from habitue.columns import MICROS, RECORDS
from habitue.engines import DuckDBEngine
from habitue.prepare.store import Counts, Store
from habitue.state import Batch, Database


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "records", Database.of(tmp_path / "state"))


def add(store: Store, table: str, rows: list[dict[str, Any]], batch: str = "b") -> Counts:
    with DuckDBEngine() as engine, store.stage(table, engine) as staging:
        columns = [pa.array([r.get(f.name) for r in rows], f.type) for f in staging.schema]
        staging.add(pa.table(columns, schema=staging.schema))
        staging.close()
        counts = store.settle(engine, staging, batch)
        with store._database.writing() as session:
            session.add(
                Batch(id=batch, table=table, source="f", fingerprint=batch, read=len(rows),
                      accepted=counts.accepted, repeated=counts.repeated, rejected=0, reasons={})
            )  # fmt: skip
        return counts


def line(number: int, **more: Any) -> dict[str, Any]:
    base = {"line": number, "order_id": "1", "customer": 7, "time": START, "item_id": "A"}
    return {**base, "title": "a", "quantity": 1.0, "unit_price": MICROS, "amount": MICROS, **more}


def read(store: Store, table: str) -> list[dict[str, Any]]:
    with DuckDBEngine() as engine:
        store.read(engine, table)
        rows: list[dict[str, Any]] = engine.query(
            f'SELECT * FROM "{table}" ORDER BY line'
        ).to_pylist()
        return rows


def test_equal_lines_of_one_export_are_order_lines_and_flagged(store: Store) -> None:
    assert add(store, "purchases", [line(2), line(3), line(4)]) == Counts(3, 0)
    assert [row["repeat"] for row in read(store, "purchases")] == [1, 2, 3]
    assert len({row["row_key"] for row in read(store, "purchases")}) == 3


def test_the_same_export_again_or_an_overlapping_one_adds_nothing(store: Store) -> None:
    add(store, "purchases", [line(2), line(3), line(4, item_id="B")])
    again = [line(9), line(8), line(7, item_id="B"), line(6, item_id="C")]
    assert add(store, "purchases", again, "b2") == Counts(1, 3)


def test_a_renamed_product_is_the_same_line_but_no_equal_one(store: Store) -> None:
    add(store, "purchases", [line(2), line(3, title="b")])
    assert [row["repeat"] for row in read(store, "purchases")] == [1, 1]
    assert add(store, "purchases", [line(2, title="c"), line(3, title="d")], "b2") == Counts(0, 2)


def test_an_id_of_the_sources_own_may_stand_only_once(store: Store) -> None:
    views = [
        {"line": n, "event_id": "e", "customer": 7, "time": START + timedelta(n), "item_id": "A"}
        for n in range(3)
    ]
    assert add(store, "views", views) == Counts(1, 2)


def test_order_lines_with_ids_repeat_only_within_their_order(store: Store) -> None:
    rows = [line(2, line_id="1"), line(3, line_id="1", order_id="2"), line(4, line_id="1")]
    assert add(store, "purchases", rows) == Counts(2, 1)


def test_a_batch_that_never_committed_is_invisible_and_swept(store: Store) -> None:
    add(store, "purchases", [line(2)])
    stray = store.path("purchases", "stray")
    stray.write_bytes(store.path("purchases", "b").read_bytes())
    assert len(read(store, "purchases")) == 1
    assert store.inventory() == ({**dict.fromkeys(RECORDS, 0), "purchases": 1}, 0, 1)
    assert store.sweep() == 1
    assert not stray.exists()


def test_a_missing_file_is_seen(store: Store) -> None:
    add(store, "purchases", [line(2)])
    store.path("purchases", "b").unlink()
    assert store.inventory()[1] == 1


def test_nothing_new_leaves_no_file(store: Store) -> None:
    add(store, "purchases", [line(2)])
    add(store, "purchases", [line(2)], "b2")
    assert not store.path("purchases", "b2").exists()
    assert store.paths("purchases") == [store.path("purchases", "b")]


def test_a_key_is_the_hash_of_the_row_as_text(store: Store) -> None:
    """Keys are kept for ever: those of an earlier import must come out again."""
    rows = [
        line(1, time=START, quantity=1.0),
        line(2, time=START + timedelta(microseconds=120), quantity=0.5, unit_price=None),
        line(3, time=START.replace(year=1990, hour=0, minute=0, second=0, microsecond=0)),
        line(4, time=None, order_id=None, line_id="7"),
        line(5, line_id="7"),
    ]
    add(store, "purchases", rows)
    for row in read(store, "purchases"):
        text = f"purchases#{row['order_id']}#7"
        if row["line"] != 5:
            time = "" if row["time"] is None else f"{row['time']:%Y-%m-%d %H:%M:%S}"
            time += ".00012" if row["line"] == 2 else ""
            text = "|".join(
                ["purchases", row["order_id"] or "", "", f"{time}+00" if time else "", "A"]
                + ["" if row[n] is None else str(row[n]) for n in ("quantity", "unit_price")]
            )
        lower = int.from_bytes(md5(text.encode()).digest()[8:], "little")
        assert row["row_key"] == lower >> 1
