"""How good the records are: how complete, how fresh, and whether an import is like those before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from habitue.columns import ACCOUNTING, QUALITY
from habitue.engines import Engine
from habitue.prepare.drift import drift, measure
from habitue.prepare.footers import FIELDS, Import

__all__ = ["FRESH", "quality", "reading"]

#: The least share of rows that should have a field, where much rests on it.
NEEDED: Mapping[tuple[str, str], float] = {
    ("purchases", "customer"): 0.5,
    ("purchases", "title"): 0.9,
    ("comments", "text"): 0.9,
    ("items", "title"): 0.9,
}
#: Days before the cut-off at which the latest record of a table is no longer fresh.
FRESH = 30
_DAY = 86_400


def reading(found: Mapping[str, Sequence[Import]]) -> pa.Table:
    """Return what became of the rows that were read (columns.ACCOUNTING, stage ``read``).

    The rows of a table add up to all that was read: accepted, repeated, each reason for setting
    aside, and those that were accepted and are gone since (erased, or past their time).
    """
    rows: list[dict[str, Any]] = []
    for table, batches in found.items():
        kept = sum(one.stored - one.batch.amended for one in batches)
        counts = {
            "accepted": kept,
            "gone": sum(b.read - b.repeated - b.rejected for b in (o.batch for o in batches))
            - kept,
            "repeated": sum(one.batch.repeated for one in batches),
        }
        for one in batches:
            for reason, n in one.batch.reasons.items():
                counts[reason] = counts.get(reason, 0) + n
        rows += [
            {"stage": "read", "table": table, "reason": reason, "rows": n}
            for reason, n in counts.items()
            if n > 0
        ]
    return pa.Table.from_pylist(rows, schema=ACCOUNTING.schema)


def quality(engine: Engine, found: Mapping[str, Sequence[Import]], as_of: datetime) -> pa.Table:
    """Return how complete and fresh the records are, and what drifts (columns.QUALITY).

    Parameters
    ----------
    engine : Engine
        Counts levels and what is new.
    found : mapping
        ``imports``.
    as_of : datetime
        The cut-off.
    """
    rows: list[dict[str, Any]] = []
    for table, batches in found.items():
        stored = [one for one in batches if one.stored]
        if not stored:
            continue
        rows += _complete(table, stored)
        if any(one.latest for one in stored):
            rows += _fresh(table, stored, as_of)
        measure(engine, table, stored)
        rows += drift(table, stored)
    return pa.Table.from_pylist(rows, schema=QUALITY.schema)


def _complete(table: str, stored: Sequence[Import]) -> Iterator[dict[str, Any]]:
    rows = sum(one.stored for one in stored)
    for name in FIELDS[table]:
        share = sum(one.filled[name] for one in stored) / rows
        low = NEEDED.get((table, name))
        yield {
            "check": "completeness", "table": table, "measure": "filled", "field": name,
            "rows": rows, "value": share, "low": low, "flag": low is not None and share < low,
        }  # fmt: skip


def _fresh(table: str, stored: Sequence[Import], as_of: datetime) -> Iterator[dict[str, Any]]:
    """Yield the latest record of a table, and of each kind of its imports if there are several."""
    kinds: dict[str, list[Import]] = {}
    for one in stored:
        kinds.setdefault(one.series, []).append(one)
    parts: list[tuple[str | None, Sequence[Import]]] = [(None, stored)]
    if len(kinds) > 1:
        # A kind of imports is called as its latest import is.
        parts += [(several[-1].batch.source, several) for several in kinds.values()]
    for source, several in parts:
        latest = max((one.latest for one in several if one.latest), default=None)
        if latest is None:
            continue
        days = max((as_of - latest).total_seconds() / _DAY, 0.0)
        yield {
            "check": "freshness", "table": table, "source": source, "measure": "age",
            "rows": sum(one.stored for one in several), "value": days, "high": float(FRESH),
            "time": latest, "flag": days > FRESH,
        }  # fmt: skip
