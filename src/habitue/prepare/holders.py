"""The record store as a holder: a person's rows, and what others wrote of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import select

from habitue.columns import RECORDS
from habitue.prepare.rewrite import batch_files, rewrite
from habitue.protect.holder import Holder, Subject
from habitue.state import Batch, disk

__all__ = ["RecordHolder", "StagingHolder"]


class RecordHolder(Holder):
    """Rows that a person's records are, and texts in which their identifiers stand.

    The person's own rows go; in the texts of others the identifiers are blotted out. Each file is
    rewritten beside itself and put in place in one step, so that a reader sees it before or after.
    """

    name = "records"
    tables = ("batches",)
    records = tuple(RECORDS)
    files = ("records/*/*.parquet",)

    def find(self, who: Subject) -> int:
        return sum(_concerned(path, who) for path in self._paths()) + len(self._sources(who))

    def export(self, who: Subject) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for path in self._paths():
            for batch in _batches(path):
                own, mentions = _masks(batch, who)
                hold = batch.filter(pc.or_(own, mentions))
                rows += [
                    {"table": path.parent.name, "batch": path.stem, **row}
                    for row in hold.to_pylist()
                ]
        return rows

    def erase(self, who: Subject) -> int:
        removed = 0
        for path in self._paths():
            if count := _concerned(path, who):
                rewrite(path, self.place.database, lambda batch: _without(batch, who))
                removed += count
        sources = self._sources(who)
        with self.place.database.writing() as session:
            for batch in sources:
                row = session.get_one(Batch, batch)
                row.source = who.needles.blotted(row.source)
        return removed + len(sources)

    def _paths(self) -> Iterator[Path]:
        yield from batch_files(self.place.folder / "records")

    def _sources(self, who: Subject) -> list[str]:
        """Return batches whose file was named after the person."""
        if not who.needles:
            return []
        with self.place.database.reading() as session:
            rows = session.execute(select(Batch.id, Batch.source)).all()
        if not rows:
            return []
        held = who.needles.within(pa.array([row.source for row in rows], pa.string()))
        return [row.id for row, holds in zip(rows, held.to_pylist(), strict=True) if holds]


class StagingHolder(Holder):
    """What a killed import left half-done, and what the engine spilt to disk."""

    name = "staging"
    files = ("records/.staging/*", "records/*/*.part", "state/spill/**")

    def find(self, who: Subject) -> int:
        return sum(1 for _path in self._leftovers())

    def export(self, who: Subject) -> list[dict[str, Any]]:
        return []  # half a copy of a file that is not imported, and goes at the next import

    def erase(self, who: Subject) -> int:
        leftovers = list(self._leftovers())
        for path in leftovers:
            path.unlink(missing_ok=True)
        for folder in {path.parent for path in leftovers}:
            disk.sync(folder)
        return len(leftovers)

    def _leftovers(self) -> Iterator[Path]:
        for pattern in self.files:
            yield from (path for path in self.place.folder.glob(pattern) if path.is_file())


def _concerned(path: Path, who: Subject) -> int:
    """Return how many of a file's rows are the person's or speak of them."""
    count = 0
    for batch in _batches(path):
        own, mentions = _masks(batch, who)
        count += pc.sum(pc.or_(own, mentions)).as_py() or 0
    return count


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    yield from pq.ParquetFile(path).iter_batches()


def _masks(batch: pa.RecordBatch, who: Subject) -> tuple[pa.Array, pa.Array]:
    """Say which rows are the person's own, and which texts hold their identifiers."""
    own = mentions = pa.array(np.zeros(len(batch), bool))
    if "customer" in batch.schema.names:
        customers = pa.array(sorted(who.customers), pa.int64())
        own = pc.is_in(batch["customer"], value_set=customers)
    if who.needles:
        mentions = _mentions(batch, who)
    return own, mentions


def _mentions(batch: pa.RecordBatch, who: Subject) -> pa.Array:
    """Say which rows hold an identifier in one of their texts.

    Most texts stand in many rows: each is looked at once, and all columns' together.
    """
    columns = [batch[name].dictionary_encode() for name in _texts(batch.schema)]
    texts = pa.concat_arrays([pa.array([], pa.string()), *(c.dictionary for c in columns)])
    held = who.needles.within(texts)
    mentions = pa.array(np.zeros(len(batch), bool))
    if not pc.any(held).as_py():
        return mentions
    start = 0
    for column in columns:
        here = held.slice(start, len(column.dictionary)).take(column.indices)
        mentions = pc.or_(mentions, pc.fill_null(here, False))
        start += len(column.dictionary)
    return mentions


def _texts(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if pa.types.is_string(field.type)]


def _without(batch: pa.RecordBatch, who: Subject) -> pa.RecordBatch:
    """Return rows without the person's own, and with their identifiers blotted out."""
    own, mentions = _masks(batch, who)
    kept = batch.filter(pc.invert(own))
    if not pc.any(mentions).as_py():
        return kept
    for name in _texts(kept.schema):
        at = kept.schema.get_field_index(name)
        kept = kept.set_column(at, name, who.needles.blot(kept[name]))
    return kept
