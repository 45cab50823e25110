"""``categories.csv``: what a person says about categories, beside what Habitué proposed.

A row with an item puts that item into a category. A row without one renames a group: the category
proposed as ``was_category`` is called ``category`` and stands in ``department``. A row that still
says what was proposed says nothing, so that the whole tree can be written out, corrected here and
there in a spreadsheet, and given back; a run reads the file and never writes it.

===========  =====================================================================
item_id      the product; empty in a row that renames a group
title        for the reader; not read
department   where it belongs; empty: as the category's other products
category     where it belongs; empty: as proposed
was_…        department and category as proposed; empty: the row is an edit as it is
===========  =====================================================================
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from habitue.errors import RecordError
from habitue.locale import _

__all__ = [
    "COLUMNS",
    "FILE",
    "LIKENESS",
    "NONE",
    "PERSON",
    "SHOP",
    "TITLES",
    "Edits",
    "Place",
    "read",
    "write",
]

FILE = "categories.csv"
#: Why a product is where it is: said by the shop's export, by a person, grouped by titles, joined
#: to what is most like it, or like nothing.
SHOP, PERSON, TITLES, LIKENESS, NONE = "shop", "person", "titles", "likeness", "none"

_FORMULA = tuple("=+-@")
COLUMNS = ("item_id", "title", "department", "category", "was_department", "was_category")


@dataclass(frozen=True)
class Place:
    """A place in the tree; an empty department is the one that the category stands in."""

    department: str
    category: str


@dataclass(frozen=True)
class Edits:
    """What a person has said.

    Attributes
    ----------
    items : mapping of str to Place
        Where products belong.
    groups : mapping of str to Place
        What proposed categories are called, and where they stand.
    """

    items: Mapping[str, Place] = field(default_factory=dict)
    groups: Mapping[str, Place] = field(default_factory=dict)
    was: Mapping[str, Place] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.items or self.groups)


def read(path: Path) -> Edits:
    """Read a shop's edits; none if there is no file.

    A category that no row of it has kept, in a file that was given back whole, counts as renamed
    to what most of its rows say now.

    Raises
    ------
    RecordError
        If the file is no text, or lacks the columns ``item_id`` or ``category``.
    """
    if not path.exists():
        return Edits()
    rows = _rows(path)
    items: dict[str, Place] = {}
    groups: dict[str, Place] = {}
    was: dict[str, Place] = {}
    for row in rows:
        old = Place(row["was_department"], row["was_category"])
        new = Place(row["department"], row["category"] or old.category)
        if new == old or not new.category:
            continue
        if row["item_id"]:
            items[row["item_id"]] = new
            was[row["item_id"]] = old
        elif old.category:
            groups[old.category] = new
    return Edits(items, {**_renamed(rows), **groups}, was)


def _renamed(rows: Iterable[Mapping[str, str]]) -> dict[str, Place]:
    kept: set[str] = set()
    said: dict[str, dict[Place, int]] = {}
    for row in rows:
        if not row["item_id"] or not row["was_category"]:
            continue
        if row["category"] in ("", row["was_category"]):
            kept.add(row["was_category"])
        else:
            votes = said.setdefault(row["was_category"], {})
            place = Place(row["department"], row["category"])
            votes[place] = votes.get(place, 0) + 1
    most = {name: max(votes, key=lambda place: votes[place]) for name, votes in said.items()}
    return {
        name: place
        for name, place in most.items()
        if name not in kept and 2 * said[name][place] > sum(said[name].values()) > 1
    }


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = path.read_text(encoding="gb18030")  # as a Chinese Excel writes it
        except UnicodeDecodeError as error:
            message = _("{file} is no text in UTF-8. Save it as CSV UTF-8.")
            raise RecordError(message.format(file=path.name)) from error
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    seen = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if missing := [name for name in ("item_id", "category") if name not in seen]:
        message = _("{file} has no column {missing}. Its columns are: {seen}.")
        raise RecordError(
            message.format(file=path.name, missing=", ".join(missing), seen=", ".join(seen))
        )
    reader.fieldnames = seen
    return [{name: _bare(row.get(name) or "") for name in COLUMNS} for row in reader]


def _bare(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell


def _safe(cell: str) -> str:
    """Return a cell that a spreadsheet takes for text, never for a formula."""
    return f"'{cell}" if cell[:1] in _FORMULA else cell


def write(path: Path, tree: Iterable[Mapping[str, str | None]], edits: Edits) -> None:
    """Write the tree in force for a person to edit, with the edits there are.

    Parameters
    ----------
    path : Path
        The file; it is replaced as a whole.
    tree : iterable of mapping
        Rows with item_id, title, department and category, as the run in force has them.
    edits : Edits
        What has been said so far; it stays said.
    """
    rows = sorted(
        ({name: row.get(name) or "" for name in COLUMNS[:4]} for row in tree),
        key=lambda row: (row["department"], row["category"], row["title"], row["item_id"]),
    )
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8-sig", newline="") as file:  # Excel asks for the mark
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for name, place in edits.groups.items():
            writer.writerow(_cells("", "", place.department, place.category, "", name))
        renamed = {place.category for place in edits.groups.values()}
        for department, category in dict.fromkeys((r["department"], r["category"]) for r in rows):
            if category not in renamed:
                writer.writerow(_cells("", "", department, category, department, category))
        known = {row["item_id"] for row in rows}
        for row in rows:
            writer.writerow(_line(row, edits))
        for item, place in edits.items.items():
            if item not in known:  # not in this run; said nevertheless
                gone = {"item_id": item, "title": "", "department": "", "category": ""}
                writer.writerow(_line({**gone, "category": place.category}, edits))
    part.replace(path)


def _line(row: Mapping[str, str], edits: Edits) -> tuple[str, ...]:
    item = row["item_id"]
    place = edits.items.get(item)
    if place is None:
        here = (row["department"], row["category"])
        return _cells(item, row["title"], *here, *here)
    old = edits.was.get(item, Place("", ""))
    new = (place.department, place.category)
    return _cells(item, row["title"], *new, old.department, old.category)


def _cells(*cells: str) -> tuple[str, ...]:
    return tuple(_safe(cell) for cell in cells)
