"""Views that people made: robots, the company's own people and echoes are set aside.

Each view gets the first reason that holds, in this order:

``after_cut``  it happened at or after the cut-off
``robot``      its user agent says so
``internal``   it is the company's own: a person or a user agent that the settings name
``too_fast``   its visitor looked at more on that day than a person can: more than 500 views, or at
               least 100 at less than two seconds each
``crawler``    its visitor looked at 200 products or more on that day, put nothing in the cart,
               searched for nothing, and has never bought anything
``echo``       its visitor did the very same within two seconds before: a double click, a reload
``counted``    everything else

A visitor is a person, or where nobody knows who, the source's own visit. Days are UTC. A view that
arrives late counts for the time when it happened; one that arrives twice was taken out by its id
when it was imported.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import pyarrow as pa

from habitue.columns import ACCOUNTING, VIEWS
from habitue.engines import Engine, time_literal
from habitue.prepare.sessions import numbered, sessions

__all__ = ["accounting", "select"]

_ROBOTS = (
    "bot", "crawl", "spider", "slurp", "headless", "scrap", "curl", "wget", "python-", "libwww",
    "java/", "go-http", "httpclient", "node-fetch", "axios", "phantomjs", "selenium", "puppeteer",
    "playwright", "lighthouse", "pingdom", "uptime", "monitor", "facebookexternalhit",
    "feedfetcher", "postman", "screaming frog",
)  # fmt: skip
_PHONE = "cubot"  # a maker of telephones
_DAILY = 500
_BURST = 100
_BURST_DAYS = 2 * _BURST / 86_400  # a hundred views at two seconds each
_PRODUCTS = 200
_ECHO_DAYS = 2 / 86_400


def select(
    engine: Engine,
    as_of: datetime,
    people: Collection[int] = (),
    agents: Collection[str] = (),
) -> None:
    """Make ``visits``, each view with its person and its reason; ``views`` and ``sessions``.

    Reads ``views`` and ``purchases`` (records) and ``people``; the prepared ``views``, what people
    did, take the place of the records, with ``session_id`` the visit that they belong to.

    Parameters
    ----------
    engine : Engine
        Holds the tables.
    as_of : datetime
        The cut-off.
    people : collection of int
        Pseudonyms of the company's own people.
    agents : collection of str
        What the company's own user agents hold, in any case.
    """
    _agents(engine, agents)
    engine.register("own_people", pa.table({"customer": pa.array(sorted(people), pa.int64())}))
    columns = ", ".join(f"v.{name}" for name in VIEWS.names if name != "customer")
    person = "CASE WHEN p.customer IS NULL THEN v.customer ELSE p.person END"
    engine.create(
        "known_views",
        f"""
        SELECT {columns}, {person} AS customer, CASE
            WHEN v.customer IS NOT NULL THEN concat('p', CAST({person} AS VARCHAR))
            WHEN v.session_id IS NOT NULL THEN concat('s', v.session_id) END AS visitor
        FROM views v LEFT JOIN people p ON p.customer = v.customer
        """,
    )
    _busy(engine, as_of)
    engine.create("visits", _reasoned(engine, as_of))
    for step in ("known_views", "busy", "agents", "own_people"):
        engine.drop(step)
    kept = ", ".join(name if name != "session_id" else "visit AS session_id"
                     for name in VIEWS.names)  # fmt: skip
    engine.create("views", f"SELECT {kept} FROM visits WHERE reason = 'counted'")
    sessions(engine)


def _agents(engine: Engine, own: Collection[str]) -> None:
    """Make ``agents``: each user agent, and whether it is a robot's or the company's own."""
    text = f"replace(lower(agent), '{_PHONE}', '')"
    robot = " OR ".join(f"{text} LIKE '%{word}%'" for word in _ROBOTS)
    ours = " OR ".join(f"lower(agent) LIKE '%{_plain(word)}%' ESCAPE '!'" for word in sorted(own))
    engine.create(
        "agents",
        f"""
        SELECT agent, {robot} AS robot, {ours or "FALSE"} AS own
        FROM (SELECT DISTINCT agent FROM views WHERE agent IS NOT NULL) named
        """,
    )


def _plain(word: str) -> str:
    """Return a word as LIKE takes it to the letter."""
    for sign in "!%_":
        word = word.replace(sign, f"!{sign}")
    return word.lower().replace("'", "''")


def _busy(engine: Engine, as_of: datetime) -> None:
    """Make ``busy``: visitors' days on which they did what no person does, and why."""
    engine.create(
        "busy",
        f"""
        WITH days AS (
            SELECT visitor, CAST(time AS DATE) AS day, count(*) AS views,
                {engine.days_between("min(time)", "max(time)")} AS span
            FROM known_views WHERE visitor IS NOT NULL GROUP BY visitor, CAST(time AS DATE)
            HAVING count(*) >= {_BURST}
        ),
        buyers AS (
            SELECT DISTINCT concat('p', CAST(CASE WHEN p.customer IS NULL THEN t.customer
                ELSE p.person END AS VARCHAR)) AS visitor
            FROM purchases t LEFT JOIN people p ON p.customer = t.customer
            WHERE t.customer IS NOT NULL AND t.time < {time_literal(as_of)}
        ),
        crawled AS (
            SELECT v.visitor, CAST(v.time AS DATE) AS day FROM known_views v
            JOIN days d ON d.visitor = v.visitor AND d.day = CAST(v.time AS DATE)
            WHERE v.visitor NOT IN (SELECT visitor FROM buyers)
            GROUP BY v.visitor, CAST(v.time AS DATE)
            HAVING count(DISTINCT v.item_id) >= {_PRODUCTS}
               AND sum(CASE WHEN v.event = 'view' THEN 0 ELSE 1 END) = 0
        )
        SELECT d.visitor, d.day, CASE
            WHEN views > {_DAILY} OR span < {_BURST_DAYS!r} THEN 'too_fast'
            WHEN c.visitor IS NOT NULL THEN 'crawler' END AS reason
        FROM days d LEFT JOIN crawled c ON c.visitor = d.visitor AND c.day = d.day
        """,
    )


