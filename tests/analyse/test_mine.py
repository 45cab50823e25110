from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from tests.analyse.worlds_of_analysis import START, Line, shop

from habitue import columns
from habitue.analyse import rules
from habitue.analyse.rules import automatic_count, mine
from habitue.analyse.rules.baskets import to_matrix
from habitue.analyse.rules.eclat import pair_counts

CUT = START + timedelta(days=1000)


def bundled(n: int = 3000, seed: int = 0) -> tuple[list[Line], set[frozenset[str]]]:
    """Return orders of 100 products in 5 categories of taste, with 6 planted pairs."""
    rng = np.random.default_rng(seed)
    pairs = [(20 * (i % 5) + 2 * i, 20 * (i % 5) + 2 * i + 1) for i in range(6)]
    lines: list[Line] = []
    for order in range(n):
        taste = int(rng.integers(5))
        held = {int(x) for x in 20 * taste + rng.integers(0, 20, 3)}
        if rng.random() < 0.12:
            held |= set(pairs[int(rng.integers(6))])
        customer = order % 400 if order % 3 else None
        lines += [(customer, f"o{order}", f"p{item}", order / 10, 5.0) for item in sorted(held)]
    return lines, {frozenset((f"p{a}", f"p{b}")) for a, b in pairs}


def test_planted_bundles_are_at_the_top() -> None:
    lines, pairs = bundled()
    table = mine(shop(lines), CUT).to_pylist()
    top = [frozenset([*r["antecedent"], r["consequent"]]) for r in table]
    distinct = list(dict.fromkeys(top))[: len(pairs)]
    assert len(pairs & set(distinct)) / len(pairs) >= 0.9


def test_rules_are_significant_first_and_never_below_chance() -> None:
    lines, _pairs = bundled(800)
    table = mine(shop(lines), CUT, min_confidence=0.0).to_pylist()
    sure = [r["p_value"] < 0.05 for r in table]
    assert sure == sorted(sure, reverse=True)
    use = [r["lift"] * r["leverage"] for r in table if r["p_value"] < 0.05]
    assert use == sorted(use, reverse=True)


def test_an_item_that_adds_nothing_is_not_in_a_rule() -> None:
    rng = np.random.default_rng(0)
    lines: list[Line] = []
    for order in range(2000):
        held = ["bread"] if rng.random() < 0.5 else []
        held += ["pen", "ink"] if rng.random() < 0.2 else ["cup"]
        lines += [(order, f"o{order}", item, 1, 5.0) for item in held]
    table = mine(shop(lines), CUT).to_pylist()
    assert ["pen"] in [r["antecedent"] for r in table]
    assert all(len(r["antecedent"]) == 1 for r in table)


def test_orders_after_the_cut_off_do_not_count() -> None:
    late = [(1, f"o{i}", item, 1500, 5.0) for i in range(50) for item in ("a", "b")]
    assert len(mine(shop(late), CUT)) == 0


def test_an_empty_shop_has_no_rules() -> None:
    assert mine(shop([]), CUT).schema.equals(columns.RULES.schema)


def test_automatic_support_keeps_pairs_within_bounds() -> None:
    lines, _pairs = bundled(3000)
    orders: dict[str, list[str]] = {}
    for _customer, order, item, *_rest in lines:
        orders.setdefault(order, []).append(item)
    matrix, _items = to_matrix(list(orders.values()))
    count = automatic_count(matrix, most=20)
    assert (pair_counts(matrix, count) >= count).sum() <= 10
    assert (pair_counts(matrix, count - 1) >= count - 1).sum() > 10


def test_support_rises_until_the_itemsets_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST", 40)
    crowded = [(1, f"o{i}", f"p{j}", 1, 5.0) for i in range(20 + 2) for j in range(6 - i // 20)]
    assert len(mine(shop(crowded), CUT, max_length=6)) <= 40 * 6
