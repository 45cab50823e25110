"""Later statuses of order lines: what an export says of a line that the store has already.

Records are only ever added to. A line that comes again with another status (paid, now refunded) is
written once more, with the line's own key, the record as it was and the new status; of the records
of one key the one of the latest batch is read. Nothing else of a record is taken over, so an export
that knows less of an order (no product codes, masked customers) does no harm. Only a customer that
nobody knew is filled in: some systems write products and buyers to two files.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from habitue.columns import RECORDS
from habitue.engines import Engine

__all__ = ["AMENDED", "amendments", "read_latest"]

#: The column that a later export may change, by table.
AMENDED = {"purchases": "status"}


def amendments(table: str) -> str:
    """Return the SQL of the records whose status a staged batch (``keyed``) says anew."""
    changed = AMENDED[table]
    taken = {changed: f'k."{changed}"', "customer": "coalesce(t.customer, k.customer) AS customer"}
    columns = ", ".join(taken.get(name, f't."{name}"') for name in RECORDS[table].names)
    return f"""
        SELECT {columns} FROM keyed k JOIN "{table}" t ON t.row_key = k.row_key
        WHERE coalesce(k."{changed}", '') <> coalesce(t."{changed}", '')
           OR (t.customer IS NULL AND k.customer IS NOT NULL)
    """


def read_latest(
    engine: Engine, table: str, paths: Sequence[Path], amending: Sequence[Path]
) -> None:
    """Make a record table known to an engine, each key as the latest batch has it.

    Parameters
    ----------
    engine : Engine
        Where to.
    table : str
        The record table.
    paths : sequence of Path
        The files of all its batches, the oldest first.
    amending : sequence of Path
        Those of them that hold amendments, the oldest first. A key that occurs twice stands in
        one of these last, so only their keys are compared, and the rest streams by.
    """
    schema = RECORDS[table].schema
    if not amending:
        engine.read_parquet(table, paths, schema)
        return
    first = [path for path in paths if path not in set(amending)]
    engine.read_parquet(f"{table} plain", first, schema)
    for number, path in enumerate(amending):
        engine.read_parquet(f"{table} amended {number}", [path], schema)
    numbered = " UNION ALL ".join(
        f'SELECT row_key, {number} AS n FROM "{table} amended {number}"'
        for number in range(len(amending))
    )
    columns = ", ".join(f't."{name}"' for name in RECORDS[table].names)
    latest = " UNION ALL ".join(
        f'SELECT {columns} FROM "{table} amended {number}" t '
        f"JOIN latest l ON l.row_key = t.row_key WHERE l.n = {number}"
        for number in range(len(amending))
    )
    engine.view(
        table,
        f"""
        WITH latest AS (SELECT row_key, max(n) AS n FROM ({numbered}) numbered GROUP BY row_key)
        SELECT {columns} FROM "{table} plain" t
        WHERE NOT EXISTS (SELECT 1 FROM latest l WHERE l.row_key = t.row_key)
        UNION ALL {latest}
        """,
    )
