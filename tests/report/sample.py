"""A made-up run of the size and shape of a real one: seeded, nobody's data."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from tests.report.goods import PAIRS, PRODUCTS

from habitue.columns import MICROS, RESULTS
from habitue.report.results import Results

__all__ = ["PRODUCTS", "sample", "tiny"]

END = datetime(2011, 12, 9, 12, 50, tzinfo=UTC)


def _table(name: str, columns: dict[str, Any]) -> pa.Table:
    schema = RESULTS[name].schema
    rows = len(next(iter(columns.values())))
    filled = {field.name: columns.get(field.name, [None] * rows) for field in schema}
    return pa.table(filled, schema=schema)


def _accounting() -> pa.Table:
    rows = [
        ("read", "purchases", "accepted", 541_896, None),
        ("read", "purchases", "repeated", 0, None),
        ("read", "purchases", "rejected", 13, None),
        ("read", "comments", "accepted", 1_874, None),
        ("read", "comments", "repeated", 21, None),
        ("read", "comments", "rejected", 2, None),
        ("select", "purchases", "counted", 397_884, 8_911_407_904_000),
        ("select", "purchases", "no_customer", 133_346, 1_755_276_490_000),
        ("select", "purchases", "cancelled", 9_288, -896_812_490_000),
        ("select", "purchases", "no_price", 1_378, 0),
        ("prepare", "sales", "sale", 388_100, 8_500_110_004_000),
        ("prepare", "sales", "service_line", 1_700, 160_000_100_000),
        ("prepare", "sales", "returned_in_full", 3_100, 180_000_300_000),
        ("prepare", "sales", "reduced_by_return", 4_984, 71_297_500_000),
    ]
    names = ("stage", "table", "reason", "rows", "amount")
    return _table("accounting", {n: [r[i] for r in rows] for i, n in enumerate(names)})


def _segments(member: np.ndarray, amount: np.ndarray) -> pa.Table:
    names = [
        [
            {"trait": "orders", "level": "very_high"},
            {"trait": "amount", "level": "high"},
            {"trait": "interest", "category": "Teacups", "times": 3.1},
        ],
        [{"trait": "order_value", "level": "very_high"}, {"trait": "recency", "level": "low"}],
        [
            {"trait": "tenure", "level": "low"},
            {"trait": "interest", "category": "Bags", "times": 2},
        ],
        [{"trait": "interest", "category": "Christmas", "times": 2.4}],
        [{"trait": "recency", "level": "very_high"}, {"trait": "orders", "level": "low"}],
        [{"trait": "discount_share", "level": "high"}],
    ]
    rules = [
        [
            [
                {"feature": "orders", "op": ">", "value": 6.5},
                {"feature": "recency", "op": "<=", "value": 58.5},
            ],
            [
                {"feature": "amount", "op": ">", "value": 4_120 * MICROS},
                {"feature": "interest:Teacups", "op": ">", "value": 0.21},
            ],
        ],
        [[{"feature": "order_value", "op": ">", "value": 640 * MICROS}]],
        [
            [
                {"feature": "tenure", "op": "<=", "value": 70.2},
                {"feature": "interest:Bags", "op": ">", "value": 0.3},
            ]
        ],
        [
            [
                {"feature": "interest:Christmas", "op": ">", "value": 0.34},
                {"feature": "orders", "op": "<=", "value": 4.5},
                {"feature": "orders", "op": ">", "value": 1.5},
            ]
        ],
        [[{"feature": "recency", "op": ">", "value": 140.5}]],
        [],
    ]
    profiles = [
        {"recency": 9.0, "orders": 11, "order_value": 412 * MICROS, "gap": 28.3, "items": 140},
        {"recency": 24.0, "orders": 4, "order_value": 830 * MICROS, "gap": 61.0, "items": 88},
        {"recency": 20.0, "orders": 1, "order_value": 210 * MICROS, "items": 18},
        {"recency": 44.0, "orders": 2, "order_value": 260 * MICROS, "gap": 90.0, "items": 31},
        {"recency": 214.0, "orders": 1, "order_value": 190 * MICROS, "items": 15},
        {"recency": 31.0, "orders": 3, "discount_share": 0.31},
    ]
    counts = [int((member == k).sum()) for k in range(1, 7)]
    sums = [int(amount[member == k].sum()) for k in range(1, 7)]
    return _table(
        "segments",
        {
            "segment": list(range(1, 7)),
            "name": [json.dumps(n) for n in names],
            "customers": counts,
            "share": [c / len(member) for c in counts],
            "amount": sums,
            "amount_share": [s / int(amount.sum()) for s in sums],
            "rule": [json.dumps(r) for r in rules],
            "precision": [0.93, 0.88, 0.81, 0.79, 0.95, None],
            "recall": [0.9, 0.72, 0.77, 0.69, 0.97, None],
            "stability": [0.94, 0.81, 0.86, 0.79, 0.97, 0.7],
            "profile": [json.dumps(p) for p in profiles],
        },
    )


def _evaluation() -> pa.Table:
    rows: list[tuple[Any, ...]] = []
    scores = {
        "popular": (0.041, 0.029),
        "userknn": (0.098, 0.071),
        "itemknn": (0.121, 0.082),
        "content": (0.064, 0.052),
        "hybrid": (0.128, 0.091),
    }
    for name, pair in scores.items():
        for protocol, mean in zip(("kfold", "time"), pair, strict=True):
            for key, times in (("ndcg@10", 1.0), ("recall@10", 1.4)):
                value = mean * times
                wide = 0.004 if protocol == "kfold" else 0.008
                rows.append(
                    (
                        "recommend",
                        name,
                        protocol,
                        key,
                        value,
                        value - wide,
                        value + wide,
                        name == "hybrid",
                    )
                )
    chances = {"bgnbd": (0.561, 0.58), "naive_bayes": (0.604, 0.641), "svm": (0.548, 0.571)}
    for name, pair in chances.items():
        for protocol, mean in zip(("kfold", "time"), pair, strict=True):
            for key, value in (("log_loss", mean), ("auc", 1.31 - mean), ("ece", mean / 30)):
                rows.append(
                    (
                        "repurchase",
                        name,
                        protocol,
                        key,
                        value,
                        value - 0.01,
                        value + 0.01,
                        name == "svm",
                    )
                )
    names = RESULTS["evaluation"].names
    return _table("evaluation", {n: [r[i] for r in rows] for i, n in enumerate(names)})


def _people(rng: np.random.Generator, n: int) -> dict[str, pa.Table]:
    customer = rng.choice(2**62, n, replace=False)
    share = [0.1, 0.08, 0.2, 0.22, 0.399]
    member = rng.choice(5, n, p=[s / sum(share) for s in share]) + 1
    member[:4] = 6  # a group too small to be counted out
    mean = np.array([0, 8.6, 8.1, 5.8, 6.0, 5.4, 5.5])[member]
    amount = np.round(np.exp(rng.normal(mean, 0.7)) * 100).astype(np.int64) * (MICROS // 100)
    groups = [
        ["champions", "loyal", "at_risk"],
        ["loyal", "active", "previously_loyal"],
        ["new", "promising", "active"],
        ["needs_attention", "active", "promising"],
        ["dormant", "almost_lost", "at_risk"],
        ["active", "loyal", "new"],
    ]
    bands = ["loyal", "steady", "wavering", "leaving", "gone"]
    odds = [
        [0.62, 0.2, 0.1, 0.06, 0.02],
        [0.3, 0.36, 0.18, 0.1, 0.06],
        [0.12, 0.5, 0.26, 0.1, 0.02],
        [0.08, 0.34, 0.3, 0.18, 0.1],
        [0.0, 0.04, 0.14, 0.3, 0.52],
        [0.2, 0.2, 0.2, 0.2, 0.2],
    ]
    band = [bands[rng.choice(5, p=odds[m - 1])] for m in member]
    group = [groups[m - 1][rng.choice(3, p=[0.6, 0.28, 0.12])] for m in member]
    chance = [0.9 - 0.2 * bands.index(b) + 0.05 * rng.random() for b in band]
    kinds = ["neighbours", "together", "alike", "popular", "again"]
    reasons = [
        json.dumps({"kind": kinds[rng.choice(5, p=[0.42, 0.26, 0.14, 0.1, 0.08])]})
        for _i in range(n)
    ]
    return {
        "rfm": _table("rfm", {"customer": customer, "amount": amount, "group": group}),
        "members": _table("members", {"customer": customer, "segment": member}),
        "segments": _segments(member, amount),
        "loyalty": _table(
            "loyalty",
            {
                "customer": customer,
                "probability": chance,
                "lifetime_value": (amount * np.array(chance) * 0.6).astype(np.int64),
                "band": band,
            },
        ),
        "recommendations": _table(
            "recommendations",
            {"customer": customer, "rank": [1] * n, "item_id": ["22423"] * n, "reason": reasons},
        ),
    }


def _months() -> list[datetime]:
    return [datetime(2010 + (m > 0), (m + 11) % 12 + 1, 1, tzinfo=UTC) for m in range(13)]


def sample(language: str = "en", customers: int = 4_338) -> Results:
    """Return a run such as UCI Online Retail gives, with comments besides."""
    rng = np.random.default_rng(7)
    curve = [0.57, 0.57, 0.45, 0.6, 0.47, 0.68, 0.66, 0.6, 0.64, 0.95, 1.04, 1.16, 0.52]
    offers = [(s, i) for s in range(1, 6) for i in rng.choice(list(PRODUCTS), 7, replace=False)]
    when = [END - timedelta(days=float(d)) for d in rng.uniform(0, 370, 1_874)]
    tone = rng.choice([-0.8, -0.4, 0.0, 0.5, 0.9], len(when), p=[0.1, 0.11, 0.18, 0.31, 0.3])
    tables = _people(rng, customers) | {
        "accounting": _accounting(),
        "catalogue": _table(
            "catalogue",
            {
                "item_id": list(PRODUCTS),
                "title": [t for t, _category in PRODUCTS.values()],
                "category": [c for _title, c in PRODUCTS.values()],
            },
        ),
        "rules": _table(
            "rules",
            {
                "antecedent": [[p[0]] for p in PAIRS] + [["22697", "22698"]],
                "consequent": [p[1] for p in PAIRS] + ["22699"],
                "count": [p[4] for p in PAIRS] + [460],
                "support": [p[4] / 18_532 for p in PAIRS] + [460 / 18_532],
                "confidence": [p[2] for p in PAIRS] + [0.89],
                "lift": [p[3] for p in PAIRS] + [21.4],
            },
        ),
        "offers": _table(
            "offers",
            {
                "segment": [s for s, _item in offers],
                "item_id": [i for _segment, i in offers],
                "customers": [int(x) for x in rng.integers(4, 320, len(offers))],
                "score": rng.random(len(offers)).tolist(),
            },
        ),
        "monthly": _table(
            "monthly",
            {
                "month": _months(),
                "orders": [int(1_500 * c) for c in curve],
                "customers": [int(1_100 * c + 300) for c in curve],
                "amount": [int(c * 1_000_000) * MICROS for c in curve],
            },
        ),
        "sentiment": _table(
            "sentiment",
            {"time": when, "sentiment": tone.tolist(), "answer": [bool(t < -0.6) for t in tone]},
        ),
        "evaluation": _evaluation(),
        "reliability": _table(
            "reliability",
            {
                "predicted": [0.04, 0.13, 0.26, 0.38, 0.51, 0.63, 0.74, 0.86, 0.95],
                "observed": [0.05, 0.11, 0.28, 0.36, 0.53, 0.6, 0.76, 0.84, 0.96],
                "customers": [820, 640, 510, 470, 450, 420, 390, 350, 288],
            },
        ),
    }
    return Results(tables=tables, summary=_summary(language, customers))


def _summary(language: str, customers: int) -> dict[str, Any]:
    amount = 8_911_407_904_000
    return {
        "shop": "Regency Gifts & Co",
        "as_of": END.isoformat(),
        "currency": "GBP",
        "horizon_days": 90,
        "run": "20111209-125000-7f3a",
        "language": language,
        "read": {"rows": 541_909},
        "selected": {
            "lines": 397_884,
            "repeated_lines": 5_192,
            "customers": customers,
            "orders": 18_532,
            "amount": amount,
        },
        "after": {
            "lines": 393_084,
            "customers": 4_320,
            "orders": 18_310,
            "amount": 8_571_407_504_000,
        },
        "first": "2010-12-01T08:26:00+00:00",
        "last": END.isoformat(),
        "findings": [
            {
                "kind": "revenue",
                "customers": customers,
                "orders": 18_532,
                "amount": amount,
                "currency": "GBP",
                "first": "2010-12-01T08:26:00+00:00",
                "last": END.isoformat(),
            },
            {"kind": "concentration", "share_customers": 0.1, "share_amount": 0.61},
            {"kind": "leaving", "customers": 312, "amount": 1_204_330 * MICROS},
            {
                "kind": "bundle",
                "antecedent": ["22697", "22698"],
                "consequent": "22699",
                "confidence": 0.89,
                "lift": 21.4,
            },
            {"kind": "recommender", "model": "hybrid", "times": 3.14},
        ],
        "notes": [{"kind": "no_views"}, {"kind": "short_history", "days": 373, "needed": 540}],
    }


def tiny() -> Results:
    """Return the run of a shop with one customer and one order."""
    people = {
        "rfm": _table("rfm", {"customer": [5], "amount": [20 * MICROS], "group": ["new"]}),
        "members": _table("members", {"customer": [5], "segment": [1]}),
        "segments": _table(
            "segments",
            {
                "segment": [1],
                "name": ["[]"],
                "customers": [1],
                "share": [1.0],
                "amount": [20 * MICROS],
                "amount_share": [1.0],
                "rule": ["[]"],
                "profile": ['{"orders": 1}'],
            },
        ),
        "loyalty": _table("loyalty", {"customer": [5], "band": ["steady"], "probability": [0.4]}),
        "monthly": _table(
            "monthly",
            {
                "month": [END.replace(day=1)],
                "orders": [1],
                "customers": [1],
                "amount": [20_000_000],
            },
        ),
    }
    return Results(
        tables=people, summary={"shop": "Stall", "notes": [{"kind": "one_segment"}], "findings": []}
    )
