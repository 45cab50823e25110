"""Writes many rows at once, by the database driver's own means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

__all__ = ["insert_rows", "rows_of"]

#: What both SQLite and PostgreSQL take as the parameters of one statement.
_MOST = 10_000


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
    connection = session.connection()
    marks = _marks(connection, len(columns))
    statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"
    connection.exec_driver_sql(statement, rows)


def rows_of(
    session: Session, table: Any, columns: Sequence[str], values: Sequence[Any]
) -> Iterator[Any]:
    """Yield the rows whose first column is one of many values.

    Parameters
    ----------
    session : Session
        The caller's view.
    table : Table
        Where from.
    columns : sequence of str
        What is asked for; by the first of them rows are found.
    values : sequence
        Values of a type that the driver knows.
    """
    connection = session.connection()
    for start in range(0, len(values), _MOST):
        chunk = tuple(values[start : start + _MOST])
        marks = _marks(connection, len(chunk))
        found = f"SELECT {', '.join(columns)} FROM {table.name} WHERE {columns[0]} IN ({marks})"
        yield from connection.exec_driver_sql(found, chunk)


def _marks(connection: Connection, number: int) -> str:
    return ", ".join(["?" if connection.dialect.paramstyle == "qmark" else "%s"] * number)
