"""What the report is built from: a run's tables and its summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from habitue.columns import MICROS, REAL, RESULTS, TEXT, TIME, WHOLE

__all__ = ["EXTRA", "MICROS", "MIN_GROUP", "Results"]

#: Fewer people than this are never counted out: a group of three is three people one knows.
MIN_GROUP = 10

#: Tables that only the report reads.
EXTRA: dict[str, pa.Schema] = {
    "monthly": pa.schema(
        [("month", TIME), ("orders", WHOLE), ("customers", WHOLE), ("amount", WHOLE)]
    ),
    "offers": pa.schema(
        [("segment", WHOLE), ("item_id", TEXT), ("customers", WHOLE), ("score", REAL)]
    ),
    "reliability": pa.schema([("predicted", REAL), ("observed", REAL), ("customers", WHOLE)]),
}


@dataclass(frozen=True)
class Results:
    """A run's tables by name, and its summary as the manifest holds it.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table
        Tables of ``columns.RESULTS`` and of ``EXTRA``; one that is absent counts as empty.
    summary : dict
        Shop, as_of, currency, horizon_days, run, language, read, selected, after, first, last,
        findings, notes.
    """

    tables: Mapping[str, pa.Table]
    summary: Mapping[str, Any] = field(default_factory=dict)

    def table(self, name: str) -> pa.Table:
        """Return a table; an empty one of the right columns if the run has none."""
        if name in self.tables:
            return self.tables[name]
        schema = EXTRA[name] if name in EXTRA else RESULTS[name].schema
        return schema.empty_table()
