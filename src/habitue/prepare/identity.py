"""One identity a person: pseudonyms that a row of records linked are read as one.

Records keep the pseudonym that they were written with. Who is one person is decided when records
are read, from the links, as connected components; so a link that is taken back splits them again.

Within a run people are numbered in the order in which they appear. Pseudonyms are random: were
they used to order rows, two shops with the same records would get different answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import select

from habitue.engines import Engine, time_literal
from habitue.state import Database, Link

__all__ = ["components", "linked", "named", "number"]


def components(links: Sequence[tuple[int, int]]) -> pa.Table:
    """Return for each linked pseudonym the one that stands for its whole group: the smallest.

    Examples
    --------
    >>> components([(5, 9), (9, 7)]).to_pylist()
    [{'customer': 5, 'person': 5}, {'customer': 7, 'person': 5}, {'customer': 9, 'person': 5}]
    """
    if not links:
        return pa.table({"customer": pa.array([], pa.int64()), "person": pa.array([], pa.int64())})
    from scipy.sparse import coo_array  # slow to import, and most shops have no links
    from scipy.sparse.csgraph import connected_components

    customers, place = np.unique(np.asarray(links, dtype=np.int64), return_inverse=True)
    pairs = place.reshape(-1, 2)
    graph = coo_array(
        (np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])),
        shape=(len(customers), len(customers)),
    )
    _count, group = connected_components(graph, directed=False)
    smallest = np.full(group.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(smallest, group, customers)
    return pa.table({"customer": customers, "person": smallest[group]})


def linked(database: Database) -> pa.Table:
    """Return ``customer, person`` for every pseudonym that is linked to another."""
    with database.reading() as session:
        links = [row.tuple() for row in session.execute(select(Link.first, Link.second))]
    return components(links)


def number(engine: Engine, links: pa.Table, as_of: datetime) -> pa.Table:
    """Make ``people`` (``customer, person``): each pseudonym's person, by number.

    People are numbered from 1 by their first record before the cut-off, then by its order.

    Parameters
    ----------
    engine : Engine
        Knows ``purchases``, ``views`` and ``comments``.
    links : pa.Table
        What `linked` returns.
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
        SELECT r.customer, coalesce(l.person, r.customer) AS pseudonym, min(r.time) AS first_time,
            min(r.mark) AS mark, min(r.item_id) AS item_id
        FROM records r LEFT JOIN linked l ON l.customer = r.customer
        WHERE r.customer IS NOT NULL
          AND (r.time IS NULL OR r.time < {time_literal(as_of)})
        GROUP BY r.customer, coalesce(l.person, r.customer)
        """,
    )
    engine.create(
        "numbered",
        """
        WITH persons AS (
            SELECT pseudonym, min(first_time) AS first_time, min(mark) AS mark,
                min(item_id) AS item_id
            FROM seen GROUP BY pseudonym
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
        SELECT s.customer, n.person FROM seen s JOIN numbered n ON n.customer = s.pseudonym
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
