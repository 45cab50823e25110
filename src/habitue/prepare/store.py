"""The record store: append-only Parquet, a batch an import; a batch exists when its row commits.

Nothing is ever half imported: rows are staged beside the records, repeats are taken out, the
batch's file is synced and put in place, and only then does one transaction make it visible,
together with the pseudonyms that it needs. A file without its row is an orphan and is swept.

A row's key is a hash of its content and of its number among equal rows of the same export. So the
same export again, or one that overlaps it, adds nothing, while equal lines within one export are
what they are, order lines, and stay (``repeat`` says which they are). Where the source has ids of
its own (events, comments), the id is the key and an equal id is a repeat. An order line that comes
again with another status is kept as an amendment (``amendments``).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import or_, select

from habitue.columns import IMPORTED, RECORDS, Table
from habitue.engines import Engine
from habitue.prepare.amendments import AMENDED, amendments, read_latest
from habitue.state import Batch, Database, disk

__all__ = ["Counts", "Staging", "Store"]

#: What makes two rows of a table equal, besides an id of the source's own. Who it is about counts
#: by the most trusted identifier alone: a later export may add others to it.
_CONTENT = {
    "purchases": ("order_id", "anchor", "time", "item_id", "quantity", "unit_price"),
    "views": ("anchor", "time", "item_id", "event", "session_id"),
    "comments": ("anchor", "time", "item_id", "platform", "text"),
    # Figures grow from export to export: what is new of them is a row of its own.
    "posts": (
        "post_id",
        "platform",
        "time",
        "type",
        "text",
        "url",
        "impressions",
        "reach",
        "likes",
        "comments",
        "shares",
        "saves",
        "clicks",
    ),
    "items": ("item_id", "title", "category", "brand", "unit_price", "description"),
    "customers": ("anchor", "country", "city", "joined"),
}
#: The source's own id of a row; an order line's counts within its order.
_OWN_ID = {
    "purchases": "order_id || '#' || line_id",
    "views": "event_id",
    "comments": "comment_id",
}
_COMPUTED = ("row_key", "repeat")


@dataclass(frozen=True)
class Counts:
    """What became of a batch's good rows."""

    accepted: int
    repeated: int
    amended: int = 0  # of those repeated, the lines whose later status was taken over


class Store:
    """The records of one shop.

    Parameters
    ----------
    folder : Path
        Where the Parquet files are, one folder a table.
    database : Database
        Says which batches exist.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database

    def paths(self, table: str) -> list[Path]:
        """Return the files of a table's batches, the oldest first."""
        return [self.path(table, batch.id) for batch in self._batches(table)]

    def _batches(self, table: str) -> list[Batch]:
        with self._database.reading() as session:
            batches = session.scalars(
                select(Batch).where(Batch.table == table).order_by(Batch.created, Batch.id)
            ).all()
            return [batch for batch in batches if batch.accepted or batch.amended]

    def path(self, table: str, batch: str) -> Path:
        """Return where a batch's file is, or would be."""
        return self._folder / table / f"{batch}.parquet"

    def read(self, engine: Engine, table: str) -> None:
        """Make a record table known to an engine by its name, each line with its latest status."""
        batches = self._batches(table)
        amending = [self.path(table, batch.id) for batch in batches if batch.amended]
        read_latest(engine, table, [self.path(table, batch.id) for batch in batches], amending)

    def stage(self, table: str, engine: Engine) -> Staging:
        """Open a place for a new batch's rows; the engine computes their keys as they come."""
        return Staging(self._folder / ".staging", IMPORTED[table], engine)

    def settle(self, engine: Engine, staging: Staging, batch: str, amend: bool = False) -> Counts:
        """Take repeats out of a staged batch and put its file in place, not yet visible.

        ``amend`` says that the export tells the lines' status: a repeat whose status has changed
        is then kept as an amendment.
        """
        table = staging.table
        self.read(engine, table.name)
        engine.read_parquet("staged", [staging.path], staging.written)
        # Only rows whose hash occurs twice are numbered: numbering a whole table would not spill.
        engine.create("twins", "SELECT h FROM staged GROUP BY h HAVING count(*) > 1")
        engine.create("numbered", _numbered(table))
        engine.view("keyed", _keyed(engine, table))
        target = self.path(table.name, batch)
        disk.make(target.parent)
        part = target.with_suffix(".part")
        columns = ", ".join(f'k."{name}"' for name in table.names)
        new = f"""
            SELECT {columns} FROM keyed k
            WHERE NOT EXISTS (SELECT 1 FROM "{table.name}" t WHERE t.row_key = k.row_key)
        """
        amended = 0
        if amend and table.name in AMENDED:
            engine.create("amended", amendments(table.name))
            amended = engine.query("SELECT count(*) AS n FROM amended").to_pylist()[0]["n"]
            new = f"{new} UNION ALL SELECT * FROM amended"
        written = engine.write(new, part)
        for name in ("keyed", "numbered", "twins", "staged", "amended"):
            engine.drop(name)
        if written:
            disk.put(part, target)
        else:
            part.unlink()
        accepted = written - amended
        return Counts(accepted, staging.rows - accepted, amended)

    def inventory(self) -> tuple[dict[str, int], int, int]:
        """Return rows by table, files that are missing, and files that belong to no batch."""
        with self._database.reading() as session:
            kept = or_(Batch.accepted > 0, Batch.amended > 0)
            batches = session.scalars(select(Batch).where(kept, Batch.table.in_(RECORDS))).all()
            rows = dict.fromkeys(RECORDS, 0)
            missing = 0
            for batch in batches:
                rows[batch.table] += batch.accepted
                missing += not self.path(batch.table, batch.id).exists()
        return rows, missing, len(self._orphans())

    def sweep(self) -> int:
        """Remove files of batches that never came to be; return how many."""
        orphans = self._orphans()
        for path in orphans:
            path.unlink(missing_ok=True)
        return len(orphans)

    def _orphans(self) -> list[Path]:
        with self._database.reading() as session:
            known = set(session.scalars(select(Batch.id)))
        return [
            path
            for pattern in ("*/*.parquet", "*/*.part", ".staging/*")
            for path in self._folder.glob(pattern)
            if path.parent.name == ".staging" or path.suffix == ".part" or path.stem not in known
        ]


