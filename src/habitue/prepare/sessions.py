"""Visits: what one visitor did without a long silence.

A visit ends after 30 minutes of silence, the trade's convention (Google Analytics, Segment), and
where the source's own number of the visit changes. Two devices with numbers of their own are two
visits, even at the same time.
"""

from __future__ import annotations

from typing import Any

from habitue.engines import Engine

__all__ = ["SILENCE", "figures", "numbered", "sessions"]

#: Minutes without an event after which a visit has ended.
SILENCE = 30


def numbered(engine: Engine, views: str) -> str:
    """Return the SQL that gives each view its visit, and what its visitor did just before.

    Parameters
    ----------
    engine : Engine
        For its dialect.
    views : str
        A table with ``visitor`` (null: nobody knows who), ``session_id``, ``time``, ``row_key``,
        ``event`` and ``item_id``.

    Returns
    -------
    str
        The table's columns, and ``visit`` (null without a visitor), ``last_time``, ``last_event``,
        ``last_item``: the view before in the same visit, or of the visit before.
    """
    # A view that nobody made stands alone: it must not end up in one window with all the others.
    key = "coalesce(visitor, CAST(row_key AS VARCHAR)), coalesce(session_id, '')"
    order = "ORDER BY time NULLS FIRST, row_key NULLS FIRST"
    window = f"OVER (PARTITION BY {key} {order})"
    silent = f"{engine.days_between('last_time', 'time')} > {SILENCE / 1440!r}"
    return f"""
        WITH followed AS (
            SELECT *, lag(time) {window} AS last_time, lag(event) {window} AS last_event,
                lag(item_id) {window} AS last_item
            FROM {views}
        ),
        counted AS (
            SELECT *, sum(CASE WHEN last_time IS NULL OR {silent} THEN 1 ELSE 0 END)
                OVER (PARTITION BY {key} {order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
                AS place
            FROM followed
        )
        SELECT *, CASE WHEN visitor IS NOT NULL THEN concat(visitor, ' ',
            coalesce(session_id, ''), ' ', CAST(CAST(place AS BIGINT) AS VARCHAR)) END AS visit
        FROM counted
    """


def sessions(engine: Engine) -> None:
    """Make ``sessions``, one row a visit, from ``views`` as prepared (columns.SESSIONS)."""
    engine.create(
        "sessions",
        """
        SELECT session_id, min(customer) AS customer, min(time) AS start_time,
            max(time) AS end_time, count(*) AS events,
            CAST(sum(CASE WHEN event = 'cart' THEN 1 ELSE 0 END) AS BIGINT) AS carts,
            CAST(sum(CASE WHEN event = 'search' THEN 1 ELSE 0 END) AS BIGINT) AS searches,
            count(DISTINCT item_id) AS items
        FROM views WHERE session_id IS NOT NULL GROUP BY session_id
        """,
    )


def figures(engine: Engine) -> dict[str, Any]:
    """Return how many visits there were, of how many people, and what came of them.

    Reads ``sessions``. ``minutes`` and ``views`` are medians; ``cart`` is the share of visits in
    which something was put in the cart.
    """
    found: list[dict[str, Any]] = engine.query(
        f"""
        SELECT count(*) AS visits, count(DISTINCT customer) AS people,
            {engine.quantile(engine.days_between("start_time", "end_time"), 0.5)} * 1440 AS minutes,
            {engine.quantile("events", 0.5)} AS views,
            avg(CASE WHEN carts > 0 THEN 1.0 ELSE 0.0 END) AS cart
        FROM sessions
        """
    ).to_pylist()
    return found[0]
