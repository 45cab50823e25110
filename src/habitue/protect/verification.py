"""Goes through the audit log and says where it was tampered with."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from habitue.protect.audit import GENESIS, SEALED, Audit, Head
from habitue.protect.keyring import KeyRing
from habitue.state import AuditEntry, AuditHead

__all__ = ["PROBLEMS", "Verified", "verify"]

#: What can be wrong with the log.
PROBLEMS = {
    "altered": "an entry, or its place, is not what was sealed",
    "gap": "an entry is missing before this one",
    "end": "entries are missing at the end, or the head was altered",
    "truncated": "the log is shorter than the head that was kept elsewhere",
    "replaced": "the entry is not the one of the head that was kept elsewhere",
}
_MOST = 1000


@dataclass
class Verified:
    """What was found: how many entries, the head, and each problem with its entry's number."""

    entries: int = 0
    head: Head = field(default_factory=lambda: Head(0, GENESIS))
    problems: list[tuple[str, int]] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was tampered with."""
        return not self.problems

    def add(self, kind: str, number: int) -> None:
        """Note a problem; after a thousand it is clear enough."""
        if len(self.problems) < _MOST:
            self.problems.append((kind, number))


def verify(ring: KeyRing, kept: Head | None = None) -> Verified:
    """Return what is wrong with the log, if anything.

    Parameters
    ----------
    ring : KeyRing
        Holds the key of the log.
    kept : Head, optional
        A head of an earlier day, kept where nobody of this shop can change it. Without it, a state
        that was put back as a whole to an earlier day can't be told from that day's.

    Raises
    ------
    VaultError
        If the master key does not fit.
    """
    audit = Audit(ring)
    found = Verified()
    with ring.database.reading() as session:
        try:
            at_kept = _walk(audit, session, kept, found)
        except (TypeError, DBAPIError):  # a value that can't even be read
            found.add("altered", found.head.number + 1)
            return found
        _check_end(audit, session, found)
    if kept and kept.number > found.head.number:
        found.add("truncated", found.head.number)
    elif kept and kept.number and at_kept != kept.mac:
        found.add("replaced", kept.number)
    return found


def _walk(audit: Audit, session: Session, kept: Head | None, found: Verified) -> object:
    """Check each entry against the one before; return the MAC at the kept head's place."""
    before: object = GENESIS
    at_kept: object = None
    columns = (*(getattr(AuditEntry, name) for name in SEALED), AuditEntry.mac)
    rows = select(*columns).order_by(AuditEntry.number).execution_options(yield_per=10_000)
    for number, *content, mac in session.execute(rows):
        found.entries += 1
        expected = found.head.number + 1
        if number != expected:
            found.add("gap", expected)
        if not _fits(audit, (number, *content), before, mac):
            found.add("altered", expected)
        before = mac
        found.head = Head(number if isinstance(number, int) else expected, mac)
        if kept and number == kept.number:
            at_kept = mac
    return at_kept


def _fits(audit: Audit, content: Sequence[object], before: Any, mac: Any) -> bool:
    try:
        return hmac.compare_digest(audit.mac(content, before), mac)
    except (TypeError, ValueError):  # a value of another type than was ever written
        return False


def _check_end(audit: Audit, session: Session, found: Verified) -> None:
    head = session.scalars(select(AuditHead)).one_or_none()
    number, mac = found.head.number, found.head.mac
    if head is not None and number == 0:
        good = head.number == 0 and head.seal == b""
    else:
        good = (
            head is not None
            and head.number == number
            and isinstance(head.seal, bytes)
            and isinstance(mac, bytes)
            and hmac.compare_digest(head.seal, audit.seal(number, mac))
        )
    if not good:
        found.add("end", number)
