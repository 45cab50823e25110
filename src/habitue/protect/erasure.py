"""Erases a person everywhere, with a receipt for each place; a killed erasure is completed.

First one transaction writes the journal and the tombstones, so that from then on neither a crash
nor a re-import can bring the person back. Then each holder removes what it has, the vault last:
until then the identifiers are needed to find the person in texts. When the vault's keys are
destroyed nothing leads back to the person, and the receipt, which names nobody, is closed.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import select

from habitue.progress import Progress, Silent
from habitue.protect.audit import Audit
from habitue.protect.holder import Place, Subject, holders
from habitue.protect.tombstones import Tombstones
from habitue.state import Database, Erasure, Tombstone
from habitue.state.models.base import now

__all__ = ["Receipt", "erase", "pending", "plan", "resume"]


@dataclass(frozen=True)
class Receipt:
    """What one holder removed, and how much it finds of the person now (0)."""

    holder: str
    removed: int
    left: int


def plan(place: Place, who: Subject) -> list[Receipt]:
    """Return what each holder has of the person; nothing is changed."""
    found = [(holder, holder.find(who)) for holder in holders(place)]
    return [Receipt(holder.name, 0, rows) for holder, rows in found]


def erase(
    place: Place,
    who: Subject,
    lookups: Iterable[bytes],
    progress: Progress | None = None,
    title: Callable[[str], str] = str,
) -> Erasure:
    """Erase a person everywhere and return the closed journal entry.

    Parameters
    ----------
    place : Place
        The shop; its write lock must be held.
    who : Subject
        All pseudonyms and identifiers of the person.
    lookups : iterable of bytes
        The vault's look-ups of the identifiers that are the person's alone: they must not come
        back. Those that others share (a family's telephone) must go on working.
    progress : Progress, optional
        Told which holder is at work.
    title : callable
        Puts a holder's name into words.
    """
    tombstones = Tombstones(place.vault.ring)
    erasure = uuid.uuid4().hex
    with place.database.writing() as session:
        session.add(Erasure(id=erasure, customers=sorted(who.customers), receipt=[]))
        for mark in sorted({tombstones.mark(lookup) for lookup in lookups}):
            session.merge(Tombstone(mark=mark, erasure=erasure))
    return _complete(place, erasure, who, progress or Silent(), title)


def pending(database: Database) -> list[Erasure]:
    """Return erasures that were begun and not completed: a process was killed."""
    with database.reading() as session:
        return list(session.scalars(select(Erasure).where(Erasure.done.is_(None))))


def resume(place: Place) -> int:
    """Complete what killed processes left; return how many erasures that were."""
    begun = pending(place.database)
    for entry in begun:
        customers = frozenset(entry.customers)
        who = Subject(customers, tuple(place.vault.identifiers(sorted(customers))))
        _complete(place, entry.id, who, Silent(), str)
    return len(begun)


def _complete(
    place: Place, erasure: str, who: Subject, progress: Progress, title: Callable[[str], str]
) -> Erasure:
    order = holders(place)
    for holder in order:
        progress.step(title(holder.name))
        _note(place.database, erasure, Receipt(holder.name, holder.erase(who), 0))
    for holder in order:
        _note(place.database, erasure, Receipt(holder.name, 0, holder.find(who)))
    place.database.scrub()
    with place.database.writing() as session:
        entry = session.get_one(Erasure, erasure)
        entry.done = now()
        removed = sum(row["removed"] for row in entry.receipt)
        details = {"erasure": erasure, "pseudonyms": len(who.customers), "removed": removed}
        Audit(place.vault.ring).record(session, "erasure", details=details)
        session.flush()
        session.refresh(entry)
        session.expunge(entry)
    return entry


def _note(database: Database, erasure: str, receipt: Receipt) -> None:
    """Write into the journal what a holder has done; a completed erasure adds to it."""
    with database.writing() as session:
        entry = session.get_one(Erasure, erasure)
        rows = {row["holder"]: row for row in entry.receipt}
        earlier = rows.get(receipt.holder, {"removed": 0})["removed"]
        rows[receipt.holder] = asdict(receipt) | {"removed": earlier + receipt.removed}
        entry.receipt = list(rows.values())
