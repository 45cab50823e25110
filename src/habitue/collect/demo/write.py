"""Writes the sample shop: its exports as a shop would have them, and the truth beside them."""

from __future__ import annotations

import gzip
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from habitue.collect.demo.browsing import browse, event_lines, robots
from habitue.collect.demo.catalogue import Catalogue
from habitue.collect.demo.faults import BAD_ROWS, plant
from habitue.collect.demo.lists import CUSTOMERS_HEADER, customer_lines, items_csv
from habitue.collect.demo.orders import (
    CHINESE_HEADER,
    ENGLISH_HEADER,
    FIRST_UNTIL,
    SECOND_FROM,
    Rows,
    chinese_lines,
    english_lines,
    order_rows,
)
from habitue.collect.demo.people import People, make_people
from habitue.collect.demo.process import HORIZON
from habitue.collect.demo.text import Texts
from habitue.collect.demo.truth import Truth
from habitue.collect.demo.voice import comment, comment_lines
from habitue.collect.demo.world import END, Chunk, catalogue_of, chunks
from habitue.errors import UsageError
from habitue.locale import _

__all__ = ["SampleShop", "write_shop"]

ORDERS, ORDERS_2, CHINESE_ORDERS = "orders.csv", "orders_2.csv", "订单.csv"
VIEWS, COMMENTS, ITEMS, CUSTOMERS = "views.jsonl.gz", "comments.jsonl", "items.csv", "customers.csv"
_ORDER_NUMBERS = 1_000_000  # set aside for each chunk


@dataclass(frozen=True)
class SampleShop:
    """Where a sample shop was written.

    Attributes
    ----------
    exports : Path
        Folder to import: what a shop would have.
    truth : Path
        Folder that says what was planted: Parquet tables and ``summary.json``.
    end : datetime
        When the exports end; the truth's future begins there.
    """

    exports: Path
    truth: Path
    end: datetime


def write_shop(
    folder: Path,
    customers: int = 5000,
    seed: int = 7,
    days: int = 730,
    end: datetime = END,
    categorised: float = 0.85,
) -> SampleShop:
    """Write a sample shop into ``folder/exports`` and its truth into ``folder/truth``.

    Parameters
    ----------
    folder : Path
        Where to; made if it is not there. Files of an earlier sample shop are replaced.
    customers : int
        How many people buy.
    seed : int
        The same seed, size and dates make the same bytes.
    days : int
        How long the shop has been open, at least 180.
    end : datetime
        When the exports end, with a time zone.
    categorised : float
        Share of the catalogue's items that have a category; at 0 there is no such column.

    Raises
    ------
    UsageError
        If a number is out of bounds, or ``end`` has no time zone.

    Examples
    --------
    >>> import tempfile
    >>> shop = write_shop(Path(tempfile.mkdtemp()), customers=50, seed=1)
    >>> sorted(path.name for path in shop.exports.iterdir())[:3]
    ['comments.jsonl', 'customers.csv', 'items.csv']
    """
    _check(customers, days, end, categorised)
    shop = SampleShop(folder / "exports", folder / "truth", end)
    shop.exports.mkdir(parents=True, exist_ok=True)
    start = end - timedelta(days=days)
    catalogue = catalogue_of(customers, seed)
    with ExitStack() as stack:
        truth = stack.enter_context(Truth(shop.truth, start, float(days)))
        files = _Files(stack, shop.exports)
        writer = _Writer(files, truth, catalogue, customers, start, float(days))
        writer.shop(np.random.default_rng(np.random.SeedSequence([seed, 2])), categorised)
        for chunk in chunks(catalogue, customers, seed, days):
            writer.chunk(chunk)
        truth.summary(
            seed=seed, start=start.isoformat(), end=end.isoformat(), horizon_days=int(HORIZON)
        )
    return shop


def _check(customers: int, days: int, end: datetime, categorised: float) -> None:
    if customers < 1:
        raise UsageError(_("A sample shop needs at least 1 customer, not {n}.").format(n=customers))
    if days < 2 * HORIZON:
        raise UsageError(_("A sample shop needs at least 180 days, not {n}.").format(n=days))
    if end.tzinfo is None:
        raise UsageError(
            _("The end has no time zone: {end}. Add one, for instance UTC.").format(end=end)
        )
    if not 0 <= categorised <= 1:
        raise UsageError(_("categorised is a share from 0 to 1, not {x}.").format(x=categorised))


class _Files:
    """The exports, open for appending, and how many lines each has."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._open: dict[str, BinaryIO] = {}
        self.lines: dict[str, int] = {}
        for name in (ORDERS, ORDERS_2, CHINESE_ORDERS, VIEWS, COMMENTS, ITEMS, CUSTOMERS):
            file: BinaryIO = stack.enter_context((folder / name).open("wb"))
            if name.endswith(".gz"):  # no name and no time inside: the same bytes every time
                packed = gzip.GzipFile(
                    filename="", mode="wb", compresslevel=1, fileobj=file, mtime=0
                )
                file = stack.enter_context(packed)  # type: ignore[assignment]
            self._open[name] = file
            self.lines[name] = 0

    def text(self, name: str, text: str, lines: int = 1) -> None:
        """Append text that holds so many lines."""
        self._open[name].write(text.encode("gb18030" if name == CHINESE_ORDERS else "utf-8"))
        self.lines[name] += lines

    def rows(self, name: str, texts: Texts) -> None:
        """Append lines: an Arrow array's bytes stand one after the other already."""
        if not len(texts):
            return
        content = memoryview(_contiguous(texts))
        if name == CHINESE_ORDERS:
            self._open[name].write(bytes(content).decode().encode("gb18030"))
        else:
            self._open[name].write(content)
        self.lines[name] += len(texts)


