"""抖音 (抖店, Douyin's shops): one row a sub-order, names and telephones encrypted or masked."""

from __future__ import annotations

from habitue.collect.base import Source
from habitue.collect.export import ExportFormat, Part
from habitue.collect.headers import Header
from habitue.collect.ordercolumns import OrderColumns
from habitue.collect.orderlines import OrderLines

__all__ = ["Douyin"]

_SIGNS = ("选购商品", "商品规格", "商家编码", "订单应付金额", "订单提交时间", "售后状态", "APP渠道",
          "流量来源", "商品单价", "收件人", "承诺发货时间", "达人昵称")  # fmt: skip


class Douyin(ExportFormat):
    """Orders, exported from 抖店."""

    name = "douyin"
    title = "抖音 / 抖店 订单"

    @classmethod
    def recognises(cls, source: Source) -> bool:
        header = Header(source.columns)
        return header.has("主订单编号", "子订单编号", "选购商品") and header.count(*_SIGNS) >= 4

    def parts(self, source: Source) -> list[Part]:
        header = Header(source.columns)
        find, every = header.find, header.all
        others = {
            "status": every("订单状态"),
            "phone": every("收件人手机号", "收件手机号", "手机号"),
            "name": every("收件人", "收件人姓名"),
        }
        columns = OrderColumns(
            order=find("主订单编号"),
            line=find("子订单编号"),
            time=every("订单提交时间", "下单时间", "支付完成时间"),
            title=find("选购商品"),
            item=find("商品ID", "商品编号", "商家编码"),
            quantity=find("商品数量"),
            price=find("商品单价", "商品金额"),
            amount=find("订单应付金额", "订单实付金额"),
            apart=find("运费"),
            off=find("优惠总金额"),
            others=others,
            aftersales=find("售后状态"),
        )
        return [OrderLines(source, columns)]
