"""Customers and products as a sparse matrix, with the ids at its edges."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from habitue.errors import UsageError
from habitue.locale import _

__all__ = ["Details", "Matrix", "Vocabulary", "to_arrow"]

_DAY = 86_400_000_000  # microseconds
_DETAILS = ("title", "category", "brand", "unit_price")


def to_arrow(frame: Any) -> pa.Table:
    """Return a frame of any library that speaks Arrow (pandas, polars, DuckDB) as a table."""
    if isinstance(frame, pa.Table):
        return frame
    if hasattr(frame, "__arrow_c_stream__"):
        return pa.table(frame)
    text = _("Expected a frame (Arrow, pandas, polars) or a SciPy matrix, not {kind}.")
    raise UsageError(text.format(kind=type(frame).__name__))


def _plain(values: Any) -> pa.Array:
    """Return ids as one array of 64-bit integers or strings."""
    if not isinstance(values, pa.ChunkedArray | pa.Array):
        values = pa.array(values if isinstance(values, np.ndarray) else list(values))
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    return values.cast(pa.int64() if pa.types.is_integer(values.type) else pa.string())


class Vocabulary:
    """Ids in their order: position to id and back.

    Examples
    --------
    >>> Vocabulary.of(["b", "a", "b"]).positions(["a", "c"]).tolist()
    [0, -1]
    """

    def __init__(self, ids: pa.Array) -> None:
        self.ids = ids

    @classmethod
    def of(cls, *columns: Any) -> Vocabulary:
        """Make the sorted vocabulary of all ids in some columns, nulls left out."""
        parts = [_plain(column) for column in columns]
        if len({part.type for part in parts}) > 1:
            text = _("The same ids are of different types in two tables: {types}.")
            raise UsageError(text.format(types=", ".join(str(part.type) for part in parts)))
        ids = pc.unique(pa.chunked_array(parts)).drop_null()
        return cls(ids.take(pc.array_sort_indices(ids)))

    def __len__(self) -> int:
        return len(self.ids)

    def positions(self, ids: Any) -> np.ndarray:
        """Return where ids stand; -1 for unknown ones."""
        wanted = _plain(ids)
        if wanted.type != self.ids.type:
            return np.full(len(wanted), -1, dtype=np.int64)
        found = pc.index_in(wanted, value_set=self.ids)
        return np.asarray(found.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)

    def at(self, positions: np.ndarray) -> pa.Array:
        """Return the ids that stand at positions."""
        return self.ids.take(pa.array(positions, pa.int64()))


@dataclass(frozen=True)
class Details:
    """What is known of the products besides who dealt with them; one row an item, in order."""

    table: pa.Table
    repeatable: np.ndarray
    cache: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def texts(self, column: str) -> list[str]:
        """Return a column as texts; empty ones where nothing is known."""
        if column not in self.table.column_names:
            return [""] * len(self.repeatable)
        values: list[str] = self.table[column].cast(pa.string()).fill_null("").to_pylist()
        return values


@dataclass(frozen=True)
class Matrix:
    """Who dealt with what, how much, and when.

    Attributes
    ----------
    customers, items : Vocabulary
        The ids of the rows and of the columns.
    weights : csr_matrix of shape (n_customers, n_items)
        How much a customer dealt with an item; all stored values are above zero.
    bought : ndarray of bool, one per stored value
        Whether it was bought, not only looked at.
    days_bought : ndarray of int, one per stored value
        On how many different days.
    first, last : ndarray of float, one per stored value
        Days before the cut-off of the first and last purchase (dealing, if never bought); NaN
        where no time is known.
    details : Details
        Titles, categories, and which products customers come back for.
    """

    customers: Vocabulary
    items: Vocabulary
    weights: sp.csr_matrix
    bought: np.ndarray
    days_bought: np.ndarray
    first: np.ndarray
    last: np.ndarray
    details: Details
    #: Products of the matrix with itself, kept only while several models share them.
    shared: dict[Any, Any] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, interactions: Any, items: Any = None, as_of: datetime | None = None) -> Matrix:
        """Make a matrix of interactions.

        Parameters
        ----------
        interactions : frame, csr_matrix or Matrix
            ``customer, item_id`` and, if there are, ``weight`` (1 if left out), ``bought`` (yes if
            left out), ``days_bought`` and times (columns.INTERACTIONS). Ids are whole numbers or
            texts. Of a SciPy matrix, the ids are the positions.
        items : frame, optional
            ``item_id`` and, if there are, ``title, category, brand, unit_price, repeatable``.
        as_of : datetime, optional
            The cut-off that ages are counted from; the latest time in it if left out.

        Raises
        ------
        UsageError
            If a column is missing or the frame is of no known kind.
        """
        if isinstance(interactions, Matrix):
            return interactions
        if sp.issparse(interactions):
            entries = sp.coo_matrix(interactions)
            interactions = pa.table(
                {"customer": entries.row, "item_id": entries.col, "weight": entries.data}
            )
            customers = Vocabulary(pa.array(np.arange(entries.shape[0])))
            vocabulary = Vocabulary(pa.array(np.arange(entries.shape[1])))
            return cls._build(interactions, customers, vocabulary, None, as_of)
        table = to_arrow(interactions)
        for column in ("customer", "item_id"):
            if column not in table.column_names:
                text = _("Interactions need a column {column!r}. There are: {known}.")
                raise UsageError(text.format(column=column, known=", ".join(table.column_names)))
        known = None if items is None else to_arrow(items)
        columns = [table["item_id"]] + ([] if known is None else [known["item_id"]])
        return cls._build(
            table, Vocabulary.of(table["customer"]), Vocabulary.of(*columns), known, as_of
        )

    @classmethod
    def _build(
        cls,
        table: pa.Table,
        customers: Vocabulary,
        items: Vocabulary,
        known: pa.Table | None,
        as_of: datetime | None,
    ) -> Matrix:
        rows = customers.positions(table["customer"])
        columns = items.positions(table["item_id"])
        weight = _numbers(table, "weight", 1.0)
        good = np.flatnonzero((rows >= 0) & (columns >= 0) & (weight > 0))
        key = rows[good] * max(len(items), 1) + columns[good]
        pairs, where = np.unique(key, return_inverse=True)
        shape = (len(customers), len(items))
        bought = _numbers(table, "bought", 1.0)[good] > 0
        days = np.maximum(_numbers(table, "days_bought", 1.0)[good], 1) * bought
        first, last = _ages(table, as_of)
        indptr = np.searchsorted(pairs // max(shape[1], 1), np.arange(shape[0] + 1))
        weights = sp.csr_matrix(
            (_reduce(np.add, weight[good], where, len(pairs)), pairs % max(shape[1], 1), indptr),
            shape=shape,
            dtype=np.float32,
        )
        return cls(
            customers,
            items,
            weights,
            _reduce(np.maximum, bought, where, len(pairs)).astype(bool),
            _reduce(np.add, days, where, len(pairs)).astype(np.int32),
            _reduce(np.fmax, first[good], where, len(pairs), np.nan),
            _reduce(np.fmin, last[good], where, len(pairs), np.nan),
            _details(items, known),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Customers and items."""
        return len(self.customers), len(self.items)

    @cached_property
    def purchases(self) -> sp.csr_matrix:
        """Who bought what, as ones."""
        kept = self.keep(self.bought).weights
        kept.data = np.ones_like(kept.data)
        return kept

    @cached_property
    def total_buyers(self) -> np.ndarray:
        """How many customers bought each item."""
        return np.bincount(self.weights.indices[self.bought], minlength=self.shape[1])

    @cached_property
    def history_days(self) -> float:
        """Days from the first purchase to the cut-off; NaN where no time is known."""
        return float(np.fmax.reduce(self.first, initial=np.nan))

    def buyers(self, days: float) -> np.ndarray:
        """Return how many customers bought each item in the last days; at all, if times are unknown."""
        if np.isnan(self.history_days):
            return self.total_buyers
        lately = self.bought & (self.last <= days)
        return np.bincount(self.weights.indices[lately], minlength=self.shape[1])

    def popularity(self, days: float) -> np.ndarray:
        """Return `buyers` lately, and what they are ever as a fraction that parts ties."""
        ever = self.total_buyers
        return self.buyers(days) + ever / (ever.max(initial=0) + 1)

    def entry_rows(self) -> np.ndarray:
        """Return the row of each stored value."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.weights.indptr))

    def keep(self, entries: np.ndarray) -> Matrix:
        """Return the matrix of some of the stored values, of the same customers and items."""
        before = np.concatenate([[0], np.cumsum(entries)])
        weights = sp.csr_matrix(
            (
                self.weights.data[entries],
                self.weights.indices[entries],
                before[self.weights.indptr].astype(self.weights.indptr.dtype),
            ),
            shape=self.shape,
        )
        return replace(
            self,
            weights=weights,
            bought=self.bought[entries],
            days_bought=self.days_bought[entries],
            first=self.first[entries],
            last=self.last[entries],
            shared=None,
        )

    def sharing(self) -> Matrix:
        """Return the same matrix, keeping its products so that several models share them."""
        return replace(self, shared={})

    def excluded(self, rows: np.ndarray) -> sp.csr_matrix:
        """Return what is not to be recommended to some customers: bought, and not repeatable."""
        kept = self.keep(self.bought & ~self.details.repeatable[self.weights.indices])
        return kept.weights[rows]


def _numbers(table: pa.Table, column: str, default: float) -> np.ndarray:
    if column not in table.column_names:
        return np.full(table.num_rows, default)
    values = table[column].cast(pa.float64()).fill_null(0.0)
    return np.asarray(values.to_numpy(), dtype=np.float64)


def _ages(table: pa.Table, as_of: datetime | None) -> tuple[np.ndarray, np.ndarray]:
    """Return days before the cut-off of the first and the last purchase."""
    columns = {}
    for name in ("first", "last"):
        known = [c for c in (f"{name}_bought", f"{name}_time") if c in table.column_names]
        arrays = [table[c].cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()) for c in known]
        columns[name] = pc.coalesce(*arrays) if arrays else None
    times = [c for c in columns.values() if c is not None]
    if not times:
        unknown = np.full(table.num_rows, np.nan)
        return unknown, unknown
    latest = [pc.max(c).as_py() for c in times]
    end = max([t for t in latest if t is not None], default=0)
    now = end if as_of is None else round(as_of.timestamp() * 1_000_000)
    ages = [
        (now - (times[0] if c is None else c).cast(pa.float64()).to_numpy()) / _DAY
        for c in columns.values()
    ]
    return ages[0], ages[1]


def _reduce(
    operation: np.ufunc, values: np.ndarray, where: np.ndarray, size: int, start: float = 0
) -> np.ndarray:
    """Return values that stand at the same place put together."""
    result = np.full(size, start, dtype=np.float64)
    operation.at(result, where, values)
    return result


def _details(items: Vocabulary, known: pa.Table | None) -> Details:
    if known is None:
        return Details(pa.table({"item_id": items.ids}), np.zeros(len(items), dtype=bool))
    columns = ["item_id", *(c for c in (*_DETAILS, "repeatable") if c in known.column_names)]
    first = Vocabulary(_plain(known["item_id"])).positions(items.ids)
    table = known.select(columns).take(pa.array(first, pa.int64(), mask=first < 0))
    table = table.set_column(0, "item_id", items.ids)
    repeats = np.zeros(len(items), dtype=bool)
    if "repeatable" in columns:
        repeats = table["repeatable"].cast(pa.bool_()).fill_null(False).to_numpy()
    return Details(table, repeats)


