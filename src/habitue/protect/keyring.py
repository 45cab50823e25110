"""The shop's data keys: random, wrapped by the master key, so that it can be changed alone.

============  ==================================================================================
``lookup``    keys the hash by which identifiers are found
``audit``     seals the audit log
``tombstone`` keys the hash by which an erased person is known not to come back
``persons``   wraps the persons' own keys; while a rotation lasts there are two generations
============  ==================================================================================

Wrapping is AES-256-GCM (NIST SP 800-38D); name and generation are bound to what is wrapped, so
that no key can be put in another's place.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from habitue.errors import VaultError
from habitue.locale import _
from habitue.protect.keys import KEY_BYTES, MasterKey
from habitue.state import Database, DataKey, Person, PersonKey

__all__ = ["PERSONS", "KeyRing", "filled", "unwrapped", "wrapped"]

PERSONS = "persons"
_LASTING = ("lookup", "audit", "tombstone")
#: How the master key was used before there were data keys; a shop of that time keeps these keys.
_DERIVED = {"lookup": "look up identifiers", PERSONS: "wrap person keys"}
_NONCE = 12


def filled(database: Database) -> bool:
    """Say whether something is wrapped already, so that no other master key will do."""
    with database.reading() as session:
        return bool(session.scalar(select(exists(select(DataKey)) | exists(select(Person)))))


class KeyRing:
    """The data keys of one shop, opened when the first is needed.

    Parameters
    ----------
    database : Database
        Where the wrapped keys are; they are made there when there are none.
    master : MasterKey
        What opens them.
    """

    def __init__(self, database: Database, master: MasterKey) -> None:
        self.database = database
        self._master = master
        self._keys: dict[tuple[str, int], bytes] = {}

    def key(self, name: str) -> bytes:
        """Return a lasting key: ``lookup``, ``audit`` or ``tombstone``.

        Raises
        ------
        VaultError
            If the master key is not the one that the keys are wrapped by.
        """
        self.open()
        return self._keys[name, 1]

    def wrap(self, keys: Sequence[tuple[int, bytes]], session: Session) -> list[tuple[bytes, int]]:
        """Return persons' keys as they are stored, each with the generation that wraps it.

        The generation is the database's latest as the caller's transaction sees it: a long-lived
        process must not use one that a rotation elsewhere is about to remove.
        """
        latest = session.scalar(
            select(DataKey.generation)
            .where(DataKey.name == PERSONS)
            .order_by(DataKey.generation.desc())
            .limit(1)
            .with_for_update(read=True)
        )
        if latest is None:  # the keys were made aside, in a transaction of their own
            raise VaultError(_("The shop's keys are missing from its state."))
        if (PERSONS, latest) not in self._keys:
            self._load(session)
        cipher = AESGCM(self._keys[PERSONS, latest])
        return [(_sealed(cipher, key, f"{customer}|key"), latest) for customer, key in keys]

    def unwrap(self, customer: int, stored: bytes, generation: int) -> bytes:
        """Return a person's key.

        Raises
        ------
        VaultError
            If the master key does not fit.
        """
        self.open()
        if (PERSONS, generation) not in self._keys:
            with self.database.reading() as session:
                self._load(session)
        wrapper = self._keys.get((PERSONS, generation), bytes(KEY_BYTES))
        return unwrapped(wrapper, stored, f"{customer}|key")

    def open(self) -> None:
        """Open the keys, and make them when there are none."""
        if self._keys:
            return
        with self.database.reading() as session:
            self._load(session)
        if not self._keys:
            try:
                with self.database.writing() as session:
                    self._make(session)
            except IntegrityError:  # another process was first: its keys stay
                self._keys.clear()
            with self.database.reading() as session:
                self._load(session)

    def _load(self, session: Session) -> None:
        for row in session.scalars(select(DataKey)):
            bound = f"{row.name}|{row.generation}"
            if row.master != self._master.id:
                text = _(
                    "The master key does not fit this vault: it is not the one that the shop's "
                    "keys were wrapped by on {date:%Y-%m-%d}. Give that one (habitue key show "
                    "says where it is looked for)."
                )
                raise VaultError(text.format(date=row.created))
            wrapper = self._master.derive("wrap data keys")
            self._keys[row.name, row.generation] = unwrapped(wrapper, row.wrapped, bound)

    def _make(self, session: Session) -> None:
        if session.scalar(select(func.count()).select_from(DataKey)):
            return
        with self.database.reading_keys() as keys:
            legacy = keys.scalars(select(PersonKey).limit(1)).first()
        if legacy is not None:  # see that the master key is the right one before it is enshrined
            wrapper = self._master.derive(_DERIVED[PERSONS])
            unwrapped(wrapper, legacy.key, f"{legacy.customer}|key")
        for name in (*_LASTING, PERSONS):
            fresh = legacy is None or name not in _DERIVED
            key = secrets.token_bytes(KEY_BYTES) if fresh else self._master.derive(_DERIVED[name])
            stored = wrapped(self._master.derive("wrap data keys"), key, f"{name}|1")
            session.add(DataKey(name=name, generation=1, wrapped=stored, master=self._master.id))


def wrapped(wrapper: bytes, key: bytes, bound: str) -> bytes:
    """Return a key as it is stored, bound to what it is."""
    return _sealed(AESGCM(wrapper), key, bound)


def _sealed(cipher: AESGCM, key: bytes, bound: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + cipher.encrypt(nonce, key, bound.encode())


def unwrapped(wrapper: bytes, stored: bytes, bound: str) -> bytes:
    """Return a key that was stored wrapped.

    Raises
    ------
    VaultError
        If the wrapping key does not fit, or what is stored has been altered.
    """
    try:
        return AESGCM(wrapper).decrypt(stored[:_NONCE], stored[_NONCE:], bound.encode())
    except (InvalidTag, ValueError) as error:
        text = _("The master key does not fit this vault. Give the key it was filled with.")
        raise VaultError(text) from error
