"""What rows of records say of who is who: one pseudonym for each set of identifiers.

Two rows get one pseudonym only when they hold the very same identifiers and name. Who is one person
is decided later, from which identifiers pseudonyms have in common (`habitue.prepare.identity`); so
a shared telephone can be cut out, and a merge undone, without touching a record.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from habitue.protect.keys import KEY_BYTES
from habitue.protect.names import same_name
from habitue.protect.normalise import is_role, normalised
from habitue.protect.spool import Spool
from habitue.protect.tombstones import Tombstones
from habitue.state import Database, Identifier, Person
from habitue.state.bulk import insert_rows, rows_of

__all__ = ["JOINING", "Resolved", "Sealer", "Sightings"]

#: The kinds of identifier that say alone who someone is, the most trusted first. A name does not.
JOINING = ("customer_id", "email", "phone", "visitor", "handle")
#: Where names beside an identifier tell whether several people use it.
_NAMED = frozenset({"email", "phone", "handle"})
_CHUNK = 10_000
#: So many names behind one identifier are a crowd; they are no longer told apart.
_CROWD = 64
_PERSON = struct.Struct(f"<q{KEY_BYTES}s16s")  # pseudonym, key, signature

_Entry = tuple[str, str, str, bytes]  # kind, value as written, compared form, look-up


class Sealer(Protocol):
    """What seals identifiers and opens them again: the vault."""

    def lookup(self, kind: str, value: str) -> bytes:
        """Return the keyed hash of a compared identifier."""

    def seal(self, customer: int, key: bytes, values: Sequence[tuple[str, str]]) -> list[bytes]:
        """Return values, each with its kind, encrypted with a pseudonym's key."""

    def unseal(self, customer: int, key: bytes, kind: str, secret: bytes) -> str:
        """Return a value that was encrypted with a pseudonym's key."""

    def person_keys(self, customers: Sequence[int]) -> dict[int, bytes]:
        """Return the keys of pseudonyms."""

    def keep_keys(self, keys: Sequence[tuple[int, bytes]], session: Session) -> None:
        """Store the keys of new pseudonyms."""


@dataclass(frozen=True)
class Resolved:
    """Who rows are about.

    Attributes
    ----------
    customers : list of int or None
        The pseudonym of each row; None where it holds no identifier.
    anchors : list of int or None
        A number of each row's most trusted identifier: the same in every export, whatever other
        identifiers stand beside it. It tells a repeated row by.
    erased : list of bool
        Whether an identifier is one of a person who was erased: the row must not be kept.
    """

    customers: list[int | None]
    anchors: list[int | None]
    erased: list[bool]


@dataclass(slots=True)
class _Sighting:
    signature: bytes
    entries: list[_Entry]
    name: str
    form: str


@dataclass
class _Found:
    """What one import has learnt, not yet written.

    Keys are never on disk unwrapped, so they wait in memory, packed: 56 bytes a pseudonym.
    """

    persons: bytearray = field(default_factory=bytearray)
    identifiers: Spool = field(default_factory=Spool)


