"""Writes many rows at once, by the database driver's own means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

__all__ = ["insert_rows"]


def insert_rows(
    session: Session, table: Any, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Insert rows as they are: several times as fast as by the ORM for hundreds of thousands.

    Parameters
    ----------
    session : Session
        The caller's transaction.
    table : Table
        Where to.
    columns : sequence of str
        What the rows hold; nothing else is filled in but what the database itself does.
    rows : iterable of tuple
        Values of types that the driver knows.
    """
    rows = list(rows)
    if not rows:
        return
    assert isinstance(table, Table)
    connection = session.connection()
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    marks = ", ".join([mark] * len(columns))
    statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"
    connection.exec_driver_sql(statement, rows)
