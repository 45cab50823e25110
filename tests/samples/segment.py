"""Segment's events as it archives them, as one JSON array, and as a warehouse's flat tables."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.samples.base import Sample

__all__ = ["VARIANTS", "write"]

VARIANTS = (
    "JSON Lines",
    "JSON array",
    "raw payloads",
    "flat properties",
    "version 1 names",
    "warehouse orders",
    "warehouse pages",
    "warehouse identifies",
)
AGENT = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"
START = datetime(2024, 3, 1, 8, tzinfo=UTC)
OLD_NAMES = {
    "Order Completed": "Completed Order",
    "Product Viewed": "Viewed Product",
    "Product Added": "Added Product",
}
FLAT = {
    "messageId": "id", "userId": "user_id", "anonymousId": "anonymous_id", "sentAt": "sent_at",
    "receivedAt": "received_at", "originalTimestamp": "original_timestamp",
}  # fmt: skip


class _Writer:
    """Writes events, and keeps what they must become."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.events: list[dict[str, Any]] = []
        self.expected: dict[str, list[dict[str, Any]]] = {}
        self.rejected: dict[str, int] = {}
        self.time = START

    def call(self, kind: str, person: int, known: bool = True, **body: Any) -> dict[str, Any]:
        """Add an event by a device whose clock is off; ``time`` is when it truly happened."""
        self.time += timedelta(seconds=self.random.randint(1, 4000), milliseconds=137)
        skew = timedelta(seconds=self.random.choice((0, 0, -3600, 86_400 * 400)))
        sent = self.time + timedelta(seconds=self.random.randint(0, 600))
        received = sent + timedelta(milliseconds=0)
        event = {
            "type": kind,
            "messageId": f"ajs-{len(self.events)}-{self.random.getrandbits(40):x}",
            "anonymousId": f"anon-{person}",
            "userId": f"u{person}" if known else None,
            "timestamp": _iso(self.time),
            "originalTimestamp": _iso(self.time + skew),
            "sentAt": _iso(sent + skew),
            "receivedAt": _iso(received),
            "context": {"userAgent": AGENT, "ip": "203.0.113.9", "library": {"name": "ajs"}},
            **body,
        }
        self.events.append(event)
        return event

    def record(self, table: str, **fields: Any) -> None:
        self.expected.setdefault(table, []).append(fields)

    def aside(self, reason: str) -> None:
        self.rejected[reason] = self.rejected.get(reason, 0) + 1

    def product(self) -> dict[str, Any]:
        n = self.random.randint(1, 60)
        return {
            "product_id": f"P{n}",
            "sku": f"SKU-{n}",
            "name": f"Mug “{n}”",
            "brand": "Acme",
            "category": "Kitchen",
            "price": n + 0.25,
            "quantity": self.random.randint(1, 3),
        }


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    out = _Writer(Random(f"{variant}{seed}"))
    if variant == "warehouse orders":
        for n in range(rows):
            _order(out, n)
    elif variant == "warehouse pages":
        for n in range(rows):
            _page(out, n, products=False)
    elif variant == "warehouse identifies":
        for n in range(rows):
            _identify(out, n)
    else:
        _mixed(out, rows)
    path = folder / _name(variant)
    path.write_bytes(_text(variant, out.events))
    return Sample(path, out.expected, out.rejected)


