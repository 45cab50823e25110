"""Dates, numbers, words and identifiers: exact, and only what can't be mistaken."""

# ruff: noqa: E501  (rows of exports are as long as they are)
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitue.collect.dates import find_style, parse
from habitue.collect.numbers import amounts
from habitue.collect.texts import as_text, damaged, identifier
from habitue.collect.words import item_of_url, status_of

MOMENT = datetime(2024, 3, 25, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-25 14:30", "2024/3/25 14:30:00", "2024-03-25T14:30:00Z", "2024-03-25T22:30:00+08:00",
        "25/03/2024 14:30", "25.03.2024 14:30:00", "3/25/2024 2:30 PM", "2024年3月25日 下午2:30",
        "2024年3月25日 14时30分", "25 Mar 2024 14:30", "25-Mar-24 14:30", "March 25, 2024 2:30 pm",
        "Mon, 25 Mar 2024 14:30:00 +0000", "Mon Mar 25 14:30:00 +0000 2024", "20240325143000",
        "1711377000", "1711377000000", "1711377000000000", "1711377000000000000", "1711377000.0",
        "2024-03-25 14:30:00.000000 UTC",
    ],
)  # fmt: skip
def test_one_moment_in_many_ways_of_writing(text: str) -> None:
    form, share = find_style(pa.array([text]), month_first=False)
    parsed = parse(pa.array([text]), form)
    assert share == 1
    assert not parsed.unreadable[0]
    assert int(parsed.micros[0]) == int(MOMENT.timestamp() * 1e6)


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)))
def test_dates_are_what_pythons_calendar_says(time: datetime) -> None:
    text = time.strftime("%Y-%m-%d %H:%M:%S.%f")
    parsed = parse(pa.array([text]), find_style(pa.array([text]), False)[0])
    assert int(parsed.micros[0]) == (time - datetime(1970, 1, 1)) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05", "2024-03-05 14", "2024-03-05 14:30", "2024-03-05T14:30:09", "2024-03-05 24:00",
        "2024-03-05 14:30:09.25", "2024-03-05 14:30:09.1234567", "2024-02-30", "0000-01-01",
        "2024-03-05 14:30:60", "2024-03-05T14:30Z",
    ],
)  # fmt: skip
def test_a_column_of_one_form_is_read_as_a_mixed_one_is(text: str) -> None:
    form = find_style(pa.array(["2024-01-01"]), False)[0]
    alone, beside = parse(pa.array([text]), form), parse(pa.array([text, "25 Mar 2024"]), form)
    for part in ("micros", "aware", "unreadable", "impossible"):
        assert getattr(alone, part)[0] == getattr(beside, part)[0]


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "2024-04-31",
        "2024-03-05 25:00",
        "2024-03-05 10:61",
    ],
)
def test_there_is_no_such_date(text: str) -> None:
    assert parse(pa.array([text]), find_style(pa.array(["2024-01-01"]), False)[0]).impossible[0]


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=8))
def test_money_is_exact_and_rounded_half_away_from_zero(value: Decimal) -> None:
    found = amounts(pa.array([f"{value:f}"]), ".")
    assert int(found.micros[0]) == int((value * 10**6).quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("text", "mark", "value", "currency"),
    [
        ("£1,234.50", ".", "1234.5", "GBP"), ("1.234,50 €", ",", "1234.5", "EUR"),
        ("￥88", ".", "88", "CNY"), ("88元", ".", "88", "CNY"), ("USD 5.00", ".", "5", "USD"),
        ("(3.20)", ".", "-3.2", None), ("-$4", ".", "-4", "USD"), ("1 234,5", ",", "1234.5", None),
        ("1'234.50", ".", "1234.5", None), ("2.5E-1", ".", "0.25", None), ("５.５", ".", "5.5", None),
        ("5-", ".", "-5", None), ("+7", ".", "7", None),
    ],
)  # fmt: skip
def test_amounts_with_currencies_and_thousands(
    text: str, mark: str, value: str, currency: str | None
) -> None:
    found = amounts(pa.array([text]), mark)
    assert found.good[0]
    assert int(found.micros[0]) == int(Decimal(value) * 10**6)
    assert (found.currency[0] if found.currency is not None else None) == currency


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("", 1),
        ("x", 2),
        ("1,2,3", 2),
        ("12,50", 2),
        ("--5", 2),
        ("nan", 3),
        ("-Infinity", 3),
        ("1e30", 4),
        ("1e999", 4),
        ("99999999999999", 4),
    ],
)
def test_what_is_no_amount(text: str, trouble: int) -> None:
    assert amounts(pa.array([text]), ".").trouble.tolist() == [trouble]


def test_round_numbers_of_programs_are_written_in_full_and_cut_ones_known() -> None:
    assert identifier(pa.array(["4.0128e+10", "1.23457E+15"])).to_pylist() == [
        "40128000000",
        "1.23457E+15",
    ]
    assert damaged(pa.array(["1.23457E+15", "1e+20", "A1E+05"])).to_pylist() == [True, True, False]


def test_typed_columns_become_the_text_they_would_be_written_as() -> None:
    time = pa.array([datetime(2024, 3, 5, 10)], pa.timestamp("ns", "UTC"))
    assert as_text(time).to_pylist() == ["2024-03-05 10:00:00.000000Z"]
    assert as_text(pa.array(["a"]).dictionary_encode()).to_pylist() == ["a"]
    assert as_text(pa.array(["a"], pa.large_string())).to_pylist() == ["a"]
    assert as_text(pa.array([[1]])).to_pylist() == ["[1]"]


def test_words() -> None:
    assert [status_of(w) for w in ("refund refused", "Returned", "等待买家付款", "没有申请退款", "paid")] == [
        "returned", "returned", "cancelled", "sale", "sale",
    ]  # fmt: skip
    assert item_of_url("https://x.example/detail?id=77&u=1") == "77"
