"""Sharing amounts out: exact to the cent, against a slow oracle of fractions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.samples.market import share

from habitue.collect.shares import CENT, paid, shared

Orders = list[tuple[int, list[int]]]
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=6)


def flat(orders: Orders) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    total = np.array([total for total, _w in orders], np.int64)
    weight = np.array([w for _t, weights in orders for w in weights], np.int64)
    group = np.repeat(np.arange(len(orders)), [len(weights) for _t, weights in orders])
    return total, weight, group


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 10**7), WEIGHTS), min_size=1, max_size=6))
def test_whole_cents_are_shared_out_by_largest_remainders(orders: Orders) -> None:
    total, weight, group = flat(orders)
    expected = [
        part
        for amount, weights in orders
        for part in share(amount, weights if any(weights) else [1] * len(weights))
    ]
    assert (shared(total * CENT, weight, group) // CENT).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 10**17), WEIGHTS), min_size=1, max_size=5))
def test_the_parts_of_any_amount_add_up_to_it(orders: Orders) -> None:
    total, weight, group = flat(orders)
    parts = shared(total, weight, group)
    assert np.bincount(group, weights=None, minlength=len(total)).sum() == len(parts)
    sums = [int(parts[group == n].astype(object).sum()) for n in range(len(total))]
    assert sums == total.tolist()
    assert (parts >= 0).all()


def test_weights_beyond_64_bits_are_shared_exactly() -> None:
    parts = shared(np.array([10**17 + 1]), np.array([10**17, 10**17]), np.array([0, 0]))
    assert parts.tolist() == [5 * 10**16 + 1, 5 * 10**16]


def test_the_order_of_orders_does_not_matter() -> None:
    total, weight = np.array([100 * CENT, 7 * CENT]), np.array([1, 2, 3, 1, 1])
    one = shared(total, weight, np.array([0, 0, 0, 1, 1]))
    other = shared(total[::-1], weight[[3, 4, 0, 1, 2]], np.array([0, 0, 1, 1, 1]))
    assert one.tolist() == other[[2, 3, 4, 0, 1]].tolist()


@pytest.mark.parametrize(
    ("base", "total", "known", "expected"),
    [
        ([600, 400], 500, True, [300, 200]),  # a discount on the order
        ([600, 400], 1500, True, [600, 400]),  # more than its lines: shipping
        ([600, 400], 500, False, [600, 400]),  # nobody says what it cost
        ([600, -100], 300, True, [600, -100]),  # a line that came back
        ([600, 400], 0, True, [0, 0]),  # given away
    ],
)
def test_only_an_amount_below_its_lines_is_a_discount(
    base: list[int], total: int, known: bool, expected: list[int]
) -> None:
    cents = np.array(base) * CENT
    group = np.zeros(len(base), np.int64)
    got = paid(cents, np.array([total * CENT]), np.array([known]), group)
    assert (got // CENT).tolist() == expected
