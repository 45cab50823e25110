"""The audit log: every act that matters, chained by keyed hashes so that tampering shows.

Each entry bears the HMAC-SHA-256 (RFC 2104) of its content and of the MAC before it. Whoever can
write to the database but has not the key can neither change, insert, remove nor reorder an entry
unseen; the sealed head shows a missing end, and a head that is kept elsewhere (``habitue audit
head``) shows even that the whole state was put back to an earlier day (Schneier and Kelsey, 1999,
section 3).

An entry is written in the transaction of the act that it records: either both are there or none.
"""

from __future__ import annotations

import getpass
import hashlib
import hmac
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from habitue.errors import UsageError
from habitue.locale import _
from habitue.protect.keyring import KeyRing
from habitue.state import AuditEntry, AuditHead

__all__ = ["GENESIS", "SEALED", "Audit", "Head", "micros", "personal"]

#: What stands in the place of the MAC before the first.
GENESIS = bytes(32)
#: What the MAC of an entry is over, in this order.
SEALED = ("number", "time", "actor", "action", "subject", "details")
_ACTION = re.compile(r"[a-z_]{1,32}")
# An e-mail address, or as many digits as a telephone has; hashes and batch ids are no such thing.
_PERSONAL = re.compile(r"@|(?<![0-9a-f-])\+?\d(?:[\s().-]*\d){8,}(?![0-9a-f-])")


@dataclass(frozen=True)
class Head:
    """The end of the log: how many entries, and the MAC of the last."""

    number: int
    mac: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.mac.hex()}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Return a head that was written down as ``number:MAC``.

        >>> str(Head.parse("3:" + "ab" * 32))[:6]
        '3:abab'

        Raises
        ------
        UsageError
            If it is none.
        """
        number, _colon, mac = text.strip().partition(":")
        if not number.isdecimal() or not re.fullmatch(r"[0-9a-f]{64}", mac):
            raise UsageError(_("A head is NUMBER:MAC, as habitue audit head prints it."))
        return cls(int(number), bytes.fromhex(mac))


class Audit:
    """The audit log of one shop.

    Parameters
    ----------
    ring : KeyRing
        Holds the key that seals the entries; its database holds the log.
    actor : str
        Who acts; ``HABITUE_ACTOR`` or the login name if left out.
    """

    def __init__(self, ring: KeyRing, actor: str = "") -> None:
        self._database = ring.database
        self._key = ring.key("audit")
        self._actor = (actor or os.environ.get("HABITUE_ACTOR") or _login())[:64]

    def record(
        self,
        session: Session,
        action: str,
        subject: int | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> Head:
        """Add an entry in the caller's transaction.

        Parameters
        ----------
        session : Session
            The transaction of the act itself.
        action : str
            What was done, a word of lower-case letters: ``import``, ``consent``, ``erasure``.
        subject : int, optional
            Pseudonym of the person whom it is about.
        details : mapping, optional
            Numbers and keys; never personal data.

        Raises
        ------
        ValueError
            If the action is no such word, or a detail looks like personal data.
        """
        if not _ACTION.fullmatch(action):
            raise ValueError(f"an action is a word of lower-case letters, not {action!r}")
        if personal(details or {}):
            raise ValueError(f"the details of {action} look like personal data")
        head = session.scalars(select(AuditHead).where(AuditHead.id == 1).with_for_update()).one()
        before = session.scalar(select(AuditEntry.mac).where(AuditEntry.number == head.number))
        text = json.dumps(details or {}, sort_keys=True, separators=(",", ":"))
        number, now = head.number + 1, micros(datetime.now(UTC))
        mac = self.mac((number, now, self._actor, action, subject, text), before or GENESIS)
        values = dict(zip(SEALED, (number, now, self._actor, action, subject, text), strict=True))
        session.add(AuditEntry(**values, mac=mac))
        head.number, head.seal = number, self.seal(number, mac)
        session.flush()
        return Head(number, mac)

    def note(
        self, action: str, subject: int | None = None, details: Mapping[str, Any] | None = None
    ) -> Head:
        """Add an entry in a transaction of its own, for what changes nothing in the state."""
        with self._database.writing() as session:
            return self.record(session, action, subject, details)

    def head(self) -> Head:
        """Return the end of the log, to be kept where nobody of this shop can change it."""
        with self._database.reading() as session:
            last = session.scalars(
                select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)
            ).first()
            return Head(last.number, last.mac) if last else Head(0, GENESIS)

    def entries(
        self, action: str = "", subjects: Sequence[int] | None = None, last: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield entries in order: of one action, about these pseudonyms, or the last so many."""
        query = select(AuditEntry).order_by(AuditEntry.number.desc())
        if action:
            query = query.where(AuditEntry.action == action)
        if subjects is not None:
            query = query.where(AuditEntry.subject.in_(list(subjects)))
        if last is not None:
            number = query.limit(last).with_only_columns(AuditEntry.number).subquery()
            query = query.where(
                AuditEntry.number >= select(func.min(number.c.number)).scalar_subquery()
            )
        with self._database.reading() as session:
            stream = session.scalars(query.order_by(None).order_by(AuditEntry.number))
            for entry in stream.yield_per(10_000):
                yield {
                    "number": entry.number,
                    "time": datetime.fromtimestamp(entry.time / 1e6, UTC),
                    "actor": entry.actor,
                    "action": entry.action,
                    "customer": entry.subject,
                    "details": json.loads(entry.details),
                }

    def mac(self, content: Sequence[Any], before: bytes) -> bytes:
        """Return the MAC of an entry's content (``SEALED``) after the MAC before it."""
        text = json.dumps(list(content), separators=(",", ":"))
        return hmac.new(self._key, before + text.encode(), hashlib.sha256).digest()

    def seal(self, number: int, mac: bytes) -> bytes:
        """Return the seal of the end of the log."""
        return hmac.new(self._key, b"head" + f"{number}:".encode() + mac, hashlib.sha256).digest()


def micros(time: datetime) -> int:
    """Return a moment as whole microseconds since 1970.

    >>> micros(datetime(2026, 1, 1, tzinfo=UTC))
    1767225600000000
    """
    since = time.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def personal(value: object) -> bool:
    """Say whether some text in a value looks like an e-mail address or a telephone number.

    >>> personal({"rows": 13912345678, "file": "9f86d081884c7d65"}), personal(["+44 7700 900123"])
    (False, True)
    """
    if isinstance(value, Mapping):
        return any(personal(key) or personal(part) for key, part in value.items())
    if isinstance(value, list | tuple):
        return any(personal(part) for part in value)
    return isinstance(value, str) and bool(_PERSONAL.search(value))


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        return str(os.getuid()) if hasattr(os, "getuid") else "?"
