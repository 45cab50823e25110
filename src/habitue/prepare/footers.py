"""What the footers of the imports' files tell, without reading a row: gaps and latest records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
from sqlalchemy import select

from habitue.columns import RECORDS
from habitue.prepare.store import Store
from habitue.state import Batch, Database

__all__ = ["FIELDS", "Import", "imports"]

#: The fields whose gaps matter, by table.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "purchases": ("customer", "time", "item_id", "title", "category", "unit_price", "currency"),
    "views": ("customer", "session_id", "item_id", "agent"),
    "comments": ("customer", "time", "item_id", "text", "rating"),
    "posts": ("time", "text", "impressions", "reach", "likes"),
    "items": ("title", "category", "brand", "unit_price", "description"),
    "customers": ("country", "city", "joined"),
}


@dataclass
class Import:
    """One import: what the state says of it, and what its file's footer does.

    Attributes
    ----------
    stored : int
        Rows in its file.
    filled : dict of str to int
        Rows that have each field.
    latest : datetime or None
        Its latest record.
    figures : dict
        By measure and field, what is compared.
    """

    batch: Batch
    path: Path
    stored: int = 0
    filled: dict[str, int] = field(default_factory=dict)
    latest: datetime | None = None
    figures: dict[tuple[str, str | None], float] = field(default_factory=dict)

    @property
    def series(self) -> str:
        """The import's name but for its digits."""
        return re.sub(r"\d+", "#", self.batch.source.lower())

    def alike(self, other: Import) -> bool:
        """Say whether two imports are of the same kind."""
        ours, theirs = ({f for f, n in one.filled.items() if n} for one in (self, other))
        return self.series == other.series or ours == theirs


def imports(database: Database, store: Store) -> dict[str, list[Import]]:
    """Return the imports of each record table, the oldest first.

    Parameters
    ----------
    database : Database
        Says which there are.
    store : Store
        Says where their files are.
    """
    with database.reading() as session:
        batches = session.scalars(
            select(Batch).where(Batch.table.in_(RECORDS)).order_by(Batch.created, Batch.id)
        ).all()
        session.expunge_all()
    found: dict[str, list[Import]] = {name: [] for name in RECORDS}
    for batch in batches:
        one = Import(batch, store.path(batch.table, batch.id))
        if (batch.accepted or batch.amended) and one.path.exists():
            _look(one)
        found[batch.table].append(one)
    return found


def _look(one: Import) -> None:
    """Read a file's footer."""
    footer = pq.read_metadata(one.path)
    one.stored = footer.num_rows
    one.filled = dict.fromkeys(FIELDS[one.batch.table], 0)
    for group in (footer.row_group(n) for n in range(footer.num_row_groups)):
        for column in (group.column(n) for n in range(group.num_columns)):
            name, seen = column.path_in_schema, column.statistics
            if name in one.filled:
                one.filled[name] += group.num_rows - (seen.null_count if seen else 0)
            if name == "time" and seen and seen.has_min_max:
                one.latest = max(filter(None, (one.latest, seen.max)))