def _reasoned(engine: Engine, as_of: datetime) -> str:
    again = f"""last_event = event AND last_item = item_id
                AND {engine.days_between("last_time", "v.time")} < {_ECHO_DAYS!r}"""
    return f"""
        WITH numbered AS ({numbered(engine, "known_views")}),
        own AS (
            SELECT DISTINCT
                CASE WHEN p.customer IS NULL THEN o.customer ELSE p.person END AS customer
            FROM own_people o LEFT JOIN people p ON p.customer = o.customer
        )
        SELECT v.*, CASE
            WHEN v.time >= {time_literal(as_of)} THEN 'after_cut'
            WHEN a.robot THEN 'robot'
            WHEN a.own OR o.customer IS NOT NULL THEN 'internal'
            WHEN b.reason IS NOT NULL THEN b.reason
            WHEN {again} THEN 'echo'
            ELSE 'counted' END AS reason
        FROM numbered v
        LEFT JOIN agents a ON a.agent = v.agent
        LEFT JOIN own o ON o.customer = v.customer
        LEFT JOIN busy b ON b.visitor = v.visitor AND b.day = CAST(v.time AS DATE)
    """


def accounting(engine: Engine) -> pa.Table:
    """Return why each view was kept or set aside (columns.ACCOUNTING)."""
    return engine.query(
        """
        SELECT 'select' AS stage, 'views' AS "table", reason, count(*) AS rows,
            CAST(NULL AS BIGINT) AS amount
        FROM visits GROUP BY reason ORDER BY rows DESC NULLS LAST, reason NULLS LAST
        """
    ).cast(ACCOUNTING.schema)
