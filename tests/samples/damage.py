"""Breaks exports in the ways that files break: cut short, bits flipped, cells in wrong places."""

from __future__ import annotations

import csv
import io
from random import Random

__all__ = ["WAYS", "damaged"]

WAYS = (
    "truncate",
    "flip bits",
    "insert NUL",
    "huge cell",
    "swap lines",
    "repeat lines",
    "drop bytes",
    "odd bytes",
    "delete column",
    "swap cells",
    "odd cells",
    "rename column",
)
_ODD = (
    "", " ", "0", "-1", "1e400", "NaN", "∞", "\x00", "'", '"', "=", '=""', "**", "#N/A", "2×", "×",
    "1× , ", "9" * 40, "1970-01-01", "99999999999999999999", "é", "\ufeff", "[]", "{}", "null",
    '[{"id":1}]', "[" * 50, "((", ";;", "￥", "-", ",", "2024-13-45", "A" * 3000, "0x1F", "\t\t",
)  # fmt: skip


def damaged(data: bytes, random: Random, times: int = 3) -> bytes:
    """Return the bytes with one to so many kinds of damage."""
    for _n in range(random.randint(1, times)):
        data = _once(data, random, random.choice(WAYS)) or b"x"
    return data


def _once(data: bytes, random: Random, way: str) -> bytes:
    at = random.randrange(len(data) + 1)
    if way == "truncate":
        return data[:at]
    if way == "flip bits":
        broken = bytearray(data)
        for _n in range(random.randint(1, 8)):
            broken[random.randrange(len(broken))] ^= 1 << random.randrange(8)
        return bytes(broken)
    if way == "insert NUL":
        return data[:at] + b"\0" * random.randint(1, 3) + data[at:]
    if way == "huge cell":
        return data[:at] + b"x" * random.choice((1_000, 70_000, 300_000)) + data[at:]
    if way == "drop bytes":
        return data[:at] + data[at + random.randint(1, 40) :]
    if way == "odd bytes":
        return data[:at] + random.randbytes(random.randint(1, 12)) + data[at:]
    if way in ("swap lines", "repeat lines"):
        lines = data.splitlines(keepends=True)
        one, two = random.randrange(len(lines)), random.randrange(len(lines))
        lines[one], lines[two] = lines[two], lines[two if way == "repeat lines" else one]
        return b"".join(lines)
    return _cells(data, random, way)


def _cells(data: bytes, random: Random, way: str) -> bytes:
    """Damage the cells of a table; what is none stays as it is."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        return data
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        return data
    rows = [row for row in rows if row]
    if not rows or len(rows[0]) < 2:
        return data
    column = random.randrange(len(rows[0]))
    if way == "delete column":
        rows = [row[:column] + row[column + 1 :] for row in rows]
    elif way == "rename column":
        rows[0][column] = random.choice(_ODD)
    else:
        for _n in range(random.randint(1, 6)):
            row = random.choice(rows[1:] or rows)
            cell, other = random.randrange(len(row)), random.randrange(len(row))
            odd = way == "odd cells"
            row[cell], row[other] = (
                (random.choice(_ODD), row[other]) if odd else (row[other], row[cell])
            )
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue().encode(encoding, "replace")
