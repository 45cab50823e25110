"""Every kind of file gives the same rows, told by content alone."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.shared import shared_data

from habitue.collect.files import open_source
from habitue.collect.mapping import understand
from habitue.collect.read import read
from habitue.errors import FormatError

ROWS = [
    {"order_id": str(n), "sku": f"A{n}", "date": "2024-05-13 10:00:00", "price": 2.5, "customer": n}
    for n in range(1, 40)
]


def rows_of(path: Path) -> list[dict[str, object]]:
    source = open_source(path)
    rows = [row for b in read(source, understand(source)) for row in b.rows.to_pylist()]
    return [{k: row[k] for k in ("order_id", "item_id", "time", "unit_price", "customer_id")}
            for row in rows]  # fmt: skip


@pytest.fixture
def expected(tmp_path: Path) -> list[dict[str, object]]:
    path = tmp_path / "plain.csv"
    lines = [",".join(ROWS[0]), *(",".join(map(str, row.values())) for row in ROWS)]
    path.write_text("\n".join(lines))
    return rows_of(path)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("wrap", ["", "data", "assigned"])
def test_json(tmp_path: Path, expected: list[object], indent: int | None, wrap: str) -> None:
    content: object = {"page": {"n": [1, 2]}, "data": ROWS, "end": 1} if wrap == "data" else ROWS
    text = json.dumps(content, indent=indent)
    path = tmp_path / "x.txt"
    path.write_text("window.YTD.orders.part0 = " + text if wrap == "assigned" else text)
    assert open_source(path).format == "json"
    assert rows_of(path) == expected


@pytest.mark.parametrize("compress", [False, True])
def test_parquet(tmp_path: Path, expected: list[object], compress: bool) -> None:
    table = pa.Table.from_pylist(ROWS)
    at = table.column_names.index("date")
    table = table.set_column(at, "date", table["date"].cast(pa.timestamp("ns")))
    path = tmp_path / "x"
    pq.write_table(table, path)
    if compress:
        path.write_bytes(gzip.compress(path.read_bytes()))
    assert open_source(path).format == "parquet"
    assert rows_of(path) == expected


def test_parquet_whose_names_are_damaged_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"naïf": ["a"]}), path)
    path.write_bytes(path.read_bytes().replace("ï".encode(), b"\xdf\xdf"))
    with pytest.raises(FormatError, match="damaged Parquet"):
        open_source(path)


def test_excel_with_a_title_above_and_a_second_sheet(
    tmp_path: Path, expected: list[object]
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Orders of May"])
    sheet.append(list(ROWS[0]))
    for row in ROWS[:20]:
        sheet.append(list(row.values()))
    second = book.create_sheet("more")
    second.append(list(ROWS[0]))
    for row in ROWS[20:]:
        second.append(list(row.values()))
    book.create_sheet("empty")
    path = tmp_path / "x.dat"
    book.save(path)
    assert open_source(path).format == "excel"
    assert rows_of(path) == expected


def test_a_json_array_cut_short_keeps_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(ROWS)[:-200])
    source = open_source(path)
    [batch] = read(source, understand(source))
    assert batch.rejected["reason"].to_pylist() == ["json_cut_short"]
    assert 30 < len(batch.rows) < 39


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 a.csv", "zip archive"),
        (b"%PDF-1.7", "PDF"),
        (gzip.compress(bytes(range(256)) * 500)[:-300], "ends too early"),
        (b"PAR1 nothing", "damaged Parquet"),
        (b'{"a": 1, "b": [1, 2]', "neither an array"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=says):
        open_source(path)


def test_a_list_of_baskets_is_no_table() -> None:
    with pytest.raises(FormatError, match="from 1 to 32 fields"):
        open_source(shared_data("baskets/groceries_baskets.csv"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [
        "订单号,商品名称,下单时间,单价,会员名",
        *(f"{n},手工皂{n},2024-03-05,9.90,熊猫" for n in range(9)),
    ]
    path = tmp_path / "x.csv"
    path.write_bytes("\n".join(lines).replace(",", delimiter).encode(encoding))
    source = open_source(path)
    assert source.columns[1] == "商品名称"
    [batch] = read(source, understand(source))
    assert batch.rows["title"][3].as_py() == "手工皂3"


def test_latin_1_and_decimal_comma(tmp_path: Path) -> None:
    lines = [
        "Order;Produkt;sku;Datum;date;Price",
        *(f"{n};Käse;K{n};x;31.12.2023;1.234,50 €" for n in range(9)),
    ]
    path = tmp_path / "x.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    source = open_source(path)
    assert ("encoding", "Latin-1 (Windows-1252)") in source.facts
    known = understand(source)
    [batch] = read(source, known)
    assert batch.rows["unit_price"][0].as_py() == 1_234_500_000
    assert batch.rows["currency"][0].as_py() == "EUR"
    assert ("decimals", "comma") in known.facts
