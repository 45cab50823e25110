"""Several products in one cell of an order's row: a row for each of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from habitue.collect.base import Raw
from habitue.collect.texts import as_text, cleaned

__all__ = [
    "Item",
    "column_of",
    "counted_first",
    "counted_last",
    "evenly",
    "expanded",
    "parted",
    "whole",
]

#: A title, and its pieces as text; None where the cell does not say.
Item = tuple[str | None, str | None]

_FIRST = re.compile(r"\s*(-?\d+)\s*[×x✕]\s+(.*)", re.DOTALL)
_NEXT = re.compile(r",\s+(?=-?\d+\s*[×✕]\s)")
_LAST = re.compile(r"(.*?)\s*(?:[×*✕xX]\s*(\d{1,6})|[（(]\s*(\d{1,6})\s*件\s*[)）])\s*", re.DOTALL)
_AFTER = re.compile(r"(?<=件[)）])\s*[,，;；、|\n]\s*(?=\S)")
_SEPARATORS = ("\n", "；", ";", "，", "、", "|", ",")


def counted_first(cell: str | None) -> list[Item]:
    """Return the products of ``2× Item A, 1× Item B``.

    >>> counted_first("2× Mug, red, 1× Tea towel")
    [('Mug, red', '2'), ('Tea towel', '1')]
    """
    items: list[Item] = []
    for piece in _NEXT.split(cell or ""):
        found = _FIRST.fullmatch(piece)
        items.append((found[2].strip(), found[1]) if found else (piece.strip() or None, None))
    return items


def counted_last(cell: str | None, kinds: int | None) -> list[Item]:
    """Return the products of ``红杯*2；面包刀``, as many as the export says there are.

    >>> counted_last("红杯*2；面包刀", 2), counted_last("红杯；大号", 1)
    ([('红杯', '2'), ('面包刀', None)], [('红杯；大号', None)])
    >>> counted_last("红杯，大号(2件)，面包刀(1件)", None)
    [('红杯，大号', '2'), ('面包刀', '1')]
    """
    items: list[Item] = []
    pieces = parted(cell, kinds)
    if len(pieces) == 1 and kinds != 1:
        pieces = [*_AFTER.split(pieces[0] or "")]
    for piece in pieces:
        found = _LAST.fullmatch(piece or "")
        if found and found[1]:
            items.append((found[1].strip(), found[2] or found[3]))
        else:
            items.append((piece or None, None))
    return items


def parted(cell: str | None, kinds: int | None) -> list[str | None]:
    """Return the titles in a cell: parted by the sign that makes as many as there are kinds.

    Titles hold commas of their own; where no sign makes the number right, they stay one.

    >>> parted("红杯，大号，面包刀", 3), parted("红杯，大号，面包刀", 2)
    (['红杯', '大号', '面包刀'], ['红杯，大号，面包刀'])
    """
    if not cell:
        return [None]
    if kinds is not None and kinds > 1:
        for sign in _SEPARATORS:
            pieces = [piece.strip() for piece in cell.strip(sign + " ").split(sign)]
            if len(pieces) == kinds and all(pieces):
                return [*pieces]
    elif kinds is None:
        for sign in _SEPARATORS[:3]:
            pieces = [piece.strip() for piece in cell.split(sign) if piece.strip()]
            if len(pieces) > 1:
                return [*pieces]
    return [cell]


def evenly(total: str | None, kinds: int) -> list[str | None]:
    """Spread an order's pieces over its products where no more is known.

    >>> evenly("5", 3), evenly("two", 2), evenly("1", 2)
    (['2', '2', '1'], ['two', 'two'], ['1', '1'])
    """
    if kinds == 1 or not re.fullmatch(r"\d{1,9}(\.0+)?", total or ""):
        return [total] * kinds
    each, more = divmod(max(int(float(total or 0)), kinds), kinds)
    return [str(each + (n < more)) for n in range(kinds)]


def expanded(raw: Raw, items: Sequence[Sequence[Item]], title: str, quantity: str) -> Raw:
    """Return a row for each product; a further row bears the line number of its order's.

    Parameters
    ----------
    raw : Raw
        A batch.
    items : sequence of sequence of Item
        Each row's products, one at least.
    title, quantity : str
        The columns that they are written to.
    """
    counts = np.array([len(each) for each in items], np.int64)
    at = np.repeat(np.arange(len(items)), counts)
    table = raw.table.take(pa.array(at))
    for name, cells in (
        (title, [item[0] for each in items for item in each]),
        (quantity, [item[1] for each in items for item in each]),
    ):
        column = pa.array(cells, pa.string())
        if name in table.column_names:
            table = table.set_column(table.column_names.index(name), name, column)
        else:
            table = table.append_column(name, column)
    return Raw(table, raw.lines[at])


def column_of(raw: Raw, name: str) -> list[str | None]:
    """Return a column's cells; nothing in any row if there is no such column."""
    if not name:
        return [None] * len(raw.lines)
    cells: list[str | None] = cleaned(as_text(raw.table[name])).to_pylist()
    return cells


def whole(text: str | None) -> int | None:
    """Return a small whole number, None for anything else.

    >>> whole("3"), whole("3.0"), whole("-1"), whole("many")
    (3, 3, None, None)
    """
    found = re.fullmatch(r"(\d{1,4})(\.0+)?", text or "", re.ASCII)
    return int(found[1]) if found else None
