"""The consent ledger: what each person said, appended and never changed."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from habitue.state.models.base import Base

__all__ = ["Consent"]

#: SQLite numbers rows by itself only where the key is its own kind of integer.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class Consent(Base):
    """One thing that a person said, or that a mail server said of the person's address.

    Times are microseconds since 1970 in UTC; ``time`` is null where nobody knows it.
    """

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    key: Mapped[int] = mapped_column(BigInteger, unique=True)
    customer: Mapped[int] = mapped_column(
        ForeignKey("persons.customer", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[str] = mapped_column(String(24))
    channel: Mapped[str] = mapped_column(String(16))
    act: Mapped[str] = mapped_column(String(12))
    origin: Mapped[str] = mapped_column(String(8))
    time: Mapped[int | None] = mapped_column(BigInteger)
    recorded: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(255))
    evidence: Mapped[str | None] = mapped_column(String(255))
    policy: Mapped[str | None] = mapped_column(String(64))
    batch: Mapped[str | None] = mapped_column(String(32), index=True)
