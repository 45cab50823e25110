"""Visits: the same as a slow and obvious reading of the events, one after the other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import START, purchases, records

from habitue.columns import VIEWS
from habitue.engines import DuckDBEngine
from habitue.prepare import visits
from habitue.prepare.sessions import figures

NOW = START + timedelta(days=10)


def made(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the prepared views and the sessions."""
    with DuckDBEngine() as engine:
        engine.register("views", records(VIEWS, rows))
        engine.register("purchases", purchases([]))
        none = pa.array([], pa.int64())
        engine.register("people", pa.table({"customer": none, "person": none}))
        visits.select(engine, NOW)
        views = engine.query("SELECT * FROM views ORDER BY row_key").to_pylist()
        return views, engine.query("SELECT * FROM sessions ORDER BY start_time").to_pylist()


def view(number: int, minutes: float, **more: Any) -> dict[str, Any]:
    base = {"row_key": number, "customer": 7, "time": START + timedelta(minutes=minutes)}
    return {**base, "item_id": f"I{number}", "event": "view", **more}


def groups(rows: list[dict[str, Any]]) -> list[list[int]]:
    """Return the numbers of the views of each visit, in order."""
    found: dict[str, list[int]] = {}
    for row in made(rows)[0]:
        found.setdefault(row["session_id"], []).append(row["row_key"])
    return sorted(found.values())


def test_half_an_hour_of_silence_ends_a_visit() -> None:
    assert groups([view(1, 0), view(2, 29.9), view(3, 59.8), view(4, 95)]) == [[1, 2, 3], [4]]


def test_midnight_does_not() -> None:
    assert groups([view(1, 24 * 60 - 5), view(2, 24 * 60 + 5)]) == [[1, 2]]


def test_the_sources_own_visits_are_parted() -> None:
    rows = [view(1, 0, session_id="a"), view(2, 1, session_id="b"), view(3, 2, session_id="a")]
    assert groups(rows) == [[1, 3], [2]]


def test_the_same_number_of_two_visitors_is_two_visits() -> None:
    rows = [view(1, 0, session_id="a"), view(2, 1, session_id="a", customer=8)]
    assert groups(rows) == [[1], [2]]


def test_a_late_event_joins_the_visit_that_it_belongs_to() -> None:
    assert groups([view(1, 0), view(2, 100), view(3, 10)]) == [[1, 3], [2]]


def test_a_view_that_nobody_made_is_in_no_visit() -> None:
    views, found = made([view(1, 0, customer=None), view(2, 1, customer=None)])
    assert [row["session_id"] for row in views] == [None, None]
    assert found == []


def test_a_session_sums_up_its_views() -> None:
    rows = [view(1, 0), view(2, 5, event="cart", item_id="I1"), view(3, 9, event="search")]
    [session] = made(rows)[1]
    assert session["customer"] == 7
    assert session["end_time"] - session["start_time"] == timedelta(minutes=9)
    sums = {name: session[name] for name in ("events", "carts", "searches", "items")}
    assert sums == {"events": 3, "carts": 1, "searches": 1, "items": 2}


def test_figures_say_what_came_of_the_visits() -> None:
    with DuckDBEngine() as engine:
        rows = [view(1, 0), view(2, 6), view(3, 100, event="cart"), view(4, 0, customer=8)]
        engine.register("views", records(VIEWS, rows))
        engine.register("purchases", purchases([]))
        none = pa.array([], pa.int64())
        engine.register("people", pa.table({"customer": none, "person": none}))
        visits.select(engine, NOW)
        found = figures(engine)
    assert (found["visits"], found["people"], found["minutes"]) == (3, 2, 0)
    assert found["cart"] == 1 / 3


@settings(deadline=None, max_examples=60, database=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from([1, 2]), st.sampled_from([None, "a", "b"])),
        max_size=30,
    )
)
def test_visits_are_those_of_a_slow_reading(drawn: list[tuple[int, int, str | None]]) -> None:
    rows = [
        view(n, minute + 0.5 * (n % 2), customer=who, session_id=own)
        for n, (minute, who, own) in enumerate(drawn)
    ]
    expected: list[list[int]] = []
    open_visit: dict[Any, tuple[list[int], Any]] = {}
    for row in sorted(rows, key=lambda row: (row["time"], row["row_key"])):
        key = (row["customer"], row["session_id"])
        visit, last = open_visit.get(key, ([], None))
        if last is None or row["time"] - last > timedelta(minutes=30):
            visit = []
            expected.append(visit)
        visit.append(row["row_key"])
        open_visit[key] = (visit, row["time"])
    assert groups(rows) == sorted(sorted(visit) for visit in expected)
