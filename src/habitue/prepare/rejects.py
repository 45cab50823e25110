"""The list of a batch's rows that were set aside."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import select

from habitue.state import Batch, Database, disk

__all__ = ["RejectList", "sweep"]


class RejectList:
    """Writes the rows that were set aside: line and reason, never what names a person."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self.reasons: Counter[str] = Counter()
        self._file: Any = None
        self._writer: Any = None

    def add(self, rejected: pa.Table) -> None:
        """Add rows of ``line, reason, column, value``."""
        if rejected.num_rows == 0:
            return
        if self._file is None:
            disk.make(self.path.parent)
            self._file = self.path.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(["line", "reason", "column", "value"])
        for row in rejected.to_pylist():
            self._writer.writerow([row["line"], row["reason"], row["column"], row["value"]])
            self.reasons[row["reason"]] += 1
        self.rows += rejected.num_rows

    def close(self) -> None:
        """Finish the list."""
        if self._file is not None and not self._file.closed:
            self._file.close()
            disk.sync(self.path)
            disk.sync(self.path.parent)


def sweep(folder: Path, database: Database) -> int:
    """Remove lists of batches that never came to be; return how many."""
    with database.reading() as session:
        known = set(session.scalars(select(Batch.id)))
    left = [path for path in folder.glob("*") if path.stem not in known or path.suffix != ".csv"]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)
