from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitue.analyse.trees.rule import RuleTree, readable
from habitue.errors import UsageError


def test_a_planted_rule_is_found_and_holds_for_those_held_out() -> None:
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.uniform(0, 100, 3000), rng.integers(1, 20, 3000)])
    y = (X[:, 0] <= 30) & (X[:, 1] > 4)
    tree = RuleTree().fit(X, y, ["recency", "orders"])
    assert [(c.feature, c.op) for c in tree.rule_[0]] == [("recency", "<="), ("orders", ">")]
    assert tree.rule_[0][1].value == 4
    assert tree.precision_ > 0.98
    assert tree.recall_ > 0.98


def test_what_the_tree_cut_apart_becomes_one() -> None:
    x = np.random.default_rng(1).exponential(size=(2000, 1))
    tree = RuleTree().fit(x, x[:, 0] > 1.234)
    assert len(tree.rule_) == 1
    assert len(tree.rule_[0]) == 1


def test_two_ways_in_are_two_alternatives() -> None:
    x = np.linspace(0, 1, 1000)[:, None]
    tree = RuleTree().fit(x, (x[:, 0] < 0.2) | (x[:, 0] > 0.8))
    low, high = sorted((c for [c] in tree.rule_), key=lambda c: c.value)
    assert (low.op, high.op) == ("<=", ">")
    assert (low.value, high.value) == pytest.approx((0.2, 0.8), abs=0.01)


def test_alternatives_are_no_more_than_asked_for() -> None:
    x = np.linspace(0, 7, 2000)[:, None]
    tree = RuleTree(max_depth=5, max_alternatives=2).fit(x, np.floor(x[:, 0]) % 2 == 0)
    assert len(tree.rule_) <= 2


def test_a_group_of_nobody_or_by_chance_has_measures_all_the_same() -> None:
    X = np.random.default_rng(2).normal(size=(50, 2))
    tree = RuleTree().fit(X, np.zeros(50, dtype=bool))
    assert (tree.rule_, tree.precision_, tree.recall_) == ([], 0.0, 0.0)


@pytest.mark.parametrize(
    ("X", "y", "names"),
    [
        (np.ones((3, 1)), [True], None),
        (np.array([[np.nan]]), [True], None),
        (np.ones((2, 2)), [True, False], ["one"]),
    ],
)
def test_what_does_not_fit_is_refused(X: object, y: object, names: list[str] | None) -> None:
    with pytest.raises(UsageError):
        RuleTree().fit(X, y, names)


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e6))
def test_a_readable_number_lies_in_between(low: float, width: float) -> None:
    high = low + width
    assert low <= readable(low, high) < high or low == high


@pytest.mark.parametrize(
    ("low", "high", "number"),
    [(0, 1, 0), (0.0123, 0.0321, 0.02), (-3.7, -1.2, -3), (99.5, 101, 100), (5, 5, 5)],
)
def test_a_readable_number_is_round(low: float, high: float, number: float) -> None:
    assert readable(low, high) == number
