"""Imports a database's query: file by file, each with the cursor that it reaches.

A file's records and its cursor become visible in one transaction. Whatever is killed, the next
call goes on after the last file that was kept; nothing is lost, and what is read twice is known
again by its key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from habitue.collect.addresses import SYSTEMS
from habitue.collect.base import Fact
from habitue.collect.database import Cursor, Extract, Query, extracts
from habitue.collect.files import open_source
from habitue.collect.mapping import Understanding, understand
from habitue.prepare.ingest import ImportReport, Ingest
from habitue.progress import Progress
from habitue.state import Database, Source

__all__ = ["Pull"]


class Pull:
    """Imports queries into one shop's store.

    Parameters
    ----------
    ingest : Ingest
        Imports a file of rows.
    database : Database
        Where the cursors are kept.
    folder : Path
        Where rows are for the time being; what is left there by a killed process is swept.
    """

    def __init__(self, ingest: Ingest, database: Database, folder: Path) -> None:
        self._ingest = ingest
        self._database = database
        self._folder = folder

    def query(
        self,
        query: Query,
        name: str = "",
        kind: str | None = None,
        mapping: Mapping[str, str] | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import what a query answers, from its cursor on.

        Parameters
        ----------
        query : Query
            What to read.
        name : str
            What the source is called; else it is known by its query.
        kind : str, optional
            The record table, where the columns do not tell.
        mapping : mapping of str to str, optional
            Field to column, where a column's name does not tell.
        dry_run : bool
            Read everything and report, and keep nothing, the cursor neither.
        progress : Progress, optional
            Told how many rows are done.
        """
        asked = _asked(query, kind, mapping)
        name = name or asked[:32]
        saved = self._saved(name, asked)
        since = None
        if saved is not None:
            kind, mapping = saved.table, saved.fields
            since = None if saved.cursor is None else Cursor(saved.cursor, saved.number)
        total: ImportReport | None = None
        known: Understanding | None = None
        for extract in extracts(query, self._folder, since):
            source = replace(open_source(extract.path), facts=_facts(query, extract))
            known = known or understand(source, kind, mapping)
            since = extract.cursor or since
            save = _Save(name, asked, known, since)
            report = self._ingest.part(
                source, known, query.address.label, False, dry_run, progress, save
            )
            total = report if total is None else _sum(total, report)
        return total or ImportReport(query.address.label, kind or "", _facts(query), [])

    def _saved(self, name: str, asked: str) -> Source | None:
        with self._database.reading() as session:
            saved = session.get(Source, name)
            return saved if saved is not None and saved.query == asked else None


class _Save:
    """Writes how far a source was read, in the transaction that keeps its rows."""

    def __init__(self, name: str, asked: str, known: Understanding, at: Cursor | None) -> None:
        self._name, self._asked, self._known, self._at = name, asked, known, at

    def __call__(self, session: Session) -> None:
        _header, fields = self._known.remember()
        at = self._at
        session.merge(
            Source(
                name=self._name,
                query=self._asked,
                table=self._known.kind,
                fields=fields,
                cursor=None if at is None else at.value,
                number=at is not None and at.number,
            )
        )


def _asked(query: Query, kind: str | None, mapping: Mapping[str, str] | None) -> str:
    """Hash what was asked of whom; never the password, which may change."""
    sql = " ".join(query.sql.split())
    parts = (query.address.label, sql, query.cursor, kind, sorted((mapping or {}).items()))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _facts(query: Query, extract: Extract | None = None) -> list[Fact]:
    facts = [("database", SYSTEMS[query.address.system])]
    if query.cursor:
        facts.append(("cursor", query.cursor))
    if extract is not None and extract.without:
        facts.append(("without_cursor", str(extract.without)))
    return facts


def _sum(total: ImportReport, more: ImportReport) -> ImportReport:
    """Add a later file's counts to those before it."""
    for name in ("read", "accepted", "repeated", "rejected", "blank", "amended"):
        setattr(total, name, getattr(total, name) + getattr(more, name))
    for reason, rows in more.reasons.items():
        total.reasons[reason] = total.reasons.get(reason, 0) + rows
    total.batch = more.batch or total.batch
    total.already = total.already and more.already
    if more.rejects_file is not None:  # one list a file: the folder holds them all
        several = total.rejects_file is not None
        total.rejects_file = more.rejects_file.parent if several else more.rejects_file
    return total
