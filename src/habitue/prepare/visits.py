"""Views that people made: robots and inhumanly fast visitors are set aside.

A view is a robot's when its user agent says so, or when its visitor (or, without one, its session)
made more views on one day than a person can: 500, or one every two seconds over a hundred.
"""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from habitue.columns import ACCOUNTING, VIEWS
from habitue.engines import Engine, time_literal

__all__ = ["accounting", "select"]

_AGENTS = ("bot", "crawl", "spider", "slurp", "headless", "scrap", "curl", "wget", "python-")
_DAILY = 500
_BURST = 100
_BURST_DAYS = 2 * _BURST / 86_400  # a hundred views at two seconds each


def select(engine: Engine, as_of: datetime) -> None:
    """Make ``visits``, each view with its person and its reason, and ``views``, what people did.

    Reads ``views`` (records) and ``people``; the prepared ``views`` take their place.
    """
    agent = " OR ".join(f"lower(coalesce(agent, '')) LIKE '%{word}%'" for word in _AGENTS)
    day = "CAST(time AS DATE)"
    visitor = "coalesce(CAST(customer AS VARCHAR), session_id, '')"
    columns = ", ".join(f"v.{name}" for name in VIEWS.names if name != "customer")
    engine.create(
        "visits",
        f"""
        WITH known AS (
            SELECT {columns}, coalesce(p.person, v.customer) AS customer
            FROM views v LEFT JOIN people p ON p.customer = v.customer
        ),
        marked AS (SELECT *, {visitor} AS visitor, {day} AS day FROM known),
        fast AS (
            SELECT visitor, day FROM marked WHERE visitor <> ''
            GROUP BY visitor, day
            HAVING count(*) > {_DAILY} OR (count(*) >= {_BURST}
                AND {engine.days_between("min(time)", "max(time)")} < {_BURST_DAYS})
        )
        SELECT m.*, CASE
            WHEN time >= {time_literal(as_of)} THEN 'after_cut'
            WHEN {agent} THEN 'robot'
            WHEN f.visitor IS NOT NULL THEN 'too_fast'
            ELSE 'counted' END AS reason
        FROM marked m LEFT JOIN fast f ON f.visitor = m.visitor AND f.day = m.day
        """,
    )
    engine.create("views", f"SELECT {', '.join(VIEWS.names)} FROM visits WHERE reason = 'counted'")


def accounting(engine: Engine) -> pa.Table:
    """Return why each view was kept or set aside (columns.ACCOUNTING)."""
    return engine.query(
        """
        SELECT 'select' AS stage, 'views' AS "table", reason, count(*) AS rows,
            CAST(NULL AS BIGINT) AS amount
        FROM visits GROUP BY reason ORDER BY rows DESC NULLS LAST, reason NULLS LAST
        """
    ).cast(ACCOUNTING.schema)
