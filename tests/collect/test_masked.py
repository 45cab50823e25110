"""Masked and encrypted identifiers are none, whatever file they stand in."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from tests.contracts.export_format import imported

from habitue.collect.masked import unmasked
from habitue.shop import Shop

MASKED = [
    ("phone", "138****1234"),
    ("phone", "+86 138****1234"),
    ("phone", "138xxxx1234"),
    ("phone", "1**********"),
    ("phone", "18412345678-1234"),
    ("phone", "18412345678转1234"),
    ("phone", "$kXjAbCdEfGhIjKlMnOpQr7=$3$"),
    ("email", "a***@mail.example"),
    ("name", "张*"),
    ("name", "李**"),
    ("name", "##AbCdEfGhIjKlMnOpQrSt==##"),
    ("customer_id", "t**8"),
    ("customer_id", "jd_****01"),
    ("handle", "小*花"),
    ("handle", "~AbCdEfGhIjKlMnOpQrStU==~1~"),
]
PLAIN = [
    ("phone", "13812345678"),
    ("phone", "+44 7700 900123"),
    ("phone", "020-7946-0958"),
    ("phone", "(555) 123-4567"),
    ("email", "ann.lee+x@mail.example"),
    ("name", "Ann O'Neil-Lee"),
    ("name", "欧阳娜娜"),
    ("customer_id", "A*17"),
    ("customer_id", "#1001"),
    ("customer_id", "$ann"),
    ("handle", "@ann_lee"),
    ("visitor", "GA1.2.1234567890.1234567890"),
]


@pytest.mark.parametrize(("field", "value"), MASKED)
def test_what_is_masked_is_no_identifier(field: str, value: str) -> None:
    assert unmasked(field, pa.array([value])).to_pylist() == [None]


@pytest.mark.parametrize(("field", "value"), PLAIN)
def test_what_is_not_masked_stays(field: str, value: str) -> None:
    assert unmasked(field, pa.array([value, None])).to_pylist() == [value, None]


def test_a_masked_number_merges_nobody_and_is_not_stored(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "order_id,sku,date,price,customer_id,phone,name\n"
        "1,A,2024-05-01,2.50,7,138****1234,张*\n"
        "2,A,2024-05-02,2.50,8,138****1234,张*\n",
        encoding="utf-8",
    )
    rows = imported(path).records["purchases"]
    assert [(row["customer_id"], row["phone"], row["name"]) for row in rows] == [
        ("7", None, None),
        ("8", None, None),
    ]
    shop = Shop.create(tmp_path / "shop")
    shop.import_files([path])
    assert shop.vault.count() == 2
