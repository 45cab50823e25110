"""Google Analytics 4 events as BigQuery exports them: JSON Lines and Parquet."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from tests.samples.base import Sample

__all__ = ["VARIANTS", "day", "write"]

VARIANTS = ("JSON Lines", "Parquet", "JSON array with numbers", "before batch numbers")
START = datetime(2024, 5, 6, 9, tzinfo=UTC)
PAGE = "https://shop.example/products/mug-7"

_VALUE = pa.struct(
    [
        ("string_value", pa.string()),
        ("int_value", pa.int64()),
        ("float_value", pa.float64()),
        ("double_value", pa.float64()),
    ]
)
SCHEMA = pa.schema(
    [
        ("event_date", pa.string()),
        ("event_timestamp", pa.int64()),
        ("event_name", pa.string()),
        ("event_params", pa.list_(pa.struct([("key", pa.string()), ("value", _VALUE)]))),
        ("event_bundle_sequence_id", pa.int64()),
        ("user_id", pa.string()),
        ("user_pseudo_id", pa.string()),
        ("device", pa.struct([("category", pa.string()), ("language", pa.string())])),
        ("stream_id", pa.string()),
        ("ecommerce", pa.struct([("transaction_id", pa.string()),
                                 ("purchase_revenue", pa.float64())])),
        ("items", pa.list_(pa.struct([
            ("item_id", pa.string()), ("item_name", pa.string()), ("item_brand", pa.string()),
            ("item_category", pa.string()), ("price", pa.float64()), ("quantity", pa.int64()),
            ("item_revenue", pa.float64()),
        ]))),
        ("batch_page_id", pa.int64()),
        ("batch_ordering_id", pa.int64()),
        ("batch_event_index", pa.int64()),
    ]
)  # fmt: skip


class _Writer:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.events: list[dict[str, Any]] = []
        self.expected: dict[str, list[dict[str, Any]]] = {}
        self.rejected: dict[str, int] = {}
        self.time = START

    def event(self, name: str, person: int, **more: Any) -> dict[str, Any]:
        """Add an event; each third person has logged in."""
        self.time += timedelta(microseconds=self.random.randint(1_000, 900_000_000))
        params: dict[str, Any] = {"ga_session_id": 1714980000 + person, "page_location": PAGE}
        params["currency"] = "EUR"
        params |= more.pop("params", {})
        event = {
            "event_date": f"{self.time:%Y%m%d}",
            "event_timestamp": int(self.time.timestamp()) * 10**6 + self.time.microsecond,
            "event_name": name,
            "event_params": [{"key": k, "value": _value(v)} for k, v in params.items()],
            "event_bundle_sequence_id": len(self.events),
            "user_id": f"u{person}" if person % 3 == 0 else None,
            "user_pseudo_id": f"{person}.1714{person}",
            "device": {"category": "mobile", "language": "en-gb"},
            "stream_id": "1234",
            "ecommerce": {"transaction_id": None, "purchase_revenue": None},
            "items": [],
            "batch_page_id": 1,
            "batch_ordering_id": 2,
            "batch_event_index": len(self.events) % 5,
            **more,
        }
        self.events.append(event)
        return event

    def view(self, event: dict[str, Any], kind: str, item: str | None) -> None:
        self.expected.setdefault("views", []).append(
            {
                "time": self.time,
                "item_id": item,
                "event": kind,
                "session_id": str(event["event_params"][0]["value"]["int_value"]),
                "customer_id": event["user_id"],
                "visitor": event["user_pseudo_id"],
            }
        )

    def aside(self, reason: str) -> None:
        self.rejected[reason] = self.rejected.get(reason, 0) + 1


def _value(value: str | int) -> dict[str, Any]:
    kind = "int_value" if isinstance(value, int) else "string_value"
    return {"string_value": None, "int_value": None, "float_value": None,
            "double_value": None, kind: value}  # fmt: skip


def _item(random: Random) -> dict[str, Any]:
    n = random.randint(1, 40)
    return {
        "item_id": f"SKU{n}", "item_name": f"Mug {n}", "item_brand": "(not set)",
        "item_category": "Kitchen", "price": n + 0.5, "quantity": random.randint(1, 3),
        "item_revenue": None,
    }  # fmt: skip


def day(seed: int, rows: int) -> _Writer:
    """Return a day of a shop's events."""
    out = _Writer(Random(seed))
    for n in range(max(rows, 8)):
        _STEPS[n % len(_STEPS)](out, n // 2)
    return out


def _looked(out: _Writer, n: int) -> None:
    item = _item(out.random)
    out.view(out.event("view_item", n, items=[item]), "view", item["item_id"])
    out.view(out.event("page_view", n), "view", None)


def _cart(out: _Writer, n: int) -> None:
    items = [_item(out.random), _item(out.random)]
    event = out.event("add_to_cart", n, items=items)
    for item in items:
        out.view(event, "cart", item["item_id"])


def _searched(out: _Writer, n: int) -> None:
    out.view(out.event("view_search_results", n, params={"search_term": "mug"}), "search", None)


def _bought(out: _Writer, n: int) -> None:
    items = [_item(out.random) for _n in range(out.random.randint(1, 3))]
    order = {"transaction_id": f"T{len(out.events)}", "purchase_revenue": 1.0}
    event = out.event("purchase", n, items=items, ecommerce=order)
    _lines(out, event, items, 1, "sale")
    if out.random.random() < 0.4:  # the page was loaded again: the same order, other instants
        out.event("purchase", n, items=items[::-1], ecommerce=order)
        _lines(out, event, items, 1, "sale")
    if out.random.random() < 0.5:
        part = out.random.random() < 0.5
        back = out.event("refund", n, items=items[:1] if part else [], ecommerce=order)
        _lines(out, back, items[:1] if part else items, -1, "returned")


def _lines(out: _Writer, event: dict[str, Any], items: list[dict[str, Any]], sign: int,
           status: str) -> None:  # fmt: skip
    for item in items:
        out.expected.setdefault("purchases", []).append(
            {
                "order_id": event["ecommerce"]["transaction_id"], "time": out.time,
                "item_id": item["item_id"], "title": item["item_name"], "brand": None,
                "quantity": float(sign * item["quantity"]), "currency": "EUR", "status": status,
                "unit_price": round(item["price"] * 10**6), "visitor": event["user_pseudo_id"],
            }
        )  # fmt: skip


def _others(out: _Writer, n: int) -> None:
    out.event("session_start", n)
    out.aside("unused_event")
    out.event("lamp_switched_on", n)
    out.aside("unknown_event")
    out.event("view_item", n, items=[_item(out.random)], params={"traffic_type": "internal"})
    out.aside("internal_event")
    out.event("purchase", n, ecommerce={"transaction_id": "T", "purchase_revenue": 2.0})
    out.aside("order_without_items")


_STEPS = (_looked, _bought, _cart, _searched, _others)


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    out = day(seed, rows)
    if variant == "before batch numbers":
        for event in out.events:
            for name in ("batch_page_id", "batch_ordering_id", "batch_event_index"):
                del event[name]
    path = folder / ("events.parquet" if variant == "Parquet" else "events_20240506.json")
    if variant == "Parquet":
        pq.write_table(pa.Table.from_pylist(out.events, schema=SCHEMA), path)
    elif variant == "JSON array with numbers":
        path.write_text(json.dumps(out.events))
    else:
        path.write_text("".join(json.dumps(_exported(e)) + "\n" for e in out.events))
    return Sample(path, out.expected, out.rejected)


def _exported(value: Any) -> Any:
    """Write as BigQuery does: whole numbers as text, nothing for null."""
    if isinstance(value, dict):
        return {k: _exported(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_exported(v) for v in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
