"""The lists of rows that were set aside, as a holder."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from habitue.protect.holder import Holder, Subject

__all__ = ["RejectHolder"]


class RejectHolder(Holder):
    """Lists of rejected rows: they hold no identifiers by design, and are looked at all the same.

    A cell that slipped into a wrong column may be a name that no rule can tell from a word.
    """

    name = "rejects"
    files = ("rejects/*.csv",)

    def find(self, who: Subject) -> int:
        return sum(1 for path in self._paths() for row in _rows(path) if _holds(row, who))

    def export(self, who: Subject) -> list[dict[str, Any]]:
        return [
            {"file": path.name, "row": row}
            for path in self._paths()
            for row in _rows(path)
            if _holds(row, who)
        ]

    def erase(self, who: Subject) -> int:
        blotted = 0
        for path in self._paths():
            rows = list(_rows(path))
            held = sum(_holds(row, who) for row in rows)
            if held:
                _write(path, [[who.needles.blotted(cell) for cell in row] for row in rows])
                blotted += held
        return blotted

    def _paths(self) -> Iterator[Path]:
        yield from sorted(self.place.folder.glob(self.files[0]))


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def _holds(row: list[str], who: Subject) -> bool:
    return any(who.needles.blotted(cell) != cell for cell in row if cell)


def _write(path: Path, rows: list[list[str]]) -> None:
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
