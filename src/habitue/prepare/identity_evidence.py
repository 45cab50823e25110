"""Which identifiers each pseudonym holds, as arrays: what identities are resolved from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from habitue.protect.sightings import JOINING
from habitue.state import Database

__all__ = ["Evidence", "Flags", "Ints", "Said", "evidence", "links"]

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_CHUNK = 200_000
_CASES = " ".join(f"WHEN '{kind}' THEN {at}" for at, kind in enumerate(JOINING))
#: The first 8 bytes of the keyed hash tell identifiers apart: for ten million of them, the chance
#: that any two agree is 3 in a million.
_QUERY = f"""
    SELECT customer, substr(lookup, 1, 8), CASE kind {_CASES} END, coalesce(party, -1), desk
    FROM identifiers WHERE kind <> 'name'
"""
_ROW = np.dtype(
    [("customer", "<i8"), ("lookup", "S8"), ("kind", "i1"), ("party", "<i4"), ("desk", "?")]
)


@dataclass(frozen=True)
class Evidence:
    """A graph of pseudonyms and identifiers: an edge for each identifier that a pseudonym holds.

    Attributes
    ----------
    customers : ndarray of shape (n_pseudonyms,)
        The pseudonyms, in order.
    who, node : ndarray of shape (n_edges,)
        Places of the pseudonym among ``customers``, and of the identifier.
    kind : ndarray of shape (n_edges,)
        Place in `habitue.protect.sightings.JOINING`.
    party : ndarray of shape (n_edges,)
        Number of the name beside the identifier; -1 where there is none.
    desk : ndarray of shape (n_edges,)
        Whether the identifier is an address of a desk.
    nodes : int
        How many identifiers there are.
    """

    customers: Ints
    who: Ints
    node: Ints
    kind: npt.NDArray[np.int8]
    party: npt.NDArray[np.int32]
    desk: Flags
    nodes: int


@dataclass(frozen=True)
class Said:
    """Pairs of places among the pseudonyms that were said to be one person, or not.

    Attributes
    ----------
    hand, match, apart : ndarray of shape (n_pairs, 2)
        One person by hand (or joined before evidence was kept); one by the model; not one.
    """

    hand: Ints
    match: Ints
    apart: Ints


def evidence(database: Database) -> Evidence:
    """Read the graph."""
    with database.reading() as session:
        # The driver's own cursor: at ten million rows, an object for each would take minutes.
        cursor = session.connection().connection.cursor()
        cursor.execute(_QUERY)
        parts = []
        while rows := cursor.fetchmany(_CHUNK):
            parts.append(np.fromiter(rows, dtype=_ROW, count=len(rows)))
        cursor.close()
    edges = np.concatenate(parts) if parts else np.empty(0, dtype=_ROW)
    parts.clear()
    return _graph(edges)


def _graph(edges: npt.NDArray[Any]) -> Evidence:
    customers, who = np.unique(edges["customer"], return_inverse=True)
    lookups = np.ascontiguousarray(edges["lookup"]).view("<u8")
    found, node = np.unique(lookups, return_inverse=True)
    return Evidence(
        customers,
        who,
        node,
        edges["kind"].copy(),
        edges["party"].copy(),
        edges["desk"].copy(),
        len(found),
    )


def links(database: Database, customers: Ints) -> Said:
    """Read what was said of pairs of pseudonyms; pairs that are no longer there are left out."""
    from sqlalchemy import select

    from habitue.state import Link

    with database.reading() as session:
        rows = session.execute(select(Link.first, Link.second, Link.kind)).all()
    pairs = np.array([(first, second) for first, second, _kind in rows], dtype=np.int64)
    pairs = pairs.reshape(-1, 2)
    kinds = np.array([kind for *_pair, kind in rows], dtype=str)
    place = np.searchsorted(customers, pairs)
    known = place < len(customers)
    known &= customers[np.where(known, place, 0)] == pairs if len(customers) else False
    kept = known.all(axis=1)
    place, kinds = place[kept], kinds[kept]
    apart, match = kinds == "apart", kinds == "match"
    return Said(place[~(apart | match)], place[match], place[apart])
