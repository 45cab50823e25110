"""What to offer to a segment: the products recommended to more of its people than elsewhere."""

from __future__ import annotations

import pyarrow as pa

from habitue.columns import OFFERS
from habitue.engines import Engine

__all__ = ["offers"]


def offers(engine: Engine, n: int = 5) -> pa.Table:
    """Return the top products of each segment (columns.OFFERS).

    The score of a product in a segment is the share of the segment's people that it is recommended
    to, times the logarithm of that share against the share among all customers: what fits everybody
    says nothing about the segment. A twentieth of the share itself is added, so that what suits
    many goes first where nothing sets the segment apart.

    Reads ``recommendations`` and ``members``.
    """
    return engine.query(
        f"""
        WITH size AS (SELECT segment, count(*) AS people FROM members GROUP BY segment),
        everyone AS (SELECT count(*) AS people FROM members),
        overall AS (
            SELECT r.item_id, count(*) / max(e.people) AS share
            FROM recommendations r, everyone e GROUP BY r.item_id
        ),
        inside AS (
            SELECT m.segment, r.item_id, count(*) AS customers, count(*) / max(s.people) AS share
            FROM recommendations r
            JOIN members m ON m.customer = r.customer
            JOIN size s ON s.segment = m.segment
            GROUP BY m.segment, r.item_id
        ),
        scored AS (
            SELECT i.segment, i.item_id, i.customers,
                i.share * (greatest(ln(i.share / o.share), 0) + 0.05) AS score
            FROM inside i JOIN overall o ON o.item_id = i.item_id
        ),
        ranked AS (
            SELECT *, row_number() OVER (PARTITION BY segment
                ORDER BY score DESC NULLS LAST, item_id NULLS LAST) AS place
            FROM scored
        )
        SELECT segment, item_id, customers, score FROM ranked WHERE place <= {n}
        ORDER BY segment NULLS LAST, place NULLS LAST
        """
    ).cast(OFFERS.schema)
