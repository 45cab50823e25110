"""One identity a person: pseudonyms with identifiers in common are read as one.

Records keep the pseudonym that they were written with. Who is one person is decided when records
are read (`habitue.prepare.identity_graph`); so what is taken back splits them again.

Within a run people are numbered in the order in which they appear. Pseudonyms are random: were
they used to order rows, two shops with the same records would get different answers.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.engines import Engine, time_literal
from habitue.prepare.identity_evidence import evidence, links
from habitue.prepare.identity_graph import resolve
from habitue.state import Database

__all__ = ["identities", "linked", "named", "number"]


def identities(database: Database, *, handles: bool = False) -> pa.Table:
    """Return ``customer, person`` for every pseudonym that does not stand for itself alone.

    ``person`` is null for a pseudonym whose identifiers are too many people's: a till's made-up
    telephone is not the shop's best customer.

    Parameters
    ----------
    database : Database
        Holds the evidence.
    handles : bool
        Whether names on platforms join (``[identity] handles``).
    """
    graph = evidence(database)
    found = resolve(graph, links(database, graph.customers), handles=handles)
    several = np.bincount(found.person, minlength=len(found.person))[found.person] > 1
    told = several | found.nobody
    persons = pa.array(graph.customers[found.person[told]], mask=found.nobody[told])
    return pa.table({"customer": graph.customers[told], "person": persons})


def linked(database: Database, *, handles: bool = False) -> pa.Table:
    """Return ``customer, person`` for every pseudonym that is one person with another."""
    table = identities(database, handles=handles)
    return table.filter(table["person"].is_valid())


def number(engine: Engine, links: pa.Table, as_of: datetime) -> pa.Table:
    """Make ``people`` (``customer, person``): each pseudonym's person, by number; null for nobody.

    People are numbered from 1 by their first record before the cut-off, then by its order.

    Parameters
    ----------
    engine : Engine
        Knows ``purchases``, ``views`` and ``comments``.
    links : pa.Table
        What `identities` returns.
    as_of : datetime
        The cut-off.

    Returns
    -------
    pa.Table
        ``person, customer``: the pseudonym that stands for each number, in order.
    """
    engine.register("linked", links)
    engine.create(
        "seen",
        f"""
        WITH records AS (
            SELECT customer, time, order_id AS mark, item_id FROM purchases
            UNION ALL SELECT customer, time, event_id, item_id FROM views
            UNION ALL SELECT customer, time, comment_id, item_id FROM comments
        )
        SELECT r.customer,
            CASE WHEN l.customer IS NULL THEN r.customer ELSE l.person END AS pseudonym,
            min(r.time) AS first_time, min(r.mark) AS mark, min(r.item_id) AS item_id
        FROM records r LEFT JOIN linked l ON l.customer = r.customer
        WHERE r.customer IS NOT NULL
          AND (r.time IS NULL OR r.time < {time_literal(as_of)})
        GROUP BY r.customer, CASE WHEN l.customer IS NULL THEN r.customer ELSE l.person END
        """,
    )
    engine.create(
        "numbered",
        """
        WITH persons AS (
            SELECT pseudonym, min(first_time) AS first_time, min(mark) AS mark,
                min(item_id) AS item_id
            FROM seen WHERE pseudonym IS NOT NULL GROUP BY pseudonym
        )
        SELECT pseudonym AS customer, row_number() OVER (
            ORDER BY first_time NULLS LAST, mark NULLS LAST, item_id NULLS LAST,
                pseudonym NULLS LAST) AS person
        FROM persons
        """,
    )
    engine.create(
        "people",
        """
        SELECT s.customer, n.person FROM seen s LEFT JOIN numbered n ON n.customer = s.pseudonym
        """,
    )
    engine.drop("seen")
    return engine.query("SELECT person, customer FROM numbered ORDER BY person NULLS LAST")


def named(table: pa.Table, numbered: pa.Table) -> pa.Table:
    """Return a table with pseudonyms in the place of the numbers of a run.

    >>> numbers = pa.table({"person": [1, 2], "customer": [71, 40]})
    >>> named(pa.table({"customer": [2, None, 1]}), numbers)["customer"].to_pylist()
    [40, None, 71]
    """
    if "customer" not in table.column_names:
        return table
    place = pc.subtract(table["customer"], 1)
    pseudonyms = numbered["customer"].combine_chunks().take(place.combine_chunks())
    return table.set_column(table.column_names.index("customer"), "customer", pseudonyms)
