"""Whose words are listened to: comments of customers, from where profiles may be made.

This is the one place that decides it. All that learns from comments (tone, loyalty, interests,
segments) reads the table made here. What is left out stays in the records, for the inbox and for
answers: the shop's own words, and whatever was written on X, whose rules forbid to profile people
or to train models on its content.
"""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from habitue.columns import ACCOUNTING, COMMENTS
from habitue.engines import Engine, time_literal

__all__ = ["NOT_PROFILED", "accounting", "select"]

#: Platforms whose rules forbid profiles and models of what people write there: X's developer
#: guidelines, "Restricted uses" (individual profiling, psychographic segmentation, training).
NOT_PROFILED = ("x",)


def select(engine: Engine, as_of: datetime) -> None:
    """Make ``voices``, each comment with its person and its reason, and ``comments``, the counted.

    Reads ``comments`` (records) and ``people``; the prepared ``comments`` take their place.
    """
    columns = ", ".join(f"c.{name}" for name in COMMENTS.names if name != "customer")
    apart = ", ".join(f"'{name}'" for name in NOT_PROFILED)
    engine.create(
        "voices",
        f"""
        SELECT {columns},
            CASE WHEN p.customer IS NULL THEN c.customer ELSE p.person END AS customer,
            CASE WHEN c.time >= {time_literal(as_of)} THEN 'after_cut'
                WHEN c.from_shop THEN 'own_words'
                WHEN lower(c.platform) IN ({apart}, 'twitter') THEN 'not_profiled'
                ELSE 'heard' END AS reason
        FROM comments c LEFT JOIN people p ON p.customer = c.customer
        """,
    )
    engine.create(
        "comments", f"SELECT {', '.join(COMMENTS.names)} FROM voices WHERE reason = 'heard'"
    )


def accounting(engine: Engine) -> pa.Table:
    """Return why each comment was heard or left out (columns.ACCOUNTING)."""
    return engine.query(
        """
        SELECT 'select' AS stage, 'comments' AS "table", reason, count(*) AS rows,
            CAST(NULL AS BIGINT) AS amount
        FROM voices GROUP BY reason ORDER BY rows DESC NULLS LAST, reason NULLS LAST
        """
    ).cast(ACCOUNTING.schema)
