"""A stand-in for the shop: what the commands print is judged apart from what the loop finds."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from habitue.columns import RESULTS
from habitue.config import Config
from habitue.errors import UsageError
from habitue.frame import Frame

__all__ = ["ANN", "BOB", "FakeImport", "FakeShop", "Run", "frame"]

#: Runs a command: exit status, stdout, stderr.
Run = Callable[..., tuple[int, str, str]]

ANN, BOB = 4611686018427387904, 7

POPULAR = json.dumps({"kind": "popular", "customers": 412, "days": 90, "category": None})
TOGETHER = json.dumps({"kind": "together", "items": ["A"], "customers": 120})
TITLES = {"A": "Teapot", "B": "Red mug", "C": "手工皂 薰衣草味 大号礼盒装"}


def frame(name: str, *rows: dict[str, Any]) -> Frame:
    schema = RESULTS[name].schema
    full = [{column: row.get(column) for column in schema.names} for row in rows]
    return Frame(pa.Table.from_pylist(full, schema=schema))


@dataclass
class FakeImport:
    path: str = "orders.csv"
    kind: str = "purchases"
    facts: list[tuple[str, str]] = field(default_factory=lambda: [("encoding", "utf-8")])
    columns: list[dict[str, str]] = field(
        default_factory=lambda: [
            {"column": "SKU", "field": "item_id", "how": "name", "form": ""},
            {"column": "When", "field": "time", "how": "given", "form": "dmy (assumed)"},
            {"column": "Each", "field": "unit_price", "how": "content", "form": "decimal comma"},
        ]
    )
    unused: list[str] = field(default_factory=lambda: ["Notes"])
    read: int = 100_000
    accepted: int = 99_000
    repeated: int = 0
    rejected: int = 1_000
    blank: int = 0
    reasons: dict[str, int] = field(default_factory=lambda: {"bad_price": 1_000})
    rejects_file: Path | None = Path("rejects/orders.csv")
    batch: str | None = "b1"
    already: bool = False
    amended: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"rejects_file": str(self.rejects_file)}


@dataclass
class FakeRun:
    summary: dict[str, Any]
    report: Path
    id: str = "2026-01-01T000000"


SUMMARY: dict[str, Any] = {
    "shop": "Corner shop",
    "as_of": "2026-01-01T00:00:00+00:00",
    "currency": "GBP",
    "horizon_days": 90,
    "findings": [{"kind": "concentration", "share_customers": 0.1, "share_amount": 0.52}],
    "notes": [{"kind": "no_views"}],
}


class FakeShop:
    """Answers as a shop does, and remembers what it was asked."""

    calls: list[tuple[str, Any]]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = Config()
        self.calls = []
        self.summary = SUMMARY
        self.current = FakeRun(SUMMARY, folder / "report.html")
        self.segments = frame(
            "segments",
            {
                "segment": 1,
                "name": json.dumps([{"trait": "orders", "level": "high"}]),
                "customers": 1234,
                "share": 0.25,
                "amount": 8_911_407_904_000,
                "amount_share": 0.6,
                "rule": json.dumps([[{"feature": "recency", "op": "<=", "value": 31.5}]]),
            },
        )
        self.rfm = frame(
            "rfm",
            {"customer": ANN, "group": "champions", "amount": 5_000_000},
            {"customer": BOB, "group": "dormant", "amount": 1_000_000},
        )
        self.rules = frame(
            "rules",
            *(
                {
                    "antecedent": ["A"],
                    "consequent": item,
                    "count": 120,
                    "confidence": 0.5,
                    "lift": 12.25,
                    "conviction": float("inf"),
                }
                for item in ("B", "C")
            ),
        )
        self.loyalty = frame("loyalty", _loyalty(ANN, "loyal"), _loyalty(BOB, "leaving"))
        self.evaluation = frame(
            "evaluation",
            *(
                {
                    "task": "recommend",
                    "model": model,
                    "protocol": protocol,
                    "metric": metric,
                    "mean": 0.123 if model == "hybrid" else 0.1,
                    "low": low,
                    "high": 0.13,
                    "chosen": model == "hybrid",
                }
                for model, low in (("popular", None), ("hybrid", 0.11))
                for protocol in ("kfold", "time")
                for metric in ("ndcg@10", "coverage@10")
            ),
        )
        self.accounting = frame("accounting", {"stage": "read", "reason": "accepted", "rows": 7})
        self.recommendations = frame("recommendations", _offer(ANN, 1), _offer(ANN, 2), _offer(BOB))

    @classmethod
    def open(cls, folder: str | Path = ".") -> FakeShop:
        raise NotImplementedError

    def import_files(self, paths: Sequence[Path], **given: Any) -> list[FakeImport]:
        self.calls.append(("import", (list(paths), given)))
        progress = given["progress"]
        progress.start("Importing", 1)
        progress.step("orders.csv")
        progress.advance(1, 2)
        progress.finish()
        return [FakeImport(already=len(paths) > 1)]

    def run(self, as_of: datetime | None = None, progress: Any = None) -> FakeRun:
        self.calls.append(("run", as_of))
        return self.current

    def find(self, identifier: str) -> int:
        if identifier == "ann@example.com":
            return ANN
        raise UsageError("Nobody is known by that identifier.")

    def recommend(self, customer: int, n: int = 10) -> Frame:
        self.calls.append(("recommend", n))
        return frame("recommendations", _offer(customer))

    def reveal(self, customers: Sequence[int], kind: str = "customer_id") -> dict[int, str]:
        return {ANN: "17850"}

    def titles(self, items: Sequence[str] | None = None) -> dict[str, str]:
        return TITLES

    def customer(self, identifier: str) -> dict[str, Any]:
        time = datetime(2025, 12, 1, tzinfo=UTC)
        order = {"order_id": "536365", "time": time, "amount": 8_500_000, "lines": [{}]}
        return {
            "customer": self.find(identifier),
            "records": {"orders": [order] * 12, "views": 3, "comments": 1},
            "rfm": {
                "group": "champions",
                "recency": 3.0,
                "orders": 12,
                "amount": 102_000_000,
                "r": 5,
                "f": 5,
                "m": 4,
            },
            "segment": self.segments.to_pylist()[0],
            "interests": [{"category": "Kitchen", "share": 0.4, "affinity": 3.1}],
            "loyalty": _loyalty(ANN, "loyal"),
            "recommendations": [_offer(ANN)],
        }


def _loyalty(customer: int, band: str) -> dict[str, Any]:
    return {
        "customer": customer,
        "score": 81.4,
        "habit": 90.0,
        "value": 70.0,
        "probability": 0.62,
        "lifetime_value": 120_000_000,
        "band": band,
    }


def _offer(customer: int, rank: int = 1) -> dict[str, Any]:
    item, reason = ("B", TOGETHER) if rank == 1 else ("=C", POPULAR)
    return {
        "customer": customer,
        "rank": rank,
        "item_id": item,
        "score": 0.5,
        "model": "hybrid",
        "reason": reason,
    }
