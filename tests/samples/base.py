"""What a generator of realistic exports gives: a file, and the records that it must become.

A generator is a module ``tests/samples/<module of the format>.py`` with

- ``VARIANTS: tuple[str, ...]``, every way in which the system writes its export;
- ``write(folder, variant, seed, rows) -> Sample``, about so many rows, the same for a seed;
- ``ROWS_STAND_ALONE = False`` if rows of the export may not change places;
- ``PLACES_TELL``, variants whose columns may not change places.
"""

from __future__ import annotations

import csv
import importlib
import io
import pkgutil
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from openpyxl import Workbook

from habitue.collect.files import open_source

__all__ = [
    "Sample",
    "formats",
    "generators",
    "module_of",
    "shuffled",
    "table_bytes",
    "write_table",
    "write_workbook",
]

_TOOLS = {"archives", "base", "damage", "market"}


@dataclass(frozen=True)
class Sample:
    """An export and what it holds.

    Attributes
    ----------
    path : Path
        The file.
    expected : dict
        Record table to its records, in any order. A record names only the fields that are
        compared (all records of a table the same ones): money in whole micros, times as aware
        datetimes, identifiers as they must come out, None for what must be empty.
    rejected : dict
        Reason to how many rows are set aside for it.
    """

    path: Path
    expected: dict[str, list[dict[str, Any]]]
    rejected: dict[str, int] = field(default_factory=dict)


def generators() -> dict[str, ModuleType]:
    """Return all generators by the name of their format's module."""
    folder = Path(__file__).parent
    names = [m.name for m in pkgutil.iter_modules([str(folder)]) if m.name not in _TOOLS]
    return {name: importlib.import_module(f"tests.samples.{name}") for name in sorted(names)}


def formats() -> dict[str, type]:
    """Return all export formats by their names."""
    from habitue.collect.export import known_formats

    return {kind.name: kind for kind in known_formats()}


def module_of(kind: type) -> str:
    """Return the name of a format's module: its samples and its page are called the same."""
    return kind.__module__.rpartition(".")[2]


def table_bytes(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    newline: str = "\n",
    quote_all: bool = False,
) -> bytes:
    """Return delimited text; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=delimiter,
        lineterminator=newline,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
    )
    writer.writerow(header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return text.getvalue().encode(encoding)


def write_table(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], **how: Any
) -> Path:
    """Write delimited text, as ``table_bytes`` makes it."""
    path.write_bytes(table_bytes(header, rows, **how))
    return path


def write_workbook(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write a workbook of one sheet; its bytes are the same for the same cells."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    with io.BytesIO() as saved:
        book.save(saved)
        _write_without_times(path, saved)
    return path


def _write_without_times(path: Path, saved: io.BytesIO) -> None:
    """Write a workbook without the times at which it was made: saving puts them in."""
    with zipfile.ZipFile(saved) as made, zipfile.ZipFile(path, "w") as file:
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2024-01-01T00:00:00Z", content)
            file.writestr(zipfile.ZipInfo(name), content)


def shuffled(path: Path, folder: Path, random: Random, rows_too: bool) -> Path:
    """Return an export with its columns in another order, and its rows if they stand alone.

    What is no table of text (JSON, archives) is returned as it is.
    """
    if path.is_dir() or path.read_bytes()[:4] == b"PK\x03\x04":
        return path
    source = open_source(path)
    if source.format != "csv":
        return path
    order = list(range(len(source.columns)))
    random.shuffle(order)
    rows = [
        [row[source.columns[n]] for n in order]
        for raw in source.batches()
        for row in raw.table.to_pylist()
    ]
    if rows_too:
        random.shuffle(rows)
    header = [source.columns[n] for n in order]
    return write_table(folder / f"shuffled-{path.stem}.csv", header, rows)
