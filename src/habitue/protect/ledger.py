"""The consent ledger: purpose by channel by person, appended to and never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import ColumnElement, and_, case, func, insert, or_, select
from sqlalchemy.orm import Session

from habitue.errors import UsageError
from habitue.locale import _
from habitue.protect.audit import micros, personal
from habitue.protect.consent import KINDS, STATES, Times, judge, latest_times, place_of
from habitue.protect.purposes import ACTS, ANY, CHANNELS, COVERED, PROFILING, PURPOSES, checked
from habitue.state import Consent, Database

__all__ = ["Entry", "Ledger"]

_CHUNK = 10_000
_YES = ("granted", "requested", "confirmed")
_NO = ("withdrawn", "suppressed", "objected")
_NOBODY: Mapping[str, Times] = {
    "customer": np.empty(0, np.int64),
    "person": np.empty(0, np.int64),
}


@dataclass(frozen=True)
class Entry:
    """One thing that a person said, or that a mail server said of the person's address.

    ``time`` is when it was said, None where nobody knows; ``source`` where (form, page, list),
    ``evidence`` what shows it (the form's wording or its version; never an IP address), ``policy``
    the version of the privacy policy that was shown, ``origin`` person or list, ``anchor`` a number
    of the identifier that the entry came with, by which it is known when it comes again.
    """

    customer: int
    purpose: str
    channel: str
    act: str
    time: datetime | None
    source: str
    origin: str = "person"
    evidence: str | None = None
    policy: str | None = None
    anchor: int | None = None

    def row(self, recorded: int, batch: str | None) -> dict[str, Any]:
        """Return the entry as it is stored."""
        time = None if self.time is None else micros(self.time)
        who = self.anchor or self.customer
        content = (who, self.purpose, self.channel, self.act, self.origin, time, self.source)
        digest = hashlib.blake2b(repr(content).encode(), digest_size=8).digest()
        return {
            "key": int.from_bytes(digest, "big") >> 1,
            "customer": self.customer,
            "purpose": self.purpose,
            "channel": self.channel,
            "act": self.act,
            "origin": self.origin,
            "time": time,
            "recorded": recorded,
            "source": self.source[:255],
            "evidence": self.evidence,
            "policy": self.policy,
            "batch": batch,
        }


class Ledger:
    """The consents of one shop.

    Parameters
    ----------
    database : Database
        Where they are kept.
    double_opt_in : bool
        Whether only a confirmed consent counts.
    """

    def __init__(self, database: Database, double_opt_in: bool = False) -> None:
        self._database = database
        self._yes = ("confirmed",) if double_opt_in else ("granted", "confirmed")

    def append(
        self, session: Session, entries: Iterable[Entry], batch: str | None = None
    ) -> tuple[int, int]:
        """Add entries in the caller's transaction; return how many were new, and repeated.

        An entry that says the same of the same person, time and source is the same entry.

        Raises
        ------
        UsageError
            If there is no such purpose, channel or act, or the source names a person.
        """
        recorded = micros(datetime.now(UTC))
        added = repeated = 0
        for chunk in _chunks(entries):
            rows = {row["key"]: row for row in (_sound(e).row(recorded, batch) for e in chunk)}
            known = session.scalars(select(Consent.key).where(Consent.key.in_(list(rows))))
            for key in known.all():
                del rows[key]
            if rows:
                session.connection().execute(insert(Consent), list(rows.values()))
            added += len(rows)
            repeated += len(chunk) - len(rows)
        return added, repeated

    def allowed(
        self,
        customers: npt.ArrayLike,
        purpose: str,
        channel: str,
        as_of: datetime | None = None,
        persons: pa.Table | None = None,
    ) -> npt.NDArray[np.bool_]:
        """Say of each customer whether the purpose is allowed by the channel.

        Parameters
        ----------
        customers : array-like of int, shape (n,)
            Pseudonyms.
        purpose, channel : str
            One of ``PURPOSES`` and of ``CHANNELS``.
        as_of : datetime, optional
            Words said later don't count; now if left out.
        persons : pa.Table, optional
            ``customer, person`` of pseudonyms that are one with others: what is said under one
            holds for all.

        Returns
        -------
        array of bool, shape (n,)
        """
        asked = np.asarray(customers, np.int64)
        purpose, channel = checked(purpose, channel)
        told, states = self._states(purpose, channel, as_of, persons)
        granted = told[states == STATES.index("granted")]
        return np.isin(place_of(asked, _arrays(persons)), granted)

    def objectors(self, persons: pa.Table | None = None) -> Times:
        """Return all pseudonyms of those who object to profiling or personalisation, ascending."""
        with self._database.reading() as session:
            if session.scalar(select(Consent.id).where(Consent.act == "objected").limit(1)) is None:
                return np.empty(0, np.int64)
        found = [self._states(purpose, ANY, None, persons) for purpose in PROFILING]
        people = np.unique(
            np.concatenate([told[states == STATES.index("objected")] for told, states in found])
        )
        linked = _arrays(persons)
        aliases = linked["customer"][np.isin(linked["person"], people)]
        return np.union1d(people, aliases)

    def state(
        self, customers: Sequence[int], as_of: datetime | None = None
    ) -> list[dict[str, Any]]:
        """Return the state of each purpose and channel that anything was said of.

        Parameters
        ----------
        customers : sequence of int
            All pseudonyms of one person.
        """
        said = self.history(customers)
        pairs = {(row["purpose"], row["channel"]) for row in said}
        for row in said:
            if row["state"] == "objected":
                pairs |= {(purpose, row["channel"]) for purpose in COVERED[row["purpose"]]}
        one = pa.table({"customer": customers, "person": [customers[0]] * len(customers)})
        found = []
        for purpose, channel in sorted(pairs, key=_place):
            told, states = self._states(purpose, channel, as_of, one, customers)
            state = STATES[states[0]] if len(told) else "none"
            found.append({"purpose": purpose, "channel": channel, "state": state})
        return found

    def history(self, customers: Sequence[int]) -> list[dict[str, Any]]:
        """Return all entries of these pseudonyms in the order in which they were recorded."""
        return list(self.entries(Consent.customer.in_(list(customers))))

    def entries(self, *where: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
        """Yield entries in the order in which they were recorded."""
        with self._database.reading() as session:
            query = select(Consent).where(*where).order_by(Consent.id)
            for row in session.scalars(query.execution_options(yield_per=_CHUNK)):
                yield {
                    "customer": row.customer,
                    "purpose": row.purpose,
                    "channel": row.channel,
                    "state": row.act,
                    "time": None if row.time is None else _moment(row.time),
                    "recorded": _moment(row.recorded),
                    "source": row.source,
                    "origin": row.origin,
                    "evidence": row.evidence,
                    "policy": row.policy,
                }
                session.expunge(row)

    def _states(
        self,
        purpose: str,
        channel: str,
        as_of: datetime | None,
        persons: pa.Table | None,
        only: Sequence[int] = (),
    ) -> tuple[Times, npt.NDArray[np.int8]]:
        """Return who said anything, ascending, and what it comes to."""
        query = self._words(purpose, channel, micros(as_of or datetime.now(UTC)))
        if only:
            query = query.where(Consent.customer.in_(list(only)))
        with self._database.reading() as session:
            rows = session.execute(query).partitions(_CHUNK)
            parts = [np.array([tuple(row) for row in part], np.int64) for part in rows]
        customers, kinds, times = np.concatenate([np.empty((0, 3), np.int64), *parts]).T
        persons_of = place_of(customers, _arrays(persons))
        told, latest = latest_times(persons_of, kinds, times)
        return told, judge(latest)

    def _words(self, purpose: str, channel: str, as_of: int) -> Any:
        """Return the query for who said what when: customer, position in ``KINDS``, time."""
        own = Consent.purpose == purpose
        covering = [p for p in PURPOSES if purpose in COVERED[p]]
        said = func.coalesce(Consent.time, Consent.recorded)
        yes = Consent.act.in_(self._yes)
        kind = case(
            (and_(yes, Consent.origin == "person"), KINDS.index("express")),
            (yes, KINDS.index("granted")),
            (Consent.act.in_(_YES), KINDS.index("requested")),
            *((Consent.act == act, KINDS.index(act)) for act in _NO),
        )
        time = case((Consent.act.in_(_YES), func.coalesce(Consent.time, 0)), else_=said)
        here: ColumnElement[bool] = Consent.channel.in_((channel, ANY))
        if channel == ANY:  # every channel's no, but only a yes for all of them
            here = or_(here, Consent.act.in_(_NO))
        return (
            select(Consent.customer, kind, time)
            .where(or_(own, and_(Consent.act == "objected", Consent.purpose.in_(covering))))
            .where(here, said <= as_of)
        )


def _sound(entry: Entry) -> Entry:
    checked(entry.purpose, entry.channel)
    if entry.act not in ACTS:
        text = _("There is no state of consent {seen!r}. There are: {known}.")
        raise UsageError(text.format(seen=entry.act, known=", ".join(ACTS)))
    if any(text and _names(text) for text in (entry.source, entry.evidence, entry.policy)):
        text = _("A consent's source and evidence must not name the person: say the form or page.")
        raise UsageError(text)
    return entry


@lru_cache
def _names(text: str) -> bool:
    return personal(text)


def _chunks(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    chunk: list[Entry] = []
    for entry in entries:
        chunk.append(entry)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _arrays(persons: pa.Table | None) -> Mapping[str, Times]:
    if persons is None:
        return _NOBODY
    return {name: np.asarray(persons[name], np.int64) for name in _NOBODY}


def _place(pair: tuple[str, str]) -> tuple[int, int]:
    return list(PURPOSES).index(pair[0]), CHANNELS.index(pair[1])


def _moment(time: int) -> datetime:
    return datetime.fromtimestamp(time / 1e6, UTC)
