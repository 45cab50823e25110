"""One title for each product: the catalogue's, else the description that its orders use most."""

from __future__ import annotations

import pyarrow as pa

from habitue.engines import Engine

__all__ = ["NOTES", "titles"]

#: Beginnings of words of the stock-room's notes, which some tills keep where the name belongs.
NOTES = (
    "adjust",
    "check",
    "counted",
    "crack",
    "crushed",
    "damag",
    "dagamed",
    "display",
    "found",
    "incorrect",
    "lost",
    "missing",
    "mix up",
    "mixed up",
    "mouldy",
    "rusty",
    "smashed",
    "sold as",
    "stock",
    "thrown",
    "throw away",
    "unsaleable",
    "wet",
    "wrong",
)

_COLUMNS = ("title", "category", "brand")


def titles(
    engine: Engine, purchases_table: str = "purchases", items_table: str = "items"
) -> pa.Table:
    """Return each product's one title, brand, category and description.

    The items table wins. Without a title there, it is the description most often used in orders,
    the latest of equally frequent ones, then the first by the alphabet; descriptions that look
    like a note of the stock room (``?``, "check", or small letters where the shop writes others)
    are taken only if there is no other. Category and brand follow the same rule of frequency.

    Returns
    -------
    Table
        Columns item_id, title, brand, category, description; by item_id.
    """
    used = {column: _most_used(column, purchases_table) for column in _COLUMNS}
    listed = ", ".join(
        f"max({column}) AS {column}" for column in ("title", "brand", "category", "description")
    )
    return engine.query(
        f"""
        WITH latest AS (
            SELECT item_id, max(line) AS line FROM {items_table}
            WHERE item_id IS NOT NULL GROUP BY item_id
        ),
        listed AS (
            SELECT i.item_id, {listed}
            FROM (
                SELECT item_id, line, {_filled("title")} AS title, {_filled("brand")} AS brand,
                    {_filled("category")} AS category, {_filled("description")} AS description
                FROM {items_table}
            ) i JOIN latest l ON l.item_id = i.item_id AND l.line = i.line
            GROUP BY i.item_id
        ),
        named AS ({used["title"]}), sorted AS ({used["category"]}), made AS ({used["brand"]}),
        known AS (
            SELECT DISTINCT item_id FROM {purchases_table} WHERE item_id IS NOT NULL
            UNION SELECT item_id FROM listed
        )
        SELECT k.item_id, coalesce(l.title, n.title) AS title, coalesce(l.brand, m.brand) AS brand,
            coalesce(l.category, s.category) AS category, l.description
        FROM known k
        LEFT JOIN listed l ON l.item_id = k.item_id
        LEFT JOIN named n ON n.item_id = k.item_id
        LEFT JOIN sorted s ON s.item_id = k.item_id
        LEFT JOIN made m ON m.item_id = k.item_id
        ORDER BY k.item_id NULLS LAST
        """
    )


def _filled(column: str) -> str:
    return f"nullif(trim({column}), '')"


def _most_used(column: str, table: str) -> str:
    """SQL for each product's most used value, notes last, ties to the latest, then the alphabet."""
    junk = _junk(column) if column == "title" else "0"
    return f"""
        SELECT item_id, {column} FROM (
            SELECT item_id, {column}, row_number() OVER (
                PARTITION BY item_id
                ORDER BY {junk} NULLS LAST, n DESC NULLS LAST, latest DESC NULLS LAST,
                    {column} NULLS LAST
            ) AS place
            FROM (
                SELECT item_id, {_filled(column)} AS {column}, count(*) AS n, max(time) AS latest
                FROM {table} WHERE {_filled(column)} IS NOT NULL AND item_id IS NOT NULL
                GROUP BY item_id, {_filled(column)}
            ) AS counted
        ) AS ranked WHERE place = 1
    """


def _junk(column: str) -> str:
    """SQL for 2 if a description is a note, 1 if it is in small Latin letters only, else 0."""
    notes = " OR ".join(f"lower({column}) LIKE '{note}%'" for note in NOTES)
    no_letter = f"lower({column}) = upper({column}) AND length({column}) < 2"
    return f"""
        CASE WHEN {column} LIKE '%?%' OR ({no_letter}) THEN 2
        WHEN {column} <> upper({column}) AND {column} = lower({column}) THEN
            CASE WHEN {notes} THEN 2 ELSE 1 END
        WHEN {column} <> upper({column}) AND ({notes}) THEN 1
        ELSE 0 END
    """
