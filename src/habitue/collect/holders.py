"""Lists of rows set aside, web events not imported yet, and unpacked archives, as holders."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from habitue.collect.eventlog import Segments
from habitue.errors import ShopError
from habitue.locale import _
from habitue.protect.holder import Holder, Subject
from habitue.state import disk

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
        if self._folder.exists():
            disk.remove(self._folder)
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
        return sum(sum(_held(list(_rows(path)), who)) for path in self._paths())

    def export(self, who: Subject) -> list[dict[str, Any]]:
        found = []
        for path in self._paths():
            rows = list(_rows(path))
            held = zip(rows, _held(rows, who), strict=True)
            found += [{"file": path.name, "row": row} for row, holds in held if holds]
        return found

    def erase(self, who: Subject) -> int:
        blotted = 0
        for path in self._paths():
            rows = list(_rows(path))
            held = _held(rows, who)
            for at in (n for n, holds in enumerate(held) if holds):
                rows[at] = [who.needles.blotted(cell) for cell in rows[at]]
            if any(held):
                _write(path, rows)
                blotted += sum(held)
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
        return sum(sum(_spoken(list(_lines(path)), who)) for path in self._paths())

    def export(self, who: Subject) -> list[dict[str, Any]]:
        found = []
        for path in self._paths():
            lines = list(_lines(path))
            spoken = zip(lines, _spoken(lines, who), strict=True)
            found += [{"event": _event(line) or line} for line, speaks in spoken if speaks]
        return found

    def erase(self, who: Subject) -> int:
        Segments(self.place.folder / "events").settle()
        erased = 0
        for path in self._paths():
            lines = list(_lines(path))
            spoken = zip(lines, _spoken(lines, who), strict=True)
            left = [line for line, speaks in spoken if not speaks]
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


def _spoken(lines: list[str], who: Subject) -> list[bool]:
    """Say which events are the person's, or hold an identifier of theirs."""
    theirs = {value.casefold() for _kind, value in who.identifiers}
    return [
        holds or _is_theirs(line, theirs)
        for line, holds in zip(lines, who.needles.among(lines), strict=True)
    ]


def _is_theirs(line: str, theirs: set[str]) -> bool:
    event = _event(line) or {}
    named = (str(event.get(name, "")) for name in ("userId", "anonymousId", "previousId"))
    return any(name.casefold() in theirs for name in named)


def _replace(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(text.encode())
    disk.put(part, path)


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def _held(rows: list[list[str]], who: Subject) -> list[bool]:
    """Say which rows hold an identifier in one of their cells."""
    return who.needles.among(["\n".join(row) for row in rows])


def _write(path: Path, rows: list[list[str]]) -> None:
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    disk.put(part, path)
