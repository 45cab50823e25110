"""Whether an import is like those before it.

An import is compared with those before it of the same kind: the same table, and either a name that
is the same but for its digits (``orders-2026-10.csv``, ``orders-2026-11.csv``) or the same columns
filled. What earlier imports vary is usual: with three or more of them, their range and half of it
again on either side, and never less than these slacks; with one or two, wider bounds that are
stated here, because nothing is known of what varies.

=========  ==============================================  ===================  =================
measure    what                                            slack, of 3 or more  slack, of 1 or 2
=========  ==============================================  ===================  =================
rows       rows read                                       3 times              10 times
rejected   share of the rows read that were set aside      2 points             10 points
missing    share of the rows without the field             2 points             10 points
level      median of prices, quantities, stars             1.25 times           2 times
new        share of products or customers never seen       30 points            up to 90 %
=========  ==============================================  ===================  =================

Shares and levels have three standard errors of chance more. An import of fewer than 20 rows is not
compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

import pyarrow as pa

from habitue.columns import RECORDS
from habitue.engines import Engine
from habitue.prepare.footers import Import

__all__ = ["drift", "measure", "usual"]

_LEVELS = {
    "purchases": ("quantity", "unit_price"),
    "items": ("unit_price",),
    "comments": ("rating",),
}
_NEW = {"purchases": ("item_id", "customer"), "views": ("item_id",)}
_COMPARED = 12  # imports of a table, the latest
_FEWEST = 20  # rows of an import that is compared
_KNOWN = 3  # earlier imports from which on their own range is what is usual


def measure(engine: Engine, table: str, stored: Sequence[Import]) -> None:
    """Work out the figures of the latest imports of a table."""
    for one in stored:
        batch = one.batch
        one.figures["rows", None] = float(batch.read)
        one.figures["rejected", None] = batch.rejected / max(batch.read, 1)
        for name, n in one.filled.items():
            one.figures["missing", name] = 1 - n / one.stored
    columns = {*_LEVELS.get(table, ()), *_NEW.get(table, ())}
    if len(stored) < 2 or not columns:
        return
    latest, schema = stored[-_COMPARED:], RECORDS[table].schema
    selected = ", ".join(f'"{name}"' for name in sorted(columns))
    parts = []
    for number, several in enumerate((stored[:-_COMPARED], *([one] for one in latest))):
        engine.read_parquet(f"part_{number}", [one.path for one in several], schema)
        parts.append(f"SELECT {number} AS batch, {selected} FROM part_{number}")
    engine.view("parts", " UNION ALL ".join(parts))
    try:
        for name in _LEVELS.get(table, ()):
            middle = f"{engine.quantile(name, 0.5)} AS value"
            sql = f"SELECT batch, {middle} FROM parts WHERE batch > 0 GROUP BY batch"
            _put(latest, ("level", name), engine.query(sql))
        for name in _NEW.get(table, ()):
            _put(latest, ("new", name), engine.query(_new(name)))
    finally:
        for name in ("parts", *(f"part_{number}" for number in range(len(parts)))):
            engine.drop(name)


def _new(name: str) -> str:
    """Return the SQL of the share of each import's different values that no earlier one has."""
    return f"""
        WITH pairs AS (SELECT DISTINCT batch, "{name}" AS v FROM parts WHERE "{name}" IS NOT NULL),
        first AS (SELECT v, min(batch) AS batch FROM pairs GROUP BY v)
        SELECT p.batch, avg(CASE WHEN f.batch = p.batch THEN 1.0 ELSE 0.0 END) AS value
        FROM pairs p JOIN first f ON f.v = p.v WHERE p.batch > 0 GROUP BY p.batch
    """


def _put(latest: Sequence[Import], key: tuple[str, str], values: pa.Table) -> None:
    for row in values.to_pylist():
        if row["value"] is not None:
            latest[row["batch"] - 1].figures[key] = float(row["value"])


def drift(table: str, stored: Sequence[Import]) -> Iterator[dict[str, Any]]:
    """Yield each latest import against those before it of its kind."""
    for at in range(max(len(stored) - _COMPARED, 1), len(stored)):
        one = stored[at]
        earlier = [other for other in stored[:at] if other.alike(one) and other.stored >= _FEWEST]
        if not earlier or one.stored < _FEWEST:
            continue
        same = [other for other in earlier if other.series == one.series]
        for (measure, name), value in one.figures.items():
            # Another kind of export may hold other customers; the first was new in everything.
            told = [k for k in same if k is not stored[0]] if measure == "new" else earlier
            if measure == "new" and not same:
                continue
            before = [k.figures[measure, name] for k in told if (measure, name) in k.figures]
            low, high = usual(measure, before[-_COMPARED:], one.stored)
            yield {
                "check": "drift", "table": table, "source": one.batch.source, "measure": measure,
                "field": name, "rows": one.batch.read, "value": value, "low": low, "high": high,
                "time": one.batch.created, "flag": not low <= value <= high,
            }  # fmt: skip


def usual(measure: str, earlier: Sequence[float], rows: int) -> tuple[float, float]:
    """Return the least and the most that is usual after what earlier imports had.

    Parameters
    ----------
    measure : str
        rows, rejected, missing, level or new.
    earlier : sequence of float
        The same measure of earlier imports.
    rows : int
        Rows of the import that is judged: chance makes small ones vary.

    Examples
    --------
    >>> usual("rows", [100.0], 1000)
    (10.0, 1000.0)
    >>> low, high = usual("missing", [0.1, 0.2, 0.3], 10**9)
    >>> round(low, 3), round(high, 3)
    (0.0, 0.4)
    """
    known = len(earlier) >= _KNOWN
    if measure == "new":  # few that are new are no fault
        return 0.0, min(max(earlier) + 0.3, 1.0) if known else 0.9
    if not earlier:
        return -math.inf, math.inf
    least, most = min(earlier), max(earlier)
    if measure in ("rows", "level"):
        if least <= 0:
            return -math.inf, math.inf
        times = {"rows": (10.0, 3.0), "level": (2.0, 1.25)}[measure][known]
        chance = 1 + 3 / math.sqrt(rows) if measure == "level" else 1.0
        slack = max(times, math.sqrt(most / least) if known else 1.0) * chance
        return least / slack, most * slack
    share = min(max(median(earlier), 1 / rows), 1 - 1 / rows)
    chance = 3 * math.sqrt(share * (1 - share) / rows)
    slack = chance + (max(0.02, (most - least) / 2) if known else 0.1)
    low = 0.0 if measure == "rejected" else max(least - slack, 0.0)
    return low, min(most + slack, 1.0)