class Staging:
    """Typed rows on their way into the store, streamed to disk with the hash of their content.

    ``schema`` is what comes in, ``written`` what the file has: what only tells rows apart (the
    source's own id of a line, the number of the most trusted identifier) goes into the hash alone.
    """

    def __init__(self, folder: Path, table: Table, engine: Engine) -> None:
        disk.make(folder)
        self.table = table
        self.rows = 0
        self._engine = engine
        self._hashes = _hashes(engine, table) if table.name in _CONTENT else ""
        fields = [(c.name, c.type) for c in table.columns if c.name not in _COMPUTED]
        self.schema = pa.schema([*fields, ("line_id", pa.string()), ("anchor", pa.int64())])
        hashed = pa.schema([*fields, ("h", pa.int64()), ("has_id", pa.bool_())])
        self.written = hashed if self._hashes else self.schema
        self.path = folder / f"{uuid.uuid4().hex}.parquet"
        # It is read once and then removed: what makes a file small or quick to search is of no use.
        self._writer = pq.ParquetWriter(
            self.path, self.written, compression="lz4", use_dictionary=False, write_statistics=False
        )

    def add(self, rows: pa.Table) -> None:
        """Add rows that have all of the table's columns but the computed ones."""
        self.rows += rows.num_rows
        rows = rows.select(self.schema.names).cast(self.schema)
        if self._hashes:
            rows = self._hashed(rows)
        self._writer.write_table(rows.select(self.written.names))

    def _hashed(self, rows: pa.Table) -> pa.Table:
        told = rows.append_column("n", pa.array(np.arange(rows.num_rows)))
        if "time" in rows.column_names:  # text is made of times without a zone many times faster
            utc = rows["time"].cast(pa.timestamp("us"))
            told = told.set_column(rows.column_names.index("time"), "time", utc)
        self._engine.register("incoming", told)
        found = self._engine.query(self._hashes)
        self._engine.drop("incoming")
        order = np.argsort(found["n"].to_numpy())
        for name in ("h", "has_id"):
            rows = rows.append_column(name, pa.array(found[name].to_numpy()[order]))
        return rows

    def close(self) -> None:
        """Finish the file, so that it can be read."""
        self._writer.close()

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()
        self.path.unlink(missing_ok=True)


def _hashes(engine: Engine, table: Table) -> str:
    """Return the SQL that gives each incoming row the hash of its content, or of its own id."""
    texts = {name: f'CAST("{name}" AS VARCHAR)' for name in _CONTENT[table.name]}
    if "time" in texts:
        texts["time"] = "CAST(\"time\" AS VARCHAR) || '+00'"
    content = ", '|', ".join(f"coalesce({text}, '')" for text in texts.values())
    own = _OWN_ID.get(table.name, "NULL")
    return f"""
        SELECT n, {own} IS NOT NULL AS has_id,
            CASE WHEN {own} IS NOT NULL THEN {engine.hash64(f"concat('{table.name}#', {own})")}
            ELSE {engine.hash64(f"concat('{table.name}|', {content})")} END AS h
        FROM incoming
    """


def _numbered(table: Table) -> str:
    """Return the SQL that numbers rows whose hash occurs twice."""
    # A renamed product is the same line (the key), but not an equal one (the flag).
    title = ", title" if "title" in table.names else ""
    return f"""
        SELECT *, row_number() OVER (PARTITION BY h ORDER BY line NULLS LAST) AS n,
            row_number() OVER (PARTITION BY h{title} ORDER BY line NULLS LAST) AS twin
        FROM staged WHERE h IN (SELECT h FROM twins)
    """


def _keyed(engine: Engine, table: Table) -> str:
    """Return the SQL of a batch with its keys; an id of the source's own may stand only once."""
    columns = ", ".join(f'"{c.name}"' for c in table.columns if c.name not in _COMPUTED)
    later = engine.hash64("concat(CAST(h AS VARCHAR), '~', CAST(n AS VARCHAR))")
    return f"""
        SELECT h AS row_key, CAST(1 AS BIGINT) AS repeat, {columns} FROM staged
        WHERE h NOT IN (SELECT h FROM twins)
        UNION ALL
        SELECT CASE WHEN n = 1 THEN h ELSE {later} END AS row_key,
               CAST(twin AS BIGINT) AS repeat, {columns}
        FROM numbered WHERE n = 1 OR NOT has_id
    """
