"""有赞's orders: several products in one cell, or one row a product."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.samples.base import Sample, write_table, write_workbook
from tests.samples.market import CHINESE, Line, Order, market, paid, record, share

VARIANTS = ("pieces in brackets", "pieces by star", "titles alone", "no kinds", "total pieces",
            "products", "workbook")  # fmt: skip
HEADER = (
    "订单号,订单状态,订单类型,订单创建时间,买家付款时间,收货人/提货人,收货人手机号/提货人手机号,收货人省份,"
    "收货人城市,详细收货地址/提货地址,全部商品名称,商品种类数,订单实付金额,运费,订单已退款金额,归属店铺,"
    "买家昵称,买家备注,商家订单备注"
).split(",")
PRODUCTS = (
    "订单号,商品子订单号,订单状态,买家付款时间,收货人/提货人,收货人手机号/提货人手机号,商品名称,商品ID,商品单价,"
    "商品数量,商品实际成交金额,买家备注,归属店铺"
).split(",")
_STATUS = {"sale": "交易完成", "cancelled": "交易关闭", "returned": "交易完成", "partly": "已发货"}


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    """Write an export; money that went back is in a column of its own."""
    orders = market(seed, rows, titles=CHINESE)
    expected: list[dict[str, Any]] = []
    if variant == "products":
        lines = [_row(order, n, cents) for order in orders for n, cents in enumerate(paid(order))]
        expected = [
            _record(order, line, cents, discount=(line.full - cents) * 10_000,
                    item_id=line.sku)
            for order in orders
            for line, cents in zip(order.lines, paid(order), strict=True)
        ]  # fmt: skip
        for made in expected:
            made["status"] = "sale" if made["status"] == "returned" else made["status"]
        return Sample(write_table(folder / "orders.csv", PRODUCTS, lines), {"purchases": expected})
    header = [name for name in HEADER if variant != "no kinds" or name != "商品种类数"]
    header += ["商品总件数"] if variant == "total pieces" else []
    for order in orders:
        alone = variant == "titles alone"
        pieces = [1 if alone else line.quantity for line in order.lines]
        if variant == "total pieces":
            each, more = divmod(sum(pieces), len(pieces))
            pieces = [each + (n < more) for n in range(len(pieces))]
        for n, cents in enumerate(share(order.goods, pieces)):
            line = Line(order.lines[n].title, "", pieces[n], 0)
            expected.append(_record(order, line, cents, discount=None))
    lines = [[_cells(order, variant).get(name, "") for name in header] for order in orders]
    if variant == "workbook":
        made_file = write_workbook(folder / "orders.xlsx", header, lines)
    else:
        how: dict[str, Any] = {"encoding": "gb18030" if variant == "titles alone" else "utf-8-sig"}
        made_file = write_table(folder / "orders.csv", header, lines, **how)
    return Sample(made_file, {"purchases": expected})


def _record(order: Order, line: Line, cents: int, **more: Any) -> dict[str, Any]:
    return record(order, line, cents, order_id=f"E2024{order.number:012d}", phone=order.phone,
                  name=f"赵六{order.buyer}", **more)  # fmt: skip


def _cells(order: Order, variant: str) -> dict[str, object]:
    titles = [
        f"{line.title}*{line.quantity}" if variant == "pieces by star"
        else line.title if variant in ("titles alone", "total pieces")
        else f"{line.title}({line.quantity}件)"
        for line in order.lines
    ]  # fmt: skip
    total = order.goods + order.shipping
    back = {"returned": total, "partly": 1}.get(order.state, 0)
    return {
        "订单号": f"\tE2024{order.number:012d}",
        "订单状态": _STATUS[order.state],
        "订单类型": "普通订单",
        "订单创建时间": f"{order.time:%Y-%m-%d %H:%M:%S}",
        "买家付款时间": f"{order.time:%Y-%m-%d %H:%M:%S}",
        "收货人/提货人": f"赵六{order.buyer}",
        "收货人手机号/提货人手机号": f"\t{order.phone}",
        "收货人省份": "广东省",
        "全部商品名称": ("," if variant == "no kinds" else "；").join(titles),
        "商品种类数": str(len(order.lines)),
        "商品总件数": str(sum(line.quantity for line in order.lines)),
        "订单实付金额": f"{total / 100:.2f}",
        "运费": f"{order.shipping / 100:.2f}",
        "订单已退款金额": f"{back / 100:.2f}",
    }


def _row(order: Order, n: int, cents: int) -> list[object]:
    line = order.lines[n]
    cells: dict[str, object] = {
        "订单号": f"E2024{order.number:012d}",
        "商品子订单号": f"E2024{order.number:012d}{n}",
        "订单状态": _STATUS[order.state],
        "买家付款时间": f"{order.time:%Y-%m-%d %H:%M:%S}",
        "收货人/提货人": f"赵六{order.buyer}",
        "收货人手机号/提货人手机号": order.phone,
        "商品名称": line.title,
        "商品ID": line.sku,
        "商品单价": f"{line.price / 100:.2f}",
        "商品数量": line.quantity,
        "商品实际成交金额": f"{cents / 100:.2f}",
    }
    return [cells.get(name, "") for name in PRODUCTS]
