"""Leaves those who object to profiling out of everything that is about single people.

This is the one place. Their records lose the pseudonym before anything is looked at, so that they
count for the shop's totals as a guest's do, and no step after it can say anything about them: no
segment, interests, recommendations or loyalty (GDPR 21, PIPL 24). An objection is unconditional:
it holds for a run of any cut-off, whenever it was made.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from habitue.columns import RECORDS
from habitue.engines import Engine
from habitue.protect.groups import MIN_GROUP

__all__ = ["hide", "note", "without"]


def hide(engine: Engine, objectors: npt.NDArray[np.int64], linked: pa.Table) -> int:
    """Take the objectors' pseudonyms off all records; return how many people that leaves out.

    Parameters
    ----------
    engine : Engine
        Knows the record tables.
    objectors : array of int
        All their pseudonyms.
    linked : pa.Table
        ``customer, person`` of the pseudonyms that are one with others.
    """
    if not len(objectors):
        return 0
    engine.register("linked", linked)
    engine.register("objectors", pa.table({"customer": objectors}))
    tables = [name for name, table in RECORDS.items() if "customer" in table.names]
    everyone = " UNION ".join(f'SELECT customer FROM "{name}"' for name in tables)
    people = engine.query(
        f"""
        SELECT count(DISTINCT coalesce(l.person, o.customer)) AS n
        FROM objectors o JOIN ({everyone}) seen ON seen.customer = o.customer
        LEFT JOIN linked l ON l.customer = o.customer
        """
    )["n"][0].as_py()
    for name in tables:
        columns = ", ".join(
            "CASE WHEN o.customer IS NULL THEN t.customer END AS customer"
            if column == "customer"
            else f't."{column}"'
            for column in RECORDS[name].names
        )
        engine.create(
            name,
            f'SELECT {columns} FROM "{name}" t LEFT JOIN objectors o ON o.customer = t.customer',
        )
    for step in ("objectors", "linked"):
        engine.drop(step)
    return int(people)


def note(people: int, fewest: int = MIN_GROUP) -> list[dict[str, Any]]:
    """Return what the report says of those left out: never a small number.

    >>> note(0), note(4), note(25)
    ([], [{'kind': 'few_objected', 'fewer': 10}], [{'kind': 'objected', 'customers': 25}])
    """
    if not people:
        return []
    if people < fewest:
        return [{"kind": "few_objected", "fewer": fewest}]
    return [{"kind": "objected", "customers": people}]


def without(rows: pa.Table, objectors: npt.NDArray[np.int64]) -> pa.Table:
    """Return a table of results without the rows of those who object by now.

    >>> import numpy as np
    >>> without(pa.table({"customer": [1, 2, None]}), np.array([2]))["customer"].to_pylist()
    [1, None]
    """
    if "customer" not in rows.column_names or not len(objectors):
        return rows
    theirs = pc.is_in(rows["customer"], value_set=pa.array(objectors, pa.int64()))
    return rows.filter(pc.invert(theirs))
