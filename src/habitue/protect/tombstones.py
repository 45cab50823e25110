"""Who must not come back: keyed hashes of erased identifiers."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from habitue.protect.keyring import KeyRing
from habitue.state import Erasure, Tombstone

__all__ = ["Tombstones"]


class Tombstones:
    """Keyed hashes of erased identifiers.

    A mark is the hash of a look-up, under a key of its own: who has a copy of the state and the
    look-up key can't tell who was erased.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def mark(self, lookup: bytes) -> bytes:
        """Return an identifier's mark."""
        return hmac.digest(self._ring.key("tombstone"), lookup, "sha256")

    @staticmethod
    def all(session: Session) -> set[bytes]:
        """Return every mark; there are as many as erased identifiers."""
        return set(session.scalars(select(Tombstone.mark)))

    def erasure(self, session: Session, lookups: Iterable[bytes]) -> Erasure | None:
        """Return the latest completed erasure that one of these look-ups was marked by."""
        marks = [self.mark(lookup) for lookup in lookups]
        theirs = select(Tombstone.erasure).where(Tombstone.mark.in_(marks))
        done = select(Erasure).where(Erasure.id.in_(theirs), Erasure.done.is_not(None))
        return session.scalars(done.order_by(Erasure.done.desc()).limit(1)).first()

    def lift(self, session: Session, lookups: Iterable[bytes]) -> int:
        """Let erased identifiers in again: the person has come back by themselves."""
        marks = [self.mark(lookup) for lookup in lookups]
        done = session.execute(delete(Tombstone).where(Tombstone.mark.in_(marks)))
        return cast("CursorResult[Any]", done).rowcount
