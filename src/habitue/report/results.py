"""What the report is built from: a run's tables and its summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from habitue.columns import MICROS, RESULTS

__all__ = ["MICROS", "Results"]


@dataclass(frozen=True)
class Results:
    """A run's tables by name, and its summary as the manifest holds it.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table
        Tables of ``columns.RESULTS``; one that is absent counts as empty.
    summary : dict
        Shop, as_of, currency, horizon_days, run, language, read, selected, after, first, last,
        findings, notes, min_group.
    """

    tables: Mapping[str, pa.Table]
    summary: Mapping[str, Any] = field(default_factory=dict)

    def table(self, name: str) -> pa.Table:
        """Return a table; an empty one of the right columns if the run has none."""
        if name in self.tables:
            return self.tables[name]
        return RESULTS[name].schema.empty_table()
