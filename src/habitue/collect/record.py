"""Splits one record of delimited text into its fields, by the letter of RFC 4180."""

from __future__ import annotations

__all__ = ["split"]


def split(record: bytes, delimiter: bytes, quote: bytes) -> list[bytes] | None:
    r"""Return a record's fields; an empty list if it is broken, None if a quote is still open.

    A quote opens a field only at its start, and must be closed before a delimiter or the end;
    elsewhere it is a character like any other (``12" plate``).

    >>> split(b'1,"a ""b"", c",12" plate', b",", b'"')
    [b'1', b'a "b", c', b'12" plate']
    >>> split(b'1,"a, b', b",", b'"') is None, split(b'1,"a" b,2', b",", b'"')
    (True, [])
    """
    fields: list[bytes] = []
    at = 0
    while True:
        if record.startswith(quote, at):
            value, end = _quoted(record, at + 1, quote)
            if end < 0:
                return None
            if record[end : end + 1] not in (b"", delimiter):
                return []
            fields.append(value)
            if end >= len(record):
                return fields
            at = end + 1
            continue
        end = record.find(delimiter, at)
        if end < 0:
            fields.append(record[at:])
            return fields
        fields.append(record[at:end])
        at = end + 1


def _quoted(record: bytes, at: int, quote: bytes) -> tuple[bytes, int]:
    """Return the value and where the closing quote is past, or -1 if it is missing."""
    parts: list[bytes] = []
    while (close := record.find(quote, at)) >= 0:
        if record[close + 1 : close + 2] != quote:
            parts.append(record[at:close])
            return b"".join(parts), close + 1
        parts.append(record[at : close + 1])
        at = close + 2
    return b"", -1
