"""What exports of events have in common: one file that holds purchases, views and more.

A system's file gets a class that says what each event is and where its facts stand (`EventLog`);
from that, the record tables follow. A log is read through once before its parts are read: which
tables it holds, and which refunds name no product, can't be told from its first rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Raw, Rejection, Source
from habitue.collect.export import Part
from habitue.collect.nested import Listed
from habitue.collect.texts import as_text
from habitue.collect.words import item_of_url
from habitue.columns import IDENTIFIERS

__all__ = [
    "EventLog",
    "EventPart",
    "Survey",
    "Views",
    "each",
    "event_parts",
    "first_of",
    "numbered",
]

#: Events that become views, and as what; a page may be a product's.
_VIEWS = {"view": "view", "cart": "cart", "search": "search", "page": "view"}
_TAKEN_BACK = ("refund", "cancel")
#: Everything an event can be; another answer of ``EventLog.what`` is why it is set aside.
_KINDS = pa.array([*_VIEWS, "order", *_TAKEN_BACK, "review", "person"])


class EventLog(ABC):
    """How one system writes its events."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def present(self, names: Iterable[str]) -> list[str]:
        """Return which of these columns can be asked for: JSON may hold keys not yet seen."""
        wanted = list(dict.fromkeys(names))
        if self.source.format in ("json", "jsonl"):
            return wanted
        return [name for name in wanted if name in set(self.source.columns)]

    @abstractmethod
    def columns(self) -> list[str]:
        """Return the columns that are looked at."""

    @abstractmethod
    def name(self, table: pa.Table) -> pa.Array:
        """Return what the system calls each row's event."""

    @abstractmethod
    def what(self, table: pa.Table) -> pa.Array:
        """Return what each row is.

        That is view, cart, search, page, order, refund, cancel, review or person, or else the
        reason why the row is set aside.
        """

    @abstractmethod
    def facts(self, table: pa.Table) -> dict[str, pa.Array]:
        """Return what is known of the rows, as text.

        That is event_id, time, order_id, currency, session_id, agent, url, the identifiers, and
        what else the log's tables need.
        """

    def by_address(self, found: Survey) -> frozenset[str]:
        """Return the kinds of events whose product is told by the page's address.

        Pages, unless the log has events of products: one look would count twice, by two names.
        """
        products = found.counts["view"] + found.counts["cart"] > 0
        return frozenset() if products else frozenset({"page"})

    @abstractmethod
    def items(self, table: pa.Table) -> Listed:
        """Return the rows' products: item_id, title, category, brand, quantity, unit_price."""


@dataclass
class Survey:
    """What a first reading of a log has found.

    Attributes
    ----------
    counts : Counter
        How many rows are of each kind.
    bare : dict
        Refunds and cancellations that name no product, by order: line, kind, time and event.
    """

    counts: Counter[str] = field(default_factory=Counter)
    bare: dict[str | None, list[tuple[int, str, str | None, str | None]]] = field(
        default_factory=dict
    )


def survey(log: EventLog) -> Survey:
    """Read a log through once."""
    found = Survey()
    for raw in log.source.batches(log.columns()):
        what = log.what(raw.table)
        for count in pc.value_counts(what).to_pylist():
            found.counts[count["values"]] += count["counts"]
        at = _where(what, _TAKEN_BACK)
        if not len(at):
            continue
        table = raw.table.take(pa.array(at))
        named = np.isin(np.arange(len(at)), log.items(table).parent)
        facts = log.facts(table)
        columns = [facts[name].to_pylist() for name in ("order_id", "time", "event_id")]
        for n in np.flatnonzero(~named).tolist():
            order, time, event = (column[n] for column in columns)
            line = int(raw.lines[at[n]])
            found.bare.setdefault(order, []).append((line, what[int(at[n])].as_py(), time, event))
    return found


