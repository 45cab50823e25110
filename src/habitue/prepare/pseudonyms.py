"""Puts pseudonyms in the place of the identifiers that rows hold, and computes what is computed."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import repeat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Rejection
from habitue.collect.checks import rejected_table
from habitue.columns import IDENTIFIERS, Table
from habitue.protect.phones import regions
from habitue.protect.vault import Vault

__all__ = ["Pseudonyms"]

#: So many distinct rows of identifiers are remembered, about 200 bytes each.
_REMEMBERED = 1 << 20
#: What tells of which country a telephone number is.
_CONTEXT = ("country", "currency")
_NOBODY = -1


class Pseudonyms:
    """Gives the rows of one import their pseudonyms.

    Each distinct row of identifiers is looked up once for the whole import, not once a batch: the
    same customers come again in every batch.

    Parameters
    ----------
    vault : Vault
        Issues the pseudonyms and keeps the identifiers.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._columns: tuple[str, ...] = ()
        self._forget()

    def put(self, rows: pa.Table, table: Table) -> tuple[pa.Table, pa.Table]:
        """Return rows as their record table has them, and those of erased people as rejections.

        ``anchor`` and ``line_id`` stand beside the table's own columns: repeats are told by them.
        """
        customers, anchors, erased = self._customers(rows)
        rejected = rejected_table([])
        if erased.any():
            lines = rows["line"].filter(pa.array(erased)).to_pylist()
            rejected = rejected_table(Rejection(line, "erased_person") for line in lines)
            rows = rows.filter(pa.array(~erased))
            customers, anchors = customers[~erased], anchors[~erased]
        if "customer" in table.names:
            rows = rows.append_column("customer", _numbers(customers))
        rows = rows.append_column("anchor", _numbers(anchors))
        if "amount" in table.names:
            rows = rows.append_column("amount", _amount(rows))
        own = next((name for name in ("event_id", "comment_id") if name in table.names), None)
        if own and "line_id" in rows.column_names and own not in rows.column_names:
            rows = rows.append_column(own, rows["line_id"])
        present = set(rows.column_names)
        for name in ("line_id", *table.names):
            if name not in present and name not in ("row_key", "repeat"):
                kind = pa.string() if name == "line_id" else table.schema.field(name).type
                rows = rows.append_column(name, pa.nulls(rows.num_rows, kind))
        return rows, rejected

    def _customers(self, rows: pa.Table) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return each row's pseudonym, its main identifier's number, and whether it is erased."""
        columns = self._telling(rows)
        if not columns or rows.num_rows == 0:
            nobody = np.full(rows.num_rows, _NOBODY, np.int64)
            return nobody, nobody, np.zeros(rows.num_rows, bool)
        joined = pc.binary_join_element_wise(
            *(rows[name].combine_chunks() for name in columns),
            "\x1f",
            null_handling="replace",
            null_replacement="",
        )
        encoded = joined.dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        indices = np.asarray(encoded.indices)
        if len(self._known) + len(texts) > _REMEMBERED:
            self._forget()
        fresh = [n for n, text in enumerate(texts) if text not in self._known]
        if fresh:
            first = np.empty(len(texts), np.int64)
            first[indices[::-1]] = np.arange(len(indices))[::-1]
            self._learn(rows.select(columns).take(first[fresh]), [texts[n] for n in fresh])
        known = self._known
        at = np.fromiter(map(known.__getitem__, texts), np.int64, len(texts))[indices]
        return (
            np.array(self._pseudonyms, np.int64)[at],
            np.array(self._anchors, np.int64)[at],
            np.array(self._erased, bool)[at],
        )

    def _telling(self, rows: pa.Table) -> tuple[str, ...]:
        """Return the columns that say who a row is about; those without a value do not."""
        names = [*IDENTIFIERS, *_CONTEXT]
        found = {
            name
            for name in names
            if name in rows.column_names and rows[name].null_count < rows.num_rows
        }
        found.update(self._columns)
        if "phone" not in found:
            found.difference_update(_CONTEXT)
        if not found.intersection(IDENTIFIERS):
            return ()
        columns = tuple(name for name in names if name in found)
        if columns != self._columns:
            self._columns = columns
            self._forget()
        return columns

    def _learn(self, rows: pa.Table, texts: Sequence[str]) -> None:
        """Look up distinct rows, and remember what was found under their texts."""
        kinds = [name for name in self._columns if name in IDENTIFIERS]
        context = [name for name in self._columns if name not in IDENTIFIERS]
        own = self._vault.hints
        places = [rows[name].fill_null("").to_pylist() for name in context]
        hints = (regions(*place, *own) for place in zip(*places, strict=True))
        people = zip(*(rows[name].to_pylist() for name in kinds), strict=True)
        found = self._vault.sightings(people, kinds, hints if context else repeat(regions(*own)))
        start = len(self._pseudonyms)
        self._known.update(zip(texts, range(start, start + len(texts)), strict=True))
        self._pseudonyms.extend(_NOBODY if c is None else c for c in found.customers)
        self._anchors.extend(_NOBODY if a is None else a for a in found.anchors)
        self._erased.extend(found.erased)

    def _forget(self) -> None:
        self._known: dict[str, int] = {}
        self._pseudonyms, self._anchors, self._erased = array("q"), array("q"), array("b")


def _numbers(values: np.ndarray) -> pa.Array:
    return pa.array(values, pa.int64(), mask=values == _NOBODY)


def _amount(rows: pa.Table) -> pa.Array:
    # Exact for whole quantities below 2^53 micros; fractions of a micro are rounded.
    exact = pc.multiply(rows["quantity"], pc.cast(rows["unit_price"], pa.float64()))
    return pc.cast(pc.round(exact), pa.int64())
