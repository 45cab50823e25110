"""The catalogue: each product once, with its one title, its category and the price mostly paid."""

from __future__ import annotations

import pyarrow as pa

from habitue.columns import CATALOGUE
from habitue.engines import Engine
from habitue.prepare.category_edits import Edits
from habitue.prepare.services import service_items
from habitue.prepare.titles import titles

__all__ = ["catalogue", "describe", "mark_repeatable", "services"]

#: Each product that is no service, with the price mostly paid for it.
_PRODUCTS = """
WITH paid AS (
    SELECT item_id, unit_price, count(*) AS n FROM lines GROUP BY item_id, unit_price
),
ranked AS (
    SELECT item_id, unit_price,
        row_number() OVER (PARTITION BY item_id
            ORDER BY n DESC NULLS LAST, unit_price NULLS LAST) AS place
    FROM paid
),
sold AS (SELECT item_id, count(DISTINCT order_id) AS orders FROM lines GROUP BY item_id)
SELECT d.item_id, d.title, d.brand, d.category, d.description,
    coalesce(r.unit_price, i.unit_price) AS unit_price, coalesce(s.orders, 0) AS orders
FROM described d
LEFT JOIN sold s ON s.item_id = d.item_id
LEFT JOIN ranked r ON r.item_id = d.item_id AND r.place = 1
LEFT JOIN (SELECT item_id, max(unit_price) AS unit_price FROM items GROUP BY item_id) i
    ON i.item_id = d.item_id
WHERE d.item_id NOT IN (SELECT item_id FROM services)
ORDER BY d.item_id NULLS LAST
"""


def describe(engine: Engine) -> None:
    """Make ``described``: each product's one title, brand, own category and description."""
    engine.register("described", titles(engine))


def services(engine: Engine, known: tuple[str, ...]) -> None:
    """Make ``services``: the items of ``described`` that are no product."""
    described = engine.query("SELECT item_id, title FROM described")
    pairs = zip(described["item_id"].to_pylist(), described["title"].to_pylist(), strict=True)
    engine.register(
        "services", pa.table({"item_id": pa.array(service_items(pairs, known), pa.string())})
    )


def catalogue(
    engine: Engine,
    n_groups: int,
    seed: int,
    previous: pa.Table | None = None,
    edits: Edits | None = None,
) -> None:
    """Make ``catalogue`` (columns.CATALOGUE, not yet knowing what is bought again).

    Reads ``described``, ``services`` and ``lines``. Every product gets a department and a category
    (``habitue.prepare.categories``).

    Parameters
    ----------
    engine : Engine
        Holds the tables.
    n_groups : int
        Categories to make at most, where the export has none.
    seed : int
        Seed of the latent topics.
    previous : Table, optional
        The catalogue in force, whose products keep their places.
    edits : Edits, optional
        What a person has said of categories.
    """
    from habitue.prepare.categories import group  # slow to load; a run loads it aside
    from habitue.prepare.category_company import company

    engine.create("products", _PRODUCTS)
    grouped = group(
        engine.query("SELECT * FROM products ORDER BY item_id NULLS LAST"),
        n_groups,
        seed,
        previous=previous,
        edits=edits,
        company=company(engine),
    )
    engine.register("grouped", grouped)
    engine.create(
        "catalogue",
        """
        SELECT p.item_id, p.title, g.department, g.category, p.brand,
            p.unit_price, p.description, p.orders, g.placed, FALSE AS repeatable
        FROM products p LEFT JOIN grouped g ON g.item_id = p.item_id
        """,
    )


def mark_repeatable(engine: Engine, repeatable: pa.Table) -> pa.Table:
    """Return the catalogue with what customers come back for marked, and keep it so."""
    engine.register("again", repeatable)
    engine.create(
        "catalogue",
        f"""
        SELECT {", ".join(f"c.{name}" for name in CATALOGUE.names[:-1])},
            coalesce(a.repeatable, FALSE) AS repeatable
        FROM catalogue c LEFT JOIN again a ON a.item_id = c.item_id
        """,
    )
    rows = engine.query("SELECT * FROM catalogue ORDER BY item_id NULLS LAST")
    return rows.cast(CATALOGUE.schema)
