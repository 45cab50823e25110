"""Opens a file of records and finds out how it is written, by its content."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pyarrow as pa

from habitue.collect.base import SAMPLE_ROWS, Container, Source
from habitue.collect.bytestream import ByteFile
from habitue.errors import FormatError
from habitue.locale import _
from habitue.registry import find

__all__ = ["open_source"]


def open_source(path: Path | str) -> Source:
    r"""Open a file of records: CSV and its kin, JSON, JSON Lines, Parquet or Excel.

    Format, compression (gzip, zstd), encoding, delimiter and header are told by the content;
    what was found out is in ``facts``.

    Raises
    ------
    FormatError
        If the file can't be opened, is damaged, empty, or of no kind that is read.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "orders.csv"
    >>> _n = path.write_text("Order;Price\n7;1,50\n8;2,50\n")
    >>> source = open_source(path)
    >>> source.format, source.columns, source.facts[2]
    ('csv', ['Order', 'Price'], ('delimiter', 'semicolon'))
    >>> folder.cleanup()
    """
    file = ByteFile(Path(path))
    formats = sorted(
        cast("dict[str, type[Container]]", find("habitue.collect.containers", Container)).values(),
        key=lambda kind: kind.rank,
    )
    kind = next(kind for kind in formats if _claims(kind, file))
    reader = kind(file)
    facts = [("format", kind.name)]
    if file.compression:
        facts.append(("compression", file.compression))
    return Source(
        file.path, kind.name, reader.columns, facts + reader.facts, _sample(reader), reader
    )


def _claims(kind: type[Container], file: ByteFile) -> bool:
    if kind.rank >= 900 and (what := _not_read(file.head)):
        raise FormatError(_("{file} is {what}.").format(file=file.path, what=what))
    return kind.recognises(file)


def _not_read(head: bytes) -> str | None:
    """Return what a file is, if it is something that we know and don't read."""
    known = {
        b"PK\x03\x04": _("a zip archive; unpack it and give the files in it"),
        b"%PDF": _("a PDF; export the table as CSV or Excel"),
        b"7z\xbc\xaf": _("a 7z archive; unpack it and give the files in it"),
        b"Rar!": _("a rar archive; unpack it and give the files in it"),
        b"SQLite format 3": _("an SQLite database; export the table as CSV"),
        b"\x89PNG": _("a picture"),
        b"\xff\xd8\xff": _("a picture"),
    }
    return next((what for magic, what in known.items() if head.startswith(magic)), None)


def _sample(reader: Container) -> pa.Table:
    """Return the first rows as the file has them."""
    parts: list[pa.Table] = []
    rows = 0
    stream = reader.batches(reader.columns)
    for raw in stream:
        parts.append(raw.table)
        rows += len(raw.table)
        if rows >= SAMPLE_ROWS:
            break
    stream.close()  # type: ignore[attr-defined]
    parts.append(pa.schema([(name, pa.string()) for name in reader.columns]).empty_table())
    if len(parts) > 1:
        parts.pop()
    return pa.concat_tables(parts).slice(0, SAMPLE_ROWS)
