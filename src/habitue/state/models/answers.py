"""What was asked about groups of people, and answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from habitue.state.models.base import Base, now

__all__ = ["Answer"]


class Answer(Base):
    """A group that was asked for: a note by which near groups are told, and what was answered."""

    __tablename__ = "answers"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    people: Mapped[int] = mapped_column(BigInteger, index=True)
    table: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[int] = mapped_column(BigInteger)
    asked: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
