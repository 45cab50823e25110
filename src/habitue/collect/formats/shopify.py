"""Shopify's orders export: an order's own fields on its first line only."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Source
from habitue.collect.export import ExportFormat, Part
from habitue.collect.headers import Header
from habitue.collect.orderlines import OrderColumns, OrderLines
from habitue.collect.texts import as_text, cleaned

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
            time=find("Created at"),
            title=find("Lineitem name"),
            item=find("Lineitem sku"),
            quantity=find("Lineitem quantity"),
            price=find("Lineitem price"),
            off=find("Lineitem discount"),
            paid=find("Subtotal"),
            refund=find("Refunded Amount"),
            others=others,
            more=(find("Cancelled at"),),
        )
        return [_Lines(source, columns)]


class _Lines(OrderLines):
    def prepared(self, table: pa.Table) -> pa.Table:
        """Write an order's own fields on its further lines."""
        columns = self.columns
        own = {n: cleaned(as_text(table[n])) for n in self.needs()}
        order = pc.fill_null_forward(own[columns.order])
        blank = np.asarray(own[columns.time].is_null())
        number = _runs(order)
        start = np.flatnonzero(~blank)
        first = np.searchsorted(start, np.arange(len(order)), side="right") - 1
        at = np.where(first >= 0, start[np.maximum(first, 0)], 0) if len(start) else 0 * number
        further = blank & (number == number[at]) & bool(len(start))
        source = pa.array(np.where(further, at, np.arange(len(order))))
        line = {columns.title, columns.item, columns.quantity, columns.price, columns.off,
                *columns.others["brand"]}  # fmt: skip
        for name in own.keys() - line - {""}:
            filled = pc.coalesce(own[name], own[name].take(source))
            place = table.column_names.index(name)
            table = table.set_column(place, name, order if name == columns.order else filled)
        return table

    def status(self, texts: Mapping[str, pa.Array], paid_back: np.ndarray) -> pa.Array:
        cancelled = texts[self.columns.more[0]].is_valid() if self.columns.more[0] else None
        status = super().status(texts, paid_back)
        return status if cancelled is None else pc.if_else(cancelled, "cancelled", status)


def _runs(order: pa.Array) -> np.ndarray:
    """Number the runs of equal order numbers."""
    codes = pc.fill_null(order, "").dictionary_encode().indices.to_numpy(zero_copy_only=False)
    changed = np.ones(len(codes), np.int64)
    changed[1:] = codes[1:] != codes[:-1]
    return np.cumsum(changed)
