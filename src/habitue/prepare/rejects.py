"""The list of a batch's rows that were set aside."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa

__all__ = ["RejectList"]


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
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(["line", "reason", "column", "value"])
        for row in rejected.to_pylist():
            self._writer.writerow([row["line"], row["reason"], row["column"], row["value"]])
            self.reasons[row["reason"]] += 1
        self.rows += rejected.num_rows

    def close(self) -> None:
        """Finish the list."""
        if self._file is not None:
            self._file.close()
