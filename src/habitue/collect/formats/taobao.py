"""淘宝 and 天猫: the report of orders (订单报表) and the report of products (宝贝报表).

The one names the buyers and joins an order's titles in one cell; the other has a row for each
product, with its price, and no buyer. Lines of both bear the same key (order, title, and which of
that title in the order), so whichever comes second adds nothing twice: it only fills in a buyer
that was not known, and a later status.
"""

# ruff: noqa: E501  (a Chinese character counts as two)
from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Raw, Source
from habitue.collect.export import ExportFormat, Part
from habitue.collect.headers import Header
from habitue.collect.manyitems import column_of, evenly, expanded, parted, whole
from habitue.collect.ordercolumns import COUNTED, OrderColumns
from habitue.collect.orderlines import OrderLines
from habitue.collect.texts import as_text
from habitue.errors import FormatError
from habitue.locale import _
from habitue.text import normalise

__all__ = ["Taobao", "TaobaoItems"]

_SIGNS = ("买家会员名", "买家支付宝账号", "买家应付货款", "买家应付邮费", "买家实际支付金额", "总金额",
          "返点积分", "收货人姓名", "联系手机", "宝贝种类", "宝贝总数量", "订单付款时间", "店铺名称",
          "店铺Id", "订单关闭原因")  # fmt: skip
_ITEM_SIGNS = ("购买数量", "外部系统编号", "商品属性", "套餐信息", "商家编码", "退款状态", "子订单编号",
               "商品价格", "价格")  # fmt: skip
_TITLES = ("宝贝标题", "商品标题", "标题")
_PAID = "买家实际支付金额"


class Taobao(ExportFormat):
    """订单报表: one row an order, its titles in one cell."""

    name = "taobao"
    title = "淘宝 / 天猫 订单报表"

    @classmethod
    def recognises(cls, source: Source) -> bool:
        header = Header(source.columns)
        order = header.has("订单编号", _PAID) and header.count(*_TITLES[:2]) >= 1
        return order and header.count(*_SIGNS) >= 5 and not TaobaoItems.recognises(source)

    def parts(self, source: Source) -> list[Part]:
        header = Header(source.columns)
        find, every = header.find, header.all
        others = {
            "status": every("订单状态"),
            "customer_id": every("买家会员名", "买家昵称"),
            "email": every("买家支付宝账号"),
            "phone": every("联系手机", "联系电话"),
            "name": every("收货人姓名"),
        }
        columns = OrderColumns(
            order=find("订单编号"),
            time=every("订单创建时间", "订单付款时间"),
            title=find(*_TITLES[:2]),
            quantity=COUNTED,
            paid=find(_PAID),
            beside=every("买家应付邮费"),
            others=others,
            more=(find("宝贝种类", "商品种类"), find("宝贝总数量", "商品总数量")),
        )
        return [_Orders(source, columns)]


class TaobaoItems(ExportFormat):
    """宝贝报表: one row a product of an order."""

    name = "taobao_items"
    title = "淘宝 / 天猫 宝贝报表"
    rank = 90

    @classmethod
    def recognises(cls, source: Source) -> bool:
        header = Header(source.columns)
        order = header.count("订单编号", "主订单编号") >= 1 and header.count(*_TITLES) >= 1
        return order and header.has("购买数量") and header.count(*_ITEM_SIGNS) >= 4

    def parts(self, source: Source) -> list[Part]:
        header = Header(source.columns)
        find, every = header.find, header.all
        times = every("订单创建时间", "订单付款时间")
        if not times:
            raise FormatError(
                _(
                    "{file} is a report of products (宝贝报表) without times. Export it with "
                    "订单创建时间 among its columns, or import the report of orders (订单报表)."
                ).format(file=source.path)
            )
        columns = OrderColumns(
            order=find("主订单编号", "订单编号"),
            time=times,
            title=find(*_TITLES),
            item=find("商品ID", "商品编号", "宝贝ID", "商家编码", "外部系统编号"),
            quantity=find("购买数量"),
            price=find("商品价格", "价格"),
            amount=find(_PAID),
            apart=find("买家应付邮费"),
            others={"status": every("订单状态")},
            aftersales=find("退款状态"),
        )
        return [_ByTitle(source, columns)]


class _ByTitle(OrderLines):
    def line_names(self, item: pa.Array, title: pa.Array) -> pa.Array:
        """Know a line by its title, which both reports have, not by its code."""
        return pa.array([t and normalise(t) for t in title.to_pylist()], pa.string())


class _Orders(_ByTitle):
    def prepared(self, raw: Raw) -> Raw:
        """Write a row for each title; keep an account only if it is an e-mail address."""
        columns = self.columns
        cells = [column_of(raw, name) for name in (columns.title, *columns.more)]
        rows = []
        for title, kinds, total in zip(*cells, strict=True):
            titles = parted(title, whole(kinds))
            pieces = evenly(total, len(titles)) if columns.more[1] else ["1"] * len(titles)
            rows.append(list(zip(titles, pieces, strict=True)))
        raw = expanded(raw, rows, columns.title, COUNTED)
        for name in columns.others["email"]:
            account = as_text(raw.table[name])
            mail = pc.fill_null(pc.match_substring(account, "@"), False)
            place = raw.table.column_names.index(name)
            raw.table = raw.table.set_column(place, name, pc.if_else(mail, account, None))
        return raw
