"""WooCommerce: the orders' report of its analytics, and the orders that the export plugin writes.

The report has no prices a product and no e-mail address, in labels of the site's language: a column
of ``2× Item A, 1× Item B`` tells it more surely than any name.
"""

# ruff: noqa: E501  (a Chinese character counts as two)
from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Raw, Source
from habitue.collect.export import ExportFormat, Part
from habitue.collect.headers import Header
from habitue.collect.manyitems import column_of, counted_first, expanded
from habitue.collect.numbers import decimal_mark
from habitue.collect.ordercolumns import COUNTED, MADE, OrderColumns
from habitue.collect.orderlines import OrderLines
from habitue.collect.texts import as_text, cleaned

__all__ = ["WooCommerceOrders", "WooCommerceReport"]

_CURRENCY = MADE + "currency"
_COUNTED = r"^-?\d+\s*×\s"
#: What the report's columns are called in English, German, Chinese, French and Spanish, in the
#: order in which it writes them.
_LABELS: dict[str, tuple[str, ...]] = {
    "time": ("Date", "Datum", "日期", "Fecha"),
    "order": ("Order #", "Bestellung #", "Bestellnr.", "Bestellnummer", "订单 #", "订单号", "订单编号",
              "Commande n°", "Pedido #", "Pedido nº"),
    "formatted": ("N. Revenue (formatted)", "N. Umsatz (formatiert)", "Nettoumsatz (formatiert)",
                  "净收入（格式化）", "净收入（已格式化）", "Revenu net (formaté)",
                  "Ingresos netos (formateado)"),
    "status": ("Status", "状态", "État", "Statut", "Estado"),
    "customer": ("Customer", "Kunde", "客户", "顾客", "Client", "Cliente"),
    "type": ("Customer type", "Kundentyp", "客户类型", "顾客类型", "Type de client",
             "Tipo de cliente"),
    "products": ("Product(s)", "Produkt(e)", "产品", "商品", "Produit(s)", "Producto(s)"),
    "pieces": ("Items sold", "Verkaufte Artikel", "售出商品", "已售商品", "销售商品数", "Articles vendus",
               "Artículos vendidos"),
    "coupons": ("Coupon(s)", "Gutschein(e)", "优惠券", "Code(s) promo", "Cupón(es)"),
    "net": ("Net Sales", "N. Revenue", "Nettoumsatz", "N. Umsatz", "净销售额", "净收入", "Ventes nettes",
            "Revenu net", "Ventas netas", "Ingresos netos"),
}  # fmt: skip
_PLACES = {name: place for place, name in enumerate(_LABELS)}


class WooCommerceReport(ExportFormat):
    """The report *Analytics → Orders*, downloaded."""

    name = "woocommerce_report"
    title = "WooCommerce analytics, orders"

    @classmethod
    def recognises(cls, source: Source) -> bool:
        return bool(_report_columns(source))

    def parts(self, source: Source) -> list[Part]:
        found = _report_columns(source)
        get = found.get
        columns = OrderColumns(
            order=found["order"],
            time=(found["time"],),
            title=found["products"],
            quantity=COUNTED,
            paid=get("net") or found["formatted"],
            others={
                "status": [name] if (name := get("status")) else [],
                "name": [name] if (name := get("customer")) else [],
                "currency": [_CURRENCY] if get("formatted") else [],
            },
            more=(get("formatted", ""),),
        )
        return [_Report(source, columns)]


class WooCommerceOrders(ExportFormat):
    """Orders as *Advanced Order Export For WooCommerce* writes them, a row a product."""

    name = "woocommerce_orders"
    title = "WooCommerce orders (Advanced Order Export)"

    @classmethod
    def recognises(cls, source: Source) -> bool:
        header = Header(source.columns)
        lines = header.has("Order Number", "Order Date", "Item Cost")
        return lines and header.count(*_SIGNS) >= 3

    def parts(self, source: Source) -> list[Part]:
        header = Header(source.columns)
        find, every = header.find, header.all
        columns = OrderColumns(
            order=find("Order Number"),
            time=every("Order Date"),
            title=find("Item Name", "Product Name", "Name"),
            item=find("SKU", "Product Id"),
            quantity=find("Quantity", "Quantity (- Refund)"),
            price=find("Item Cost"),
            paid=find("Order Subtotal Amount"),
            beside=every("Cart Discount Amount"),
            refund=find("Order Refund Amount"),
            others={
                "status": every("Order Status"),
                "currency": every("Currency", "Order Currency"),
                "email": every("Email (Billing)"),
                "phone": every("Phone (Billing)"),
                "name": every("Full Name (Billing)"),
                "country": every("Country Code (Shipping)", "Country Code (Billing)"),
                "category": every("Category"),
            },
            fill=True,
        )
        return [_Orders(source, columns)]


_SIGNS = ("Order Status", "Item Name", "Quantity (- Refund)", "Email (Billing)", "SKU", "Item #",
          "First Name (Billing)", "Last Name (Billing)", "Order Total Amount", "Customer Note",
          "Payment Method Title", "Cart Discount Amount", "Order Subtotal Amount")  # fmt: skip


class _Orders(OrderLines):
    def status(self, texts: Mapping[str, pa.Array], paid_back: np.ndarray) -> pa.Array:
        """Say of an order that waits for its payment that it is none yet."""
        status = super().status(texts, paid_back)
        waits = pc.is_in(pc.utf8_lower(status), value_set=_NO_ORDER)
        return pc.if_else(waits, pa.scalar("cancelled"), status)


_NO_ORDER = pa.array(["pending", "wc-pending", "checkout-draft", "wc-checkout-draft", "trash"])


class _Report(_Orders):
    def prepared(self, raw: Raw) -> Raw:
        """Write a row for each product, with the currency that the formatted amount is in."""
        formatted = self.columns.more[0]
        if formatted:
            texts = {formatted: cleaned(as_text(raw.table[formatted]))}
            mark = decimal_mark(texts[formatted].drop_null().unique().to_pylist())[0]
            signs = self.numbers(texts, formatted, mark).currency
            codes = [None] * len(raw.lines) if signs is None else signs.tolist()
            raw = Raw(raw.table.append_column(_CURRENCY, pa.array(codes, pa.string())), raw.lines)
        items = [counted_first(cell) for cell in column_of(raw, self.columns.title)]
        return expanded(raw, items, self.columns.title, COUNTED)


def _report_columns(source: Source) -> dict[str, str]:
    """Return which column is what, by the labels, or by their places.

    Nothing is returned for a file that is no such report.
    """
    counted = [name for name in source.columns if _holds_counted(source.sample[name])]
    if len(counted) != 1:
        return {}
    find = Header(source.columns).find
    found = {role: column for role, names in _LABELS.items() if (column := find(*names))}
    found["products"] = counted[0]
    if len(source.columns) in (10, 11) and source.columns.index(counted[0]) == _PLACES["products"]:
        places = {role: source.columns[place] for role, place in _PLACES.items()}
        found = found if len(found) >= 6 else places
    needed = {"time", "order", "products", "pieces"} <= found.keys()
    return found if needed and {"net", "formatted"} & found.keys() and len(found) >= 6 else {}


def _holds_counted(column: pa.ChunkedArray) -> bool:
    if not pa.types.is_string(column.type):
        return False
    cells = cleaned(as_text(column)).drop_null()
    fits = pc.sum(pc.match_substring_regex(cells, _COUNTED)).as_py() or 0
    return len(cells) > 0 and fits >= 0.5 * len(cells)
