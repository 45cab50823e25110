"""A later export in which an order's status has changed, against a dictionary that knows it all."""

from __future__ import annotations

import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import START

from habitue.columns import MICROS
from habitue.engines import DuckDBEngine
from habitue.prepare.store import Counts, Store
from habitue.shop import Shop
from habitue.state import Batch, Database

Line = tuple[str, str]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "records", Database.of(tmp_path / "state"))


def export(store: Store, lines: list[Line], amend: bool = True, **more: Any) -> Counts:
    """Import lines of ``order, status``, as one batch."""
    rows = [
        {"line": n, "order_id": order, "line_id": "1", "time": START, "item_id": "A", "status": s,
         "customer": 7, "quantity": 1.0, "unit_price": MICROS, "amount": MICROS, **more}
        for n, (order, s) in enumerate(lines)
    ]  # fmt: skip
    with DuckDBEngine() as engine, store.stage("purchases", engine) as staging:
        columns = [pa.array([r.get(f.name) for r in rows], f.type) for f in staging.schema]
        staging.add(pa.table(columns, schema=staging.schema))
        staging.close()
        batch = f"b{len(list(store._folder.glob('*/*')))}-{uuid.uuid4().hex}"
        counts = store.settle(engine, staging, batch, amend)
        with store._database.writing() as session:
            session.add(
                Batch(id=batch, table="purchases", source="f", fingerprint=batch, read=len(rows),
                      accepted=counts.accepted, repeated=counts.repeated, rejected=0,
                      amended=counts.amended, reasons={})
            )  # fmt: skip
    return counts


def read(store: Store) -> list[dict[str, Any]]:
    with DuckDBEngine() as engine:
        store.read(engine, "purchases")
        sql = "SELECT * FROM purchases ORDER BY order_id, row_key"
        rows: list[dict[str, Any]] = engine.query(sql).to_pylist()
        return rows


def statuses(store: Store) -> dict[str, str]:
    rows = read(store)
    assert len({row["row_key"] for row in rows}) == len(rows)
    return {row["order_id"]: row["status"] for row in rows}


def test_a_later_status_is_taken_over_and_nothing_is_counted_twice(store: Store) -> None:
    assert export(store, [("1", "sale"), ("2", "sale")]) == Counts(2, 0, 0)
    assert export(store, [("1", "returned"), ("2", "sale"), ("3", "sale")]) == Counts(1, 2, 1)
    assert statuses(store) == {"1": "returned", "2": "sale", "3": "sale"}


def test_only_the_status_of_a_record_changes(store: Store) -> None:
    export(store, [("1", "sale")], title="mug")
    before = read(store)
    export(store, [("1", "cancelled")], title=None, customer=None, unit_price=1, item_id="B")
    assert read(store) == [{**before[0], "status": "cancelled"}]


def test_a_customer_that_nobody_knew_is_filled_in_by_a_later_export(store: Store) -> None:
    export(store, [("1", "sale")], customer=None)
    assert export(store, [("1", "sale")], customer=8) == Counts(0, 1, 1)
    export(store, [("1", "sale")], customer=9)
    assert [row["customer"] for row in read(store)] == [8]


def test_an_export_without_a_status_amends_nothing(store: Store) -> None:
    export(store, [("1", "returned")])
    assert export(store, [("1", "sale")], amend=False) == Counts(0, 1, 0)
    assert statuses(store) == {"1": "returned"}


def test_a_batch_of_amendments_alone_has_a_file_that_is_not_swept(store: Store) -> None:
    export(store, [("1", "sale")])
    export(store, [("1", "returned")])
    assert store.inventory() == ({**store.inventory()[0], "purchases": 1}, 0, 0)
    assert store.sweep() == 0
    assert len(store.paths("purchases")) == 2


STATES = st.sampled_from(["sale", "cancelled", "returned"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("1234"), STATES, min_size=1), max_size=6))
def test_the_latest_batch_wins_whatever_came_before(exports: list[dict[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "records", Database.of(Path(folder) / "state"))
        known: dict[str, str] = {}
        for lines in exports:
            new = sum(order not in known for order in lines)
            amended = sum(known.get(order, state) != state for order, state in lines.items())
            counts = export(store, list(lines.items()))
            assert counts == Counts(new, len(lines) - new, amended)
            known |= lines
        assert statuses(store) == known


HEADER = "order_id,sku,date,price,quantity,email,status\n"


def test_a_shop_takes_a_refund_over_and_says_so(tmp_path: Path) -> None:
    shop = Shop.create(tmp_path / "shop")
    first, later = tmp_path / "may.csv", tmp_path / "june.csv"
    line = "{},A,2024-05-0{},2.50,1,ann@b.example,{}\n"
    first.write_text(HEADER + line.format(1, 1, "paid") + line.format(2, 2, "paid"))
    later.write_text(HEADER + line.format(2, 2, "refunded") + line.format(3, 3, "paid"))
    shop.import_files([first])
    [report] = shop.import_files([later])
    assert (report.read, report.accepted, report.repeated, report.amended) == (2, 1, 1, 1)
    [again] = shop.import_files([later])
    assert again.already
    with shop._engine() as engine:
        shop._store.read(engine, "purchases")
        rows = engine.query("SELECT order_id, status FROM purchases ORDER BY 1").to_pylist()
    assert [row["status"] for row in rows] == ["sale", "returned", "sale"]
