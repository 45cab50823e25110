"""The tree in force: what the last run's catalogue says of departments and categories."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa

from habitue.config import PrepareSection
from habitue.errors import NoRunError
from habitue.prepare.category_edits import LIKENESS, TITLES
from habitue.state.runs import Runs

__all__ = ["COLUMNS", "in_force", "outline"]

COLUMNS = ("item_id", "department", "category", "placed")


def in_force(runs: Runs, settings: PrepareSection) -> pa.Table | None:
    """Return where each product stands, None if nothing stands.

    If another number of categories is asked for (``[prepare] categories``), nothing is settled:
    products are grouped afresh, and groups that go on keep their names.
    """
    try:
        run = runs.current()
        before = run.manifest["config"]["prepare"]["categories"]
        tree = run.table("catalogue")
    except (NoRunError, OSError, KeyError):
        return None
    if any(name not in tree.column_names for name in COLUMNS):
        return None
    tree = tree.select(list(COLUMNS))
    if before == settings.categories:
        return tree
    placed = [LIKENESS if why == TITLES else why for why in tree["placed"].to_pylist()]
    return tree.set_column(COLUMNS.index("placed"), "placed", pa.array(placed, pa.string()))


def outline(catalogue: pa.Table, examples: int = 3) -> pa.Table:
    """Return the tree: each category once, the departments with the most products first.

    Parameters
    ----------
    catalogue : Table
        ``columns.CATALOGUE``.
    examples : int
        Titles to name for each category, the most ordered ones.

    Returns
    -------
    Table
        Columns department, category, products, examples (a list of titles).

    Examples
    --------
    >>> outline(pa.table({
    ...     "item_id": ["a", "b"], "title": ["Mug", "Big mug"], "orders": [1, 2],
    ...     "department": ["Tableware"] * 2, "category": ["Mugs"] * 2})).to_pylist()
    [{'department': 'Tableware', 'category': 'Mugs', 'products': 2, 'examples': ['Big mug', 'Mug']}]
    """
    columns = ("department", "category", "orders", "title", "item_id")
    rows = sorted(
        zip(*(catalogue[name].to_pylist() for name in columns), strict=True),
        key=lambda row: (-(row[2] or 0), row[3] or "", row[4]),
    )
    found: dict[tuple[str, str], list[str]] = {}
    sizes: Counter[tuple[str, str]] = Counter()
    departments: Counter[str] = Counter()
    for department, category, _orders, title, item in rows:
        listed = found.setdefault((department, category), [])
        sizes[department, category] += 1
        departments[department] += 1
        if len(listed) < examples:
            listed.append(title or item)
    order = sorted(found, key=lambda at: (-departments[at[0]], at[0], -sizes[at], at[1]))
    return pa.table(
        {
            "department": pa.array([at[0] for at in order], pa.string()),
            "category": pa.array([at[1] for at in order], pa.string()),
            "products": pa.array([sizes[at] for at in order], pa.int64()),
            "examples": pa.array([found[at] for at in order], pa.list_(pa.string())),
        }
    )
