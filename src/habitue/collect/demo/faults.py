"""Rows that no import can take, planted among good ones, each with what is wrong with it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from habitue.collect.demo.text import Texts

__all__ = ["BAD_ROWS", "KINDS", "plant"]

BAD_ROWS = 48

_REST = "0.00,GBP,200001,,,completed"
#: Kind of fault to a broken line of ``orders.csv``.
KINDS: dict[str, str] = {
    "impossible_date": "{n},2026-02-31 10:15:00,H10001,Broken Row,1,4.50," + _REST,
    "text_date": "{n},sometime in spring,H10001,Broken Row,1,4.50," + _REST,
    "missing_date": "{n},,H10001,Broken Row,1,4.50," + _REST,
    "text_quantity": "{n},2026-01-05 10:15:00,H10001,Broken Row,two,4.50," + _REST,
    "missing_quantity": "{n},2026-01-05 10:15:00,H10001,Broken Row,,4.50," + _REST,
    "text_price": "{n},2026-01-05 10:15:00,H10001,Broken Row,1,ask," + _REST,
    "missing_item": "{n},2026-01-05 10:15:00,,,1,4.50," + _REST,
    "too_few_fields": "{n},2026-01-05 10:15:00,H10001",
}


def plant(
    rng: np.random.Generator, lines: Texts, count: int, first_line: int
) -> tuple[Texts, list[tuple[int, str]]]:
    """Put ``count`` broken lines among good ones.

    Parameters
    ----------
    rng : numpy.random.Generator
        Says where.
    lines : pyarrow string array
        Good lines with their line ends.
    count : int
        How many to plant.
    first_line : int
        The number of the file's line where ``lines`` begins, counted from 1.

    Returns
    -------
    tuple
        All lines, and the line number and the kind of each broken one.
    """
    places = np.sort(rng.integers(0, len(lines) + 1, count)).tolist()
    kinds = list(KINDS)
    parts: list[Texts] = []
    planted: list[tuple[int, str]] = []
    done = 0
    for i, place in enumerate(places):
        parts.append(lines[done:place])
        line = first_line + place + i
        # With few a chunk, the line's number decides, so that all kinds occur over the chunks.
        kind = kinds[(i if count >= len(kinds) else line) % len(kinds)]
        parts.append(_one(KINDS[kind].format(n=9_000_000 + line) + "\n"))
        planted.append((line, kind))
        done = place
    return pa.concat_arrays([*parts, lines[done:]]), planted


def _one(line: str) -> Texts:

    return pa.array([line], pa.string())
