"""抖音's orders: sub-orders, tabs before numbers, encrypted people, after-sales states."""

from __future__ import annotations

from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

from tests.samples.base import Sample, write_table, write_workbook
from tests.samples.market import CHINESE, Order, market, paid, record

VARIANTS = ("bom and tabs", "gbk", "encrypted", "masked", "privacy numbers", "workbook", "no price")
ZONE = timezone(timedelta(hours=8))

HEADER = (
    "主订单编号,子订单编号,选购商品,商品规格,商品数量,商品ID,商家编码,商品单价,订单应付金额,运费,"
    "优惠总金额,支付方式,收件人,收件人手机号,省,市,区,买家留言,订单提交时间,商家备注,订单完成时间,"
    "支付完成时间,APP渠道,流量来源,订单状态,承诺发货时间,取消原因,售后状态,达人昵称"
).split(",")
_STATUS = {"sale": ("已完成", "-"), "cancelled": ("已关闭", ""), "returned": ("已发货", "退款成功"),
           "partly": ("已完成", "售后关闭")}  # fmt: skip


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    """Write an export; freight is part of what was to be paid."""
    orders = market(seed, rows, titles=CHINESE, line_off=True, order_off=False)
    header = [name for name in HEADER if variant != "no price" or name != "商品单价"]
    lines, expected = [], []
    for order in orders:
        for n, cents in enumerate(paid(order)):
            cells = _cells(order, n, cents, variant)
            lines.append([cells.get(name, "") for name in header])
            known = variant not in ("encrypted", "masked", "privacy numbers")
            line = order.lines[n]
            expected.append(
                record(
                    order,
                    line,
                    cents,
                    order_id=f"69{order.number:016d}",
                    item_id=f"35{line.sku[3:]}0",
                    phone=order.phone if known else None,
                    name=f"李四{order.buyer}" if known else None,
                    time=order.time - timedelta(hours=8),
                    email=None,
                )
            )
    if variant == "workbook":
        made = write_workbook(folder / "orders.xlsx", header, lines)
    else:
        ways: dict[str, dict[str, Any]] = {
            "gbk": {"encoding": "gb18030", "newline": "\r\n"},
            "masked": {"quote_all": True},
        }
        how = ways.get(variant, {"encoding": "utf-8-sig", "newline": "\r\n"})
        made = write_table(folder / "orders.csv", header, lines, **how)
    return Sample(made, {"purchases": expected})


def _cells(order: Order, n: int, cents: int, variant: str) -> dict[str, object]:
    line = order.lines[n]
    tab = "\t" if variant in ("bom and tabs", "encrypted") else ""
    freight = order.shipping if n == 0 else 0
    state, after = _STATUS[order.state]
    name, phone = {
        "encrypted": (f"##AbCdEfGhIjKlMnOpQrSt{order.number}==##",
                      f"$kXjAbCdEfGhIjKlMnOpQr{order.number}=$3$"),
        "masked": ("李**", f"138****{order.buyer:04d}"),
        "privacy numbers": ("李*", f"184{order.number:08d}-{order.buyer:04d}"),
    }.get(variant, (f"李四{order.buyer}", order.phone))  # fmt: skip
    return {
        "主订单编号": f"{tab}69{order.number:016d}",
        "子订单编号": f"{tab}69{order.number:016d}{n}",
        "选购商品": line.title,
        "商品规格": "默认",
        "商品数量": str(line.quantity),
        "商品ID": f"{tab}35{line.sku[3:]}0",
        "商家编码": line.sku,
        "商品单价": f"{line.price / 100:.2f}",
        "订单应付金额": f"{(cents + freight) / 100:.2f}",
        "运费": f"{freight / 100:.2f}",
        "优惠总金额": f"{(line.full - cents) / 100:.2f}",
        "收件人": name,
        "收件人手机号": f"{tab}{phone}",
        "省": "浙江省",
        "订单提交时间": f"{tab}{order.time - timedelta(hours=8):%Y-%m-%d %H:%M:%S}",
        "支付完成时间": f"{order.time:%Y-%m-%d %H:%M:%S}",
        "APP渠道": "抖音",
        "订单状态": state,
        "售后状态": after,
    }
