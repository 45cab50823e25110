"""Imports files, folders and archives one file at a time: a bad file never stops the others."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from habitue.collect.conversations import Conversations, Joined, joined
from habitue.collect.expand import Broken, Member, Skipped, expand
from habitue.collect.mapping import understand
from habitue.errors import PartlyImportedError, RecordError
from habitue.locale import _, ngettext
from habitue.prepare.ingest import ImportReport, Ingest
from habitue.progress import Progress

__all__ = ["Failed", "ImportReports", "import_all"]

_SHOWN = 20  # failures that an error names


@dataclass(frozen=True)
class Failed:
    """A file that could not be read as a whole, and what was wrong."""

    name: str
    message: str


class ImportReports(list[ImportReport]):
    """The reports in the order of the files.

    Attributes
    ----------
    skipped : list of Skipped
        What was left out of folders and archives, and why.
    failed : list of Failed
        What could not be read.
    """

    def __init__(self, reports: Iterable[ImportReport] = ()) -> None:
        super().__init__(reports)
        self.skipped: list[Skipped] = []
        self.failed: list[Failed] = []


def import_all(
    ingest: Ingest,
    paths: Iterable[Path],
    staging: Path,
    progress: Progress,
    kind: str | None = None,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> ImportReports:
    """Import what files, folders and archives hold.

    Parameters
    ----------
    ingest : Ingest
        Imports one file.
    paths : iterable of Path
        What was given.
    staging : Path
        Where members of archives are taken out to; what is left there of an import that was
        killed is removed first.
    progress : Progress
        Told which file is at work.
    kind, mapping, dry_run
        As for `Ingest.file`.

    Raises
    ------
    RecordError
        The only file can't be read.
    PartlyImportedError
        Some of several files can't be read; all others are imported.
    UsageError
        If there is no such file; nothing is imported then.
    """
    shutil.rmtree(staging, ignore_errors=True)
    reports = ImportReports()
    errors: list[RecordError] = []
    count = 0
    for found in expand(paths, staging):
        if isinstance(found, Skipped):
            reports.skipped.append(found)
            continue
        count += found.count if isinstance(found, Conversations) else 1
        progress.step(found.name)
        try:
            if isinstance(found, Conversations):
                _conversations(ingest, found, staging, dry_run, progress, reports)
            else:
                reports += _imported(ingest, found, kind, mapping, dry_run, progress)
        except RecordError as error:
            errors.append(error)
            reports.failed.append(Failed(found.name, str(error)))
    shutil.rmtree(staging, ignore_errors=True)
    if errors and count == 1:
        raise errors[0]
    if reports.failed:
        raise PartlyImportedError(_told(reports.failed, count), reports)
    return reports


def _conversations(
    ingest: Ingest,
    found: Conversations,
    staging: Path,
    dry_run: bool,
    progress: Progress,
    reports: ImportReports,
) -> None:
    source = joined(found, staging / "listing")
    reader = cast("Joined", source.reader)
    if reader.titles:
        known = understand(source)
        reports.append(ingest.part(source, known, found.name, dry_run=dry_run, progress=progress))
    reports.failed += [Failed(name, str(error)) for name, error in reader.failed.items()]


def _imported(
    ingest: Ingest,
    found: Member | Broken,
    kind: str | None,
    mapping: Mapping[str, str] | None,
    dry_run: bool,
    progress: Progress,
) -> list[ImportReport]:
    if isinstance(found, Broken):
        raise found.error
    try:
        reports = ingest.file(found.path, kind, mapping, dry_run, progress)
    except RecordError as error:
        # A member of an archive lies elsewhere while it is read: say what people call it.
        raise type(error)(str(error).replace(str(found.path), found.name)) from error
    except OSError as error:
        text = _("{file} can't be read: {reason}.")
        reason = error.strerror or str(error)
        raise RecordError(text.format(file=found.name, reason=reason)) from error
    for report in reports:
        report.path = found.name
    return reports


def _told(failed: list[Failed], count: int) -> str:
    first = ngettext(
        "{n} of {count} files could not be read; the others are imported.",
        "{n} of {count} files could not be read; the others are imported.",
        len(failed),
    ).format(n=len(failed), count=count)
    lines = [f"- {one.message}" for one in failed[:_SHOWN]]
    if len(failed) > _SHOWN:
        lines.append(_("… and {n} more").format(n=len(failed) - _SHOWN))
    return "\n".join([first, *lines])
