"""Orders as JSON, each with a list of its lines: what the interfaces of shop systems hand out.

Shopify's and WooCommerce's names are known, and those that people choose for lists of their own.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from habitue.collect.base import Raw, Source
from habitue.collect.export import ExportFormat, Part
from habitue.collect.headers import Header
from habitue.collect.nested import listed
from habitue.collect.ordercolumns import MADE, OrderColumns
from habitue.collect.orderlines import OrderLines
from habitue.collect.synonyms import fold

__all__ = ["OrdersJson"]

_LISTS = ("line_items", "items", "lines", "order_lines", "order_items", "products", "商品列表")
_ORDER = ("order_number", "order_id", "orderId", "number", "name", "id", "订单号", "订单编号")
_TIME = ("created_at", "date_created", "createdAt", "order_date", "ordered_at",
         "processed_at", "date", "下单时间", "订单创建时间")  # fmt: skip
#: An event's names: a list of products in an event is the event formats' business.
_EVENT = ("event", "event_name", "messageId", "message_id", "event_timestamp", "user_pseudo_id")
#: A line's fields, and the keys that they may have.
_LINE = {
    "line": ("id", "line_id", "line_item_id", "order_item_id"),
    "item": ("sku", "product_id", "variant_id", "item_id", "商品编码", "商品ID"),
    "title": ("title", "name", "product_name", "item_name", "商品名称"),
    "quantity": ("quantity", "qty", "count", "数量"),
    "price": ("price", "unit_price", "单价"),
    "full": ("subtotal", "line_subtotal"),
    "amount": ("total", "line_total", "amount", "金额"),
    "off": ("total_discount", "discount", "discount_amount"),
    "category": ("category", "product_type"),
    "brand": ("vendor", "brand"),
}


class OrdersJson(ExportFormat):
    """An array or lines of orders, with a list of lines in each."""

    name = "orders_json"
    title = "orders as JSON"
    rank = 500

    @classmethod
    def recognises(cls, source: Source) -> bool:
        header = Header(source.columns)
        named = header.find(*_ORDER) and header.find(*_TIME)
        return bool(named) and not header.count(*_EVENT) and bool(_lists(source))

    def parts(self, source: Source) -> list[Part]:
        header = Header(source.columns)
        find, every = header.find, header.all
        cells = _lists(source)
        found = listed(source.sample[cells].slice(0, _LOOK), _LINE).fields
        has = {name: MADE + name for name, cells_ in found.items() if _filled(cells_)}
        get = has.get
        # A total is what was paid; beside it, a price may be the paid one, a subtotal is the full.
        amount = get("amount", "")
        columns = OrderColumns(
            order=find(*_ORDER),
            time=every(*_TIME),
            title=get("title", "") or get("item", ""),
            item=get("item", ""),
            line=get("line", ""),
            quantity=get("quantity", ""),
            price="" if amount and get("full") else get("price", ""),
            full=get("full", "") if amount else "",
            amount=amount,
            off="" if amount else get("off", ""),
            paid="" if amount else find("subtotal_price", "subtotal"),
            others={
                "currency": every("currency", "currency_code", "币种"),
                "status": every("status", "financial_status", "order_status", "订单状态"),
                "customer_id": every("customer.id", "customer_id", "user_id", "会员编号"),
                "email": every("email", "customer.email", "billing.email", "contact_email"),
                "phone": every("phone", "customer.phone", "billing.phone", "手机号"),
                "name": every("customer.name", "customer_name", "billing_address.name"),
                "country": every("shipping_address.country_code", "shipping.country",
                                 "billing_address.country_code", "billing.country", "country"),
                "category": [has["category"]] if "category" in has else [],
                "brand": [has["brand"]] if "brand" in has else [],
            },
            cancelled=find("cancelled_at", "canceled_at"),
            more=(cells,),
        )  # fmt: skip
        return [_Orders(source, columns)]


_LOOK = 200


class _Orders(OrderLines):
    def prepared(self, raw: Raw) -> Raw:
        """Write a row for each line of an order; one without any stays, to be set aside."""
        found = listed(raw.table[self.columns.more[0]], _LINE)
        without = np.setdiff1d(np.arange(len(raw.lines)), found.parent)
        parent = np.concatenate((found.parent, without)).astype(np.int64)
        order = np.argsort(parent, kind="stable")
        parent = parent[order]
        table = raw.table.take(pa.array(parent))
        for name, column in found.fields.items():
            filled = pa.concat_arrays([column, pa.nulls(len(without), pa.string())])
            table = table.append_column(MADE + name, filled.take(pa.array(order)))
        return Raw(table, raw.lines[parent])


def _lists(source: Source) -> str:
    """Return the column that holds lists of order lines, or ""."""
    if source.format not in ("json", "jsonl", "parquet"):
        return ""
    wanted = {fold(name) for name in _LISTS}
    for column in source.columns:
        if fold(column) not in wanted:
            continue
        found = listed(source.sample[column].slice(0, _LOOK), _LINE)
        told = {name: _filled(cells) for name, cells in found.fields.items()}
        half = 0.5 * len(found.parent)
        named, priced = max(told["item"], told["title"]), max(told["price"], told["amount"])
        if half and named >= half and priced >= half and told["quantity"] >= half:
            return column
    return ""


def _filled(cells: pa.Array) -> int:
    return len(cells) - int(cells.null_count)
