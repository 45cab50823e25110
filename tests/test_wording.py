"""Results in words: what the numbers say, in both languages."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import habitue.locale
from habitue import wording
from habitue.columns import MICROS
from habitue.locale import use
from habitue.wording.keys import BANDS, GROUPS

TITLES = {"A": "Teapot", "B": "Cup"}

REASONS = [
    ({"kind": "neighbours", "customers": 31, "items": ["A", "B"]}, "31 of the customers most like"),
    ({"kind": "neighbours", "customers": 31, "items": []}, "31 of the customers most like you"),
    ({"kind": "together", "items": ["A"], "customers": 1}, "1 customer who bought “Teapot”"),
    (
        {"kind": "alike", "items": ["B"], "terms": ["soap"], "category": "Bath"},
        "like “Cup”, which you chose: soap, in Bath",
    ),
    ({"kind": "alike", "items": ["B"], "terms": ["soap"], "category": None}, "chose: soap"),
    ({"kind": "alike", "items": ["B"], "terms": [], "category": "Bath"}, "also in Bath"),
    ({"kind": "alike", "items": ["Z"], "terms": [], "category": None}, "like “Z”"),
    ({"kind": "popular", "customers": 412, "days": 90, "category": None}, "in the last 90 days"),
    ({"kind": "popular", "customers": 2, "days": 1, "category": "Bath"}, "best-seller in Bath"),
    ({"kind": "again", "times": 5, "gap_days": 28.0, "since_days": 30.0}, "about every 28 days"),
    ({"kind": "again", "times": 1, "gap_days": None, "since_days": 30.0}, "30 days ago"),
    ({"kind": "stars_align"}, "stars align"),
]

FINDINGS = [
    (
        {
            "kind": "revenue",
            "customers": 4338,
            "orders": 18532,
            "amount": 8_911_407_904_000,
            "currency": "GBP",
            "first": "2010-12-01",
            "last": "2011-12-09",
        },
        "£8.9M",
        "£8,911,408, from 1 Dec 2010 to 9 Dec 2011",
    ),
    ({"kind": "concentration", "share_customers": 0.1, "share_amount": 0.52}, "52%", "best 10%"),
    ({"kind": "leaving", "customers": 312, "amount": 5 * MICROS}, "312", "312 customers"),
    (
        {"kind": "bundle", "antecedent": ["A"], "consequent": "B", "confidence": 0.6, "lift": 12.1},
        "12.1×",
        "baskets with “Teapot”, 60% also hold “Cup”",
    ),
    (
        {"kind": "repurchase", "customers": 4338, "expected": 1204.4, "horizon": 90},
        "1,204",
        "within 90 days",
    ),
    ({"kind": "recommender", "model": "itemknn", "times": 2.1}, "2.1×", "“Item neighbours”"),
    ({"kind": "comments", "answer": 17, "bad_share": 0.21}, "17", "17 comments need an answer"),
    ({"kind": "segment", "segment": 1, "share": 0.1, "amount_share": 0.5}, "50%", "Segment 1: 10%"),
    (
        {"kind": "segment", "segment": 1, "name": "[]", "share": 0.1, "amount_share": 0.5},
        "50%",
        "without a marked trait",
    ),
    ({"kind": "eclipse"}, "", "eclipse"),
]


@pytest.mark.parametrize(("reason", "text"), REASONS)
def test_each_kind_of_reason_is_told_with_its_numbers(reason: dict[str, object], text: str) -> None:
    assert text in wording.reason(json.dumps(reason), TITLES)
    assert wording.reason(reason, TITLES) == wording.reason(json.dumps(reason), TITLES)


@pytest.mark.parametrize(("data", "figure", "text"), FINDINGS)
def test_each_finding_has_a_figure_and_a_sentence(
    data: dict[str, object], figure: str, text: str
) -> None:
    assert wording.figure(data) == figure
    assert text in wording.finding(data, TITLES)


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ({"kind": "no_views"}, "no page views"),
        ({"kind": "few_customers", "customers": 12, "needed": 50}, "12 customers; 50 or more"),
        ({"kind": "short_history", "days": 40, "needed": 180}, "40 days; 180 days or more"),
        ({"kind": "simpler_model", "model": "popular"}, "“Best-sellers” was used"),
        ({"kind": "other_currencies", "rows": 3, "currencies": ["EUR", "USD"]}, "EUR and USD"),
        ({"kind": "full_moon"}, "full moon"),
    ],
)
def test_a_note_says_what_was_simplified(note: dict[str, object], text: str) -> None:
    assert text in wording.note(note)


def test_a_segment_is_named_by_its_traits() -> None:
    traits = [
        {"trait": "order_value", "level": "high"},
        {"trait": "recency", "level": "very_high"},
        {"trait": "interest", "category": "Bath", "times": 0.2},
    ]
    assert wording.segment_name(traits) == (
        "Long-absent large-basket customers who rarely buy Bath"
    )


def test_an_unknown_trait_still_reads() -> None:
    assert wording.segment_name([{"trait": "luck", "level": "high"}]) == "High luck customers"


@pytest.mark.parametrize(
    ("conditions", "text"),
    [
        ([("orders", ">", 4.5), ("orders", "<=", 9.5)], "5 to 9 orders."),
        ([("orders", "<=", 1.5)], "At most 1 order."),
        ([("orders", ">", 1.5), ("orders", "<=", 2.5)], "2 orders."),
        ([("views", ">", 2.5)], "3 pages viewed or more."),
        ([("items", ">", 0.5)], "1 different product or more."),
        ([("recency", ">", 90)], "No order in the last 90 days."),
        ([("recency", ">", 30), ("recency", "<=", 60)], "30 days to 60 days since the last order."),
        ([("amount", ">", 1200 * MICROS)], "More than £1,200 spent in all."),
        ([("interest:Bath", ">", 0.25)], "More than 25% of their interest in Bath."),
        ([("luck", "<=", 3)], "Luck: at most 3."),
        ([], "Everyone."),
    ],
)
def test_a_rule_reads_as_a_sentence(conditions: list[tuple[str, str, float]], text: str) -> None:
    rule = [[dict(zip(("feature", "op", "value"), c, strict=True)) for c in conditions]]
    assert wording.segment_rule(json.dumps(rule), "GBP") == text


def test_alternatives_of_a_rule_are_told_apart() -> None:
    rule = [
        [{"feature": "orders", "op": ">", "value": 4.5}],
        [{"feature": "gap", "op": "<=", "value": 30}],
    ]
    assert wording.segment_rule(rule) == "5 orders or more; or at most 30 days between orders."
    assert wording.segment_rule("[]") == "No simple rule sets them apart."


@pytest.mark.parametrize("key", GROUPS)
def test_every_group_has_a_name_a_meaning_and_advice(key: str) -> None:
    assert wording.rfm_group(key)
    assert wording.rfm_meaning(key)
    assert wording.rfm_action(key)


@pytest.mark.parametrize("key", BANDS)
def test_every_band_has_a_name_and_a_meaning(key: str) -> None:
    assert wording.band(key).lower() == key
    assert wording.band_meaning(key)


@pytest.mark.parametrize(
    "word",
    [
        wording.accounting_reason,
        wording.band,
        wording.metric,
        wording.model,
        wording.protocol,
        wording.reason_kind,
        wording.rfm_group,
        wording.stage,
        wording.task,
    ],
)
def test_an_unknown_key_renders_as_itself(word) -> None:  # type: ignore[no-untyped-def]
    assert word("quite_new") == "quite new"


def test_nothing_is_shown_as_a_dash_never_as_nan() -> None:
    missing = float("nan")
    words = (wording.number, wording.money, wording.percent, wording.days)
    assert {word(x) for word in words for x in (None, missing)} == {"–"}
    assert wording.date(None) == wording.month("") == "–"


def test_dates_read_the_same_from_text_and_time() -> None:
    time = datetime(2011, 12, 9, 12, tzinfo=UTC)
    assert wording.date(time) == wording.date("2011-12-09") == wording.date(time.date())
    with use("zh"):
        assert wording.date(time) == "2011年12月9日"
        assert wording.month(time) == "2011年12月"


def test_short_money_counts_in_the_reader_s_units() -> None:
    assert wording.money(8_911_407 * MICROS, "GBP", short=True) == "£8.9M"
    assert wording.money(8_911_407 * MICROS, short=True) == "8.9M"
    assert wording.money(89_114 * MICROS, "GBP", short=True) == "£89K"
    with use("zh"):
        assert wording.money(8_911_407 * MICROS, "CNY", short=True) == "¥891.1万"


@given(st.integers(-(10**18), 10**18))
def test_exact_money_loses_no_micro(micros: int) -> None:
    shown = wording.money(micros, exact=True)
    whole, _dot, part = shown.replace(",", "").partition(".")
    value = int(whole.lstrip("-")) * MICROS + int(part.ljust(6, "0"))
    assert (-value if shown.startswith("-") else value) == micros


@given(st.floats(0, 1))
def test_a_percentage_is_full_only_when_it_is(share: float) -> None:
    shown = wording.percent(share)
    assert (shown == "100%") == (share == 1)
    assert (shown == "0%") == (share == 0)


@pytest.fixture
def chinese() -> None:
    folder = Path(habitue.locale.__file__).parent / "zh_Hans" / "LC_MESSAGES"
    if not (folder / "habitue.po").exists():
        pytest.skip("the Chinese catalogue is not there yet")


@pytest.mark.usefixtures("chinese")
def test_a_segment_has_an_idiomatic_chinese_name() -> None:
    traits = [
        {"trait": "orders", "level": "high"},
        {"trait": "amount", "level": "high"},
        {"trait": "interest", "category": "厨房用品", "times": 3.1},
    ]
    with use("zh"):
        assert wording.segment_name(traits) == "爱买厨房用品的高频大客户"


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("data", [r for r, _text in REASONS[:-1]])
def test_no_english_is_left_in_a_chinese_reason(data: dict[str, object]) -> None:
    with use("zh"):
        text = wording.reason(data, {"A": "茶壶", "B": "杯子", "Z": "盘子"})
    assert not re.search("[A-Za-z]", text.replace("soap", "").replace("Bath", "")), text


def test_every_reason_that_the_accounting_gives_has_words() -> None:
    from habitue.prepare import clean, visits

    for module in (clean, visits):
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        keys = set(re.findall(r"(?:THEN|ELSE) '([a-z_]+)'", source))
        assert keys
        assert not [key for key in keys if wording.accounting_reason(key) == wording.plain(key)]
