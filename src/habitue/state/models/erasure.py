"""Erasure: who must not come back, and which erasures were asked for and done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from habitue.state.models.base import Base, now

__all__ = ["Erasure", "Tombstone"]


class Tombstone(Base):
    """The keyed hash of an erased identifier: rows that hold it are set aside at import."""

    __tablename__ = "tombstones"

    mark: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    erasure: Mapped[str] = mapped_column(String(32), index=True)


class Erasure(Base):
    """One erasure: asked for, and done when ``done`` is set; ``receipt`` says what was removed."""

    __tablename__ = "erasures"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    customers: Mapped[list[int]] = mapped_column(JSON)
    asked: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    done: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    receipt: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
