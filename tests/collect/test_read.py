"""Reading: typed rows, exact money, UTC times, and the right reason for every bad row."""

# ruff: noqa: E501  (rows of exports are as long as they are)
from __future__ import annotations

import gzip
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.shared import shared_data

from habitue.collect.base import Batch
from habitue.collect.files import open_source
from habitue.collect.mapping import understand
from habitue.collect.read import read
from habitue.errors import HabitueError

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
GOOD = '5{0:05d},A{1},"MUG, RED",2,2011-03-{2:02d} 08:26:00,2.55,17850.0,United Kingdom'


def read_all(path: Path, **options: object) -> Batch:
    source = open_source(path)
    parts = list(read(source, understand(source), **options))  # type: ignore[arg-type]
    return Batch(
        pa.concat_tables([p.rows for p in parts]),
        pa.concat_tables([p.rejected for p in parts]),
        sum(p.blank for p in parts),
    )


def written(folder: Path, text: str | bytes, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def good(n: int) -> bytes:
    return GOOD.format(n, n % 97, n % 28 + 1).encode()


BROKEN = {
    "few_fields": b"536365,85123A,MUG,6",
    "many_fields": b"536365,85123A,MUG,RED,6,2011-03-01 08:26:00,2.55,17850,United Kingdom",
    "bad_date": b"536365,85123A,MUG,6,yesterday,2.55,17850,United Kingdom",
    "impossible_date": b"536365,85123A,MUG,6,2011-02-30 08:26:00,2.55,17850,United Kingdom",
    "missing_date": b"536365,85123A,MUG,6,,2.55,17850,United Kingdom",
    "bad_quantity": b"536365,85123A,MUG,six,2011-03-01 08:26:00,2.55,17850,United Kingdom",
    "bad_price": b"536365,85123A,MUG,6,2011-03-01 08:26:00,free,17850,United Kingdom",
    "missing_item": b"536365,,MUG,6,2011-03-01 08:26:00,2.55,17850,United Kingdom",
    "missing_order": b",85123A,MUG,6,2011-03-01 08:26:00,2.55,17850,United Kingdom",
    "future_date": b"536365,85123A,MUG,6,2199-03-01 08:26:00,2.55,17850,United Kingdom",
    "early_date": b"536365,85123A,MUG,6,1911-03-01 08:26:00,2.55,17850,United Kingdom",
    "undecodable": b"536365,85123A,M\xff\xfeUG,6,2011-03-01 08:26:00,2.55,17850,United Kingdom",
    "unbalanced_quote": b'536365,85123A,"MUG,6,2011-03-01 08:26:00,2.55,17850,United Kingdom',
    "control_characters": b"536365,85123A,M\x00UG,6,2011-03-01 08:26:00,2.55,17850,United Kingdom",
    "out_of_range": b"536365,85123A,MUG,6,2011-03-01 08:26:00,1e30,17850,United Kingdom",
    "not_finite": b"536365,85123A,MUG,6,2011-03-01 08:26:00,inf,17850,United Kingdom",
    "missing_quantity": b"536365,85123A,MUG,,2011-03-01 08:26:00,2.55,17850,United Kingdom",
    "missing_price": b"536365,85123A,MUG,6,2011-03-01 08:26:00,,17850,United Kingdom",
    "empty_row": b",,,,,,,",
    "damaged_id": b"1.23E+15,85123A,MUG,6,2011-03-01 08:26:00,2.55,17850,United Kingdom",
}


def test_each_kind_of_bad_row_is_set_aside_alone_with_its_line_and_reason(tmp_path: Path) -> None:
    lines, expected = [HEADER.encode()], {}
    for n in range(20_000):
        if n % 100 == 50:
            reason = list(BROKEN)[(n // 100) % len(BROKEN)]
            lines.append(BROKEN[reason])
            expected[len(lines)] = reason
        else:
            lines.append(good(n))
    batch = read_all(written(tmp_path, b"\n".join(lines) + b"\n"))
    found = dict(
        zip(batch.rejected["line"].to_pylist(), batch.rejected["reason"].to_pylist(), strict=True)
    )
    assert found == expected
    assert len(batch.rows) == 20_000 - 200
    assert batch.rows["line"].to_pylist() == [n for n in range(2, 20_002) if n not in expected]


@pytest.mark.parametrize("reason", BROKEN)
def test_bad_rows_next_to_each_other_harm_only_themselves(tmp_path: Path, reason: str) -> None:
    lines = [
        HEADER.encode(),
        *(good(n) for n in range(50)),
        *[BROKEN[reason]] * 7,
        good(1),
        BROKEN[reason],
        good(2),
    ]
    batch = read_all(written(tmp_path, b"\r\n".join(lines)))
    assert Counter(batch.rejected["reason"].to_pylist()) == {reason: 8}
    assert len(batch.rows) == 52


def test_zero_and_negative_prices_and_quantities_and_no_customer_are_no_bad_rows(
    tmp_path: Path,
) -> None:
    rows = [
        "1,A,x,-3,2011-03-01,0,,UK",
        "2,A,x,0,2011-03-01,-11062.06,,UK",
        "3,A,,1,2011-03-01,0.0000005,,UK",
    ]
    batch = read_all(written(tmp_path, "\n".join([HEADER, *rows])))
    assert batch.rows["unit_price"].to_pylist() == [0, -11_062_060_000, 1]
    assert batch.rows["customer_id"].null_count == 3


def test_the_list_of_bad_rows_never_holds_a_customer(tmp_path: Path) -> None:
    header = "order,sku,date,price,email"
    rows = [
        "1,A,2024-05-13,2,a@b.example",
        "2,A,ann@b.example,2,a@b.example",
        "3,A,2024-05-13,138 0000 0000 11,x@y.example",
    ]
    batch = read_all(written(tmp_path, "\n".join([header, *rows])))
    assert batch.rejected["value"].to_pylist() == ["", ""]


def test_uci_online_retail_is_read_whole_with_no_option() -> None:
    batch = read_all(shared_data("online_retail/online_retail.csv.gz"))
    assert (len(batch.rows), len(batch.rejected), batch.blank) == (541_909, 0, 0)
    assert len(batch.rows["customer_id"].unique()) == 4_372 + 1
    assert batch.rows["customer_id"][0].as_py() == "17850"
    assert batch.rows["line"][0].as_py() == 2
    assert batch.rows["time"][0].as_py() == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)


TAOBAO = (
    "订单编号,买家会员名,总金额,订单状态,收货人姓名,联系手机,订单创建时间,宝贝标题,宝贝总数量\r\n"
)


def test_a_taobao_export_in_gb18030_is_read_with_no_option(tmp_path: Path) -> None:
    rows = [
        '="2024030512345678901",tb熊猫,59.80,交易成功,张三,\'13800000001,2024-03-05 14:30:00,手工皂 薰衣草,2',
        '="2024030612345678902",tb小鹿,"1,288.00",交易关闭,李四,\t13800000002,2024-03-06 09:00:00,香薰蜡烛,1',
        '="2024031612345678903",tb小鹿,88,退款成功,李四,\t13800000002,2024-03-16 09:00:00,香薰蜡烛,1',
    ]
    path = written(tmp_path, (TAOBAO + "\r\n".join(rows) + "\r\n").encode("gb18030"))
    assert ("encoding", "GB18030") in open_source(path).facts
    batch = read_all(path, timezone="Asia/Shanghai")
    first = batch.rows.to_pylist()[0]
    assert first["order_id"] == "2024030512345678901"
    assert (first["customer_id"], first["phone"], first["name"]) == (
        "tb熊猫",
        "13800000001",
        "张三",
    )
    assert first["unit_price"] == 29_900_000
    assert first["time"] == datetime(2024, 3, 5, 6, 30, tzinfo=UTC)
    assert first["item_id"] == first["title"] == "手工皂 薰衣草"
    assert batch.rows["status"].to_pylist() == ["sale", "cancelled", "returned"]
    assert batch.rows["unit_price"].to_pylist()[1] == 1_288_000_000


def test_a_json_lines_view_log_is_read_with_no_option(tmp_path: Path) -> None:
    lines = [
        '{"event_id":"e1","timestamp":"2024-03-05T10:00:00.250+08:00","event":"Product Viewed","userId":"u1","properties":{"product_id":"A1"},"context":{"userAgent":"Mozilla"}}',
        '{"event_id":"e2","timestamp":"2024-03-05T10:00:01Z","event":"add_to_cart","userId":"u1","properties":{"product_id":"A1"}}',
        '{"event_id":"e3","timestamp":"2024-03-05T10:0',
        "[1, 2]",
        "",
        '{"event_id":"e4","timestamp":"2024-03-05T10:00:01Z","event":"session_start","userId":"u2"}',
    ]
    batch = read_all(written(tmp_path, "\n".join(lines), "views.jsonl"))
    assert batch.rows["event"].to_pylist() == ["view", "cart"]
    assert batch.rows["event_id"].to_pylist() == ["e1", "e2"]
    assert batch.rows["time"][0].as_py() == datetime(2024, 3, 5, 2, 0, 0, 250_000, tzinfo=UTC)
    assert batch.rejected.to_pydict()["line"] == [3, 4, 6]
    assert batch.rejected.to_pydict()["reason"] == ["json_broken", "json_not_object", "other_event"]
    assert batch.blank == 1


def test_shopify_further_lines_of_an_order_take_its_fields(tmp_path: Path) -> None:
    text = (
        "Name,Email,Financial Status,Created at,Currency,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku\n"
        "#1001,a@b.example,paid,2024-03-05 14:30:00 +0800,USD,1,Mug,5.00,M1\n#1001,,,,,2,Cup,4.00,C1\n#1001,,,,,1,Jar,3.00,J1\n"
        "#1002,c@d.example,refunded,2024-03-06 14:30:00 +0800,USD,1,Mug,5.00,M1\n#1002,,,,,1,Jar,3.00,J1\n"
    )
    path = written(tmp_path, text)
    for size in (2, 200_000):
        batch = read_all(path, batch_rows=size)
        assert batch.rows["email"].to_pylist() == ["a@b.example"] * 3 + ["c@d.example"] * 2
        assert batch.rows["status"].to_pylist() == ["sale"] * 3 + ["returned"] * 2
        assert batch.rows["time"].null_count == 0


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    noise=st.lists(st.binary(max_size=40).filter(lambda b: b"\n" not in b), max_size=12),
    quoted=st.booleans(),
)
def test_accepted_set_aside_and_blank_are_all_lines_for_any_bytes(
    tmp_path: Path, noise: list[bytes], quoted: bool
) -> None:
    if not quoted:
        noise = [line.replace(b'"', b"'") for line in noise]
    lines = [HEADER.encode(), *(good(n) for n in range(40)), *noise, *(good(n) for n in range(40))]
    path = written(tmp_path, b"\n".join(lines) + b"\n")
    batch = read_all(path)
    assert batch.read <= 80 + len(noise)
    assert len(batch.rows) >= 80  # no good line is lost, whatever stands between
    if not quoted:
        assert batch.read == 80 + len(noise)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(min_size=1, max_size=300))
