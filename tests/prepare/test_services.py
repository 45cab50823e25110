from __future__ import annotations

import pytest

from habitue.prepare.services import is_service


@pytest.mark.parametrize(
    "title",
    ["POSTAGE", "DOTCOM POSTAGE", "Manual", "Bank Charges", "AMAZON FEE", "CRUK Commission",
     "Next Day Carriage", "Discount", "SAMPLES", "Adjust bad debt", "运费", "补运费差价",
     "邮费专拍链接", "测试商品请勿拍"],
)  # fmt: skip
def test_a_title_that_names_only_a_service_is_one(title: str) -> None:
    assert is_service(title)


@pytest.mark.parametrize(
    "title",
    ["POSTAGE STAMP MUG", "CHARGER CABLE", "DISCOUNT BAG", "SHIPPING CRATE PLANTER", "SET OF 6",
     "", "邮票收藏册", "运费险宣传杯子", "GIFT BAG"],
)  # fmt: skip
def test_a_title_that_names_a_product_is_none(title: str) -> None:
    assert not is_service(title)
