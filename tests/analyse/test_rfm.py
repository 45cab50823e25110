from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.worlds_of_analysis import START, shop

from habitue import columns
from habitue.analyse.rfm import GROUPS, group_of, quintiles, rfm

CUT = START + timedelta(days=100)


def test_a_customer_s_figures() -> None:
    engine = shop(
        [
            (7, "o1", "a", 10, 20.0, 5.0),
            (7, "o1", "b", 10, 10.0),
            (7, "o2", "a", 30, 15.0),
            (7, "o3", "c", 90, 30.0),
        ]
    )
    row = rfm(engine, CUT).to_pylist()[0]
    assert (row["recency"], row["tenure"], row["gap"]) == (10.0, 90.0, 40.0)
    assert (row["orders"], row["items"]) == (3, 3)
    assert (row["amount"], row["order_value"]) == (75_000_000, 25_000_000)
    assert row["discount_share"] == pytest.approx(5 / 80)


def test_what_is_later_a_guest_s_or_worth_nothing_is_left_out() -> None:
    lines = [(1, "o1", "a", 10, 20.0), (1, "o2", "a", 100, 20.0), (1, "o3", "b", 50, 0.0)]
    row = rfm(shop([*lines, (None, "o4", "a", 5, 9.0)]), CUT).to_pylist()
    assert len(row) == 1
    assert (row[0]["orders"], row[0]["items"], row[0]["gap"]) == (1, 1, None)


def test_no_sales_give_an_empty_table_of_the_same_columns() -> None:
    assert rfm(shop([]), CUT).schema.equals(columns.RFM.schema)


@pytest.mark.parametrize("r", range(1, 6))
@pytest.mark.parametrize("f", range(1, 6))
@pytest.mark.parametrize("m", range(1, 6))
def test_every_cell_has_one_known_group(r: int, f: int, m: int) -> None:
    assert group_of(r, f, m) in GROUPS


def test_every_group_has_a_cell() -> None:
    cells = {group_of(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)}
    assert cells == set(GROUPS)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60))
def test_equal_values_have_equal_scores_and_greater_ones_no_lower(values: list[int]) -> None:
    scores = quintiles(values)
    assert set(scores) <= {1, 2, 3, 4, 5}
    order = np.argsort(values, kind="stable")
    ordered, sorted_values = scores[order], np.array(values)[order]
    assert (np.diff(ordered) >= 0).all()
    assert (np.diff(ordered)[np.diff(sorted_values) == 0] == 0).all()


def test_distinct_values_fall_into_equal_fifths() -> None:
    assert np.bincount(quintiles(np.arange(100))).tolist() == [0, 20, 20, 20, 20, 20]


def test_where_all_are_alike_all_are_in_the_middle() -> None:
    assert set(quintiles([4] * 9)) == {3}
