"""京东's orders: one row a product, the order's amounts on each, masked telephones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.samples.base import Sample, write_table, write_workbook
from tests.samples.market import CHINESE, Order, market, paid, record

VARIANTS = ("gbk", "masked phones", "quoted numbers", "workbook", "freight apart")
HEADER = (
    "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,"
    "订单状态,订单类型,下单帐号,客户姓名,客户地址,联系电话,订单备注,发票类型"
).split(",")
_STATUS = {
    "sale": "完成",
    "cancelled": "(删除)等待出库",
    "returned": "已退款",
    "partly": "等待出库",
}


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    """Write an export; 结算金额 is what the shop gets for the order."""
    orders = market(seed, rows, titles=CHINESE)
    apart = variant == "freight apart"
    header = [*HEADER, "运费金额"] if apart else HEADER
    lines, expected = [], []
    for order in orders:
        for n, cents in enumerate(paid(order)):
            cells = _cells(order, n, variant)
            lines.append([cells.get(name, "") for name in header])
            expected.append(
                record(
                    order,
                    order.lines[n],
                    cents,
                    order_id=f"28{order.number:010d}",
                    customer_id=f"jd_{order.buyer}",
                    phone=None if variant == "masked phones" else order.phone,
                    name=None if variant == "masked phones" else f"王五{order.buyer}",
                )
            )
    if variant == "workbook":
        made = write_workbook(folder / "orders.xlsx", header, lines)
    else:
        ways: dict[str, dict[str, Any]] = {"masked phones": {"encoding": "utf-8-sig"}}
        how = ways.get(variant, {"encoding": "gb18030", "newline": "\r\n"})
        made = write_table(folder / "orders.csv", header, lines, **how)
    return Sample(made, {"purchases": expected})


def _cells(order: Order, n: int, variant: str) -> dict[str, object]:
    line = order.lines[n]
    number = f"28{order.number:010d}"
    masked = variant == "masked phones"
    freight = order.shipping if variant == "freight apart" else 0
    goods = order.goods + freight
    return {
        "订单号": f'="{number}"' if variant == "quoted numbers" else number,
        "商品ID": line.sku,
        "商品名称": line.title,
        "订购数量": line.quantity if variant == "workbook" else str(line.quantity),
        "支付方式": "在线支付",
        "下单时间": f"{order.time:%Y-%m-%d %H:%M:%S}",
        "京东价": f"{line.price / 100:.2f}",
        "订单金额": f"{(order.full + freight) / 100:.2f}",
        "结算金额": f"{goods / 100:.2f}",
        "余额支付": "0.00",
        "应付金额": f"{goods / 100:.2f}",
        "订单状态": _STATUS[order.state],
        "订单类型": "SOP",
        "下单帐号": f"jd_{order.buyer}",
        "客户姓名": "王*" if masked else f"王五{order.buyer}",
        "客户地址": "北京市朝阳区",
        "联系电话": f"138****{order.buyer:04d}" if masked else order.phone,
        "运费金额": f"{freight / 100:.2f}",
    }
