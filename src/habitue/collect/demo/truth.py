"""What was planted in the sample shop, written beside its exports for tests to compare with."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from habitue.collect.demo.catalogue import Catalogue
from habitue.collect.demo.people import People
from habitue.collect.demo.process import TYPES
from habitue.collect.demo.text import moments, take
from habitue.collect.demo.voice import Comments
from habitue.collect.demo.words import CATEGORIES, STYLES
from habitue.collect.demo.world import Chunk

__all__ = ["SCHEMAS", "Truth"]

_TIME = pa.timestamp("us", tz="UTC")
_TEXTS = pa.list_(pa.string())

#: The truth's tables. ``person`` is one human being, whatever identifiers they use.
SCHEMAS: dict[str, pa.Schema] = {
    "customers": pa.schema(
        {
            "person": pa.int64(),
            "customer_id": pa.string(),
            "type": pa.string(),
            "categories": _TEXTS,
            "styles": _TEXTS,
            "staples": _TEXTS,
            "orders_per_year": pa.float64(),
            "joined": _TIME,
            "left": _TIME,
            "probability": pa.float64(),
            "buys": pa.bool_(),
        }
    ),
    "identifiers": pa.schema({"person": pa.int64(), "kind": pa.string(), "value": pa.string()}),
    "items": pa.schema(
        {
            "item_id": pa.string(),
            "category": pa.string(),
            "style": pa.string(),
            "consumable": pa.bool_(),
        }
    ),
    "bundles": pa.schema({"bundle": pa.int64(), "items": _TEXTS}),
    "comments": pa.schema(
        {
            "comment_id": pa.string(),
            "customer_id": pa.string(),
            "tone": pa.int64(),
            "question": pa.bool_(),
            "language": pa.string(),
        }
    ),
    "bad_rows": pa.schema({"file": pa.string(), "line": pa.int64(), "kind": pa.string()}),
    "future": pa.schema(
        {
            "customer_id": pa.string(),
            "order": pa.int64(),
            "time": _TIME,
            "item_id": pa.string(),
            "quantity": pa.int64(),
        }
    ),
}


class Truth:
    """Writes the truth's tables chunk by chunk, and the counts at the end.

    Parameters
    ----------
    folder : Path
        Where to; made if it is not there.
    start : datetime
        The process's day 0.
    end : float
        Days from there to the last export.
    """

    def __init__(self, folder: Path, start: datetime, end: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._start, self._end = folder, start, end
        self._writers = {
            name: pq.ParquetWriter(folder / f"{name}.parquet", schema)
            for name, schema in SCHEMAS.items()
        }
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> Truth:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for writer in self._writers.values():
            writer.close()

    def _write(self, name: str, columns: Sequence[object]) -> None:
        schema = SCHEMAS[name]
        arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
        self._writers[name].write_table(pa.Table.from_arrays(arrays, schema=schema))

    def shop(self, catalogue: Catalogue) -> None:
        """Write what is true of the products."""
        category = [CATEGORIES[c].name for c in catalogue.category.tolist()]
        style = [STYLES[s][0][0] for s in catalogue.style.tolist()]
        self._write("items", [catalogue.codes, category, style, catalogue.consumable])
        bundles = [[catalogue.codes[i] for i in bundle] for bundle in catalogue.bundles]
        self._write("bundles", [list(range(len(bundles))), bundles])
        self.counts.update(items=catalogue.size, bundles=len(bundles))

    def customers(self, catalogue: Catalogue, people: People, chunk: Chunk) -> None:
        """Write what is true of a chunk's customers."""
        lives, tastes = chunk.lives, chunk.tastes
        future = lives.day >= self._end
        buys = np.zeros(chunk.size, dtype=bool)
        buys[lives.customer[future]] = True
        left = moments(self._start, np.nan_to_num(lives.left)).astype("datetime64[us]")
        left[np.isnan(lives.left)] = np.datetime64("NaT")
        self._write(
            "customers",
            [
                chunk.first + np.arange(chunk.size),
                people.customer_id,
                [TYPES[t] for t in lives.type.tolist()],
                [_names(row, [c.name for c in CATEGORIES]) for row in tastes.categories.tolist()],
                [_names(row, [s[0][0] for s in STYLES]) for row in tastes.styles.tolist()],
                [_names(row, catalogue.codes) for row in tastes.staples.tolist()],
                lives.rate * 365.25,
                moments(self._start, lives.joined).astype("datetime64[us]"),
                left,
                lives.probability,
                buys,
            ],
        )
        self.counts.update(f"type_{TYPES[t]}" for t in lives.type.tolist())
        self.counts.update(
            customers=chunk.size,
            left=int((~np.isnan(lives.left)).sum()),
            buy_in_future=int(buys.sum()),
            orders=int((~future).sum()),
            order_lines=int((~future)[chunk.lines.order].sum()),
        )
        self._identifiers(people, chunk.first)
        self._future(catalogue, people, chunk)

    def _identifiers(self, people: People, first: int) -> None:
        kinds = {
            "customer_id": (people.number, people.login),
            "email": (people.email, people.email2),
            "phone": (people.phone, people.phone2),
            "handle": (people.handle,),
        }
        rows = [
            (first + i, kind, value)
            for kind, columns in kinds.items()
            for column in columns
            for i, value in enumerate(column)
            if value
        ]
        self._write("identifiers", list(zip(*rows, strict=True)))
        self.counts.update(
            second_emails=sum(map(bool, people.email2)),
            second_phones=sum(map(bool, people.phone2)),
            handles=sum(map(bool, people.handle)),
            customers_of_both_storefronts=int(people.cross.sum()),
        )

    def _future(self, catalogue: Catalogue, people: People, chunk: Chunk) -> None:
        lives, lines = chunk.lives, chunk.lines
        later = np.flatnonzero(lives.day[lines.order] >= self._end)
        order = lines.order[later]
        self._write(
            "future",
            [
                take(people.customer_id, lives.customer[order]),
                order + chunk.index * 10_000_000,
                moments(self._start, lives.day[order]).astype("datetime64[us]"),
                take(catalogue.codes, lines.item[later]),
                lines.quantity[later],
            ],
        )

    def comments(self, people: People, comments: Comments) -> None:
        """Write the tones of a chunk's comments."""
        tone = comments.tone
        self._write(
            "comments",
            [
                comments.identifier,
                take(people.customer_id, comments.customer),
                tone,
                comments.questions,
                np.where(comments.chinese, "zh", "en").tolist(),
            ],
        )
        self.counts.update(
            comments=len(tone),
            good_comments=int((tone > 0).sum()),
            bad_comments=int((tone < 0).sum()),
        )

    def bad_rows(self, file: str, rows: Sequence[tuple[int, str]]) -> None:
        """Write where broken rows were planted."""
        if rows:
            line, kind = zip(*rows, strict=True)
            self._write("bad_rows", [[file] * len(rows), line, kind])
        self.counts.update(bad_rows=len(rows))

    def summary(self, **facts: object) -> None:
        """Write the counts of everything planted."""
        document = {**facts, **dict(sorted(self.counts.items()))}
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        (self._folder / "summary.json").write_text(text, encoding="utf-8")


def _names(places: Sequence[int], names: Sequence[str]) -> list[str]:
    """Return the names at some places, each once, the first first."""
    return [names[i] for i in dict.fromkeys(places) if i >= 0]
