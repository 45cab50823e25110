"""Shopify's orders export: an order's own fields on its first line only."""

from __future__ import annotations

from habitue.collect.base import Source
from habitue.collect.export import ExportFormat, Part
from habitue.collect.headers import Header
from habitue.collect.ordercolumns import OrderColumns
from habitue.collect.orderlines import OrderLines

__all__ = ["Shopify"]

_SIGNS = ("Financial Status", "Fulfillment Status", "Lineitem quantity", "Lineitem name",
          "Lineitem price", "Lineitem sku", "Accepts Marketing", "Discount Amount")  # fmt: skip


class Shopify(ExportFormat):
    """Orders, exported as CSV from the admin."""

    name = "shopify"
    title = "Shopify orders"

    @classmethod
    def recognises(cls, source: Source) -> bool:
        header = Header(source.columns)
        lines = header.has("Name", "Lineitem name", "Lineitem price", "Created at")
        return lines and header.count(*_SIGNS) >= 4

    def parts(self, source: Source) -> list[Part]:
        header = Header(source.columns)
        find, every = header.find, header.all
        others = {
            "currency": every("Currency"),
            "status": every("Financial Status"),
            "email": every("Email"),
            "phone": every("Phone", "Billing Phone", "Shipping Phone"),
            "name": every("Billing Name", "Shipping Name"),
            "country": every("Shipping Country", "Billing Country"),
            "brand": every("Vendor"),
        }
        columns = OrderColumns(
            order=find("Name"),
            time=every("Created at"),
            title=find("Lineitem name"),
            item=find("Lineitem sku"),
            quantity=find("Lineitem quantity"),
            price=find("Lineitem price"),
            off=find("Lineitem discount"),
            paid=find("Subtotal"),
            refund=find("Refunded Amount"),
            others=others,
            fill=True,
            cancelled=find("Cancelled at"),
        )
        return [OrderLines(source, columns)]
