"""Rows into a file, by the file's ending: CSV, JSON Lines or Parquet."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

from habitue.errors import UsageError
from habitue.locale import _

__all__ = ["export", "safe"]

Batches = Iterable[list[dict[str, Any]]]


def export(batches: Batches, path: Path | None) -> int:
    """Write rows a batch at a time and return how many; CSV on stdout without a path.

    The file appears under its name only when it is whole.

    Raises
    ------
    UsageError
        If the path's ending is none that is known.
    """
    if path is None:
        return _csv(batches, sys.stdout)
    writers: dict[str, Callable[[Batches, Path], int]] = {
        ".csv": _csv_file,
        ".jsonl": _json_lines,
        ".parquet": _parquet,
    }
    ending = path.suffix.lower()
    if ending not in writers:
        raise UsageError(
            _("A file's ending must be one of {known}, not {seen!r}.").format(
                known=", ".join(writers), seen=ending
            )
        )
    part = path.with_name(f".{path.name}.part")
    try:
        written = writers[ending](batches, part)
        part.replace(path)
    except OSError as error:
        raise UsageError(
            _("{file} can't be written: {problem}").format(file=path, problem=error.strerror)
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return written


def safe(value: object) -> object:
    """Return a cell that a spreadsheet takes for text, never for a formula.

    >>> safe("=SUM(A1)"), safe(-3.5), safe("Mug")
    ("'=SUM(A1)", -3.5, 'Mug')
    """
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def _csv(batches: Batches, file: IO[str]) -> int:
    written, writer = 0, None
    for rows in batches:
        for row in rows:
            if writer is None:
                writer = csv.DictWriter(file, list(row))
                writer.writeheader()
            writer.writerow({name: safe(value) for name, value in row.items()})
            written += 1
    return written


def _csv_file(batches: Batches, path: Path) -> int:
    with path.open(
        "w", encoding="utf-8-sig", newline=""
    ) as file:  # the mark makes Excel read Chinese
        return _csv(batches, file)


def _json_lines(batches: Batches, path: Path) -> int:
    written = 0
    with path.open("w", encoding="utf-8") as file:
        for rows in batches:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                written += 1
    return written


def _parquet(batches: Batches, path: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    written, writer = 0, None
    try:
        for rows in batches:
            if not rows:
                continue
            made = pa.Table.from_pylist(rows)
            writer = writer or pq.ParquetWriter(path, made.schema, compression="zstd")
            writer.write_table(made.cast(writer.schema))
            written += len(rows)
        if writer is None:
            pq.write_table(pa.table({}), path)
    finally:
        if writer is not None:
            writer.close()
    return written
