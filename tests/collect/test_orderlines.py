"""Order lines: orders that go on from batch to batch, fields carried down, several in a cell."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.export_format import imported
from tests.samples import shopify, taobao
from tests.samples.base import write_table

from habitue.collect import bytestream, wholeorders
from habitue.collect.base import Raw
from habitue.collect.wholeorders import whole_orders
from habitue.errors import HabitueError, MappingError
from habitue.shop import Shop


def raws(sizes: list[int], orders: list[str]) -> list[Raw]:
    ends = np.cumsum([0, *sizes])
    return [
        Raw(pa.table({"no": pa.array(orders[a:b], pa.string())}), np.arange(a, b))
        for a, b in pairwise(ends)
    ]


@given(st.lists(st.integers(0, 5), max_size=8), st.data())
def test_no_batch_ends_within_an_order_and_none_is_lost(
    sizes: list[int], data: st.DataObject
) -> None:
    numbers = sorted(data.draw(st.lists(st.integers(1, 6), min_size=sum(sizes),
                                        max_size=sum(sizes))))  # fmt: skip
    given_blank = [str(n) if k == 0 or numbers[k - 1] != n else "" for k, n in enumerate(numbers)]
    got = list(whole_orders(raws(sizes, given_blank), "no"))
    assert [line for raw in got for line in raw.lines.tolist()] == list(range(sum(sizes)))
    seen = [{numbers[line] for line in raw.lines.tolist()} for raw in got]
    for n, one in enumerate(seen):
        assert not any(one & other for other in seen[n + 1 :])


def test_an_order_beyond_all_bounds_is_parted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wholeorders, "_MOST_HELD", 4)
    got = list(whole_orders(raws([3, 3, 3], ["7"] * 9), "no"))
    assert [len(raw.lines) for raw in got] == [6, 3]


def test_an_export_of_many_blocks_is_read_as_one_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = shopify.write(tmp_path, "orders", 5, 120)
    whole = imported(sample.path).records
    monkeypatch.setattr(bytestream, "BLOCK", 700)
    assert imported(sample.path).records == whole


def test_a_known_export_without_a_column_that_is_needed_says_which(tmp_path: Path) -> None:
    header = ["订单号", "商品名称", "京东价", "订购数量", "结算金额", "应付金额", "商品ID"]
    path = write_table(tmp_path / "jd.csv", header, [["1", "杯", "2", "1", "2", "2", "A"]])
    with pytest.raises(MappingError, match="time"):
        imported(path)


def test_a_report_of_products_without_times_says_what_to_do(tmp_path: Path) -> None:
    header = (
        "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码".split(
            ","
        )
    )
    path = write_table(tmp_path / "old.csv", header, [["1", "杯", "2", "1", *[""] * 6]])
    with pytest.raises(HabitueError, match="订单报表"):
        imported(path)


@pytest.mark.parametrize("products_first", [True, False])
def test_both_reports_of_taobao_give_each_line_once_and_its_buyer(
    tmp_path: Path, products_first: bool
) -> None:
    """Lines with one piece of each product are exact either way."""
    shop = Shop.create(tmp_path / "shop")
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    orders = taobao.write(tmp_path / "one", "gbk", 3, 60)
    products = taobao.write(tmp_path / "two", "items", 3, 60)
    paths = [products.path, orders.path] if products_first else [orders.path, products.path]
    reports = [report for path in paths for report in shop.import_files([path])]
    lines = len(products.expected["purchases"])
    assert [report.accepted for report in reports] == [lines, 0]
    with shop._engine() as engine:
        shop._store.read(engine, "purchases")
        rows = engine.query("SELECT * FROM purchases").to_pylist()
    assert len(rows) == lines
    assert all(row["customer"] is not None for row in rows)
    if products_first:
        exact = sorted(row["unit_price"] for row in products.expected["purchases"])
        assert sorted(row["unit_price"] for row in rows) == exact
