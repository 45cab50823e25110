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
from habitue.prepare.interactions import REPEAT_SHARE, pooled_shares
from habitue.recommend.ranking import Fallback
from habitue.recommend.sparse import rows_of
from habitue.recommend.vocabulary import Vocabulary, to_arrow

__all__ = ["RECENT_DAYS", "Details", "Matrix"]

#: Days that count as lately when popularity is told.
RECENT_DAYS = 90

_DAY = 86_400_000_000  # microseconds
_DETAILS = ("title", "category", "brand", "unit_price")


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
            entries: sp.coo_matrix = sp.csr_matrix(interactions).tocoo()  # type: ignore[call-overload]
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
        if (np.diff(key) > 0).all():
            pairs, where = key, np.arange(len(key))
        else:
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
        """Return how many customers bought each item in the last days; ever, without times."""
        if np.isnan(self.history_days):
            return self.total_buyers
        if days not in self._lately:
            lately = self.weights.indices[self.bought & (self.last <= days)]
            self._lately[days] = np.bincount(lately, minlength=self.shape[1])
        return self._lately[days]

    @cached_property
    def _lately(self) -> dict[float, np.ndarray]:
        """What `buyers` found before."""
        return {}

    def popularity(self, days: float) -> np.ndarray:
        """Return `buyers` lately, and what they are ever as a fraction that parts ties."""
        ever = self.total_buyers
        return np.asarray(self.buyers(days) + ever / (ever.max(initial=0) + 1))

    @cached_property
    def by_popularity(self) -> Fallback:
        """Scores from -1 up to 0 that rank items by popularity; minus infinity: never bought."""
        popularity = self.popularity(RECENT_DAYS)
        share = (popularity / (popularity.max(initial=0) + 1) - 1).astype(np.float32)
        return Fallback.of(np.where(popularity > 0, share, np.float32(-np.inf)))

    @cached_property
    def buyers_of(self) -> sp.csr_matrix:
        """Who bought what, as ones, turned round: items by customers."""
        return sp.csr_matrix(self.purchases.T)

    @cached_property
    def by_item(self) -> sp.csr_matrix:
        """The weights turned round: items by customers."""
        return sp.csr_matrix(self.weights.T)

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
        )

    def with_cache_of(self, other: Matrix) -> Matrix:
        """Return the same matrix; what is worked out from the items alone is shared with another.

        Only where both know the same of the same items.
        """
        if not self.details.table.equals(other.details.table):
            return self
        return replace(self, details=replace(self.details, cache=other.details.cache))

    def with_repeatable(self) -> Matrix:
        """Return the same matrix; what customers come back for is found from their purchases."""
        if not self.bought.any():
            return self
        again = np.bincount(self.weights.indices[self.days_bought > 1], minlength=self.shape[1])
        _names, category = np.unique(self.details.texts("category"), return_inverse=True)
        share = pooled_shares(again, self.total_buyers, category)
        kept = (share >= REPEAT_SHARE) & (self.total_buyers > 0)
        return replace(self, details=replace(self.details, repeatable=kept))

    def excluded(self, rows: np.ndarray) -> sp.csr_matrix:
        """Return what is not to be recommended to some customers: bought, and not repeatable.

        Row -1 is an unknown customer, who bought nothing.
        """
        return rows_of(self._once, rows)

    @cached_property
    def _once(self) -> sp.csr_matrix:
        """What was bought and is not repeatable."""
        return self.keep(self.bought & ~self.details.repeatable[self.weights.indices]).weights


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
    first = Vocabulary.in_order(known["item_id"]).positions(items.ids)
    table = known.select(columns).take(pa.array(first, pa.int64(), mask=first < 0))
    table = table.set_column(0, "item_id", items.ids)
    repeats = np.zeros(len(items), dtype=bool)
    if "repeatable" in columns:
        repeats = table["repeatable"].cast(pa.bool_()).fill_null(False).to_numpy()
        table = table.drop_columns(["repeatable"])  # it is of a moment; the rest is not
    return Details(table, repeats)
