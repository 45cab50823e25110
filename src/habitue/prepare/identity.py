"""One identity a person: pseudonyms that a row of records linked are read as one.

Records keep the pseudonym that they were written with. Who is one person is decided when records
are read, from the links, as connected components; so a link that is taken back splits them again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from sqlalchemy import select

from habitue.state import Database, Link

__all__ = ["components", "people"]


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


def people(database: Database) -> pa.Table:
    """Return ``customer, person`` for every pseudonym that is linked to another."""
    with database.reading() as session:
        links = [row.tuple() for row in session.execute(select(Link.first, Link.second))]
    return components(links)
