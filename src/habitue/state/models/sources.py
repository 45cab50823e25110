"""Sources that are read again and again: how far each was read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Boolean, DateTime, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from habitue.state.models.base import Base, now

__all__ = ["Source"]


class Source(Base):
    """A database's query: how its columns were understood, and where its cursor stands.

    The cursor is written in the transaction that makes the rows up to it visible.
    """

    __tablename__ = "sources"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: What was asked: another query, cursor or database begins anew.
    query: Mapped[str] = mapped_column(String(64))
    table: Mapped[str] = mapped_column(String(32))
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
    cursor: Mapped[str | None] = mapped_column(Text)
    number: Mapped[bool] = mapped_column(Boolean)
    updated: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now, onupdate=now)
