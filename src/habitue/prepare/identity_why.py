"""Why pseudonyms are one person, and who else uses their identifiers: the chain of evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import or_, select

from habitue.columns import RECORDS
from habitue.prepare.identity_evidence import Evidence, evidence, links
from habitue.prepare.identity_graph import Resolution, resolve
from habitue.prepare.store import Store
from habitue.protect.sightings import JOINING
from habitue.state import Batch, Database, Link

__all__ = ["Account", "account", "counts", "shared"]


@dataclass
class Account:
    """What a person consists of, and why.

    Attributes
    ----------
    person : int
        The pseudonym that stands for the person.
    pseudonyms : list of dict
        ``customer``; ``kinds`` of identifiers that it holds; ``records`` by table; ``sources``:
        the imports that they came with.
    because : list of dict
        What joins pseudonyms: ``kind`` of identifier (or ``hand``, ``match``), the ``pseudonyms``
        that hold the same one, and how many ``records`` they have.
    shared : list of dict
        Identifiers not merged through: ``kind``, and how many ``people`` are behind it.
    said : list of dict
        What was said by hand or by the model: ``kind``, ``other``, ``score``, ``created``.
    """

    person: int
    pseudonyms: list[dict[str, Any]] = field(default_factory=list)
    because: list[dict[str, Any]] = field(default_factory=list)
    shared: list[dict[str, Any]] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the account as JSON has it."""
        return asdict(self)


def account(database: Database, store: Store, customer: int, *, handles: bool = False) -> Account:
    """Tell why a pseudonym and others are one person.

    Parameters
    ----------
    database, store : Database, Store
        Hold the evidence and the records.
    customer : int
        Any pseudonym of the person.
    handles : bool
        Whether names on platforms join (``[identity] handles``).
    """
    graph = evidence(database)
    found = resolve(graph, links(database, graph.customers), handles=handles, keep_steps=True)
    at = int(np.searchsorted(graph.customers, customer))
    if at == len(graph.customers) or graph.customers[at] != customer:
        return Account(customer, said=_said(database, [customer]))
    members = np.flatnonzero(found.person == found.person[at])
    pseudonyms = graph.customers[members].tolist()
    records = counts(database, store, pseudonyms)
    told = Account(int(graph.customers[found.person[at]]), said=_said(database, pseudonyms))
    for place, pseudonym in zip(members.tolist(), pseudonyms, strict=True):
        kinds = sorted(set(graph.kind[graph.who == place].tolist()))
        told.pseudonyms.append(
            {
                "customer": pseudonym,
                "kinds": [JOINING[kind] for kind in kinds],
                **records[pseudonym],
            }
        )
    told.because = list(_because(graph, found, set(members.tolist()), records))
    told.shared = _uncut(graph, found, members.tolist())
    return told


def _because(
    graph: Evidence, found: Resolution, members: set[int], records: dict[int, dict[str, Any]]
) -> Iterable[dict[str, Any]]:
    inside = np.zeros(len(graph.customers), dtype=bool)
    inside[list(members)] = True
    for step in found.steps:
        kept = inside[step.who]
        who, group = step.who[kept], step.group[kept]
        for one in np.unique(group):
            pseudonyms = sorted(set(graph.customers[who[group == one]].tolist()))
            if len(pseudonyms) > 1:
                rows = sum(sum(records[p]["records"].values()) for p in pseudonyms)
                yield {"kind": step.kind, "pseudonyms": pseudonyms, "records": rows}


def _uncut(graph: Evidence, found: Resolution, members: list[int]) -> list[dict[str, Any]]:
    """Return the identifiers of a person that nobody is merged through."""
    held = graph.node[np.isin(graph.who, members)]
    return [
        {"kind": kind, "people": int(count)}
        for kind, (nodes, people) in found.shared.items()
        for count in people[np.isin(nodes, held)].tolist()
    ]


def _said(database: Database, pseudonyms: list[int]) -> list[dict[str, Any]]:
    with database.reading() as session:
        rows = session.scalars(
            select(Link)
            .where(or_(Link.first.in_(pseudonyms), Link.second.in_(pseudonyms)))
            .order_by(Link.first, Link.second, Link.kind)
        ).all()
        return [
            {
                "kind": row.kind,
                "pseudonyms": [row.first, row.second],
                "score": row.score,
                "created": row.created,
            }
            for row in rows
        ]


def counts(
    database: Database, store: Store, pseudonyms: Sequence[int]
) -> dict[int, dict[str, Any]]:
    """Return each pseudonym's number of records by table, and the imports that they came with."""
    with database.reading() as session:
        names = {batch.id: batch.source for batch in session.scalars(select(Batch))}
    wanted = pa.array(pseudonyms, pa.int64())
    found: dict[int, dict[str, Any]] = {p: {"records": {}, "sources": []} for p in pseudonyms}
    for table in RECORDS:
        if "customer" not in RECORDS[table].names:
            continue
        for path in store.paths(table):
            column = pq.read_table(path, columns=["customer"], partitioning=None)["customer"]
            seen = column.filter(pc.is_in(column, value_set=wanted)).value_counts()
            for row in seen.to_pylist():
                told = found[row["values"]]
                told["records"][table] = told["records"].get(table, 0) + row["counts"]
                source = names.get(path.stem, "")
                if source not in told["sources"]:
                    told["sources"].append(source)
    return found


def shared(database: Database, *, handles: bool = False) -> dict[str, dict[str, int]]:
    """Return by kind how many identifiers are shared, and the most people behind one."""
    graph = evidence(database)
    found = resolve(graph, links(database, graph.customers), handles=handles)
    return {
        kind: {"identifiers": len(nodes), "most": int(people.max(initial=0))}
        for kind, (nodes, people) in found.shared.items()
    }
