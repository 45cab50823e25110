"""有赞 (Youzan): one row an order, its products in one cell; or one row a product."""

from __future__ import annotations

from habitue.collect.base import Raw, Source
from habitue.collect.export import ExportFormat, Part
from habitue.collect.headers import Header
from habitue.collect.manyitems import column_of, counted_last, evenly, expanded, whole
from habitue.collect.ordercolumns import COUNTED, OrderColumns
from habitue.collect.orderlines import OrderLines

__all__ = ["Youzan"]

_PHONES = ("收货人手机号/提货人手机号", "收货人手机号", "提货人手机号", "买家手机号")
_SIGNS = ("买家付款时间", "全部商品名称", "商品种类数", "订单实付金额", "商家订单备注", "买家备注",
          "收货人/提货人", "归属店铺", "商品实际成交金额", *_PHONES)  # fmt: skip


class Youzan(ExportFormat):
    """Orders, exported from the back office, an order or a product a row."""

    name = "youzan"
    title = "有赞 订单"

    @classmethod
    def recognises(cls, source: Source) -> bool:
        header = Header(source.columns)
        whole = header.has("全部商品名称", "订单实付金额")
        lines = header.has("商品名称", "商品实际成交金额")
        return header.has("订单号") and (whole or lines) and header.count(*_SIGNS) >= 4

    def parts(self, source: Source) -> list[Part]:
        header = Header(source.columns)
        find, every = header.find, header.all
        whole = bool(find("全部商品名称"))
        others = {
            "status": every("订单状态"),
            "customer_id": every("买家用户ID", "会员ID"),
            "phone": every(*_PHONES),
            "name": every("收货人/提货人", "收货人", "买家姓名"),
        }
        paid = find("订单实付金额") if whole else ""
        columns = OrderColumns(
            order=find("订单号"),
            line="" if whole else find("商品子订单号", "子订单号"),
            time=every("订单创建时间", "下单时间", "买家付款时间"),
            title=find("全部商品名称") if whole else find("商品名称"),
            item="" if whole else find("商品ID", "商品编码", "规格编码"),
            quantity=COUNTED if whole else find("商品数量"),
            price="" if whole else find("商品单价"),
            amount="" if whole else find("商品实际成交金额"),
            paid=paid,
            beside=every("运费", "邮费") if whole else (),
            refund=find("订单已退款金额", "退款金额") if whole else "",
            others=others,
            more=(find("商品种类数"), find("商品总件数", "商品总数量", "商品数量"))
            if whole
            else (),
        )
        return [_Orders(source, columns) if whole else OrderLines(source, columns)]


class _Orders(OrderLines):
    def prepared(self, raw: Raw) -> Raw:
        """Write a row for each product of an order."""
        title, (kinds, total) = self.columns.title, self.columns.more
        cells = [column_of(raw, name) for name in (title, kinds, total)]
        rows = []
        for cell, kind, pieces in zip(*cells, strict=True):
            items = counted_last(cell, whole(kind))
            if total and all(own is None for _name, own in items):
                spread = evenly(pieces, len(items))
                items = [(name, each) for (name, _own), each in zip(items, spread, strict=True)]
            rows.append([(name, own or "1") for name, own in items])
        return expanded(raw, rows, title, COUNTED)