def _mixed(out: _Writer, rows: int) -> None:
    steps = (_view, _order, _page, _identify, _refund, _review, _search, _other, _alias, _cart)
    for n in range(max(rows, len(steps))):
        steps[n % len(steps)](out, n // 3)


def _seen(out: _Writer, event: dict[str, Any], kind: str, item: str | None) -> None:
    out.record(
        "views",
        event_id=event["messageId"],
        time=out.time,
        item_id=item,
        event=kind,
        agent=AGENT,
        customer_id=event["userId"],
        visitor=event["anonymousId"],
    )


def _view(out: _Writer, n: int) -> None:
    product = out.product()
    event = out.call("track", n, n % 2 == 0, event="Product Viewed", properties=product)
    _seen(out, event, "view", product["product_id"])


def _cart(out: _Writer, n: int) -> None:
    product = out.product()
    _seen(out, out.call("track", n, event="Product Added", properties=product), "cart",
          product["product_id"])  # fmt: skip


def _search(out: _Writer, n: int) -> None:
    event = out.call("track", n, False, event="Products Searched", properties={"query": "mug"})
    _seen(out, event, "search", None)


def _page(out: _Writer, n: int, products: bool = True) -> None:
    url = f"https://shop.example/products/mug-{n}?utm_source=x"
    page = {"url": url, "path": f"/products/mug-{n}", "title": "Mug"}
    event = out.call("page", n, n % 2 == 0, name="Product", properties=page)
    _seen(out, event, "view", None if products else f"mug-{n}")


def _bought(out: _Writer, event: dict[str, Any], products: list[dict[str, Any]], sign: int,
            status: str, time: datetime) -> None:  # fmt: skip
    for product in products:
        out.record(
            "purchases",
            order_id=event["properties"]["order_id"],
            time=time,
            item_id=product["product_id"],
            title=product["name"],
            category="Kitchen",
            quantity=float(sign * product["quantity"]),
            unit_price=round(product["price"] * 1_000_000),
            currency="EUR",
            status=status,
            customer_id=event["userId"],
        )


def _order(out: _Writer, n: int) -> None:
    products = [out.product() for _n in range(out.random.randint(1, 4))]
    body = {"order_id": f"O{len(out.events)}", "currency": "EUR", "total": 99.9, "shipping": 3,
            "products": products}  # fmt: skip
    event = out.call("track", n, event="Order Completed", properties=body)
    _bought(out, event, products, 1, "sale", out.time)


def _refund(out: _Writer, n: int) -> None:
    """Take back a whole order, part of one, or one that is not in the file."""
    which = out.random.randrange(3)
    orders = [
        e for e in out.events
        if e.get("event") == "Order Completed" and "products" in e["properties"]
    ]  # fmt: skip
    if which == 0 or not orders:
        out.call("track", n, event="Order Refunded", properties={"order_id": f"gone{n}"})
        out.aside("refund_without_items")
        return
    order = out.random.choice(orders)["properties"]
    who = next(e for e in orders if e["properties"] is order)
    body: dict[str, Any] = {"order_id": order["order_id"], "currency": "EUR"}
    products = order["products"]
    if which == 1:
        products = body["products"] = products[:1]
    name, status = out.random.choice(
        [("Order Refunded", "returned"), ("Order Cancelled", "cancelled")]
    )
    person = int(who["userId"][1:])
    event = out.call("track", person, event=name, properties=body)
    _bought(out, event, products, -1, status, out.time)


def _review(out: _Writer, n: int) -> None:
    body = {"product_id": "P7", "review_id": f"r{len(out.events)}", "review_body": "很好 — lovely",
            "rating": 5}  # fmt: skip
    event = out.call("track", n, event="Product Reviewed", properties=body)
    out.record(
        "comments", comment_id=body["review_id"], time=out.time, item_id="P7", platform="shop",
        text=body["review_body"], rating=5.0, customer_id=event["userId"],
    )  # fmt: skip


def _identify(out: _Writer, n: int) -> None:
    traits = {"email": f"p{n}@mail.example", "firstName": "Ann", "lastName": f"Lee {n}",
              "phone": "+4420790000", "createdAt": "2020-01-02T03:04:05Z",
              "address": {"city": "Leeds", "country": "GB"}}  # fmt: skip
    event = out.call("identify", n, traits=traits)
    out.record(
        "customers", email=traits["email"], name=f"Ann Lee {n}", phone="+4420790000", city="Leeds",
        country="GB", joined=datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
        customer_id=event["userId"], visitor=event["anonymousId"],
    )  # fmt: skip


def _alias(out: _Writer, n: int) -> None:
    event = out.call("alias", n, previousId=f"anon-old-{n}")
    out.record(
        "customers", email=None, name=None, phone=None, city=None, country=None, joined=None,
        customer_id=event["userId"], visitor=f"anon-old-{n}",
    )  # fmt: skip


def _other(out: _Writer, n: int) -> None:
    """Events that nothing is made of, each with its own reason."""
    out.call("track", n, event="Checkout Started", properties={"order_id": "x"})
    out.aside("unused_event")
    out.call("track", n, event="Lamp Switched On", properties={})
    out.aside("unknown_event")
    out.call("group", n, groupId="g")
    out.aside("unused_event")
    out.call("track", n, event="Order Completed", properties={"order_id": "none", "total": 5})
    out.aside("order_without_items")


def _name(variant: str) -> str:
    return "events." + ("csv" if variant.startswith("warehouse") else "json")


def _text(variant: str, events: list[dict[str, Any]]) -> bytes:
    if variant == "raw payloads":  # as browsers send them: the timestamp is the device's own
        for event in events:
            event["timestamp"] = event.pop("originalTimestamp")
    if variant == "version 1 names":
        for event in events:
            if "event" in event:
                event["event"] = OLD_NAMES.get(event["event"], event["event"])
    if variant == "flat properties":
        events = [
            {**{k: v for k, v in e.items() if k != "properties"}, **e.get("properties", {})}
            for e in events
        ]
    if variant == "JSON array":
        return json.dumps(events, ensure_ascii=False, indent=1).encode()
    if variant.startswith("warehouse"):
        return _table([_flattened(event) for event in events])
    return "".join(json.dumps(e, ensure_ascii=False) + "\n" for e in events).encode()


def _flattened(event: dict[str, Any]) -> dict[str, str]:
    row: dict[str, Any] = {FLAT.get(k, k): v for k, v in event.items()}
    row.pop("type")
    context, inner = row.pop("context"), {**row.pop("properties", {}), **row.pop("traits", {})}
    row |= {"context_user_agent": context["userAgent"], "context_ip": context["ip"]}
    for key, value in inner.items():
        snake = {"firstName": "first_name", "lastName": "last_name", "createdAt": "created_at"}
        name = snake.get(key, key)
        if isinstance(value, dict):
            row |= {f"{name}_{k}": v for k, v in value.items()}
        else:
            row[name] = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
    if "event" in row:
        row["event_text"], row["event"] = row["event"], row["event"].lower().replace(" ", "_")
    for clock in ("timestamp", "original_timestamp", "sent_at", "received_at"):
        row[clock] = row[clock].replace("T", " ").replace("Z", " UTC")
    return row


def _table(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(k for row in rows for k in row)))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
