"""Finds out how a delimited text is written: delimiter, quote, header, what stands before it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from habitue.collect.record import split
from habitue.collect.synonyms import known_name
from habitue.errors import FormatError
from habitue.locale import _

__all__ = ["DATA_LIKE", "Dialect", "sniff"]

_DELIMITERS = (b",", b";", b"\t", b"|")
_LINES = 2_000
_PREAMBLE = 30

#: A cell that is a number, an amount, a date or a time, as no column's name is.
DATA_LIKE = re.compile(
    rb"\s*(?:=?[\"'])?[-+(]?\s*(?:[A-Z]{3}\s?|[$]|\xc2[\xa3\xa5]|\xe2\x82\xac|\xef\xbf\xa5)?"
    rb"\d[\d\s.,:/\-+%TZ'\xa0\xc2)]*(?:\xe5\xb9\xb4.*|\s?[AaPp][Mm]|[A-Z]{3})?\s*[\"']?\s*"
)


@dataclass(frozen=True)
class Dialect:
    """How a delimited text is written; ``skip`` lines stand before the header or first row."""

    delimiter: bytes
    quote: bytes
    escape: bool
    names: list[str]
    header: bool
    skip: int
    width: int


def sniff(head: bytes, path: object) -> Dialect:
    """Find out how a text is written from its first lines.

    Raises
    ------
    FormatError
        If its lines hold no table: most have different numbers of fields.
    """
    lines = [line.removesuffix(b"\r") for line in head.split(b"\n")[:_LINES]]
    if hint := re.fullmatch(rb'"?sep=(.)"?', lines[0]):
        found: Sequence[bytes] = (hint[1],)
        lines[0] = b""
    else:
        found = _DELIMITERS
    quote = _quote(lines)
    tried = [(*_score(rows), delimiter, rows) for delimiter in found
             if (rows := _rows(lines, delimiter, quote))]  # fmt: skip
    if not tried:
        raise FormatError(_("{file} holds no line of text.").format(file=path))
    share, width, delimiter, rows = max(tried, key=lambda t: (_rank(t[0], t[1]), t[1]))
    if width == 1 and not known_name(clean(rows[0][1][0])):
        # Most lines are parted all the same, each in its own way: a list, not a table.
        ragged = [t for t in tried if sum(len(f) > 1 for _line, f in t[3]) * 2 > len(t[3])]
        share, width, delimiter, rows = max(ragged, default=tried[0], key=lambda t: t[0])
    counts = Counter(len(fields) for _line, fields in rows)
    if share < 0.5 and len(rows) > 3:
        raise FormatError(
            _(
                "{file} is no table: its lines hold from {least} to {most} fields parted by "
                "{delimiter!r}. Each line must be one record with the same columns; a list of "
                "baskets has to be turned into one line for each order and product first."
            ).format(file=path, least=min(counts), most=max(counts), delimiter=delimiter.decode())
        )
    if escape := _backslashes(lines, delimiter, quote):
        rows = _rows([line.replace(b'\\"', b'""') for line in lines], delimiter, quote)
    return _dialect(rows, delimiter, quote, escape, width)


def _rank(share: float, width: int) -> float:
    """One field a line is no evidence for a delimiter."""
    return share if width > 1 else share * 0.4


def _quote(lines: Sequence[bytes]) -> bytes:
    single = sum(line.startswith(b"'") and line.endswith(b"'") for line in lines if line)
    return b"'" if single * 2 > sum(bool(line) for line in lines) else b'"'


def _backslashes(lines: Sequence[bytes], delimiter: bytes, quote: bytes) -> bool:
    """Tell quotes within quotes written as in C; the format's own way is to double them."""
    slashed = [line for line in lines if b'\\"' in line]
    broken = [line for line in slashed if split(line, delimiter, quote) == []]
    mended = [line for line in broken if split(line.replace(b'\\"', b'""'), delimiter, quote)]
    return len(mended) * 2 > len(slashed)


def _rows(lines: Sequence[bytes], delimiter: bytes, quote: bytes) -> list[tuple[int, list[bytes]]]:
    rows: list[tuple[int, list[bytes]]] = []
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        fields, used = split(lines[at], delimiter, quote), 1
        while fields is None and used < 30 and at + used < len(lines):
            used += 1
            fields = split(b"\n".join(lines[at : at + used]), delimiter, quote)
        if not fields:
            fields, used = lines[at].split(delimiter), 1
        rows.append((at, fields))
        at += used
    return rows


def _score(rows: Sequence[tuple[int, list[bytes]]]) -> tuple[float, int]:
    counts = Counter(len(fields) for _line, fields in rows)
    # Of numbers of fields that are as frequent, the header's wins.
    first = len(rows[0][1])
    width, n = max(counts.items(), key=lambda c: (c[1], c[0] == first, c[0]))
    share = n / len(rows)
    return share + (0.05 if first == width else 0.0), width


def _dialect(
    rows: list[tuple[int, list[bytes]]], delimiter: bytes, quote: bytes, escape: bool, width: int
) -> Dialect:
    lead = 0
    while lead < min(_PREAMBLE, len(rows) - 1) and len(rows[lead][1]) not in (width, width - 1):
        lead += 1
    if not _is_header(rows[lead][1], [fields for _line, fields in rows[lead + 1 :]]):
        # Without a header below them, the odd lines above are broken rows, not a preamble.
        names = [f"column_{n}" for n in range(1, width + 1)]
        skip = 0 if lead and len(rows[0][1]) > 1 else rows[lead][0]
        return Dialect(delimiter, quote, escape, names, False, skip, width)
    line, header = rows[lead]
    names = [clean(name) for name in header]
    if len(names) == width - 1:
        later = [fields for _line, fields in rows[lead + 1 :] if len(fields) == width]
        trailing = all(not fields[-1].strip() for fields in later)
        names = [*names, ""] if trailing else ["", *names]
    return Dialect(delimiter, quote, escape, names, True, line, width)


def clean(name: bytes) -> str:
    """Return a column's name without what exports put around it."""
    return name.decode("utf-8", "replace").strip().strip("\ufeff\"'").removeprefix('="').strip()


def _is_header(first: list[bytes], rest: list[list[bytes]]) -> bool:
    if any(DATA_LIKE.fullmatch(cell) for cell in first if cell.strip()):
        return False
    known = sum(known_name(clean(cell)) for cell in first)
    if known >= 2 or known * 2 >= len(first):
        return True
    filled = [cell for cell in first if cell.strip()]
    if len(filled) < len(first) / 2 or len(set(filled)) < len(filled):
        return False
    # Unknown names are a header if the cells beneath are of another kind, or it stands out.
    rows = [row for row in rest if len(row) == len(first)][:500]
    if not rows:
        return True
    for column in range(len(first)):
        cells = [row[column] for row in rows if row[column].strip()]
        if cells and sum(bool(DATA_LIKE.fullmatch(c)) for c in cells) >= 0.9 * len(cells):
            return True
    return all(first[c] not in {row[c] for row in rows} for c in range(len(first)))
