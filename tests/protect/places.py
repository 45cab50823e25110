"""Decodes every file of a shop and says which hold what must be gone."""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import pyarrow.parquet as pq

__all__ = ["PlacesThatHold"]


class PlacesThatHold:
    """Looks for texts in every form in which a file may hold them.

    Parameters
    ----------
    texts : sequence of str
        What is looked for, regardless of case.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.forms = {
            form
            for text in texts
            for form in (
                text.lower().encode(),
                text.lower().encode("utf-16-le"),
                text.encode().hex().encode(),
                base64.b64encode(text.encode()).rstrip(b"=").lower(),
                quote(text).lower().encode(),
                json.dumps(text)[1:-1].lower().encode(),
            )
        }

    def within(self, folder: Path) -> list[str]:
        """Return the files that hold one of the texts."""
        return sorted(
            str(path.relative_to(folder))
            for path in folder.rglob("*")
            if path.is_file() and self.held(path)
        )

    def held(self, path: Path) -> bool:
        """Say whether a file holds one of the texts: its bytes, or what they decode to."""
        return any(form in content for content in contents(path) for form in self.forms)


def contents(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes, and all that it holds when it is decoded, in lower case."""
    raw = path.read_bytes()
    yield raw.lower()
    if path.suffix == ".parquet":
        table = pq.read_table(path, partitioning=None)
        for column in table.columns:
            yield "\n".join(map(str, column.to_pylist())).lower().encode()
        yield str(table.schema.metadata).lower().encode()
    elif raw.startswith(b"SQLite format 3"):
        yield from _rows(path)
    elif raw.startswith(b"\x1f\x8b"):
        yield gzip.decompress(raw).lower()


def _rows(path: Path) -> Iterator[bytes]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (name,) in tables.fetchall():
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                yield "\n".join(str(cell) for cell in row).lower().encode()
                yield b"".join(cell.lower() for cell in row if isinstance(cell, bytes))
