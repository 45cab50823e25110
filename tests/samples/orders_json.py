"""Orders as JSON: Shopify's and WooCommerce's interfaces, and lists that people write."""

from __future__ import annotations

import json
from datetime import UTC, timedelta, timezone
from pathlib import Path
from typing import Any

from tests.samples.base import Sample
from tests.samples.market import CHINESE, Order, market, paid, record

VARIANTS = ("shopify", "woocommerce", "lines", "chinese")


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    """Write orders; some have no lines and are set aside."""
    zone = timezone(timedelta(hours=2))
    plain = variant in ("lines", "chinese")
    titles = {"titles": CHINESE} if variant == "chinese" else {}
    orders = market(seed, rows, line_off=variant == "shopify", order_off=not plain, zone=zone,
                    **titles)  # type: ignore[arg-type]  # fmt: skip
    made, expected = [], []
    empty = 0
    maker = {"shopify": _shopify, "woocommerce": _woocommerce}.get(variant, _plain)
    for order in orders:
        document = maker(order, variant)
        if order.number % 8 == 0:
            for name in ("line_items", "items", "商品列表"):
                if name in document:
                    document[name] = []
            empty += 1
        else:
            expected += [_record(order, n, cents, variant) for n, cents in enumerate(paid(order))]
        made.append(document)
    # One object alone would be a document that holds the list of its lines.
    by_line = plain and len(made) > 1
    path = folder / ("orders.jsonl" if by_line else "orders.json")
    if by_line:
        path.write_text("".join(json.dumps(m, ensure_ascii=False) + "\n" for m in made), "utf-8")
    else:
        path.write_text(json.dumps({"orders": made} if variant == "shopify" else made), "utf-8")
    return Sample(path, {"purchases": expected}, {"missing_item": empty} if empty else {})


def _record(order: Order, n: int, cents: int, variant: str) -> dict[str, Any]:
    time = order.time
    if variant == "woocommerce":
        time = order.time.replace(tzinfo=None).replace(tzinfo=UTC)
    status = {"woocommerce": {"returned": "returned"}}.get(variant, {}).get(order.state)
    more = {"status": status} if status else {}
    number = {"shopify": f"{order.number}", "woocommerce": str(order.number)}
    line = order.lines[n]
    return record(order, line, cents, time=time.astimezone(UTC),
                  order_id=number.get(variant, f"A{order.number}"),
                  discount=(line.full - cents) * 10_000,
                  email=None if variant == "chinese" else order.email,
                  phone=order.phone if variant == "chinese" else None, **more)  # fmt: skip


def _shopify(order: Order, _variant: str) -> dict[str, Any]:
    return {
        "id": 5_000_000 + order.number,
        "name": f"#{order.number}",
        "order_number": order.number,
        "email": order.email,
        "created_at": order.time.isoformat(),
        "cancelled_at": order.time.isoformat() if order.state == "cancelled" else None,
        "financial_status": {"returned": "refunded", "partly": "partially_refunded"}.get(
            order.state, "paid"
        ),
        "currency": "EUR",
        "subtotal_price": f"{order.goods / 100:.2f}",
        "total_price": f"{(order.goods + order.shipping) / 100:.2f}",
        "customer": {"id": 700 + order.buyer, "email": order.email},
        "line_items": [
            {"id": 10 * order.number + n, "sku": line.sku, "title": line.title,
             "quantity": line.quantity, "price": f"{line.price / 100:.2f}",
             "total_discount": f"{line.off / 100:.2f}"}
            for n, line in enumerate(order.lines)
        ],
        "shipping_address": {"country_code": "DE"},
    }  # fmt: skip


def _woocommerce(order: Order, _variant: str) -> dict[str, Any]:
    status = {"sale": "completed", "partly": "processing", "returned": "refunded"}
    return {
        "id": order.number,
        "number": str(order.number),
        "status": status.get(order.state, order.state),
        "currency": "EUR",
        "date_created": f"{order.time:%Y-%m-%dT%H:%M:%S}",
        "total": f"{(order.goods + order.shipping) / 100:.2f}",
        "customer_id": order.buyer,
        "billing": {"first_name": "Ann", "email": order.email, "country": "DE"},
        "line_items": [
            {"id": 10 * order.number + n, "name": line.title, "sku": line.sku,
             "quantity": line.quantity, "subtotal": f"{line.full / 100:.2f}",
             "total": f"{cents / 100:.2f}", "price": cents / 100 / line.quantity}
            for n, (line, cents) in enumerate(zip(order.lines, paid(order), strict=True))
        ],
    }  # fmt: skip


def _plain(order: Order, variant: str) -> dict[str, Any]:
    if variant == "chinese":
        return {
            "订单号": f"A{order.number}",
            "下单时间": order.time.isoformat(),
            "订单状态": {"cancelled": "已取消", "returned": "已退款"}.get(order.state, "已完成"),
            "手机号": order.phone,
            "商品列表": [
                {"商品名称": line.title, "商品编码": line.sku, "数量": line.quantity,
                 "单价": line.price / 100}
                for line in order.lines
            ],
        }  # fmt: skip
    return {
        "order_id": f"A{order.number}",
        "ordered_at": order.time.isoformat(),
        "status": order.state,
        "email": order.email,
        "items": [
            {"sku": line.sku, "title": line.title, "qty": line.quantity, "price": line.price / 100}
            for line in order.lines
        ],
    }
