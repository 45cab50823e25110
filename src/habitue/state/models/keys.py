"""The data keys: random, and kept only wrapped by the master key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from habitue.state.models.base import Base, now

__all__ = ["DataKey"]


class DataKey(Base):
    """One key of the shop's set; of those that wrap persons' keys there may be two generations."""

    __tablename__ = "data_keys"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    master: Mapped[str] = mapped_column(String(16))
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
