"""Claims about rules of few people: one regular's habit is no rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from habitue.analyse.rules import mine
from habitue.analyse.rules.people import of_many
from habitue.engines import DuckDBEngine

CUT = datetime(2026, 2, 1, tzinfo=UTC)


def kept(tmp_path: Path, orders: Sequence[tuple[str, int | None, str]]) -> set[frozenset[str]]:
    """Mine baskets (items, customer, order) and return the sets of the rules of 10 people."""
    lines = [
        {"order_id": order, "customer": who, "item_id": item, "amount": 1,
         "time": datetime(2026, 1, 1, tzinfo=UTC)}
        for items, who, order in orders
        for item in items
    ]  # fmt: skip
    schema = pa.schema(
        [("order_id", pa.string()), ("customer", pa.int64()), ("item_id", pa.string()),
         ("amount", pa.int64()), ("time", pa.timestamp("us", tz="UTC"))]
    )  # fmt: skip
    with DuckDBEngine("1GB", tmp_path) as engine:
        engine.register("sales", pa.Table.from_pylist(lines, schema=schema))
        rules = of_many(engine, mine(engine, CUT), CUT, 10)
    return {frozenset([*r["antecedent"], r["consequent"]]) for r in rules.to_pylist()}


def test_a_rule_of_one_regular_goes_and_one_of_many_or_of_guests_stays(tmp_path: Path) -> None:
    orders: list[tuple[str, int | None, str]] = [("ab", 1, f"r{n}") for n in range(40)]
    orders += [("cd", n, f"m{n}") for n in range(40)]
    orders += [("ef", None, f"g{n}") for n in range(40)]
    orders += [("gh", n % 9, f"f{n}") for n in range(40)]
    assert kept(tmp_path, orders) == {frozenset("cd"), frozenset("ef")}


def test_a_shop_without_rules_has_none(tmp_path: Path) -> None:
    assert kept(tmp_path, [("a", n, f"o{n}") for n in range(20)]) == set()
