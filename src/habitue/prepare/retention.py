"""Takes records out of the store that are older than the shop keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from habitue.columns import TIME
from habitue.prepare.rewrite import batch_files, rewrite
from habitue.state import Database

__all__ = ["expire"]


def expire(records: Path, database: Database, limits: Mapping[str, datetime]) -> dict[str, int]:
    """Remove rows from before a table's limit from the store; return how many, by table.

    Parameters
    ----------
    records : Path
        The store's folder.
    database : Database
        Says which batches exist.
    limits : mapping of str to datetime
        Table to the moment before which its rows go; a row without a time stays.
    """
    removed = dict.fromkeys(limits, 0)
    for path in batch_files(records):
        limit = limits.get(path.parent.name)
        if limit is not None and _oldest(path, limit):
            removed[path.parent.name] += rewrite(path, database, partial(_since, limit))
    return removed


def _since(limit: datetime, batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch.filter(pc.fill_null(pc.greater_equal(batch["time"], pa.scalar(limit, TIME)), True))


def _oldest(path: Path, limit: datetime) -> bool:
    """Say whether a file holds a row from before a moment, by its statistics where it has them."""
    file = pq.ParquetFile(path)
    if "time" not in file.schema_arrow.names:
        return False
    at = file.schema_arrow.names.index("time")
    for group in range(file.num_row_groups):
        statistics = file.metadata.row_group(group).column(at).statistics
        if statistics is None or not statistics.has_min_max:
            return True
        if statistics.min < limit:
            return True
    return False
