"""Imports one file: from its rows as they come to a batch of records, whole or not at all."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from habitue.collect.base import Source
from habitue.collect.export import parts
from habitue.collect.files import open_source
from habitue.collect.mapping import Understanding, header_fingerprint, understand
from habitue.collect.read import read
from habitue.columns import CONSENTS
from habitue.engines import Engine
from habitue.prepare import consents
from habitue.prepare.pseudonyms import Pseudonyms
from habitue.prepare.rejects import RejectList
from habitue.prepare.store import Staging, Store
from habitue.progress import Progress, Silent
from habitue.protect.audit import Audit
from habitue.protect.ledger import Ledger
from habitue.protect.vault import Vault
from habitue.state import Batch, Database
from habitue.state import Mapping as SavedMapping

__all__ = ["ImportReport", "Ingest"]


@dataclass
class ImportReport:
    """How a file, or one record table of it, was understood and what became of its rows.

    ``read`` is ``accepted + repeated + rejected``; blank lines are no rows. Of the lines repeated,
    ``amended`` came with another status than before, which was taken over.
    """

    path: str
    kind: str
    facts: list[tuple[str, str]]
    columns: list[dict[str, str]]
    unused: list[str] = field(default_factory=list)
    read: int = 0
    accepted: int = 0
    repeated: int = 0
    rejected: int = 0
    amended: int = 0
    blank: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    rejects_file: Path | None = None
    batch: str | None = None
    already: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return asdict(self) | {
            "rejects_file": str(self.rejects_file) if self.rejects_file else None
        }


class Ingest:
    """Imports files into one shop's store.

    Parameters
    ----------
    store : Store
        Where the records go.
    vault : Vault
        Where the identifiers go.
    database : Database
        Where the batch and the mapping are written.
    engine : Engine
        Finds the repeats.
    rejects : Path
        Folder for the lists of rows that were set aside.
    timezone : str
        Zone of times that name none.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        database: Database,
        engine: Engine,
        rejects: Path,
        timezone: str = "UTC",
    ) -> None:
        self._store = store
        self._vault = vault
        self._database = database
        self._engine = engine
        self._rejects = rejects
        self._timezone = timezone
        self._audit, self._ledger = Audit(vault.ring), Ledger(database)

    def file(
        self,
        path: Path,
        kind: str | None = None,
        mapping: Mapping[str, str] | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> list[ImportReport]:
        """Import one file and report on each record table that it holds.

        Parameters
        ----------
        path : Path
            The export.
        kind : str, optional
            The record table, where the file itself does not tell.
        mapping : mapping of str to str, optional
            Field to column, where the column's name does not tell.
        dry_run : bool
            Read everything and report, and keep nothing.
        progress : Progress, optional
            Told how many rows are done.

        Raises
        ------
        FormatError, MappingError
            If the file as a whole can't be read.
        """
        source = open_source(path)
        if not mapping and (saved := self._remembered(header_fingerprint(source))):
            kind, mapping = kind or saved.table, saved.fields
        # What the user says goes before what a known export format would make of the file.
        found = [source] if mapping else parts(source)
        wanted = [part for part in found if kind in (None, part.kind)] or [source]
        remember = bool(mapping)
        return [
            self.part(part, understand(part, kind, mapping), None, remember, dry_run, progress)
            for part in wanted
        ]

    def part(
        self,
        source: Source,
        known: Understanding,
        label: str | None = None,
        remember: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
        also: Callable[[Session], None] | None = None,
    ) -> ImportReport:
        """Import the rows of one record table.

        Parameters
        ----------
        source : Source
            The opened file, or a part of it.
        known : Understanding
            What its columns mean.
        label : str, optional
            What the source is called, if not by its path.
        remember : bool
            Understand files with these columns the same way from now on.
        dry_run : bool
            Read everything and report, and keep nothing.
        progress : Progress, optional
            Told how many rows are done.
        also : callable, optional
            What else is written in the transaction that makes the rows visible.
        """
        name = label or str(source.path)
        report = ImportReport(name, known.kind, list(known.facts), known.describe(), known.unused)
        progress = progress or Silent()
        fingerprint = _fingerprint(source.path, known)
        if self._seen(fingerprint, report):
            if also is not None and not dry_run:
                with self._database.writing() as session:
                    also(session)
            return report
        batch = uuid.uuid4().hex
        with (
            self._forgetting(),
            self._store.stage(known.kind, self._engine) as staging,
            self._reject_list(batch) as rejects,
        ):
            for blank in self._staged(source, known, staging, rejects):
                report.blank += blank
                progress.advance(staging.rows + rejects.rows, None)
            staging.close()
            rejects.close()  # on disk before the batch that tells of it
            report.rejected, report.reasons = rejects.rows, dict(rejects.reasons)
            report.read = staging.rows + rejects.rows
            report.rejects_file = rejects.path if rejects.rows else None
            if dry_run:
                report.accepted = staging.rows
                self._vault.forget()
            else:
                self._commit(report, staging, batch, fingerprint, known, remember, also)
        return report

    def _staged(
        self, source: Source, known: Understanding, staging: Staging, rejects: RejectList
    ) -> Iterator[int]:
        """Stage a source's good rows, list the others, and yield each batch's blank lines."""
        pseudonyms = Pseudonyms(self._vault)
        for part in read(source, known, timezone=self._timezone):
            rejects.add(part.rejected)
            rows, gone = pseudonyms.put(part.rows, staging.table)
            rejects.add(gone)
            if known.kind == CONSENTS.name:
                rows, nameless = consents.named(rows)
                rejects.add(nameless)
            staging.add(rows)
            yield part.blank

    def _commit(
        self,
        report: ImportReport,
        staging: Staging,
        batch: str,
        fingerprint: str,
        known: Understanding,
        remember: bool,
        also: Callable[[Session], None] | None,
    ) -> None:
        report.batch = batch
        in_ledger = report.kind == CONSENTS.name
        if not in_ledger:
            amend = "status" in known.fields
            counts = self._store.settle(self._engine, staging, batch, amend)
            report.accepted, report.repeated = counts.accepted, counts.repeated
            report.amended = counts.amended
        with self._database.writing() as session:
            self._vault.flush(session, batch)
            if in_ledger:
                entries = consents.record(session, self._ledger, staging.path, batch)
                report.accepted, report.repeated = entries
            session.add(
                Batch(
                    id=batch,
                    table=report.kind,
                    source=Path(report.path).name,
                    fingerprint=fingerprint,
                    read=report.read,
                    accepted=report.accepted,
                    repeated=report.repeated,
                    rejected=report.rejected,
                    amended=report.amended,
                    reasons=report.reasons,
                )
            )
            if also is not None:
                also(session)
            if remember:
                header, fields = known.remember()
                session.merge(SavedMapping(header=header, table=report.kind, fields=fields))
            self._log(session, report)

    def _log(self, session: Session, report: ImportReport) -> None:
        counts = ("read", "accepted", "repeated", "rejected")
        details = {"batch": report.batch, "kind": report.kind}
        details |= {name: getattr(report, name) for name in counts}
        self._audit.record(session, "import", details=details)

    def _remembered(self, header: str) -> SavedMapping | None:
        with self._database.reading() as session:
            return session.get(SavedMapping, header)

    def _seen(self, fingerprint: str, report: ImportReport) -> bool:
        with self._database.reading() as session:
            earlier = session.scalars(
                select(Batch).where(Batch.fingerprint == fingerprint).limit(1)
            ).first()
            if earlier is None:
                return False
            report.already, report.batch = True, earlier.id
            report.read, report.rejected = earlier.read, earlier.rejected
            report.repeated = earlier.read - earlier.rejected
            report.reasons = dict(earlier.reasons)
            rejects = self._rejects / f"{earlier.id}.csv"
            report.rejects_file = rejects if rejects.exists() else None
        return True

    @contextmanager
    def _forgetting(self) -> Iterator[None]:
        """Let no pseudonym outlive an import that failed: it was never written."""
        try:
            yield
        except BaseException:
            self._vault.forget()
            raise

    @contextmanager
    def _reject_list(self, batch: str) -> Iterator[RejectList]:
        rejects = RejectList(self._rejects / f"{batch}.csv")
        try:
            yield rejects
        finally:
            rejects.close()


def _fingerprint(path: Path, known: Understanding) -> str:
    """Hash a file's bytes and how they were understood: another mapping is another import."""
    digest = hashlib.sha256(repr((known.kind, sorted(known.remember()[1].items()))).encode())
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
