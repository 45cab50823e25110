"""京东 (JD): one row a product, the order's amounts on each of them."""

# ruff: noqa: E501  (a Chinese character counts as two)
from __future__ import annotations

from habitue.collect.base import Source
from habitue.collect.export import ExportFormat, Part
from habitue.collect.headers import Header
from habitue.collect.ordercolumns import OrderColumns
from habitue.collect.orderlines import OrderLines

__all__ = ["JD"]

_SIGNS = ("订购数量", "京东价", "结算金额", "余额支付", "应付金额", "下单帐号", "下单账号", "订单类型",
          "商品ID", "支付方式")  # fmt: skip


class JD(ExportFormat):
    """Orders, exported from 京麦 / the merchants' back office."""

    name = "jd"
    title = "京东 订单"

    @classmethod
    def recognises(cls, source: Source) -> bool:
        header = Header(source.columns)
        lines = header.has("订单号", "商品名称") and header.count("京东价", "订购数量") >= 1
        return lines and header.count(*_SIGNS) >= 4

    def parts(self, source: Source) -> list[Part]:
        header = Header(source.columns)
        find, every = header.find, header.all
        others = {
            "status": every("订单状态"),
            "customer_id": every("下单帐号", "下单账号"),
            "phone": every("联系电话", "客户电话"),
            "name": every("客户姓名"),
        }
        columns = OrderColumns(
            order=find("订单号"),
            time=every("下单时间", "付款确认时间"),
            title=find("商品名称"),
            item=find("商品ID", "货号", "商家SKUID"),
            quantity=find("订购数量", "商品数量"),
            price=find("京东价", "商品单价"),
            # What the shop is paid; 应付金额 is what was left to pay after the buyer's balance.
            paid=find("结算金额", "订单金额"),
            beside=every("运费金额", "运费"),
            others=others,
        )
        return [OrderLines(source, columns)]
