"""Google Analytics 4: nested lists, both containers alike, and the same event once."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from tests.contracts.export_format import ExportFormatContract
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
