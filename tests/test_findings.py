from __future__ import annotations

from typing import Any

import pyarrow as pa

from habitue.columns import RESULTS
from habitue.findings import findings, notes
from tests.worlds import records

SUMMARY: dict[str, Any] = {
    "after": {"customers": 20, "orders": 40, "amount": 5_000_000},
    "currency": "GBP",
    "first": "2026-01-01",
    "last": "2026-03-01",
    "horizon_days": 90,
}


def tables(**rows: list[dict[str, Any]]) -> dict[str, pa.Table]:
    return {name: records(table, rows.get(name, [])) for name, table in RESULTS.items()}


def test_a_shop_with_nothing_but_sales_has_one_finding() -> None:
    assert [finding["kind"] for finding in findings(tables(), SUMMARY)] == ["revenue"]


def test_a_shop_with_nothing_has_none() -> None:
    empty = {**SUMMARY, "after": {"customers": 0, "orders": 0, "amount": 0}}
    assert findings(tables(), empty) == []


def test_the_most_important_come_first_and_no_more_than_asked() -> None:
    evaluation = [
        {"task": "recommend", "model": m, "protocol": "time", "metric": "ndcg@10", "mean": v,
         "chosen": m == "itemknn"}
        for m, v in (("popular", 0.1), ("itemknn", 0.25))
    ]  # fmt: skip
    full = tables(
        rfm=[{"customer": n, "amount": n * 10} for n in range(20)],
        rules=[{"antecedent": ["A"], "consequent": "B", "confidence": 0.5, "lift": 9.0}],
        loyalty=[{"customer": n, "probability": 0.25, "band": "leaving"} for n in range(20)],
        evaluation=evaluation,
        sentiment=[{"sentiment": -1.0, "answer": True}, {"sentiment": 1.0, "answer": False}],
    )
    found = {finding["kind"]: finding for finding in findings(full, SUMMARY, most=9)}
    assert [f["kind"] for f in findings(full, SUMMARY)] == list(found)[:5]
    assert found["leaving"] == {"kind": "leaving", "customers": 20, "amount": 1900}
    assert found["repurchase"]["expected"] == 5
    assert found["recommender"]["times"] == 2.5
    assert found["comments"] == {"kind": "comments", "answer": 1, "bad_share": 0.5}
    assert found["concentration"]["share_amount"] == (190 + 180) / 1900


def test_popularity_is_no_finding_when_it_is_the_best() -> None:
    rows = [{"task": "recommend", "model": "popular", "protocol": "time", "metric": "ndcg@10",
             "mean": 0.1, "chosen": True}]  # fmt: skip
    assert [f["kind"] for f in findings(tables(evaluation=rows), SUMMARY)] == ["revenue"]


def test_what_was_simplified_is_noted_once_and_says_why() -> None:
    summary = {"read": {"visits": 0}}
    why = {"reason": "customers_few", "history_days": 40.0, "asked_days": 90}
    kinds = [n["kind"] for n in notes(tables(rfm=[{}]), summary, "too_few_customers", why)]
    assert kinds == ["few_customers", "no_rules", "no_recommendations", "no_comments", "no_views"]
    short = notes(tables(), {"read": {"visits": 3}}, "", {**why, "reason": "history_short"})
    assert {"kind": "short_history", "days": 40.0, "needed": 270} in short
