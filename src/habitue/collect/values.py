"""Makes typed columns of one batch's cells; what can't be typed is noted and set aside."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.checks import Checks
from habitue.collect.dates import parse
from habitue.collect.mapping import Understanding
from habitue.collect.numbers import Numbers, amounts, currency_of
from habitue.collect.texts import as_text, cleaned, damaged, identifier
from habitue.collect.words import event_of, item_of_url, platform_of, status_of
from habitue.columns import MICROS, TIME
from habitue.text import normalise

__all__ = ["Typer", "distinct"]

_EARLIEST = int(np.datetime64("1990-01-01", "us").astype(np.int64))
_IDS = frozenset({"order_id", "line_id", "item_id", "customer_id", "phone", "session_id"})
_CUT = frozenset({"order_id", "line_id", "item_id", "customer_id"})
_PIECES = 10**9
_AMOUNT_LIMIT = 9.0e12


class Typer:
    """Types the fields of one batch.

    Parameters
    ----------
    known : Understanding
        What the columns mean and how their cells are written.
    table : pa.Table
        The batch's cells, the columns named as in the file.
    timezone : str
        Zone of times that name none.
    latest : int
        Microseconds since 1970 after which a time is in the future.
    """

    def __init__(self, known: Understanding, table: pa.Table, timezone: str, latest: int) -> None:
        self._known, self._table = known, table
        self._timezone, self._latest = timezone, latest
        self.rows = len(table)
        self.checks = Checks(self.rows)
        self._currency: pa.Array | None = None

    def column(self, field: str) -> str:
        """Return the name of a field's column, or "" if the file has none."""
        found = self._known.fields.get(field)
        return found.column if found else ""

    def raw(self, field: str) -> pa.Array | pa.ChunkedArray:
        """Return a field's cells as they are in the file."""
        return self._table[self.column(field)]

    def has(self, field: str) -> bool:
        """Say whether the file has the field."""
        return field in self._known.fields

    def trouble(self, where: np.ndarray, reason: str, field: str, texts: pa.Array) -> None:
        """Set rows aside for a field's cell."""
        self.checks.add(where, reason, field, self.column(field), texts)

    def text(
        self,
        field: str,
        missing: str = "",
        change: Callable[[pa.Array], pa.Array] = lambda texts: texts,
    ) -> pa.Array:
        """Return a field as text; null where there is none, set aside if it is needed.

        ``change`` is done to each distinct text.
        """
        if not self.has(field):
            return pa.nulls(self.rows, pa.string())
        texts = as_text(self.raw(field))
        clean_of = identifier if field in _IDS else cleaned
        clean = distinct(texts, lambda found: change(clean_of(found)))
        if field in _CUT:
            self.trouble(np.asarray(damaged(clean)), "damaged_id", field, texts)
        elif field == "phone":
            clean = pc.if_else(damaged(clean), pa.scalar(None, pa.string()), clean)
        if missing:
            self.trouble(_nulls(clean), missing, field, texts)
        return clean

    def item(self, missing: str = "") -> pa.Array:
        """Return the product's code; without one the title, folded, or what the page shows."""
        if self.has("item_id"):
            return self.text("item_id", missing)
        if self.has("title"):
            titles = self.text("title", missing)
            return distinct(titles, _each(lambda t: None if t is None else normalise(t)))
        return distinct(self.text("url"), _each(item_of_url))

    def time(self, field: str, needed: bool) -> pa.Array:
        """Return a field as times in UTC."""
        if not self.has(field):
            return pa.nulls(self.rows, TIME)
        column = self.raw(field)
        if pa.types.is_timestamp(column.type):
            return self._typed_time(field, column, needed)
        texts = as_text(column)
        encoded = cleaned(texts).dictionary_encode()
        parsed = parse(encoded.dictionary, self._known.forms[field])
        micros = self._utc(parsed.micros, parsed.aware)
        at = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)
        empty = _nulls(encoded.indices)
        if len(micros) == 0:
            micros = np.zeros(1, np.int64)
            unreadable = impossible = np.zeros(1, bool)
        else:
            unreadable, impossible = parsed.unreadable, parsed.impossible
        if needed:
            self.trouble(empty, "missing_date", field, texts)
        self.trouble(unreadable[at] & ~empty, "bad_date", field, texts)
        self.trouble(impossible[at] & ~empty, "impossible_date", field, texts)
        self._plausible(micros[at], ~empty, field, texts)
        return pa.array(micros[at], pa.int64(), mask=empty).cast(TIME)

    def _typed_time(self, field: str, column: pa.ChunkedArray, needed: bool) -> pa.Array:
        array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        zone = array.type.tz
        naive = pc.cast(array, pa.timestamp("us", zone), safe=False).cast(pa.int64())
        empty = _nulls(naive)
        micros = naive.fill_null(0).to_numpy(zero_copy_only=False)
        micros = self._utc(micros, np.full(len(micros), zone is not None))
        texts = as_text(array)
        if needed:
            self.trouble(empty, "missing_date", field, texts)
        self._plausible(micros, ~empty, field, texts)
        return pa.array(micros, pa.int64(), mask=empty).cast(TIME)

    def _plausible(
        self, micros: np.ndarray, given: np.ndarray, field: str, texts: pa.Array
    ) -> None:
        self.trouble(given & (micros > self._latest), "future_date", field, texts)
        self.trouble(given & (micros < _EARLIEST), "early_date", field, texts)

    def _utc(self, micros: np.ndarray, aware: np.ndarray) -> np.ndarray:
        """Take times without a zone for the shop's own; one that occurs twice is the earlier."""
        if self._timezone == "UTC" or aware.all():
            return micros
        bounds = np.clip(micros, -(2**55), 2**55)
        local = pc.assume_timezone(
            pa.array(bounds, pa.int64()).cast(pa.timestamp("us")),
            self._timezone,
            ambiguous="earliest",
            nonexistent="latest",
        )
        utc: np.ndarray = np.where(aware, micros, np.asarray(local.cast(pa.int64())))
        return utc

    def numbers(
        self, field: str, missing: str, bad: str, limit: int = 10**11
    ) -> tuple[Numbers, np.ndarray]:
        """Return a field as numbers, and where the cell is empty."""
        texts = as_text(self.raw(field))
        encoded = texts.dictionary_encode()
        found = amounts(encoded.dictionary, self._known.decimal[field], limit)
        null = _nulls(encoded.indices)
        at = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)
        result = Numbers(self.rows)
        if len(encoded.dictionary):
            result.micros, result.trouble = found.micros[at], found.trouble[at].copy()
            if found.currency is not None:
                result.currency = found.currency[at]
        result.trouble[null] = Numbers.MISSING
        empty: np.ndarray = result.trouble == Numbers.MISSING
        for code, reason in (
            (Numbers.MISSING, missing),
            (Numbers.BAD, bad),
            (Numbers.NOT_FINITE, "not_finite"),
            (Numbers.TOO_LARGE, "out_of_range"),
        ):
            if reason:
                self.trouble(result.trouble == code, reason, field, texts)
        return result, empty

    def quantity(self) -> np.ndarray:
        """Return pieces; one where the file has no such column."""
        if not self.has("quantity"):
            return np.ones(self.rows)
        return self.numbers("quantity", "missing_quantity", "bad_quantity", _PIECES)[0].reals

    def price(self, quantity: np.ndarray, missing: str = "missing_price") -> pa.Array:
        """Return the price of one piece in micros, from the line's amount if need be."""
        field = "unit_price" if self.has("unit_price") else "amount"
        if not self.has(field):
            return pa.nulls(self.rows, pa.int64())
        found, empty = self.numbers(field, missing, "bad_price")
        micros = found.micros
        if field == "amount":
            divisor = np.where(quantity == 0, 1.0, quantity)
            micros = np.where(divisor == 1, micros, _rounded(micros / divisor))
        texts = as_text(self.raw(field))
        large = np.abs(micros / MICROS * quantity) > _AMOUNT_LIMIT
        self.trouble(large, "out_of_range", field, texts)
        if found.currency is not None:
            self._currency = pa.array(found.currency.tolist(), pa.string())
        return pa.array(micros.astype(np.int64), pa.int64(), mask=empty)

    def discount(self) -> pa.Array:
        """Return what was taken off, in micros, without a sign."""
        if not self.has("discount"):
            return pa.nulls(self.rows, pa.int64())
        found, empty = self.numbers("discount", "", "bad_discount")
        return pa.array(np.abs(found.micros), pa.int64(), mask=empty)

    def rating(self) -> pa.Array:
        """Return stars."""
        if not self.has("rating"):
            return pa.nulls(self.rows, pa.float64())
        found, empty = self.numbers("rating", "", "bad_rating")
        return pa.array(found.reals, pa.float64(), mask=empty)

    def count(self, field: str) -> pa.Array:
        """Return how often something was done, a whole number."""
        if not self.has(field):
            return pa.nulls(self.rows, pa.int64())
        found, empty = self.numbers(field, "", "bad_count", _PIECES * 100)
        return pa.array(_rounded(found.reals).astype(np.int64), pa.int64(), mask=empty)

    def flag(self, field: str) -> pa.Array:
        """Return yes or no; null where there is no cell."""
        yes = pa.array(["true", "yes", "y", "1", "是"])
        return distinct(
            self.text(field),
            lambda texts: pc.if_else(
                texts.is_valid(), pc.is_in(pc.utf8_lower(texts), yes), pa.scalar(None, pa.bool_())
            ),
        )

    def platform(self) -> pa.Array:
        """Return where something was written, by the one name that the platform has here."""
        return distinct(self.text("platform"), _each(platform_of))

    def currency(self) -> pa.Array:
        """Return the currency's code, from its own column or the price's sign. After ``price``."""
        named = distinct(self.text("currency"), _each(lambda t: currency_of(t) if t else None))
        return named if self._currency is None else pc.coalesce(named, self._currency)

    def status(self) -> pa.Array:
        """Return sale, cancelled or returned."""
        return distinct(self.text("status"), _each(status_of)).fill_null("sale")

    def word(
        self, field: str, reads: Callable[[str | None], str | None], bad: str, needed: str = ""
    ) -> pa.Array:
        """Return the key that each cell means; a word that is not known is set aside."""
        texts = self.text(field, needed)
        keys = distinct(texts, _each(reads))
        self.trouble(_nulls(keys) & ~_nulls(texts), bad, field, texts)
        return keys

    def event(self) -> pa.Array:
        """Return view, cart or search; other events are set aside."""
        if not self.has("event"):
            return pa.array(["view"] * self.rows, pa.string())
        texts = self.text("event").fill_null("view")
        events = distinct(texts, _each(event_of))
        self.trouble(_nulls(events), "other_event", "event", texts)
        return events


def distinct(texts: pa.Array, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Change texts, each distinct one once."""
    encoded = texts.dictionary_encode()
    return change(encoded.dictionary).take(encoded.indices)


def _each(change: Callable[[str | None], str | None]) -> Callable[[pa.Array], pa.Array]:
    return lambda texts: pa.array([change(text) for text in texts.to_pylist()], pa.string())


def _nulls(array: pa.Array) -> np.ndarray:
    result: np.ndarray = array.is_null().to_numpy(zero_copy_only=False)
    return result


def _rounded(values: np.ndarray) -> np.ndarray:
    """Round half away from zero."""
    result: np.ndarray = np.sign(values) * np.floor(np.abs(values) + 0.5)
    return np.asarray(np.clip(result, -9e18, 9e18))
