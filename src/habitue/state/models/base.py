"""What all tables of the state share."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import DeclarativeBase

__all__ = ["Base", "now"]


class Base(DeclarativeBase):
    """What all tables of the state share."""


def now() -> datetime:
    """Return the present, in UTC."""
    return datetime.now(UTC)