class Sightings:
    """Gives rows their pseudonyms, and keeps each set of identifiers once.

    Parameters
    ----------
    database : Database
        Where they are kept.
    sealer : Sealer
        Seals what is kept.
    tombstones : Tombstones
        Says who must not come back.
    """

    def __init__(self, database: Database, sealer: Sealer, tombstones: Tombstones) -> None:
        self._database = database
        self._tombstones = tombstones
        self._sealer = sealer
        self.forget()

    def forget(self) -> None:
        """Drop what has been learnt since the last ``flush``."""
        self._erased: set[bytes] | None = None
        self._known: dict[bytes, int] = {}
        self._parties: dict[bytes, list[tuple[int, str]]] = {}
        self._found = _Found()

    def resolve(
        self,
        rows: Iterable[Sequence[str | None]],
        kinds: Sequence[str],
        hints: Iterable[tuple[str, ...]],
    ) -> Resolved:
        """Return the pseudonym and the anchor of each row of identifiers."""
        places = [(kind, kinds.index(kind)) for kind in JOINING if kind in kinds]
        at_name = kinds.index("name") if "name" in kinds else None
        seen = [
            self._sighting(row, places, at_name, hint)
            for row, hint in zip(rows, hints, strict=False)  # hints may repeat for ever
        ]
        gone = self._gone()
        erased = [bool(gone) and s is not None and self._is_erased(s, gone) for s in seen]
        present = {s.signature: s for s, out in zip(seen, erased, strict=True) if s and not out}
        self._look_up(present.keys())
        fresh = [s for signature, s in present.items() if signature not in self._known]
        self._learn_parties(fresh)
        for sighting in fresh:
            self._keep(sighting)
        return Resolved(
            [self._known.get(s.signature) if s else None for s in seen],
            [int.from_bytes(s.entries[0][3][:8]) >> 1 if s else None for s in seen],
            erased,
        )

    def _gone(self) -> set[bytes]:
        if self._erased is None:
            with self._database.reading() as session:
                self._erased = self._tombstones.all(session)
        return self._erased

    def _is_erased(self, sighting: _Sighting, gone: set[bytes]) -> bool:
        return any(self._tombstones.mark(entry[3]) in gone for entry in sighting.entries)

    def flush(self, session: Session) -> None:
        """Write what has been learnt, in the caller's transaction."""
        found, self._found = self._found, _Found()
        for start in range(0, len(found.persons), _CHUNK * _PERSON.size):
            part = found.persons[start : start + _CHUNK * _PERSON.size]
            persons = list(_PERSON.iter_unpack(part))
            self._sealer.keep_keys([(customer, key) for customer, key, _mark in persons], session)
            marks = ((customer, mark) for customer, _key, mark in persons)
            insert_rows(session, Person.__table__, ("customer", "signature"), marks)
        columns = ("customer", "lookup", "kind", "party", "desk", "secret")
        for rows in found.identifiers.chunks():
            insert_rows(session, Identifier.__table__, columns, rows)

    def _sighting(
        self,
        row: Sequence[str | None],
        places: Sequence[tuple[str, int]],
        at_name: int | None,
        hints: tuple[str, ...],
    ) -> _Sighting | None:
        entries: list[_Entry] = []
        for kind, at in places:
            if (value := row[at]) and (compared := normalised(kind, value, hints)):
                entries.append((kind, value.strip(), compared, self._sealer.lookup(kind, compared)))
        if not entries:
            return None
        name = (row[at_name] or "").strip() if at_name is not None else ""
        form = normalised("name", name) if name else ""
        marks = [lookup for *_rest, lookup in entries]
        if form:
            marks.append(self._sealer.lookup("name", form))
        return _Sighting(hashlib.sha256(b"".join(marks)).digest()[:16], entries, name, form)

    def _look_up(self, signatures: Iterable[bytes]) -> None:
        missing = sorted(signature for signature in signatures if signature not in self._known)
        with self._database.reading() as session:
            columns = ("signature", "customer")
            for signature, customer in rows_of(session, Person.__table__, columns, missing):
                self._known[bytes(signature)] = customer

    def _learn_parties(self, fresh: Sequence[_Sighting]) -> None:
        """Learn the names that stand beside identifiers which new sightings hold too."""
        lookups = {
            lookup
            for sighting in fresh
            if sighting.form
            for kind, _value, _form, lookup in sighting.entries
            if kind in _NAMED and lookup not in self._parties
        }
        name = aliased(Identifier)
        with self._database.reading() as session:
            for chunk in _chunks(sorted(lookups)):
                rows = session.execute(
                    select(
                        Identifier.lookup,
                        Identifier.party,
                        name.customer,
                        name.secret,
                    )
                    .join(name, name.customer == Identifier.customer)
                    .where(Identifier.lookup.in_(chunk))
                    .where(Identifier.party.is_not(None), name.kind == "name")
                    .order_by(Identifier.lookup, Identifier.party, Identifier.customer)
                ).all()
                keys = self._sealer.person_keys(sorted({row.customer for row in rows}))
                for lookup, party, customer, secret in rows:
                    known = self._parties.setdefault(lookup, [])
                    if len(known) < _CROWD and customer in keys:
                        text = self._sealer.unseal(customer, keys[customer], "name", secret)
                        known.append((party or 0, normalised("name", text)))

    def _keep(self, sighting: _Sighting) -> None:
        customer = int.from_bytes(os.urandom(8)) >> 1  # the primary key refuses one that is taken
        key = os.urandom(KEY_BYTES)
        rows: list[tuple[str, bytes, int | None, bool]] = []
        values = [(kind, value) for kind, value, _form, _lookup in sighting.entries]
        for kind, _value, compared, lookup in sighting.entries:
            party = self._party(lookup, sighting.form) if kind in _NAMED else None
            rows.append((kind, lookup, party, kind == "email" and is_role(compared)))
        if sighting.name:
            # Each pseudonym's own: equal names of different people are not to be seen in the state.
            lookup = self._sealer.lookup("name", f"{customer}|{sighting.form or sighting.name}")
            rows.append(("name", lookup, None, False))
            values.append(("name", sighting.name))
        secrets = self._sealer.seal(customer, key, values)
        for (kind, lookup, party, desk), secret in zip(rows, secrets, strict=True):
            self._found.identifiers.append((customer, lookup, kind, party, desk, secret))
        self._found.persons += _PERSON.pack(customer, key, sighting.signature)
        self._known[sighting.signature] = customer

    def _party(self, lookup: bytes, form: str) -> int | None:
        """Return the number of the party behind an identifier that a name fits, or a new one."""
        if not form:
            return None
        known = self._parties.setdefault(lookup, [])
        for party, name in known:
            if name == form:
                return party
        misfits = {party for party, name in known if not same_name(name, form)}
        fitting = next((party for party, _name in known if party not in misfits), None)
        if fitting is None:
            fitting = 1 + max((party for party, _name in known), default=-1)
        if len(known) < _CROWD:
            known.append((fitting, form))
        return fitting


def _chunks(values: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
