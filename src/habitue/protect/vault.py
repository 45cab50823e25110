"""The vault: identifiers in, pseudonyms out; only the vault can go back.

Each person has a random 63-bit pseudonym and a key of their own. Identifiers are encrypted with
that key (AES-256-GCM, NIST SP 800-38D), the key is wrapped by the shop's key ring, and a look-up
goes by keyed hash (HMAC-SHA-256), so that neither the database nor a copy tells who is who.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from habitue.errors import VaultError
from habitue.locale import _
from habitue.protect.keyring import KeyRing
from habitue.protect.keys import MasterKey
from habitue.state import Database, Identifier, Link, Person

__all__ = ["JOINING", "Vault", "normalised"]

#: The kinds of identifier that say alone who someone is, the most trusted first. A name does not.
JOINING = ("customer_id", "email", "phone", "handle", "visitor")

_Entry = tuple[str, str, bytes]  # kind, value, look-up
_NONCE = 12
_CHUNK = 10_000
_NOT_DIGIT = re.compile(r"\D")


def normalised(kind: str, value: str) -> str:
    """Return an identifier as it is compared; empty where it can't tell who someone is.

    A phone is compared by its last ten digits, so that ``+44 7700 900123`` is ``07700 900123``;
    a masked one (``138****1234``) is not compared at all.

    >>> normalised("email", " Ann@Example.COM"), normalised("phone", "+44 7700 900123")
    ('ann@example.com', '7700900123')
    >>> normalised("phone", "138****1234")
    ''
    """
    text = unicodedata.normalize("NFKC", value).strip().casefold()
    if kind == "phone":
        digits = _NOT_DIGIT.sub("", text)
        return digits[-10:] if len(digits) >= 7 and "*" not in text else ""
    if kind == "email":
        return text if text.count("@") == 1 else ""
    if kind == "handle":
        return text.lstrip("@")
    return text


@dataclass
class _Found:
    """What one import has learnt, not yet written."""

    persons: list[int] = field(default_factory=list)
    identifiers: list[dict[str, object]] = field(default_factory=list)
    links: dict[tuple[int, int, str], None] = field(default_factory=dict)


class Vault:
    """Issues pseudonyms and keeps identifiers.

    Parameters
    ----------
    database : Database
        Where the encrypted identifiers live.
    key : MasterKey
        The secret that opens them.

    Attributes
    ----------
    ring : KeyRing
        The shop's data keys.
    """

    def __init__(self, database: Database, key: MasterKey) -> None:
        self._database = database
        self.ring = KeyRing(database, key)
        self._known: dict[bytes, int] = {}
        self._keys: dict[int, bytes] = {}
        self._found = _Found()

    def resolve(
        self, rows: Iterable[Sequence[str | None]], kinds: Sequence[str]
    ) -> list[int | None]:
        """Return the pseudonym of each row of identifiers; None for a row that holds none.

        A row that holds identifiers of two pseudonyms keeps the one of its most trusted
        identifier, and the two are linked; ``habitue.prepare.identity`` makes one person of them.
        Nothing is written before ``flush``.

        Parameters
        ----------
        rows : iterable of sequence of str or None
            Identifiers, one sequence a row, in the order of ``kinds``.
        kinds : sequence of str
            What each position holds: one of ``habitue.columns.IDENTIFIERS``.
        """
        order = sorted(range(len(kinds)), key=lambda i: _trust(kinds[i]))
        prepared = [self._prepared(row, kinds, order) for row in rows]
        self._look_up({lookup for row in prepared for _kind, _value, lookup in row})
        customers = [self._pseudonym(row) for row in prepared]
        self._keep_others(zip(customers, prepared, strict=True))
        return customers

    def flush(self, session: Session, batch: str) -> None:
        """Write what ``resolve`` has learnt in the caller's transaction."""
        found, self._found = self._found, _Found()
        persons = [self._person(customer, session) for customer in found.persons]
        for model, rows in ((Person, persons), (Identifier, found.identifiers)):
            if rows:
                session.execute(insert(model), rows)
        for first, second, kind in found.links:
            if session.get(Link, (first, second, kind)) is None:
                session.add(Link(first=first, second=second, kind=kind, batch=batch))

    def forget(self) -> None:
        """Drop what ``resolve`` has learnt since the last ``flush``."""
        self._found = _Found()
        self._known.clear()
        self._keys.clear()

    def find(self, value: str) -> int | None:
        """Return the pseudonym that any kind of identifier leads to, or None."""
        lookups = [self._lookup(kind, normalised(kind, value)) for kind in JOINING]
        with self._database.reading() as session:
            rows = session.execute(
                select(Identifier.lookup, Identifier.customer).where(Identifier.lookup.in_(lookups))
            )
            found = dict(row.tuple() for row in rows)
        return next((found[lookup] for lookup in lookups if lookup in found), None)

    def reveal(self, customers: Sequence[int], kind: str) -> dict[int, str]:
        """Return one identifier of that kind for each customer that has any.

        Raises
        ------
        VaultError
            If the master key is not the one that the vault was filled with.
        """
        revealed: dict[int, str] = {}
        with self._database.reading() as session:
            for start in range(0, len(customers), _CHUNK):
                chunk = customers[start : start + _CHUNK]
                rows = session.execute(
                    select(Identifier.customer, Identifier.secret, Person.key, Person.generation)
                    .join(Person, Person.customer == Identifier.customer)
                    .where(Identifier.kind == kind, Identifier.customer.in_(chunk))
                    .order_by(Identifier.customer, Identifier.lookup)
                )
                for customer, secret, wrapped, generation in rows:
                    if customer not in revealed:
                        key = self.ring.unwrap(customer, wrapped, generation)
                        revealed[customer] = _decrypt(customer, kind, secret, key)
        return revealed

    def verify(self) -> None:
        """Open one person's key, to see that the master key fits.

        Raises
        ------
        VaultError
            If it does not.
        """
        with self._database.reading() as session:
            person = session.scalars(select(Person).limit(1)).first()
        if person is not None:
            self.ring.unwrap(person.customer, person.key, person.generation)

    def issued(self, customer: int) -> bool:
        """Say whether a number is a pseudonym of this vault."""
        if customer >= 1 << 63:
            return False
        with self._database.reading() as session:
            return session.get(Person, customer) is not None

    def count(self) -> int:
        """Return how many pseudonyms have been issued."""
        with self._database.reading() as session:
            return session.scalar(select(func.count()).select_from(Person)) or 0

    def _prepared(
        self, row: Sequence[str | None], kinds: Sequence[str], order: Sequence[int]
    ) -> list[_Entry]:
        prepared = []
        for i in order:
            value = row[i]
            compared = normalised(kinds[i], value) if value else ""
            if value and compared:
                prepared.append((kinds[i], value.strip(), self._lookup(kinds[i], compared)))
        return prepared

    def _look_up(self, lookups: set[bytes]) -> None:
        missing = sorted(lookups - self._known.keys())
        with self._database.reading() as session:
            for start in range(0, len(missing), _CHUNK):
                rows = session.execute(
                    select(Identifier.lookup, Identifier.customer).where(
                        Identifier.lookup.in_(missing[start : start + _CHUNK])
                    )
                )
                self._known.update(row.tuple() for row in rows)

    def _pseudonym(self, row: list[_Entry]) -> int | None:
        joining = [entry for entry in row if entry[0] in JOINING]
        if not joining:
            return None
        known = [(kind, self._known[look]) for kind, _v, look in joining if look in self._known]
        customer = known[0][1] if known else self._issue()
        for kind, other in known:
            if other != customer:
                self._found.links[(min(customer, other), max(customer, other), kind)] = None
        for kind, value, lookup in joining:
            if lookup not in self._known:
                self._keep(customer, kind, value, lookup)
        return customer

    def _keep_others(self, rows: Iterable[tuple[int | None, list[_Entry]]]) -> None:
        """Keep what does not join, names: each person's own, so its look-up holds the pseudonym."""
        wanted = {
            self._lookup(kind, f"{customer}|{normalised(kind, value)}"): (customer, kind, value)
            for customer, row in rows
            if customer is not None
            for kind, value, _lookup in row
            if kind not in JOINING
        }
        self._look_up(set(wanted))
        for lookup, (customer, kind, value) in wanted.items():
            if lookup not in self._known:
                self._keep(customer, kind, value, lookup)

    def _issue(self) -> int:
        customer = secrets.randbits(63)  # the primary key refuses a number that is taken
        self._keys[customer] = secrets.token_bytes(32)
        self._found.persons.append(customer)
        return customer

    def _person(self, customer: int, session: Session) -> dict[str, object]:
        key, generation = self.ring.wrap(customer, self._keys[customer], session)
        return {"customer": customer, "key": key, "generation": generation}

    def _keep(self, customer: int, kind: str, value: str, lookup: bytes) -> None:
        nonce = secrets.token_bytes(_NONCE)
        cipher = AESGCM(self._key_of(customer))
        secret = nonce + cipher.encrypt(nonce, value.encode(), _associated(customer, kind))
        self._found.identifiers.append(
            {"lookup": lookup, "kind": kind, "customer": customer, "secret": secret}
        )
        self._known[lookup] = customer

    def _key_of(self, customer: int) -> bytes:
        if customer not in self._keys:
            with self._database.reading() as session:
                person = session.get_one(Person, customer)
                self._keys[customer] = self.ring.unwrap(customer, person.key, person.generation)
        return self._keys[customer]

    def _lookup(self, kind: str, value: str) -> bytes:
        return hmac.new(
            self.ring.key("lookup"), f"{kind}|{value}".encode(), hashlib.sha256
        ).digest()


def _decrypt(customer: int, kind: str, secret: bytes, key: bytes) -> str:
    bound = _associated(customer, kind)
    try:
        return AESGCM(key).decrypt(secret[:_NONCE], secret[_NONCE:], bound).decode()
    except InvalidTag as error:
        text = _("An identifier of customer {customer} has been altered; it can't be read.")
        raise VaultError(text.format(customer=customer)) from error


def _trust(kind: str) -> int:
    return JOINING.index(kind) if kind in JOINING else len(JOINING)


def _associated(customer: int, kind: str) -> bytes:
    """Bind a secret to whose it is and what it is, so that none can be put in another's place."""
    return f"{customer}|{kind}".encode()