def _contiguous(texts: Texts) -> memoryview:
    _valid, offsets, content = texts.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return memoryview(content)[int(ends[0]) : int(ends[-1])]


class _Writer:
    """Writes the shop's facts, then chunk by chunk its customers and what they do."""

    def __init__(
        self,
        files: _Files,
        truth: Truth,
        catalogue: Catalogue,
        customers: int,
        start: datetime,
        end: float,
    ) -> None:
        self._files, self._truth, self._catalogue = files, truth, catalogue
        self._customers, self._start, self._end = customers, start, end
        files.text(ORDERS, ENGLISH_HEADER)
        files.text(ORDERS_2, ENGLISH_HEADER)
        files.text(CHINESE_ORDERS, CHINESE_HEADER)
        files.text(CUSTOMERS, CUSTOMERS_HEADER)

    def shop(self, rng: np.random.Generator, categorised: float) -> None:
        """Write the catalogue."""
        self._truth.shop(self._catalogue)
        self._files.text(ITEMS, items_csv(rng, self._catalogue, categorised), 0)

    def chunk(self, chunk: Chunk) -> None:
        """Write a chunk's customers and all their records."""
        people = make_people(chunk.rng, chunk.first, chunk.size)
        self._truth.customers(self._catalogue, people, chunk)
        self._files.rows(CUSTOMERS, customer_lines(chunk, people, self._start))
        self._orders(chunk, people)
        name = f"{chunk.index:03x}"
        self._events(chunk, people, name)
        said = comment(
            chunk.rng, self._catalogue, people, chunk.lives, chunk.lines, self._end, name
        )
        self._truth.comments(people, said)
        text = comment_lines(self._catalogue, people, said, self._start)
        self._files.text(COMMENTS, text, len(said.text))

    def _events(self, chunk: Chunk, people: People, name: str) -> None:
        """Write what people and robots looked at, in the order in which it arrived."""
        rng, catalogue = chunk.rng, self._catalogue
        seen = browse(rng, catalogue, chunk.lives, chunk.tastes, chunk.lines, self._end)
        visits = _share_of(max(6, self._customers // 150), chunk, self._customers)
        fetched = robots(rng, catalogue, self._end, visits)
        nobody = make_people(rng, 0, 0)
        lines, arrival, counts = event_lines(rng, catalogue, people, seen, self._start, name)
        more, later, robotic = event_lines(rng, catalogue, nobody, fetched, self._start, f"b{name}")
        order = np.argsort(np.concatenate([arrival, later]), kind="stable")
        self._files.rows(VIEWS, pa.concat_arrays([lines, more]).take(pa.array(order)))
        self._truth.counts.update(counts)
        self._truth.counts.update(robotic)

    def _orders(self, chunk: Chunk, people: People) -> None:
        rows = order_rows(
            chunk.rng,
            self._catalogue,
            people,
            chunk.lives,
            chunk.lines,
            self._end,
            (chunk.index + 1) * _ORDER_NUMBERS,
        )
        chinese = rows.where(rows.chinese)
        self._files.rows(
            CHINESE_ORDERS, chinese_lines(self._catalogue, people, chinese, self._start)
        )
        english = rows.where(~rows.chinese)
        lines = english_lines(chunk.rng, self._catalogue, people, english, self._start)
        first, second = (
            np.flatnonzero(english.day < self._end - FIRST_UNTIL),
            np.flatnonzero(english.day >= self._end - SECOND_FROM),
        )
        bad = _share_of(BAD_ROWS, chunk, self._customers)
        with_bad, planted = plant(chunk.rng, lines.take(first), bad, self._files.lines[ORDERS] + 1)
        self._files.rows(ORDERS, with_bad)
        self._files.rows(ORDERS_2, lines.take(second))
        self._truth.bad_rows(ORDERS, planted)
        self._count(rows, len(np.intersect1d(first, second)))

    def _count(self, rows: Rows, overlap: int) -> None:
        returned, cancelled = rows.status == 2, rows.status == 1
        self._truth.counts.update(
            rows_written=len(rows.day),
            rows_in_both_exports=overlap,
            returned_rows=int(returned.sum()),
            cancelled_rows=int(cancelled.sum()),
            guest_rows=int((rows.customer < 0).sum()),
            service_rows=int((rows.item >= self._catalogue.size).sum()),
            free_rows=int((rows.pence == 0).sum()),
            chinese_rows=int(rows.chinese.sum()),
        )


def _share_of(total: int, chunk: Chunk, customers: int) -> int:
    """Return a chunk's part of a total, such that the parts add up to it."""
    return total * (chunk.first + chunk.size) // customers - total * chunk.first // customers
