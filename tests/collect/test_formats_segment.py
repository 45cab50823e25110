"""Segment: every table of its events, the server's clock, and the same event once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from tests.contracts.export_format import ExportFormatContract, imported
from tests.samples import segment

from habitue.shop import Shop


class TestSegment(ExportFormatContract):
    samples: ClassVar[ModuleType] = segment


def order(**body: Any) -> dict[str, Any]:
    event = {"type": "track", "event": "Order Completed", "messageId": "m1", "userId": "u1",
             "anonymousId": "a1", "timestamp": "2024-03-01T10:00:00Z"}  # fmt: skip
    products = [{"product_id": "A", "price": 2.5, "quantity": 2}, {"sku": "B", "price": 1}]
    return {**event, "properties": {"order_id": "O1", "products": products}, **body}


def imported_lines(folder: Path, *events: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    path = folder / "events.json"
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return imported(path).records


def test_an_order_sent_by_browser_and_server_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    again = order(messageId="m2", timestamp="2024-03-01T10:00:07Z")
    again["properties"]["products"].reverse()
    path.write_text("".join(json.dumps(event) + "\n" for event in (order(), again)))
    [report] = Shop.create(tmp_path / "shop").import_files([path])
    assert (report.accepted, report.repeated) == (2, 2)


def test_a_device_whose_clock_is_a_year_ahead_is_put_right(tmp_path: Path) -> None:
    late = {"originalTimestamp": "2025-03-01T10:00:00Z", "sentAt": "2025-03-01T10:00:09Z",
            "receivedAt": "2024-03-01T10:00:09Z"}  # fmt: skip
    del (event := order(**late))["timestamp"]
    rows = imported_lines(tmp_path, event)["purchases"]
    assert {row["time"] for row in rows} == {datetime(2024, 3, 1, 10, tzinfo=UTC)}


def test_nothing_happens_after_it_was_received(tmp_path: Path) -> None:
    odd = {"originalTimestamp": "2024-03-01T12:00:00Z", "sentAt": "2024-03-01T11:00:00Z",
           "receivedAt": "2024-03-01T11:00:01Z"}  # fmt: skip
    rows = imported_lines(tmp_path, order(**odd))["purchases"]
    assert rows[0]["time"] == datetime(2024, 3, 1, 11, 0, 1, tzinfo=UTC)


def test_a_visitor_who_logs_in_is_one_person(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    seen = {"type": "track", "event": "Product Viewed", "properties": {"product_id": "A"}}
    events = [
        {**seen, "messageId": "1", "anonymousId": "a1", "timestamp": "2024-03-01T09:00:00Z"},
        {"type": "identify", "messageId": "2", "anonymousId": "a1", "userId": "u1",
         "timestamp": "2024-03-01T09:30:00Z", "traits": {"email": "ann@mail.example"}},
        order(anonymousId="a2"),
    ]  # fmt: skip
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    shop = Shop.create(tmp_path / "shop")
    shop.import_files([path])
    shop.run()
    assert shop.rfm.to_arrow().num_rows == 1
    [row] = [r for r in shop.accounting if r["table"] == "views" and r["stage"] == "select"]
    assert row["reason"] == "counted"


def test_a_user_id_that_is_an_address_is_one(tmp_path: Path) -> None:
    [row, _other] = imported_lines(tmp_path, order(userId="ann@mail.example"))["purchases"]
    assert (row["email"], row["customer_id"]) == ("ann@mail.example", None)
