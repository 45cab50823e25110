"""Amazon's order reports: tab-separated, one row an item, its price for all pieces together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.samples.base import Sample, write_table
from tests.samples.market import Order, market, paid, record

VARIANTS = ("all orders", "to be shipped", "latin")
ALL = (
    "amazon-order-id,merchant-order-id,purchase-date,last-updated-date,order-status,"
    "fulfillment-channel,sales-channel,order-channel,ship-service-level,product-name,sku,asin,"
    "item-status,quantity,currency,item-price,item-tax,shipping-price,shipping-tax,"
    "gift-wrap-price,item-promotion-discount,ship-promotion-discount,ship-city,ship-state,"
    "ship-postal-code,ship-country,promotion-ids"
).split(",")
SHIP = (
    "order-id,order-item-id,purchase-date,payments-date,buyer-email,buyer-name,"
    "buyer-phone-number,sku,product-name,quantity-purchased,currency,item-price,item-tax,"
    "shipping-price,shipping-tax,ship-service-level,recipient-name,ship-country"
).split(",")
_STATUS = {"sale": "Shipped", "cancelled": "Cancelled", "returned": "Shipped", "partly": "Shipped"}


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    """Write a report; cancelled items have no price any more, and are set aside."""
    ship = variant == "to be shipped"
    orders = market(seed, rows, line_off=not ship, order_off=False)
    header = SHIP if ship else ALL
    lines, expected = [], []
    gone = 0
    for order in orders:
        for n, cents in enumerate(paid(order)):
            cells = _cells(order, n)
            if order.state == "cancelled" and not ship:
                cells |= {"item-price": "", "quantity": "0"}
                gone += 1
            else:
                person = (order.email, order.phone, f"Ann Buyer {order.buyer}")
                email, phone, name = person if ship else (None, None, None)
                expected.append(
                    record(order, order.lines[n], cents, order_id=f"305-{order.number:07d}-1",
                           email=email, phone=phone, name=name, currency="EUR", country="DE",
                           status="sale")
                )  # fmt: skip
            lines.append([cells.get(name, "") for name in header])
    how: dict[str, Any] = {"delimiter": "\t", "newline": "\r\n"}
    if variant == "latin":
        how["encoding"] = "cp1252"
    return Sample(
        write_table(folder / "orders.txt", header, lines, **how),
        {"purchases": expected},
        {"missing_price": gone} if gone else {},
    )


def _cells(order: Order, n: int) -> dict[str, object]:
    line = order.lines[n]
    number, when = f"305-{order.number:07d}-1", f"{order.time:%Y-%m-%dT%H:%M:%S+00:00}"
    return {
        "amazon-order-id": number,
        "order-id": number,
        "order-item-id": f"{order.number}{n:04d}",
        "purchase-date": when,
        "payments-date": when,
        "last-updated-date": when,
        "order-status": _STATUS[order.state],
        "item-status": _STATUS[order.state],
        "fulfillment-channel": "Merchant",
        "sales-channel": "Amazon.de",
        "ship-service-level": "Standard",
        "product-name": line.title,
        "sku": line.sku,
        "asin": f"B0{order.number:08d}",
        "quantity": line.quantity,
        "quantity-purchased": line.quantity,
        "currency": "EUR",
        "item-price": f"{line.full / 100:.2f}",
        "item-tax": "0.50",
        "shipping-price": f"{order.shipping / 100:.2f}",
        "item-promotion-discount": f"{line.off / 100:.2f}" if line.off else "",
        "ship-country": "DE",
        "buyer-email": order.email,
        "buyer-name": f"Ann Buyer {order.buyer}",
        "buyer-phone-number": order.phone,
    }
