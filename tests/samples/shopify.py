"""Shopify's orders export."""

from __future__ import annotations

from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

from tests.samples.base import Sample, write_table
from tests.samples.market import Order, market, paid, record

VARIANTS = ("orders", "repeated name only", "excel", "no sku", "semicolons", "short header")
ROWS_STAND_ALONE = False

HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,"
    "Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,"
    "Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,"
    "Billing Name,Billing Street,Billing Address1,Billing City,Billing Zip,Billing Country,"
    "Billing Phone,Shipping Name,Shipping City,Shipping Country,Shipping Phone,Notes,Cancelled at,"
    "Payment Method,Refunded Amount,Vendor,Outstanding Balance,Id,Tags,Risk Level,Source,"
    "Lineitem discount,Phone"
).split(",")
_STATUS = {"sale": "paid", "cancelled": "voided", "returned": "refunded",
           "partly": "partially_refunded"}  # fmt: skip
_LINE = {"Name", "Email", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku",
         "Lineitem compare at price", "Lineitem discount", "Lineitem taxable", "Vendor",
         "Lineitem requires shipping", "Lineitem fulfillment status"}  # fmt: skip


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    """Write an export; times carry the shop's offset, and prices a point."""
    orders = market(seed, rows, line_off=True, zone=timezone(timedelta(hours=-5)))
    sku = variant != "no sku"
    header = list(HEADER)
    if variant == "short header":
        gone = ("Vendor", "Phone", "Billing Phone", "Risk Level", "Source", "Notes", "Tags")
        header = [name for name in header if name not in gone]
    lines, expected = [], []
    for order in orders:
        cents = paid(order)
        for n, line in enumerate(order.lines):
            line.sku = line.sku if sku and n != 3 else ""
            cells = _cells(order, n, variant)
            lines.append([cells.get(name, "") for name in header])
            phone = None if variant == "short header" else f"+1555{order.buyer:07d}"
            expected.append(
                record(order, line, cents[n], order_id=f"#{order.number}", currency="USD",
                       email=order.email, name=f"Ann Buyer {order.buyer}", country="US",
                       customer_id=None, phone=phone)
            )  # fmt: skip
    ways: dict[str, dict[str, Any]] = {
        "excel": {"encoding": "utf-8-sig", "newline": "\r\n"},
        "semicolons": {"delimiter": ";", "quote_all": True},
    }
    how = ways.get(variant, {})
    return Sample(
        write_table(folder / "orders_export_1.csv", header, lines, **how), {"purchases": expected}
    )


def _cells(order: Order, n: int, variant: str) -> dict[str, object]:
    line = order.lines[n]
    total = order.goods + order.shipping
    refund = {"returned": total, "partly": 1, "cancelled": 0, "sale": 0}[order.state]
    when = f"{order.time:%Y-%m-%d %H:%M:%S} -0500"
    gone = order.state == "cancelled"
    cells: dict[str, object] = {
        "Name": f"#{order.number}",
        "Email": order.email,
        # An order cancelled after it was paid keeps its payment's status.
        "Financial Status": "paid" if gone and order.number % 2 else _STATUS[order.state],
        "Paid at": when,
        "Accepts Marketing": "yes" if order.buyer % 2 else "no",
        "Currency": "USD",
        "Subtotal": _money(order.goods),
        "Shipping": _money(order.shipping),
        "Taxes": "0.00",
        "Total": _money(total),
        "Discount Code": "SPRING" if order.off else "",
        "Discount Amount": _money(order.off + sum(one.off for one in order.lines)),
        "Created at": when,
        "Cancelled at": when if gone else "",
        "Lineitem quantity": line.quantity,
        "Lineitem name": line.title,
        "Lineitem price": _money(line.price),
        "Lineitem compare at price": _money(line.price + 100),
        "Lineitem sku": line.sku,
        "Lineitem discount": _money(line.off),
        "Lineitem taxable": "true",
        "Billing Name": f"Ann Buyer {order.buyer}",
        "Billing City": "Springfield",
        "Billing Country": "US",
        "Billing Phone": f"'+1555{order.buyer:07d}",
        "Shipping Country": "US",
        "Refunded Amount": _money(refund),
        "Vendor": "House",
        "Id": 5_000_000_000 + order.number,
        "Source": "web",
    }
    if n == 0:
        return cells
    kept = _LINE - ({"Email"} if variant == "repeated name only" else set())
    return {name: cell for name, cell in cells.items() if name in kept}


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
