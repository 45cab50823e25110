"""Comments by month and tone, and which of their counts may be shown."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.protect.linked import Family, linked

__all__ = ["MOODS", "Tone"]

MOODS = ("good", "bad", "neither")


class Tone:
    """Counts comments; tells which counts are of enough people.

    People are counted for each month, mood, and whether an answer is due: an unknown writer is one
    a comment.

    Parameters
    ----------
    sentiment : pyarrow.Table
        A run's comments (columns.SENTIMENT).
    min_group : int
        Fewest people that a count may be of.
    """

    def __init__(self, sentiment: pa.Table, min_group: int) -> None:
        rows = sentiment.filter(
            pc.and_(pc.is_valid(sentiment["time"]), pc.is_valid(sentiment["sentiment"]))
        )
        tone, nobody = rows["sentiment"], pc.negate(pa.array(np.arange(rows.num_rows) + 1))
        marks = pa.table(
            {
                "month": pc.floor_temporal(rows["time"], unit="month"),
                "mood": pc.if_else(
                    pc.greater(tone, 0.2), "good", pc.if_else(pc.less(tone, -0.2), "bad", "neither")
                ),
                "answer": pc.fill_null(rows["answer"], False),
                "who": pc.coalesce(rows["customer"], nobody),
            }
        )
        asked: list[tuple[Any, str]] = [("who", "count"), ("who", "count_distinct")]
        self._atoms: list[dict[str, Any]] = (
            marks.group_by(["month", "mood", "answer"]).aggregate(asked).to_pylist()
        )
        self.months = sorted({atom["month"] for atom in self._atoms})
        self._cells: dict[Any, int] = {}
        self._member: list[list[bool]] = []
        families = self._families()
        people = np.array([atom["who_count_distinct"] for atom in self._atoms], dtype=np.int64)
        self._hidden = (
            linked(np.array(self._member, dtype=bool), people, families, min_group)
            if self._atoms
            else np.zeros(len(self._member), dtype=bool)
        )

    def count(self, **what: Hashable) -> int:
        """Return how many comments there are with a month, mood, or answer due."""
        return sum(int(a["who_count"]) for a in self._atoms if _has(a, what))

    def shown(self, **what: Hashable) -> bool:
        """Say whether a count may be shown."""
        return not self._hidden[self._cells[frozenset(what.items())]]

    def _cell(self, **what: Hashable) -> int:
        key = frozenset(what.items())
        if key not in self._cells:
            self._cells[key] = len(self._member)
            self._member.append([_has(atom, what) for atom in self._atoms])
        return self._cells[key]

    def _families(self) -> list[Family]:
        everything = self._cell()
        months = [self._cell(month=month) for month in self.months]
        families: list[Family] = [(everything, months)]
        for key, values in (("mood", MOODS), ("answer", (True, False))):
            parts = [self._cell(**{key: value}) for value in values]
            families.append((everything, parts))
            for month, cell in zip(self.months, months, strict=True):
                families.append((cell, [self._cell(month=month, **{key: v}) for v in values]))
            for value, whole in zip(values, parts, strict=True):
                families.append(
                    (whole, [self._cell(month=month, **{key: value}) for month in self.months])
                )
        return families


def _has(atom: dict[str, Any], what: dict[str, Hashable]) -> bool:
    return all(atom[key] == value for key, value in what.items())