def test_arbitrary_bytes_are_read_or_refused_by_an_error_of_ours(
    tmp_path: Path, content: bytes
) -> None:
    path = written(tmp_path, content)
    try:
        source = open_source(path)
        for raw in source.batches():
            assert len(raw.table) == len(raw.lines)
        understand(source)
    except HabitueError:
        pass


def test_gzip_zstd_and_plain_give_the_same_rows(tmp_path: Path) -> None:
    plain = b"\n".join([HEADER.encode(), *(good(n) for n in range(500))])
    files = [
        written(tmp_path, plain),
        written(tmp_path, gzip.compress(plain), "a.bin"),
        written(tmp_path, pa.Codec("zstd").compress(plain, asbytes=True), "b.bin"),
    ]
    assert len({str(read_all(path).rows.to_pylist()) for path in files}) == 1


def test_an_ambiguous_date_order_is_settled_further_on_in_the_file(tmp_path: Path) -> None:
    rows = [f"{n},A,{n % 12 + 1}/{n % 11 + 1}/2024,1.00,c" for n in range(25_000)]
    rows += ["9,A,3/25/2024,1.00,c"]
    path = written(tmp_path, "\n".join(["order,sku,date,price,customer", *rows]))
    source = open_source(path)
    known = understand(source)
    assert known.forms["time"].style == "mdy"
    assert not known.forms["time"].assumed


def test_a_key_that_first_occurs_far_down_a_log_is_not_missed(tmp_path: Path) -> None:
    view = '{"time":"2026-01-02T10:00:00Z","product_id":"A","anonymous_id":"v%d"%s}'
    lines = [view % (n, ',"user_id":"ann"' if n == 15_000 else "") for n in range(15_001)]
    batch = read_all(written(tmp_path, "\n".join(lines)))
    assert batch.rows["customer_id"][15_000].as_py() == "ann"
    assert batch.rows["visitor"][0].as_py() == "v0"
