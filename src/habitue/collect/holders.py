"""Lists of rows set aside, web events not imported yet, and unpacked archives, as holders."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from habitue.collect.eventlog import Segments
from habitue.errors import ShopError
from habitue.locale import _
from habitue.protect.holder import Holder, Subject

__all__ = ["EventHolder", "RejectHolder", "UnpackedHolder"]


class UnpackedHolder(Holder):
    """Members of archives that a killed import left unpacked."""

    name = "unpacked"
    files = ("state/unpacked/**",)

    def find(self, who: Subject) -> int:
        return sum(path.is_file() for path in self._folder.rglob("*"))

    def export(self, who: Subject) -> list[dict[str, Any]]:
        return []  # copies of a file that the shop has, and removed by the next import

    def erase(self, who: Subject) -> int:
        found = self.find(who)
        shutil.rmtree(self._folder, ignore_errors=True)
        return found

    @property
    def _folder(self) -> Path:
        return self.place.folder / "state" / "unpacked"


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


class EventHolder(Holder):
    """Web events that were collected and are not imported yet.

    What a running collection appends to is closed first, so that nobody writes to it meanwhile.
    """

    name = "events"
    files = ("events/*",)

    def find(self, who: Subject) -> int:
        return sum(_speaks(line, who) for path in self._paths() for line in _lines(path))

    def export(self, who: Subject) -> list[dict[str, Any]]:
        held = (line for path in self._paths() for line in _lines(path) if _speaks(line, who))
        return [{"event": _event(line) or line} for line in held]

    def erase(self, who: Subject) -> int:
        Segments(self.place.folder / "events").settle()
        erased = 0
        for path in self._paths():
            lines = list(_lines(path))
            left = [line for line in lines if not _speaks(line, who)]
            if len(left) == len(lines):
                continue
            if path.suffix == ".open":
                text = _("A running collection keeps {file} open. Stop it and erase again.")
                raise ShopError(text.format(file=path.name))
            _replace(path, "".join(left))
            erased += len(lines) - len(left)
        return erased

    def _paths(self) -> Iterator[Path]:
        yield from sorted(p for p in self.place.folder.glob(self.files[0]) if p.is_file())


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        yield from file


def _event(line: str) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _speaks(line: str, who: Subject) -> bool:
    """Say whether an event is the person's, or holds an identifier of theirs."""
    event = _event(line) or {}
    theirs = {value.casefold() for _kind, value in who.identifiers}
    named = (str(event.get(name, "")) for name in ("userId", "anonymousId", "previousId"))
    return any(name.casefold() in theirs for name in named) or who.needles.blotted(line) != line


def _replace(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


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
