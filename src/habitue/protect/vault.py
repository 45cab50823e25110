"""The vault: identifiers in, pseudonyms out; only the vault can go back.

Each person has a random 63-bit pseudonym and a key of their own. Identifiers are encrypted with
that key (AES-256-GCM, NIST SP 800-38D), the key is wrapped by the shop's key ring, and a look-up
goes by keyed hash (HMAC-SHA-256), so that neither the database nor a copy tells who is who.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import repeat

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import func, select, true
from sqlalchemy.orm import Session, aliased

from habitue.errors import VaultError
from habitue.locale import _
from habitue.protect.audit import Audit
from habitue.protect.keyedhash import KeyedHash
from habitue.protect.keyring import KeyRing
from habitue.protect.keys import MasterKey
from habitue.protect.normalise import normalised
from habitue.protect.sightings import JOINING, Resolved, Sightings
from habitue.protect.tombstones import Tombstones
from habitue.state import Database, Identifier, Person, PersonKey
from habitue.state.bulk import insert_rows

__all__ = ["Vault"]

_NONCE = 12
_CHUNK = 10_000


class Vault:
    """Issues pseudonyms and keeps identifiers.

    Parameters
    ----------
    database : Database
        Where the encrypted identifiers live.
    key : MasterKey
        The secret that opens them.
    hints : tuple of str
        Countries (ISO 3166) of telephone numbers without a prefix, the likeliest first.

    Attributes
    ----------
    ring : KeyRing
        The shop's data keys.
    """

    def __init__(self, database: Database, key: MasterKey, hints: tuple[str, ...] = ()) -> None:
        self._database = database
        self.hints = hints
        self.ring = KeyRing(database, key)
        self._sightings = Sightings(database, self, Tombstones(self.ring))

    def resolve(
        self,
        rows: Iterable[Sequence[str | None]],
        kinds: Sequence[str],
        hints: Iterable[tuple[str, ...]] | None = None,
    ) -> list[int | None]:
        """Return the pseudonym of each row of identifiers; None for a row that holds none.

        See `sightings`, which also returns what a repeated row is told by.
        """
        return self.sightings(rows, kinds, hints).customers

    def sightings(
        self,
        rows: Iterable[Sequence[str | None]],
        kinds: Sequence[str],
        hints: Iterable[tuple[str, ...]] | None = None,
    ) -> Resolved:
        """Return the pseudonym of each row of identifiers, and a number of its strongest one.

        Rows with the very same identifiers and name have one pseudonym;
        ``habitue.prepare.identity`` finds which pseudonyms are one person. Nothing is written
        before ``flush``.

        Parameters
        ----------
        rows : iterable of sequence of str or None
            Identifiers, one sequence a row, in the order of ``kinds``.
        kinds : sequence of str
            What each position holds: one of ``habitue.columns.IDENTIFIERS``.
        hints : iterable of tuple of str, optional
            For each row the countries (ISO 3166) that its telephone number may be of; the vault's
            own ``hints`` if left out.
        """
        return self._sightings.resolve(rows, kinds, repeat(self.hints) if hints is None else hints)

    def flush(self, session: Session, batch: str) -> None:
        """Write what ``resolve`` has learnt in the caller's transaction."""
        self._sightings.flush(session)

    def forget(self) -> None:
        """Drop what ``resolve`` has learnt since the last ``flush``."""
        self._sightings.forget()

    def find(self, value: str) -> int | None:
        """Return a pseudonym that an identifier of any kind leads to, or None.

        Of several it is the one with the most other identifiers; see `holders`.
        """
        return next(iter(self.holders(value)), None)

    def holders(self, value: str) -> list[int]:
        """Return the pseudonyms that hold an identifier, as its most trusted kind that is known.

        Those with the most identifiers come first.
        """
        forms = [(kind, normalised(kind, value, self.hints)) for kind in JOINING]
        other = aliased(Identifier)
        size = select(func.count()).where(other.customer == Identifier.customer).scalar_subquery()
        with self._database.reading() as session:
            for kind, form in forms:
                found = session.scalars(
                    select(Identifier.customer)
                    .where(Identifier.lookup == self.lookup(kind, form))
                    .order_by(size.desc(), Identifier.customer)
                ).all()
                if form and found:
                    return list(found)
        return []

    def reveal(self, customers: Sequence[int], kind: str) -> dict[int, str]:
        """Return one identifier of that kind for each customer that has any; this is logged.

        Raises
        ------
        VaultError
            If the master key is not the one that the vault was filled with.
        """
        revealed: dict[int, str] = {}
        if len(customers) == 0:
            return revealed
        subject = int(customers[0]) if len(customers) == 1 else None
        details = {"kind": kind, "customers": len(customers)}
        Audit(self.ring).note("reveal", subject, details)
        with self._database.reading() as session:
            for start in range(0, len(customers), _CHUNK):
                chunk = customers[start : start + _CHUNK]
                keys = self.person_keys(chunk)
                rows = session.execute(
                    select(Identifier.customer, Identifier.secret)
                    .where(Identifier.kind == kind, Identifier.customer.in_(chunk))
                    .order_by(Identifier.customer, Identifier.lookup)
                )
                for customer, secret in rows:
                    if customer not in revealed and customer in keys:
                        revealed[customer] = _decrypt(customer, kind, secret, keys[customer])
        return revealed

    def opened(
        self, kinds: Sequence[str], customers: Sequence[int] | None = None
    ) -> Iterator[tuple[int, str, str]]:
        """Yield ``pseudonym, kind, value`` of everything of these kinds, in the clear.

        Of these pseudonyms, or of all. For work that needs it in memory; nothing may be kept.

        Raises
        ------
        VaultError
            If the master key is not the one that the vault was filled with.
        """
        with self._database.reading() as session:
            rows = session.execute(
                select(Identifier.customer, Identifier.kind, Identifier.secret)
                .where(Identifier.kind.in_(kinds))
                .where(true() if customers is None else Identifier.customer.in_(customers))
                .order_by(Identifier.customer, Identifier.lookup)
                .execution_options(yield_per=_CHUNK)
            )
            for chunk in rows.partitions():
                keys = self.person_keys(sorted({row.customer for row in chunk}))
                for customer, kind, secret in chunk:
                    if customer in keys:
                        yield customer, kind, _decrypt(customer, kind, secret, keys[customer])

    def person_keys(self, customers: Sequence[int]) -> dict[int, bytes]:
        """Return the keys of pseudonyms; one whose key was destroyed has none.

        Raises
        ------
        VaultError
            If the master key is not the one that the vault was filled with.
        """
        found: dict[int, bytes] = {}
        with self._database.reading_keys() as session:
            for start in range(0, len(customers), _CHUNK):
                chunk = customers[start : start + _CHUNK]
                for row in session.scalars(select(PersonKey).where(PersonKey.customer.in_(chunk))):
                    found[row.customer] = self.ring.unwrap(row.customer, row.key, row.generation)
        return found

    def identifiers(self, customers: Sequence[int]) -> list[tuple[str, str]]:
        """Return kind and value of every identifier of these pseudonyms, each once.

        This opens the vault: for what the person may ask for, not for daily work.
        """
        opened = self.opened((*JOINING, "name"), customers)
        return sorted({(kind, value) for _customer, kind, value in opened})

    def own_lookups(self, customers: Sequence[int]) -> list[bytes]:
        """Return the look-ups of the identifiers that no other pseudonym holds."""
        theirs = select(Identifier.lookup).where(Identifier.customer.in_(customers))
        others = (
            select(Identifier.lookup)
            .where(Identifier.lookup.in_(theirs), Identifier.customer.not_in(customers))
            .distinct()
        )
        with self._database.reading() as session:
            shared = set(session.scalars(others))
            own = session.scalars(theirs.where(Identifier.kind.in_(JOINING)).distinct())
            return sorted(lookup for lookup in own if lookup not in shared)

    def lookups(self, value: str) -> list[bytes]:
        """Return the look-ups that a value has as an identifier of any kind."""
        forms = [(kind, normalised(kind, value, self.hints)) for kind in JOINING]
        return [self.lookup(kind, form) for kind, form in forms if form]

    def verify(self) -> None:
        """Open one person's key, to see that the master key fits.

        Raises
        ------
        VaultError
            If it does not.
        """
        with self._database.reading_keys() as session:
            held = session.scalars(select(PersonKey).limit(1)).first()
        if held is not None:
            self.ring.unwrap(held.customer, held.key, held.generation)

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

    def lookup(self, kind: str, value: str) -> bytes:
        """Return the keyed hash of a compared identifier."""
        return self._hash(f"{kind}|{value}".encode())

    @cached_property
    def _hash(self) -> KeyedHash:
        return KeyedHash(self.ring.key("lookup"))

    def keep_keys(self, keys: Sequence[tuple[int, bytes]], session: Session) -> None:
        """Store the keys of new pseudonyms, before the caller's transaction stores the rest."""
        if not keys:
            return
        wrapped = self.ring.wrap(keys, session)
        rows = ((customer, *stored) for (customer, _key), stored in zip(keys, wrapped, strict=True))
        with self._database.writing_keys() as keeping:
            columns = ("customer", "key", "generation")
            insert_rows(keeping, PersonKey.__table__, columns, rows)

    def seal(self, customer: int, key: bytes, values: Sequence[tuple[str, str]]) -> list[bytes]:
        """Return values, each with its kind, encrypted with a pseudonym's key."""
        cipher, nonces = AESGCM(key), os.urandom(_NONCE * len(values))
        sealed = []
        for number, (kind, value) in enumerate(values):
            nonce = nonces[number * _NONCE : (number + 1) * _NONCE]
            sealed.append(
                nonce + cipher.encrypt(nonce, value.encode(), _associated(customer, kind))
            )
        return sealed

    def unseal(self, customer: int, key: bytes, kind: str, secret: bytes) -> str:
        """Return a value that was encrypted with a pseudonym's key."""
        return _decrypt(customer, kind, secret, key)


def _decrypt(customer: int, kind: str, secret: bytes, key: bytes) -> str:
    bound = _associated(customer, kind)
    try:
        return AESGCM(key).decrypt(secret[:_NONCE], secret[_NONCE:], bound).decode()
    except InvalidTag as error:
        text = _("An identifier of customer {customer} has been altered; it can't be read.")
        raise VaultError(text.format(customer=customer)) from error


def _associated(customer: int, kind: str) -> bytes:
    """Bind a secret to whose it is and what it is, so that none can be put in another's place."""
    return f"{customer}|{kind}".encode()
