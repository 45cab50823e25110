from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import START, engine_of, purchases

from habitue.columns import MICROS
from habitue.prepare import clean

NOW = START + timedelta(days=100)


def reasons(table: pa.Table, **more: Any) -> dict[str, int]:
    with engine_of(table, NOW, **more) as engine:
        rows = clean.accounting(engine).to_pylist()
        return {row["reason"]: row["rows"] for row in rows if row["stage"] == "select"}


def sales(table: pa.Table, **more: Any) -> dict[int, float]:
    with engine_of(table, NOW, **more) as engine:
        rows = engine.query("SELECT row_key, quantity FROM sales").to_pylist()
        return {row["row_key"]: row["quantity"] for row in rows}


def test_each_row_has_the_first_reason_that_holds() -> None:
    table = purchases(
        [
            ("1", 7, 0, "A", 2, 3.0),
            ("C2", 7, 1, "A", -1, 3.0),
            ("3", 7, 1, "A", -1, 3.0),
            ("4", 7, 1, "A", -5, 0.0),
            ("5", 7, 1, "A", 1, 0.0),
            ("6", None, 1, "A", 1, 3.0),
            ("7", 7, 100, "A", 1, 3.0),
            ("C8", 7, 2, "A", 1, 3.0),
        ]
    )
    assert reasons(table) == {
        "counted": 2,  # an order number that only begins with C is no cancellation
        "cancelled": 1,
        "returned": 1,
        "no_quantity": 1,
        "no_price": 1,
        "no_customer": 1,
        "after_cut": 1,
    }


def test_another_currency_is_set_aside_unless_a_rate_is_given() -> None:
    table = purchases([("1", 7, 0, "A", 1, 3.0), ("2", 7, 0, "A", 1, 2.0)])
    table = table.set_column(
        table.schema.get_field_index("currency"), "currency", pa.array(["GBP", "EUR"])
    )
    assert reasons(table) == {"counted": 1, "other_currency": 1}
    with engine_of(table, NOW) as engine:
        clean.select(engine, NOW, "GBP", {"EUR": 0.5})
        rows = engine.query("SELECT amount FROM selected ORDER BY row_key").to_pylist()
    assert [row["amount"] for row in rows] == [3 * MICROS, 1 * MICROS]


def test_a_return_takes_pieces_off_the_latest_earlier_lines() -> None:
    table = purchases(
        [
            ("1", 7, 0, "A", 5, 3.0),
            ("2", 7, 5, "A", 2, 3.0),
            ("C3", 7, 6, "A", -3, 3.0),
            ("4", 7, 9, "A", 4, 3.0),  # bought after the return: untouched
            ("5", 8, 5, "A", 4, 3.0),  # somebody else
        ]
    )
    assert sales(table) == {1: 4.0, 4: 4.0, 5: 4.0}


def test_a_guest_return_finds_the_same_order() -> None:
    table = purchases(
        [("1", None, 0, "A", 5, 3.0), ("1", None, 1, "A", -1, 3.0), ("2", None, 0, "A", 5, 3.0)]
    )
    assert sales(table) == {1: 4.0, 3: 5.0}


def test_a_return_is_not_known_before_it_happened() -> None:
    table = purchases([("1", 7, 0, "A", 5, 3.0), ("C2", 7, 50, "A", -5, 3.0)])
    cut = START + timedelta(days=40)
    with engine_of(table, NOW) as engine:
        assert engine.query("SELECT * FROM sales").num_rows == 0
        assert engine.query(clean.known_sales(cut)).num_rows == 1
        assert engine.query(clean.known_sales(NOW, cuts=[cut])).num_rows == 1


def test_service_lines_are_set_apart_and_the_figures_say_so() -> None:
    table = purchases([("1", 7, 0, "A", 1, 3.0), ("1", 7, 0, "POST", 1, 18.0)])
    with engine_of(table, NOW, services=["POST"]) as engine:
        figures = clean.figures(engine)
    assert figures["selected"]["amount"] == 21 * MICROS
    assert figures["after"] == {"lines": 1, "customers": 1, "orders": 1, "amount": 3 * MICROS}


def test_linked_pseudonyms_are_one_customer() -> None:
    table = purchases([("1", 7, 0, "A", 1, 3.0), ("2", 9, 1, "A", 1, 3.0)])
    with engine_of(table, NOW, linked=[(7, 7), (9, 7)]) as engine:
        assert clean.figures(engine)["selected"]["customers"] == 1


lines = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "C3", "4"]),
        st.sampled_from([None, 7, 8]),
        st.integers(0, 110),
        st.sampled_from(["A", "B", "POST"]),
        st.integers(-4, 6),
        st.sampled_from([-1.0, 0.0, 0.001, 2.5]),
    ),
    min_size=1,
    max_size=30,
)


@given(lines)
@settings(max_examples=40, deadline=None)
def test_every_row_is_accounted_for_and_nobody_returns_more_than_they_bought(lines: Any) -> None:
    table = purchases(lines)
    with engine_of(table, NOW, services=["POST"]) as engine:
        rows = clean.accounting(engine).to_pylist()
        selected = {row["reason"]: row["rows"] for row in rows if row["stage"] == "select"}
        prepared = sum(row["rows"] for row in rows if row["stage"] == "prepare")
        kept = engine.query("SELECT min(quantity) AS least FROM sales")["least"][0].as_py()
    assert sum(selected.values()) == len(lines)
    assert prepared == selected.get("counted", 0) + selected.get("no_customer", 0)
    assert kept is None or kept > 0
