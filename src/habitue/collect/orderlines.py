"""Order lines as shop systems export them: what was paid for each, whole orders at a time.

What people pay is written at different places: a price a piece, a line's amount, an order's total
on its first line, on all of its lines, or alone. The rules are the same for all:

- a line's *full price* is its price a piece times its pieces;
- if the order's total for products is known and below what its lines cost after their own
  discounts, the difference was a discount on the order: the total is shared out over the lines in
  proportion (``shares.shared``). Above it stand shipping and the like, which are no products;
- if lines have no price of their own, the order's total is shared out by pieces;
- ``discount`` is the full price less what was paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Raw, Source
from habitue.collect.export import Part
from habitue.collect.numbers import Numbers, amounts, decimal_mark
from habitue.collect.ordercolumns import OrderColumns
from habitue.collect.shares import paid as lines_paid
from habitue.collect.shares import shared
from habitue.collect.texts import as_text, cleaned, identifier
from habitue.collect.wholeorders import filled_down, whole_orders
from habitue.columns import MICROS
from habitue.errors import MappingError
from habitue.locale import _
from habitue.text import normalise

__all__ = ["OrderLines", "money"]


_LIMIT = 10**11
#: A request that is open, refused or withdrawn changes nothing.
_PAID_BACK = r"退款成功|退货成功|已退款|已全额退款|售后成功|售后完成"
_MICRO = pa.scalar(Decimal("0.000001"))


class OrderLines(Part):
    """The purchases of an export with a row a line; a format says which column is what.

    Parameters
    ----------
    source : Source
        The opened file.
    columns : OrderColumns
        Which column is what.

    Raises
    ------
    MappingError
        If the export lacks a column that purchases need.
    """

    kind = "purchases"

    def __init__(self, source: Source, columns: OrderColumns) -> None:
        self.columns = columns
        if missing := columns.missing():
            raise MappingError(
                _(
                    "{file} looks like an export that is known, but no column was recognised as "
                    "{missing}. Export it with all of its columns, or say what they are with --map."
                ).format(file=source.path, missing=", ".join(missing))
            )
        self.fields = ("order_id", "line_id", "time", "item_id", "title", "quantity", "amount",
                       "discount", "currency",
                       *(("status",) if columns.tells_status() else ()),
                       *(name for name, found in columns.others.items()
                         if found and name not in ("currency", "status")))  # fmt: skip
        money = {columns.price, columns.full, columns.amount, columns.paid, columns.off}
        cells = [
            cleaned(as_text(source.sample[name])).drop_null()
            for name in source.columns
            if name in money
        ]
        hint = "," if ("delimiter", "semicolon") in source.facts else "."
        self.mark = decimal_mark(chain.from_iterable(c.unique().to_pylist() for c in cells), hint)[
            0
        ]

    def needs(self) -> Sequence[str]:
        return self.columns.names()

    def stream(self, raws: Iterable[Raw]) -> Iterator[Raw]:
        for raw in whole_orders(raws, self.columns.order):
            yield self.reshape(raw)

    def reshape(self, raw: Raw) -> Raw:
        raw = self.prepared(raw)
        table = raw.table
        texts = {name: cleaned(as_text(table[name])) for name in table.column_names}
        names = self.columns
        order = identifier(texts[names.order])
        group = _codes(order)
        title = texts[names.title]
        folded = _each(title, normalise)
        item = pc.coalesce(identifier(texts[names.item]), folded) if names.item else folded
        cells = {
            name: pc.coalesce(*(texts[column] for column in columns))
            for name, columns in names.others.items()
            if columns
        }
        pieces, quantity = self._pieces(texts, len(order))
        amount, discount, currency, paid_back = self._money(texts, group, pieces)
        cells |= {
            "order_id": order,
            "line_id": self._line(texts, order, self.line_names(item, title)),
            "time": pc.coalesce(*(texts[name] for name in names.time)),
            "item_id": item,
            "title": title,
            "quantity": quantity,
            "amount": amount,
            "discount": discount,
            "currency": pc.coalesce(cells["currency"], currency)
            if "currency" in cells
            else currency,
            "status": self.status(texts, paid_back),
        }
        return Raw(pa.table({name: cells[name] for name in self.fields}), raw.lines)

    def prepared(self, raw: Raw) -> Raw:
        """Return a batch of whole orders as it is to be read; to be extended by a format."""
        names = self.columns
        if not names.fill:
            return raw
        of_order = [name for name in names.names() if name not in names.lines()]
        return Raw(filled_down(raw.table, names.order, names.time[0], of_order), raw.lines)

    def status(self, texts: Mapping[str, pa.Array], paid_back: np.ndarray) -> pa.Array:
        """Return each line's state, as the export has it; ``returned`` where all was paid back."""
        columns = self.columns.others.get("status", ())
        none = pa.nulls(len(paid_back), pa.string())
        own = pc.coalesce(*(texts[column] for column in columns), none)
        back = pa.array(paid_back)
        if self.columns.aftersales:
            after = pc.match_substring_regex(texts[self.columns.aftersales], _PAID_BACK)
            back = pc.or_(back, pc.fill_null(after, False))
        status = pc.if_else(back, pa.scalar("returned"), own)
        if not self.columns.cancelled:
            return status
        return pc.if_else(texts[self.columns.cancelled].is_valid(), pa.scalar("cancelled"), status)

    def line_names(self, item: pa.Array, title: pa.Array) -> pa.Array:
        """Return what tells an order's lines apart; to be replaced by a format."""
        return item

    def numbers(self, texts: Mapping[str, pa.Array], column: str, mark: str = "") -> Numbers:
        """Return a column as numbers, each distinct text read once."""
        encoded = texts[column].dictionary_encode()
        found = amounts(encoded.dictionary, mark or self.mark, _LIMIT)
        null = np.asarray(encoded.indices.is_null())
        at = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)
        result = Numbers(len(at))
        if len(encoded.dictionary):
            result.micros, result.trouble = found.micros[at], found.trouble[at].copy()
            if found.currency is not None:
                result.currency = np.asarray(np.where(null, None, found.currency[at]))
        result.trouble[null] = Numbers.MISSING
        result.micros[~result.good] = 0
        return result

    def _line(self, texts: Mapping[str, pa.Array], order: pa.Array, item: pa.Array) -> pa.Array:
        """Return a line's id: the export's own, or its product and which of that in the order.

        So a line keeps its key when an order's amounts change, and whatever else was exported.
        """
        own = identifier(texts[self.columns.line]) if self.columns.line else None
        codes = _codes(pc.binary_join_element_wise(order, item, "\x1f", null_handling="replace"))
        by_code = np.argsort(codes, kind="stable")
        first = np.searchsorted(codes[by_code], codes[by_code])
        nth = np.empty(len(codes), np.int64)
        nth[by_code] = np.arange(len(codes)) - first + 1
        made = pc.binary_join_element_wise(item, pa.array(nth).cast(pa.string()), "/")
        return made if own is None else pc.coalesce(own, made)

    def _pieces(self, texts: Mapping[str, pa.Array], rows: int) -> tuple[np.ndarray, pa.Array]:
        """Return each line's pieces, in millionths and as text."""
        if not self.columns.quantity:
            return np.full(rows, MICROS), pa.array(["1"] * rows, pa.string())
        found = self.numbers(texts, self.columns.quantity)
        return found.micros, _readable(found.good, found.micros, texts[self.columns.quantity])

    def _money(
        self, texts: Mapping[str, pa.Array], group: np.ndarray, pieces: np.ndarray
    ) -> tuple[pa.Array, pa.Array, pa.Array, np.ndarray]:
        """Return each line's amount, what was taken off, its currency, and if all was paid back."""
        names = self.columns
        rows = len(group)
        total, known, currency = self._totals(texts, group)
        own = names.amount or names.price or names.full
        if own:
            price = self.numbers(texts, own)
            currency = price.currency if price.currency is not None else currency
            good = price.good
            full, base = self._full(texts, price, pieces)
            paid = lines_paid(base, total, known, group)
            shown = _readable(good, paid, texts[own])
            discount = pc.if_else(pa.array(good & (full >= paid)), money(full - paid), None)
        else:
            sign = np.where(total < 0, -1, 1)
            paid = shared(np.abs(total), np.abs(pieces), group) * sign[group]
            shown = _readable(known[group], paid, texts[names.paid])
            discount = pa.nulls(rows, pa.string())
        back = np.zeros(rows, bool)
        if names.refund:
            sums = np.zeros(len(total), np.int64)
            np.add.at(sums, group, paid)
            refund = _firsts(self.numbers(texts, names.refund), group, len(total))[0]
            back = ((refund >= sums) & (sums > 0) & (refund > 0))[group]
        codes = [None] * rows if currency is None else currency.tolist()
        return shown, discount, pa.array(codes, pa.string()), back

    def _full(
        self, texts: Mapping[str, pa.Array], own: Numbers, pieces: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return each line's full price, and what it cost after its own discount."""
        names = self.columns
        if not names.amount:
            full = _times(own.micros, pieces) if names.price else own.micros
            return full, full - self._off(texts, full) if names.off else full
        base = own.micros
        if names.apart:
            apart = self.numbers(texts, names.apart).micros
            base = np.where((apart > 0) & (apart <= base), base - apart, base)
        if names.price:
            return np.maximum(_times(self.numbers(texts, names.price).micros, pieces), base), base
        if names.full:
            return np.maximum(self.numbers(texts, names.full).micros, base), base
        return base + np.abs(self.numbers(texts, names.off).micros) if names.off else base, base

    def _off(self, texts: Mapping[str, pa.Array], full: np.ndarray) -> np.ndarray:
        off = np.abs(self.numbers(texts, self.columns.off).micros)
        return np.where(off <= full, off, 0)

    def _totals(
        self, texts: Mapping[str, pa.Array], group: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Return what each order's products cost together, and whether the export says so."""
        names = self.columns
        groups = int(group.max(initial=-1)) + 1
        if names.paid:
            found = self.numbers(texts, names.paid)
            total, known = _firsts(found, group, groups)
            for column in names.beside:
                beside = _firsts(self.numbers(texts, column), group, groups)[0]
                total = np.where(beside <= total, total - beside, total)
            return total, known, found.currency
        return np.zeros(groups, np.int64), np.zeros(groups, bool), None


def money(micros: np.ndarray) -> pa.Array:
    """Return micros as text with six decimals, so that no point is taken for thousands.

    >>> money(np.array([12_500_000])).to_pylist()
    ['12.500000']
    """
    whole = pa.array(micros, pa.int64()).cast(pa.decimal128(19, 0))
    return pc.multiply(whole, _MICRO).cast(pa.string())


def _times(price: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """Return price times pieces in micros; what is too large is left for the checks."""
    whole = pieces // MICROS
    exact = pieces == whole * MICROS
    rough = np.clip(np.round(price * (pieces / MICROS)), -9e18, 9e18)
    large = np.abs(rough) > 9e15
    safe = np.where(exact & ~large, whole, 0)
    return np.where(exact & ~large, price * safe, rough.astype(np.int64))


def _firsts(found: Numbers, group: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each order's first readable number, and whether there is one."""
    at = np.flatnonzero(found.good)[::-1]
    value, known = np.zeros(groups, np.int64), np.zeros(groups, bool)
    value[group[at]] = found.micros[at]
    known[group[at]] = True
    return value, known


def _codes(texts: pa.Array) -> np.ndarray:
    encoded = pc.fill_null(texts, "").dictionary_encode()
    codes: np.ndarray = encoded.indices.to_numpy(zero_copy_only=False)
    return codes.astype(np.int64)


def _each(texts: pa.Array, change: object) -> pa.Array:
    encoded = texts.dictionary_encode()
    changed = [None if t is None else change(t) or None for t in encoded.dictionary.to_pylist()]  # type: ignore[operator]
    return pa.array(changed, pa.string()).take(encoded.indices)


def _readable(good: np.ndarray, micros: np.ndarray, texts: pa.Array) -> pa.Array:
    """Return numbers as text; one that could not be read must not be read otherwise later."""
    bad = pc.binary_join_element_wise(texts, "?", " ")
    return pc.if_else(pa.array(good), money(micros), bad)
