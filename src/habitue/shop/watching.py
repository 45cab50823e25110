"""Imports files as they appear in folders: each as soon as it is complete, and once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from habitue.errors import PartlyImportedError, RecordError, ShopError, UsageError
from habitue.locale import _

if TYPE_CHECKING:
    from habitue.prepare.ingest import ImportReport
    from habitue.shop import Shop

__all__ = ["Happened", "Watching"]


@dataclass(frozen=True)
class Happened:
    """Something that happened by itself.

    Attributes
    ----------
    what : str
        imported, failed, busy (another process writes), ran or next.
    name : str
        The file, folder or run.
    report : ImportReport, optional
        What became of a file's rows.
    message : str
        What was wrong, or when.
    """

    what: str
    name: str = ""
    report: ImportReport | None = None
    message: str = ""


@dataclass
class Watching:
    """Watched folders of a shop.

    Which files are done is remembered in the shop's state, so that a process that is started
    again need not read them again; that is a help, no more: the same file again adds nothing.

    Parameters
    ----------
    shop : Shop
        The shop that the files are imported into.
    folders : sequence of Path
        What to watch, with the folders inside.
    interval : float
        Seconds without a change after which a file is complete.
    told : callable
        Called with each thing that happens.
    move_to : Path, optional
        Where files go once they are imported; they stay where they are if left out.

    Raises
    ------
    UsageError
        If a folder does not exist, or files would be moved into what is watched.
    """

    shop: Shop
    folders: Sequence[Path]
    interval: float = 10.0
    told: Callable[[Happened], None] = lambda happened: None
    move_to: Path | None = None
    failures: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        from habitue.collect.watch import Watch

        if self.move_to is not None:
            to = self.move_to.resolve()
            if any(to.is_relative_to(folder.resolve()) for folder in self.folders):
                text = _("{folder} is watched itself: files moved there would come in again.")
                raise UsageError(text.format(folder=self.move_to))
        self._memory = self.shop.folder / "state" / "watched"
        self._watch = Watch(self.folders, self.interval, self._remembered())

    @property
    def waiting(self) -> bool:
        """Whether some file is not complete yet."""
        return self._watch.waiting

    def round(self) -> None:
        """Import what is complete and new."""
        from habitue.collect.watch import Watch

        for group in Watch.together(self._watch.ready()):
            try:
                good = self._import(group)
            except ShopError as error:  # another process writes: they come again
                self.told(Happened("busy", message=str(error)))
                return
            marks = [self._watch.done(path) for path in group]
            if good:
                self._remember(marks)
                self._move(group)
            else:
                self.failures += 1  # comes again when it has changed, or after a new start

    def _import(self, group: list[Path]) -> bool:
        """Import files and tell of each; say whether all of them went in."""
        try:
            reports, good = self.shop.import_files(group), True
        except PartlyImportedError as error:
            reports, good = error.reports, False  # type: ignore[assignment]
        except ShopError:
            raise
        except Exception as error:  # one file must not end the watch
            known = isinstance(error, (RecordError, UsageError))
            message = str(error) if known else f"{type(error).__name__}: {error}"
            self.told(Happened("failed", str(group[0]), message=message))
            return False
        for report in reports:
            self.told(Happened("imported", report.path, report))
        for failed in reports.failed:
            self.told(Happened("failed", failed.name, message=failed.message))
        return good

    def _remembered(self) -> list[str]:
        try:
            return self._memory.read_text(encoding="ascii").splitlines()
        except (OSError, UnicodeDecodeError):
            return []

    def _remember(self, marks: Iterable[str]) -> None:
        self._memory.parent.mkdir(parents=True, exist_ok=True)
        with self._memory.open("a", encoding="ascii") as file:
            file.write("".join(f"{mark}\n" for mark in marks))

    def _move(self, group: Iterable[Path]) -> None:
        if self.move_to is None:
            return
        for path in group:
            folder = next(f for f in self.folders if path.is_relative_to(f))
            target = _free(self.move_to / path.relative_to(folder))
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)


def _free(path: Path) -> Path:
    """Return a path that nothing is at: the same, or numbered."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free
