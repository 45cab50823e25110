"""Persons' keys, moved into a database of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from habitue.state.models import PersonKey

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ROWS = 10_000


def upgrade() -> None:
    """Copy the keys, then drop them here: a process killed between has them twice, not never."""
    persons = sa.table("persons", sa.column("customer"), sa.column("key"), sa.column("generation"))
    rows = op.get_bind().execute(sa.select(persons)).mappings()
    keys = context.config.attributes["keys"]
    if keys is op.get_bind().engine:
        _copy(rows, op.get_bind())
    else:
        with keys.begin() as connection:
            _copy(rows, connection)
    # In place: SQLite would make a new table of persons, and dropping the former one would delete
    # all identifiers with it.
    op.drop_column("persons", "key")
    op.drop_column("persons", "generation")


def _copy(rows: sa.MappingResult, connection: sa.Connection) -> None:
    connection.execute(sa.delete(PersonKey))
    for chunk in rows.partitions(_ROWS):
        connection.execute(sa.insert(PersonKey), [dict(row) for row in chunk])


def downgrade() -> None:
    """Refuse: the keys have left the state for good."""
    raise NotImplementedError
