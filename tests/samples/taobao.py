"""淘宝's and 天猫's reports of orders and of products."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.samples.base import Sample, write_table, write_workbook
from tests.samples.market import CENT, CHINESE, Line, Order, item_of, market, paid, record, share

VARIANTS = ("gbk", "new names", "quoted ids", "leading marks", "masked", "workbook", "items",
            "items by code", "commas in titles")  # fmt: skip
HEADER = (
    "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,买家实际支付金额,"
    "买家实际支付积分,订单状态,买家留言,收货人姓名,收货地址,运送方式,联系电话,联系手机,订单创建时间,订单付款时间,"
    "宝贝标题,宝贝种类,物流单号,物流公司,订单备注,宝贝总数量,店铺Id,店铺名称,订单关闭原因"
).split(",")
ITEMS = (
    "子订单编号,主订单编号,商品标题,商品价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码,"
    "支付单号,买家应付货款,买家实际支付金额,退款状态,退款金额,订单创建时间,订单付款时间,商品ID"
).split(",")
_STATUS = {"sale": "交易成功", "cancelled": "交易关闭", "returned": "已退款",
           "partly": "卖家已发货，等待买家确认"}  # fmt: skip


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    """Write one of the two reports."""
    comma = variant == "commas in titles"
    titles = tuple(f"{t}，第{n}款" for n, t in enumerate(CHINESE)) if comma else CHINESE
    orders = market(seed, rows, titles=titles, most_lines=1 if comma else 4, same_twice=not comma)
    if variant.startswith("items"):
        return _items(folder, variant, orders)
    header = [
        "商品标题" if variant == "new names" and name == "宝贝标题" else name for name in HEADER
    ]
    expected = [made for order in orders for made in _records(order, variant)]
    lines = [[_cells(order, variant).get(name, "") for name in header] for order in orders]
    if variant == "workbook":
        made = write_workbook(folder / "ExportOrderList.xlsx", header, lines)
    else:
        encoding = "utf-8-sig" if variant in ("new names", "masked") else "gbk"
        how: dict[str, Any] = {"encoding": encoding, "newline": "\r\n"}
        made = write_table(folder / "ExportOrderList.csv", header, lines, **how)
    return Sample(made, {"purchases": expected})


def _records(order: Order, variant: str) -> list[dict[str, Any]]:
    """Return an order's lines: pieces as even as can be, the amount shared out by pieces."""
    kinds = len(order.lines)
    each, more = divmod(sum(line.quantity for line in order.lines), kinds)
    pieces = [each + (n < more) for n in range(kinds)]
    masked = variant == "masked"
    return [
        record(
            order,
            Line(line.title, "", pieces[n], 0),
            cents,
            order_id=f"31{order.number:016d}",
            discount=None,
            customer_id=None if masked else f"tb会员{order.buyer}",
            email=None if masked else order.email,
            phone=None if masked else order.phone,
            name=None if masked else f"张三{order.buyer}",
        )
        for n, (line, cents) in enumerate(
            zip(order.lines, share(order.goods, pieces), strict=True)
        )
    ]  # fmt: skip


def _cells(order: Order, variant: str) -> dict[str, object]:
    number, phone = f"31{order.number:016d}", order.phone
    if variant == "quoted ids":
        number, phone = f'="{number}"', f'="{phone}"'
    if variant == "leading marks":
        number, phone = f"\t{number}", f"'{phone}"
    masked = variant == "masked"
    return {
        "订单编号": number,
        "买家会员名": f"t**{order.buyer}" if masked else f"tb会员{order.buyer}",
        "买家支付宝账号": "138****0001" if masked else order.email,
        "买家应付货款": f"{order.full / 100:.2f}",
        "买家应付邮费": f"{order.shipping / 100:.2f}",
        "总金额": f"{(order.full + order.shipping) / 100:.2f}",
        "买家实际支付金额": f"{(order.goods + order.shipping) / 100:.2f}",
        "订单状态": _STATUS[order.state],
        "收货人姓名": "张**" if masked else f"张三{order.buyer}",
        "联系电话": "",
        "联系手机": "138****0000" if masked else phone,
        "订单创建时间": f"{order.time:%Y-%m-%d %H:%M:%S}",
        "订单付款时间": f"{order.time:%Y-%m-%d %H:%M:%S}",
        "宝贝标题": "，".join(line.title for line in order.lines),
        "商品标题": "，".join(line.title for line in order.lines),
        "宝贝种类": str(len(order.lines)),
        "宝贝总数量": str(sum(line.quantity for line in order.lines)),
        "店铺名称": "小店",
    }


def _items(folder: Path, variant: str, orders: list[Order]) -> Sample:
    lines, expected = [], []
    coded = variant == "items by code"
    header = [name for name in ITEMS if not coded or name != "商品ID"]
    for order in orders:
        for n, cents in enumerate(paid(order)):
            line = order.lines[n]
            code = line.sku if n != 2 else ""
            cells = {
                "子订单编号": f"31{order.number:016d}{n}",
                "主订单编号": f'="31{order.number:016d}"' if coded else f"31{order.number:016d}",
                "商品标题": line.title,
                "商品价格": f"{line.price / 100:.2f}",
                "购买数量": str(line.quantity),
                "商品属性": "颜色：白",
                "订单状态": _STATUS[order.state] if order.state != "returned" else "交易关闭",
                "商家编码": code,
                "买家实际支付金额": f"{cents / 100:.2f}",
                "退款状态": "退款成功" if order.state == "returned" else "没有申请退款",
                "订单创建时间": f"{order.time:%Y-%m-%d %H:%M:%S}",
                "商品ID": f"6600{line.sku[3:]}",
            }
            lines.append([cells.get(name, "") for name in header])
            item = (code or item_of(line.title)) if coded else f"6600{line.sku[3:]}"
            discount = (line.full - cents) * CENT
            expected.append(
                record(order, line, cents, order_id=f"31{order.number:016d}", item_id=item,
                       discount=discount, customer_id=None, phone=None)
            )  # fmt: skip
    path = folder / "ExportOrderDetailList.csv"
    return Sample(write_table(path, header, lines, encoding="gbk"), {"purchases": expected})
