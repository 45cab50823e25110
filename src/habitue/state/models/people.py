"""People: pseudonyms, their encrypted identifiers, and the evidence that two are one."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from habitue.state.models.base import Base

__all__ = ["Identifier", "Link", "Person"]


class Person(Base):
    """A pseudonym and the person's own key, wrapped by a generation of the shop's wrapping key.

    Destroying the key makes every copy of the person's identifiers unreadable.
    """

    __tablename__ = "persons"

    customer: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    generation: Mapped[int] = mapped_column(default=1)


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
