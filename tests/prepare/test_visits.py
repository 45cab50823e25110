from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyarrow as pa
from tests.worlds import START, records

from habitue.columns import VIEWS
from habitue.engines import DuckDBEngine
from habitue.prepare import visits

NOW = START + timedelta(days=10)


def reasons(rows: list[dict[str, Any]]) -> dict[str, int]:
    with DuckDBEngine() as engine:
        engine.register("views", records(VIEWS, rows))
        none = pa.array([], pa.int64())
        engine.register("people", pa.table({"customer": none, "person": none}))
        visits.select(engine, NOW)
        return {row["reason"]: row["rows"] for row in visits.accounting(engine).to_pylist()}


def view(number: int, seconds: float, **more: Any) -> dict[str, Any]:
    base = {"row_key": number, "customer": 7, "time": START + timedelta(seconds=seconds)}
    return {**base, "item_id": "A", "event": "view", **more}


def test_a_robot_is_told_by_its_agent() -> None:
    rows = [view(1, 0), view(2, 9, customer=8, agent="Mozilla/5.0 (compatible; Googlebot/2.1)")]
    assert reasons(rows) == {"counted": 1, "robot": 1}


def test_a_visitor_faster_than_a_person_is_set_aside() -> None:
    fast = [view(n, n / 2) for n in range(150)]
    slow = [view(1000 + n, n * 60, customer=8) for n in range(150)]
    assert reasons(fast + slow) == {"counted": 150, "too_fast": 150}


def test_a_session_without_a_customer_counts_as_a_visitor() -> None:
    rows = [view(n, n / 2, customer=None, session_id="s") for n in range(150)]
    assert reasons(rows) == {"too_fast": 150}


def test_views_after_the_cut_are_not_seen() -> None:
    assert reasons([view(1, 11 * 86_400)]) == {"after_cut": 1}
