"""The sample shop's customers, chunk by chunk: each from its own seed, so that none needs another.

The same seed and number of customers make the same world, in whatever order chunks are made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from habitue.collect.demo.baskets import Lines, Tastes, draw_tastes, fill
from habitue.collect.demo.catalogue import Catalogue, make_catalogue
from habitue.collect.demo.process import Lives, live
from habitue.collect.demo.text import moments, take
from habitue.columns import MICROS, SALES

__all__ = ["CHUNK", "END", "Chunk", "catalogue_of", "chunks", "purchases_stream"]

CHUNK = 8192
END = datetime(2026, 6, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Chunk:
    """Some customers: which chunk, the first one's index, and all that happens to them."""

    index: int
    first: int
    lives: Lives
    tastes: Tastes
    lines: Lines
    rng: np.random.Generator

    @property
    def size(self) -> int:
        """How many customers there are."""
        return len(self.lives.joined)


def catalogue_of(customers: int, seed: int) -> Catalogue:
    """Return the products of the shop of that size and seed."""
    return make_catalogue(np.random.default_rng(np.random.SeedSequence([seed, 0])), customers)


def chunks(catalogue: Catalogue, customers: int, seed: int, days: int) -> Iterator[Chunk]:
    """Yield the shop's customers in chunks of 8,192."""
    for index, first in enumerate(range(0, customers, CHUNK)):
        rng = np.random.default_rng(np.random.SeedSequence([seed, 1, index]))
        lives = live(rng, min(CHUNK, customers - first), float(days))
        tastes = draw_tastes(rng, catalogue, lives)
        yield Chunk(index, first, lives, tastes, fill(rng, catalogue, lives, tastes), rng)


def purchases_stream(
    customers: int, seed: int = 7, days: int = 730, end: datetime = END
) -> Iterator[pa.RecordBatch]:
    """Yield the sample shop's order lines as clean records (columns.SALES), for benchmarks.

    Memory is bounded by a chunk of 8,192 customers, whatever the number of customers.

    Examples
    --------
    >>> batch = next(purchases_stream(100, seed=1))
    >>> batch.schema.names[:4], batch.num_rows > 500
    (['row_key', 'order_id', 'customer', 'time'], True)
    """
    catalogue = catalogue_of(customers, seed)
    start = end - timedelta(days=days)
    rows = 0
    for chunk in chunks(catalogue, customers, seed, days):
        lives, lines = chunk.lives, chunk.lines
        day = lives.day[lines.order]
        past = np.flatnonzero(day < days)
        order, item = lines.order[past], lines.item[past]
        paid = lines.pence[past] * (MICROS // 100)
        full = np.round(paid / (1 - lines.discount[past])).astype(np.int64)
        quantity = lines.quantity[past]
        columns = [
            pa.array(rows + np.arange(len(past))),
            pa.array([f"{chunk.index}-{o}" for o in order.tolist()]),
            pa.array(lives.customer[order] + chunk.first),
            pa.array(
                moments(start, day[past]).astype("datetime64[us]"), SALES.schema.field("time").type
            ),
            take(catalogue.codes, item),
            pa.array(quantity.astype(np.float64)),
            pa.array(paid),
            pa.array(paid * quantity),
            pa.array((full - paid) * quantity),
            take(["GBP"], np.zeros(len(past), dtype=np.int64)),
            pa.array(np.zeros(len(past))),
        ]
        rows += len(past)
        yield pa.RecordBatch.from_arrays(columns, schema=SALES.schema)
