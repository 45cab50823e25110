"""The tree in force: the last run's catalogue, if it was made by the same settings."""

from __future__ import annotations

import pyarrow as pa

from habitue.config import PrepareSection
from habitue.errors import NoRunError
from habitue.state.runs import Runs

__all__ = ["COLUMNS", "in_force"]

COLUMNS = ("item_id", "department", "category", "placed")


def in_force(runs: Runs, settings: PrepareSection) -> pa.Table | None:
    """Return where each product stands, None if nothing stands.

    Another number of categories (``[prepare] categories``) begins a new tree.
    """
    try:
        run = runs.current()
        before = run.manifest["config"]["prepare"]["categories"]
        tree = run.table("catalogue")
    except (NoRunError, OSError, KeyError):
        return None
    if before != settings.categories or any(name not in tree.column_names for name in COLUMNS):
        return None
    return tree.select(list(COLUMNS))
