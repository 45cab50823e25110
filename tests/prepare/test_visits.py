"""Views that count: every other one has a reason, and the reasons add up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import START, purchases, records

from habitue.columns import VIEWS
from habitue.engines import DuckDBEngine
from habitue.prepare import visits

NOW = START + timedelta(days=10)
PHONE = "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36"


def reasons(
    rows: Sequence[dict[str, Any]], bought: Sequence[int] = (), **own: Any
) -> dict[str, int]:
    """Return how many views have each reason; 7 and 8 are one person if linked."""
    with DuckDBEngine() as engine:
        engine.register("views", records(VIEWS, rows))
        engine.register("purchases", purchases([("o", who, 1, "A", 1, 2.0) for who in bought]))
        seen = {row["customer"] for row in rows if row["customer"] is not None}
        customers = sorted(seen | set(bought))
        people = [100 if c in (7, 8) else c + 1000 for c in customers]
        engine.register(
            "people",
            pa.table(
                {
                    "customer": pa.array(customers, pa.int64()),
                    "person": pa.array(people, pa.int64()),
                }
            ),
        )
        visits.select(engine, NOW, **own)
        return {row["reason"]: row["rows"] for row in visits.accounting(engine).to_pylist()}


def view(number: int, seconds: float, **more: Any) -> dict[str, Any]:
    base = {"row_key": number, "customer": 7, "time": START + timedelta(seconds=seconds)}
    return {**base, "item_id": f"I{number}", "event": "view", **more}


def test_a_robot_is_told_by_its_agent() -> None:
    rows = [view(1, 0), view(2, 9, customer=8, agent="Mozilla/5.0 (compatible; Googlebot/2.1)")]
    assert reasons(rows) == {"counted": 1, "robot": 1}


def test_a_telephone_of_the_maker_cubot_is_no_robot() -> None:
    assert reasons([view(1, 0, agent=PHONE)]) == {"counted": 1}


def test_a_visitor_faster_than_a_person_is_set_aside() -> None:
    fast = [view(n, n / 2) for n in range(150)]
    slow = [view(1000 + n, n * 60, customer=9) for n in range(150)]
    assert reasons(fast + slow) == {"counted": 150, "too_fast": 150}


def test_a_session_without_a_customer_counts_as_a_visitor() -> None:
    rows = [view(n, n / 2, customer=None, session_id="s") for n in range(150)]
    assert reasons(rows) == {"too_fast": 150}


def test_views_that_nobody_made_are_no_visitor() -> None:
    assert reasons([view(n, n / 2, customer=None) for n in range(150)]) == {"counted": 150}


def test_views_after_the_cut_are_not_seen() -> None:
    assert reasons([view(1, 11 * 86_400)]) == {"after_cut": 1}


def test_who_looks_at_every_product_and_never_buys_crawls() -> None:
    slowly = [view(n, n * 60) for n in range(250)]
    assert reasons(slowly) == {"crawler": 250}
    assert reasons(slowly, bought=[8]) == {"counted": 250}  # the same person, by another number
    assert reasons([*slowly[:-1], view(250, 99 * 60, event="cart")]) == {"counted": 250}
    assert reasons(slowly[:199]) == {"counted": 199}


def test_the_same_again_at_once_is_an_echo() -> None:
    rows = [view(1, 0, item_id="A"), view(2, 1, item_id="A"), view(3, 90, item_id="A")]
    assert reasons(rows) == {"counted": 2, "echo": 1}
    rows[1]["event"] = "cart"
    assert reasons(rows) == {"counted": 3}


def test_the_companys_own_people_and_agents_are_set_aside() -> None:
    rows = [view(1, 0), view(2, 60, customer=8), view(3, 0, customer=9, agent="Shop_Check/2 100%")]
    assert reasons(rows, people=[7]) == {"counted": 1, "internal": 2}
    assert reasons(rows, agents=["shop_check/2 100%"]) == {"counted": 2, "internal": 1}
    assert reasons(rows, agents=["shop-check", "it's"]) == {"counted": 3}


@settings(deadline=None, max_examples=40, database=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 12 * 86_400),
            st.sampled_from([None, 7, 8, 9]),
            st.sampled_from([None, "s1", "s2"]),
            st.sampled_from([None, "Googlebot", PHONE]),
            st.sampled_from([None, "A", "B"]),
        ),
        max_size=40,
    )
)
def test_every_view_has_one_reason(drawn: list[tuple[Any, ...]]) -> None:
    names = ("customer", "session_id", "agent", "item_id")
    rows = [
        view(n, seconds, **dict(zip(names, rest, strict=True)))
        for n, (seconds, *rest) in enumerate(drawn)
    ]
    assert sum(reasons(rows, people=[9]).values()) == len(rows)
