"""People: pseudonyms, their encrypted identifiers, and who was said to be one person or not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from habitue.state.models.base import Base, now

__all__ = ["Identifier", "Link", "Person"]


class Person(Base):
    """A pseudonym; its own key is in a file apart (``PersonKey``).

    A pseudonym stands for one set of identifiers as rows of records hold it (``signature`` is the
    set's hash), so that no row's own evidence is ever lost; which pseudonyms are one person is
    decided when records are read. Destroying the key makes every copy of the identifiers
    unreadable.
    """

    __tablename__ = "persons"

    customer: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary(16), index=True, unique=True)


class Identifier(Base):
    """One identifier of a pseudonym: found by keyed hash, read only with the pseudonym's key.

    ``party`` numbers the names that were seen beside an identifier: names that can be one person's
    have the same number. ``desk`` marks an address of a desk (info@), not of a person.
    """

    __tablename__ = "identifiers"

    customer: Mapped[int] = mapped_column(
        ForeignKey("persons.customer", ondelete="CASCADE"), primary_key=True
    )
    lookup: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(16))
    party: Mapped[int | None] = mapped_column()
    desk: Mapped[bool] = mapped_column(default=False)
    secret: Mapped[bytes] = mapped_column(LargeBinary)


class Link(Base):
    """Two pseudonyms that were said to be one person, or not.

    ``kind`` is ``hand`` (one person, by hand), ``apart`` (not one, by hand) or ``match`` (one by
    the matching model, with its probability as ``score``); anything else is the kind of identifier
    that joined two pseudonyms before revision 0004.
    """

    __tablename__ = "links"
    __table_args__ = (Index("ix_links_batch", "batch"),)

    first: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    second: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    batch: Mapped[str] = mapped_column(String(32), default="")
    score: Mapped[float | None] = mapped_column()
    created: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), default=now)
