"""Google Analytics 4: nested lists, both containers alike, and the same event once."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from tests.contracts.export_format import ExportFormatContract, imported
from tests.samples import ga4

from habitue.shop import Shop


class TestGa4(ExportFormatContract):
    samples: ClassVar[ModuleType] = ga4


def written(folder: Path, name: str, events: list[dict[str, Any]]) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def test_overlapping_exports_and_late_events_add_nothing_twice(tmp_path: Path) -> None:
    events = ga4.day(1, 40).events
    late = [event for n, event in enumerate(events) if n % 5 == 0]
    first = written(tmp_path, "day.json", [event for event in events if event not in late])
    again = tmp_path / "day.parquet"
    pq.write_table(pa.Table.from_pylist(events[::-1], schema=ga4.SCHEMA), again)
    shop, whole = Shop.create(tmp_path / "shop"), Shop.create(tmp_path / "whole")
    shop.import_files([first, again, first])
    whole.import_files([written(tmp_path, "whole.json", events)])
    for table in ("purchases", "views"):
        keys = [sorted(s.records(table).to_arrow()["row_key"].to_pylist()) for s in (shop, whole)]
        assert keys[0] == keys[1]


def test_an_order_whose_page_was_loaded_again_counts_once(tmp_path: Path) -> None:
    out = ga4.day(1, 60)
    shop = Shop.create(tmp_path / "shop")
    [report] = [r for r in shop.import_files([written(tmp_path, "day.json", out.events)])
                if r.kind == "purchases"]  # fmt: skip
    orders = [e for e in out.events if e["event_name"] == "purchase" and e["items"]]
    twice = len(orders) - len({e["ecommerce"]["transaction_id"] for e in orders})
    assert twice > 0
    assert report.repeated > 0
    bought = shop.records("purchases").to_arrow()
    sold = bought.filter(pc.equal(bought["status"], "sale"))
    assert len(set(sold["order_id"].to_pylist())) == len(orders) - twice
    assert len(sold) == sum(len(e["items"]) for e in {
        e["ecommerce"]["transaction_id"]: e for e in orders}.values())  # fmt: skip


def test_a_price_is_told_by_the_revenue_where_it_is_not_said(tmp_path: Path) -> None:
    lines = [("A", None, 2, 5.0), ("B", None, 0, 5.0), ("(not set)", 1.5, 1, None)]
    items = [
        {"item_id": name, "item_name": "Mug", "price": price, "quantity": n, "item_revenue": paid}
        for name, price, n, paid in lines
    ]
    event = {"event_timestamp": "1714986000000000", "user_pseudo_id": "1.2", "items": items,
             "event_params": [{"key": "transaction_id", "value": {"string_value": "T1"}}],
             "event_name": "purchase", "user_id": "a@b.example"}  # fmt: skip
    seen = {**event, "event_name": "page_view", "items": []}
    got = imported(written(tmp_path, "day.json", [event, seen]))
    assert [(r["item_id"], r["unit_price"], r["email"]) for r in got.records["purchases"]] == [
        ("A", 2_500_000, "a@b.example"), ("mug", 1_500_000, "a@b.example"),
    ]  # fmt: skip
    assert got.rejected == {"missing_price": 1}


def test_an_export_without_lists_has_no_products(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_text(
        "event_timestamp,event_name,event_date,user_pseudo_id\n1714986000000000,page_view,20240506,1.2\n"
    )
    [row] = imported(path).records["views"]
    assert (row["event"], row["item_id"], row["visitor"]) == ("view", None, "1.2")
