"""Writes a batch's file anew, beside itself, and puts it in place in one step.

Records are append-only but for this: when a person is erased or a time limit is reached, what was
kept must be gone from the disk. A reader sees the file before or after, never between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from habitue.columns import RECORDS
from habitue.state import Batch, Database, disk

__all__ = ["batch_files", "rewrite"]


def batch_files(records: Path) -> Iterator[Path]:
    """Yield the files of all batches, table by table."""
    for table in RECORDS:
        yield from sorted((records / table).glob("*.parquet"))


def rewrite(
    path: Path, database: Database, change: Callable[[pa.RecordBatch], pa.RecordBatch]
) -> int:
    """Put what ``change`` makes of a file's rows in the file's place.

    A batch whose rows are all gone stays known, so that the same file is not imported again.

    Returns
    -------
    int
        How many rows were taken out.
    """
    part = path.with_suffix(".part")
    before = after = 0
    # A file may promise that a column has no nulls; what changes a column promises nothing.
    schema = pa.schema([field.with_nullable(True) for field in pq.read_schema(path)])
    with pq.ParquetWriter(part, schema, compression="zstd") as writer:
        for batch in pq.ParquetFile(path).iter_batches():
            kept = change(batch)
            writer.write_batch(kept.cast(schema))
            before += len(batch)
            after += len(kept)
    # Counts first: who is killed before the file is in place does both again, to the same end.
    with database.writing() as session:
        if (batch_row := session.get(Batch, path.stem)) is not None:
            batch_row.amended = min(batch_row.amended, after)
            batch_row.accepted = after - batch_row.amended
    disk.put(part, path)
    return before - after
