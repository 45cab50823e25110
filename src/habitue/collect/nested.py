"""Takes lists out of cells: an order's products, an event's parameters.

A list is JSON text where the file is JSON or CSV, and an Arrow list of structures where it is
Parquet; what comes out is the same text columns for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.jsontext import loads
from habitue.collect.texts import as_text

__all__ = ["Listed", "key_values", "listed"]


@dataclass(frozen=True)
class Listed:
    """The elements of a column's lists, one after the other.

    Attributes
    ----------
    parent : ndarray of int
        The row whose list an element is in.
    place : ndarray of int
        The element's place in its list, from 0.
    fields : dict of str to pa.Array
        The elements' fields as text.
    """

    parent: np.ndarray
    place: np.ndarray
    fields: dict[str, pa.Array]


def listed(cells: pa.Array | pa.ChunkedArray, names: Mapping[str, Sequence[str]]) -> Listed:
    """Take the elements out of a column of lists of objects.

    Parameters
    ----------
    cells : pa.Array
        JSON texts, or lists of structures. What is no list of objects holds no elements.
    names : mapping of str to sequence of str
        What to call a field, and the keys that it may have, the surest first.

    Examples
    --------
    >>> cells = pa.array(['[{"id": 7, "qty": 2}, {"sku": "B"}]', None, "[{}"])
    >>> found = listed(cells, {"item_id": ("id", "sku"), "quantity": ("qty",)})
    >>> found.parent.tolist(), found.place.tolist(), found.fields["item_id"].to_pylist()
    ([0, 0], [0, 1], ['7', 'B'])
    """
    array = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    if _is_list(array):
        return _from_arrow(array, names)
    parent: list[int] = []
    place: list[int] = []
    columns: dict[str, list[str | None]] = {name: [] for name in names}
    for row, values in _parsed(array):
        for number, value in enumerate(values):
            if not isinstance(value, dict):
                continue
            parent.append(row)
            place.append(number)
            for name, keys in names.items():
                columns[name].append(_first(value, keys))
    fields = {name: pa.array(column, pa.string()) for name, column in columns.items()}
    return Listed(np.array(parent, np.int64), np.array(place, np.int64), fields)


def key_values(
    cells: pa.Array | pa.ChunkedArray, wanted: Sequence[str], kinds: Sequence[str]
) -> dict[str, pa.Array]:
    """Return wanted keys of lists of ``{key, value: {string_value, int_value, …}}`` as columns.

    Parameters
    ----------
    cells : pa.Array
        JSON texts, or lists of structures.
    wanted : sequence of str
        The keys.
    kinds : sequence of str
        The fields that a value may stand in.

    Examples
    --------
    >>> cells = pa.array(['[{"key": "page", "value": {"string_value": null, "int_value": 3}}]'])
    >>> key_values(cells, ["page"], ["string_value", "int_value"])["page"].to_pylist()
    ['3']
    """
    array = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    if _is_list(array):
        return _keys_from_arrow(array, wanted, kinds)
    columns: dict[str, list[str | None]] = {key: [None] * len(array) for key in wanted}
    for row, values in _parsed(array):
        for value in values:
            key = value.get("key") if isinstance(value, dict) else None
            if isinstance(key, str) and key in columns:
                inner = value.get("value")
                columns[key][row] = _first(inner, kinds) if isinstance(inner, dict) else None
    return {key: pa.array(column, pa.string()) for key, column in columns.items()}


def _is_list(array: pa.Array) -> bool:
    return bool(pa.types.is_list(array.type) or pa.types.is_large_list(array.type))


def _parsed(array: pa.Array) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows whose cell is a list; one object counts as a list of one."""
    for row, cell in enumerate(as_text(array).to_pylist()):
        if not cell or cell[0] not in "[{":
            continue
        try:
            values = loads(cell.encode())
        except (ValueError, RecursionError):
            continue
        yield row, values if isinstance(values, list) else [values]


def _first(value: Mapping[str, Any], keys: Sequence[str]) -> str | None:
    for key in keys:
        found = value.get(key)
        if found is None or found == "" or isinstance(found, dict | list):
            continue
        if isinstance(found, str):
            return found if found.isascii() else found.encode("utf-8", "replace").decode()
        if isinstance(found, bool):
            return "true" if found else "false"
        return repr(found)
    return None


def _from_arrow(array: pa.Array, names: Mapping[str, Sequence[str]]) -> Listed:
    parent = np.asarray(pc.list_parent_indices(array)).astype(np.int64)
    first = np.searchsorted(parent, parent)  # where an element's list begins
    values = array.flatten()
    fields = {name: _of_struct(values, keys) for name, keys in names.items()}
    return Listed(parent, np.arange(len(parent)) - first, fields)


def _of_struct(values: pa.Array, keys: Sequence[str]) -> pa.Array:
    """Return the first of a structure's fields that has a value, as text."""
    present = {f.name for f in values.type} if pa.types.is_struct(values.type) else set()
    found = [as_text(pc.struct_field(values, key)) for key in keys if key in present]
    texts = [pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text) for text in found]
    return pc.coalesce(*texts) if texts else pa.nulls(len(values), pa.string())


def _keys_from_arrow(
    array: pa.Array, wanted: Sequence[str], kinds: Sequence[str]
) -> dict[str, pa.Array]:
    parent = np.asarray(pc.list_parent_indices(array)).astype(np.int64)
    values = array.flatten()
    none = {key: pa.nulls(len(array), pa.string()) for key in wanted}
    names = {f.name for f in values.type} if pa.types.is_struct(values.type) else set()
    if not {"key", "value"} <= names or not len(values):
        return none
    keys = as_text(pc.struct_field(values, "key"))
    inner = pc.struct_field(values, "value")
    result = none
    for key in wanted:
        at = np.flatnonzero(np.asarray(pc.equal(keys, key).fill_null(False)))
        if len(at):
            texts = _of_struct(inner.take(pa.array(at)), kinds)
            place = np.full(len(array), -1)
            place[parent[at]] = np.arange(len(at))
            index = pa.array(place, mask=place < 0)
            result[key] = texts.take(index)
    return result
