"""The tables of the state database, one class each."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

__all__ = ["Base", "Batch", "Identifier", "Link", "Mapping", "Person"]


def _now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """What all tables of the state share."""


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
    reasons: Mapped[dict[str, int]] = mapped_column(JSON)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)


class Mapping(Base):
    """How the columns of a kind of file were understood, so that the next such file is too."""

    __tablename__ = "mappings"

    header: Mapped[str] = mapped_column(String(64), primary_key=True)
    table: Mapped[str] = mapped_column(String(32))
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)


class Person(Base):
    """A pseudonym and the person's own key, wrapped by the master key.

    Destroying the key makes every copy of the person's identifiers unreadable.
    """

    __tablename__ = "persons"

    customer: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[bytes] = mapped_column(LargeBinary)


class Identifier(Base):
    """One identifier of a person: found by keyed hash, read only with the person's key."""

    __tablename__ = "identifiers"

    lookup: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    customer: Mapped[int] = mapped_column(
        ForeignKey("persons.customer", ondelete="CASCADE"), index=True
    )
    secret: Mapped[bytes] = mapped_column(LargeBinary)


class Link(Base):
    """Evidence that two pseudonyms are one person: a row that held an identifier of each."""

    __tablename__ = "links"
    __table_args__ = (Index("ix_links_batch", "batch"),)

    first: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    second: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    batch: Mapped[str] = mapped_column(String(32))
