"""The audit log: a chain of entries, each sealed together with the one before it."""

from __future__ import annotations

from sqlalchemy import BigInteger, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from habitue.state.models.base import Base

__all__ = ["AuditEntry", "AuditHead"]


class AuditEntry(Base):
    """One act that matters: who did what to whom, without personal data.

    ``details`` is canonical JSON, ``time`` microseconds since 1970 in UTC, and ``mac`` the keyed
    hash of all of it and of the MAC before.
    """

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    time: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(32), index=True)
    subject: Mapped[int | None] = mapped_column(BigInteger, index=True)
    details: Mapped[str] = mapped_column(Text)
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditHead(Base):
    """The chain's end, sealed by itself: without it, cutting off the end would leave no trace."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))
