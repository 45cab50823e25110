"""WooCommerce: its analytics' report in several languages, and the export plugin's orders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.samples.base import Sample, write_table, write_workbook
from tests.samples.market import Line, Order, market, paid, record, share

VARIANTS = ("report", "report in German", "report in Chinese", "report in Dutch",
            "older report", "formatted only", "orders",
            "orders first line only", "orders in a workbook")  # fmt: skip
ROWS_STAND_ALONE = False
PLACES_TELL = ("report in Dutch",)

REPORTS = {
    "report": "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),"
    "Items sold,Coupon(s),Net Sales,Attribution",
    "older report": "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),"
    "Items sold,Coupon(s),N. Revenue",
    "formatted only": "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,"
    "Product(s),Items sold,Coupon(s)",
    "report in German": "Datum,Bestellung #,N. Umsatz (formatiert),Status,Kunde,Kundentyp,"
    "Produkt(e),Verkaufte Artikel,Gutschein(e),Nettoumsatz,Zuordnung",
    "report in Chinese": "日期,订单 #,净收入（格式化）,状态,客户,客户类型,产品,售出商品,优惠券,"
    "净销售额,归因",
    # Labels that nobody told us: the places and the products' way of writing tell.
    "report in Dutch": "Datum,Bestelnr.,N. omzet (opgemaakt),Status,Klant,Type klant,Product(en),"
    "Verkochte artikelen,Waardebon(nen),Netto-omzet,Toewijzing",
}  # fmt: skip
ORDERS = (
    "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),"
    "Company (Billing),City (Billing),Country Code (Billing),Email (Billing),Phone (Billing),"
    "Payment Method Title,Cart Discount Amount,Order Subtotal Amount,Order Shipping Amount,"
    "Order Refund Amount,Order Total Amount,SKU,Item #,Item Name,Quantity (- Refund),Item Cost,"
    "Coupon Code,Discount Amount"
).split(",")
_STATUS = {
    "report in German": ("Abgeschlossen", "Storniert", "Rückerstattet", "In Bearbeitung"),
    "report in Chinese": ("已完成", "已取消", "已退款", "处理中"),
}
_PLAIN = ("completed", "cancelled", "refunded", "processing")
_STATES = ("sale", "cancelled", "returned", "partly")


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    """Write the report, or the plugin's orders."""
    orders = market(seed, rows)
    if variant.startswith("orders"):
        return _plugin(folder, variant, orders)
    header = REPORTS[variant].split(",")
    lines, expected = [], []
    rejected = 0
    for order in orders:
        cells = _report(order, variant)
        # Products that were deleted since leave the cell blank.
        if order.number % 9 == 0:
            cells[6] = ""
            rejected += 1
        else:
            pieces = [line.quantity for line in order.lines]
            for line, cents in zip(order.lines, share(order.goods, pieces), strict=True):
                made = Line(line.title, "", line.quantity, 0)
                currency = "USD" if variant == "report" else "EUR"
                expected.append(
                    record(order, made, cents, discount=None, currency=currency, email=None,
                           name=f"Ann Buyer {order.buyer}")
                )  # fmt: skip
        lines.append(cells[: len(header)])
    made_file = write_table(folder / "wc-orders-report.csv", header, lines, quote_all=True)
    return Sample(
        made_file, {"purchases": expected}, {"missing_item": rejected} if rejected else {}
    )


def _report(order: Order, variant: str) -> list[object]:
    words = _STATUS.get(variant, _PLAIN)
    whole, cent = divmod(order.goods, 100)
    euros = f"{whole:,}".replace(",", ".") + f",{cent:02d} €"
    shown = f"${whole:,}.{cent:02d}" if variant == "report" else euros
    return [
        f"{order.time:%Y-%m-%d %H:%M:%S}",
        str(order.number),
        shown,
        words[_STATES.index(order.state)],
        f"Ann Buyer {order.buyer}",
        "returning" if order.buyer % 2 else "new",
        ", ".join(f"{line.quantity}× {line.title}" for line in order.lines),
        str(sum(line.quantity for line in order.lines)),
        "SPRING" if order.off else "",
        f"{order.goods / 100:.2f}",
        "Direct",
    ]


def _plugin(folder: Path, variant: str, orders: list[Order]) -> Sample:
    lines, expected = [], []
    once = variant == "orders first line only"
    for order in orders:
        for n, cents in enumerate(paid(order)):
            line = order.lines[n]
            cells = _cells(order, n)
            if once and n:
                kept = ("SKU", "Item #", "Item Name", "Quantity (- Refund)", "Item Cost")
                cells = {name: cell for name, cell in cells.items() if name in kept}
            lines.append([cells.get(name, "") for name in ORDERS])
            expected.append(
                record(order, line, cents, email=order.email, phone=f"+44770090{order.buyer:04d}",
                       country="GB", time=order.time.replace(second=0))
            )  # fmt: skip
    how: dict[str, Any] = {"newline": "\r\n"}
    if variant.endswith("workbook"):
        made = write_workbook(folder / "orders.xlsx", ORDERS, lines)
    else:
        made = write_table(folder / "orders.csv", ORDERS, lines, **how)
    return Sample(made, {"purchases": expected})


def _cells(order: Order, n: int) -> dict[str, object]:
    line = order.lines[n]
    total = order.goods + order.shipping
    return {
        "Order Number": str(order.number),
        "Order Status": {"cancelled": "Cancelled", "returned": "Completed"}.get(
            order.state, "Completed"
        ),
        "Order Date": f"{order.time:%Y-%m-%d %H:%M}",
        "First Name (Billing)": "Ann",
        "Last Name (Billing)": f"Buyer {order.buyer}",
        "Country Code (Billing)": "GB",
        "Email (Billing)": order.email,
        "Phone (Billing)": f"+44770090{order.buyer:04d}",
        "Cart Discount Amount": f"{order.off / 100:.2f}",
        "Order Subtotal Amount": f"{order.full / 100:.2f}",
        "Order Shipping Amount": f"{order.shipping / 100:.2f}",
        "Order Refund Amount": f"{(total if order.state == 'returned' else 0) / 100:.2f}",
        "Order Total Amount": f"{total / 100:.2f}",
        "SKU": line.sku,
        "Item #": n + 1,
        "Item Name": line.title,
        "Quantity (- Refund)": line.quantity,
        "Item Cost": f"{line.price / 100:.2f}",
    }
