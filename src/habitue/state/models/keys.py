"""Keys, kept only wrapped: the shop's own beside the state, each person's in a file apart.

A copy of the state is of no use for a person whose own key is gone. So the persons' keys are in a
database of their own, of which only the latest state is to be kept: the state can be backed up as
often as one likes, and what was erased can't be read in any of the copies.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from habitue.state.models.base import Base, now

__all__ = ["DataKey", "KeyBase", "PersonKey"]


class DataKey(Base):
    """One key of the shop's set; of those that wrap persons' keys there may be two generations."""

    __tablename__ = "data_keys"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    master: Mapped[str] = mapped_column(String(16))
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)


class KeyBase(DeclarativeBase):
    """What the tables of the persons' keys share."""


class PersonKey(KeyBase):
    """A pseudonym's own key, wrapped by the shop's; without it the identifiers are noise."""

    __tablename__ = "person_keys"

    customer: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    generation: Mapped[int] = mapped_column(default=1)