class EventPart(Part):
    """One record table of a log; the first of a log's parts sets aside what no part takes."""

    #: The kinds of events that become this table's records.
    takes: tuple[str, ...] = ()
    #: Machines write an event's cells alike; a rare kind must not cost a reading of the whole log.
    sample_rows = 1_000

    def __init__(self, log: EventLog, found: Survey, first: bool) -> None:
        self.log, self.found, self._first = log, found, first

    def needs(self) -> Sequence[str]:
        return self.log.columns()

    def chosen(self, raw: Raw) -> tuple[Raw, pa.Array]:
        """Return this table's events and what each is; what is set aside comes along."""
        what = self.log.what(raw.table)
        rejected = self._aside(raw, what) if self._first else []
        at = _where(what, self.takes)
        return Raw(raw.table.take(pa.array(at)), raw.lines[at], rejected), what.take(pa.array(at))

    def _aside(self, raw: Raw, what: pa.Array) -> list[Rejection]:
        at = np.flatnonzero(~np.asarray(pc.is_in(what, value_set=_KINDS)))
        index = pa.array(at)
        names = self.log.name(raw.table.take(index)).to_pylist()
        return [
            Rejection(line, reason, "event", (name or "")[:80])
            for line, reason, name in zip(
                raw.lines[at].tolist(), what.take(index).to_pylist(), names, strict=True
            )
        ]

    def made(
        self, columns: dict[str, pa.Array], lines: np.ndarray, rejected: list[Rejection]
    ) -> Raw:
        """Return records with the table's fields; what a log does not say is empty."""
        nothing = pa.nulls(len(lines), pa.string())
        table = pa.table({name: columns.get(name, nothing) for name in self.fields})
        return Raw(table, lines, rejected)


class Views(EventPart):
    """What people looked at, put in the cart and searched for; one record a product."""

    kind = "views"
    fields = ("line_id", "time", "item_id", "event", "session_id", "agent", *IDENTIFIERS)
    takes = tuple(_VIEWS)

    def reshape(self, raw: Raw) -> Raw:
        raw, what = self.chosen(raw)
        facts, items = self.log.facts(raw.table), self.log.items(raw.table)
        bare = np.setdiff1d(np.arange(len(raw.lines)), items.parent)
        row = np.concatenate((items.parent, bare))
        place = np.concatenate((items.place, np.zeros(len(bare), np.int64)))
        order = np.lexsort((place, row))
        row, place = row[order], place[order]
        index = pa.array(row)
        own = pa.concat_arrays([items.fields["item_id"], self._pages(facts, what, bare)])
        columns = {name: column.take(index) for name, column in facts.items()}
        events = each(what, lambda kind: _VIEWS[kind or "view"]).take(index)
        columns |= {
            "line_id": numbered(columns["event_id"], place),
            "item_id": own.take(pa.array(order)),
            "event": events,
        }
        return self.made(columns, raw.lines[row], raw.rejected)

    def _pages(self, facts: dict[str, pa.Array], what: pa.Array, bare: np.ndarray) -> pa.Array:
        told = self.log.by_address(self.found)
        urls = facts["url"].take(pa.array(bare)).to_pylist()
        kinds = what.take(pa.array(bare)).to_pylist()
        found = [
            item_of_url(url) if kind in told else None
            for url, kind in zip(urls, kinds, strict=True)
        ]
        return pa.array(found, pa.string())


def event_parts(log: EventLog, kinds: Sequence[type[EventPart]]) -> list[Part]:
    """Return the record tables that a log holds; views, if it holds nothing at all."""
    found = survey(log)
    held = [kind for kind in kinds if any(found.counts[what] for what in kind.takes)] or [Views]
    return [kind(log, found, n == 0) for n, kind in enumerate(held)]


def first_of(table: pa.Table, *names: str) -> pa.Array:
    """Return for each row the first of some columns that has a value, as text.

    >>> first_of(pa.table({"a": ["", "x"], "b": ["y", "z"]}), "a", "b", "c").to_pylist()
    ['y', 'x']
    """
    none = pa.scalar(None, pa.string())
    there = [as_text(table[name]) for name in names if name in table.column_names]
    filled = [pc.if_else(pc.equal(text, ""), none, text) for text in there]
    return pc.coalesce(*filled) if filled else pa.nulls(len(table), pa.string())


def each(texts: pa.Array, change: Callable[[str | None], str | None]) -> pa.Array:
    """Change texts, each distinct one once."""
    encoded = texts.dictionary_encode()
    changed = [change(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(changed, pa.string()).take(encoded.indices)


def numbered(ids: pa.Array, place: np.ndarray) -> pa.Array:
    """Return an event's id for its first product, and the id with a number for the others.

    >>> numbered(pa.array(["a", "a", None]), np.array([0, 1, 0])).to_pylist()
    ['a', 'a#1', None]
    """
    marks = pc.binary_join_element_wise(ids, pa.array(place).cast(pa.string()), "#")
    return pc.if_else(pa.array(place > 0), marks, ids)


def _where(what: pa.Array, kinds: Sequence[str]) -> np.ndarray:
    return np.flatnonzero(np.asarray(pc.is_in(what, value_set=pa.array(kinds))))
