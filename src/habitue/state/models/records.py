"""Imports: which batches of records exist, and how columns were understood."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, DateTime, String
from sqlalchemy.orm import Mapped, mapped_column

from habitue.state.models.base import Base, now

__all__ = ["Batch", "Mapping"]


class Batch(Base):
    """One import that is complete: its records are visible because this row is committed."""

    __tablename__ = "batches"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    table: Mapped[str] = mapped_column(String(32), index=True)
    source: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    read: Mapped[int] = mapped_column(BigInteger)
    accepted: Mapped[int] = mapped_column(BigInteger)
    repeated: Mapped[int] = mapped_column(BigInteger)
    rejected: Mapped[int] = mapped_column(BigInteger)
    #: Of those repeated, the lines whose later status was taken over.
    amended: Mapped[int] = mapped_column(BigInteger, default=0)
    reasons: Mapped[dict[str, int]] = mapped_column(JSON)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)


class Mapping(Base):
    """How the columns of a kind of file were understood, so that the next such file is too."""

    __tablename__ = "mappings"

    header: Mapped[str] = mapped_column(String(64), primary_key=True)
    table: Mapped[str] = mapped_column(String(32))
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
