"""Amazon's order reports for sellers: all orders, and orders that are to be shipped."""

from __future__ import annotations

from habitue.collect.base import Source
from habitue.collect.export import ExportFormat, Part
from habitue.collect.headers import Header
from habitue.collect.ordercolumns import OrderColumns
from habitue.collect.orderlines import OrderLines

__all__ = ["Amazon"]

_SIGNS = ("order-item-id", "merchant-order-id", "fulfillment-channel", "sales-channel", "asin",
          "item-status", "item-price", "item-tax", "ship-service-level", "buyer-email",
          "quantity-purchased", "item-promotion-discount")  # fmt: skip


class Amazon(ExportFormat):
    """Order reports of Seller Central, one row an item."""

    name = "amazon"
    title = "Amazon seller orders"

    @classmethod
    def recognises(cls, source: Source) -> bool:
        header = Header(source.columns)
        order = header.count("amazon-order-id", "order-id") >= 1
        item = header.has("purchase-date", "product-name", "item-price")
        return order and item and header.count(*_SIGNS) >= 4

    def parts(self, source: Source) -> list[Part]:
        header = Header(source.columns)
        find, every = header.find, header.all
        columns = OrderColumns(
            order=find("amazon-order-id", "order-id"),
            line=find("order-item-id"),
            time=every("purchase-date"),
            title=find("product-name"),
            item=find("sku", "asin"),
            quantity=find("quantity", "quantity-purchased"),
            full=find("item-price"),  # of all the pieces together
            off=find("item-promotion-discount"),
            others={
                "status": every("item-status", "order-status"),
                "currency": every("currency"),
                "email": every("buyer-email"),
                "phone": every("buyer-phone-number"),
                "name": every("buyer-name"),
                "country": every("ship-country"),
            },
        )
        return [OrderLines(source, columns)]
