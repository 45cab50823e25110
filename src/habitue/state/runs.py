"""Run folders: immutable, written aside, published in one atomic step.

A run is drafted in a hidden folder, synced, renamed, and then named in the file ``CURRENT``, which
is replaced as a whole. A process killed at any moment leaves the previous run in force; its draft
is swept by the next run.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from habitue.errors import NoRunError
from habitue.locale import _
from habitue.state import disk

__all__ = ["Draft", "PublishedRun", "Runs"]

_CURRENT = "CURRENT"
_DRAFT = ".draft-"


class PublishedRun:
    """The results of one run; nothing in it ever changes.

    Attributes
    ----------
    folder : Path
        Where its files are: ``manifest.json``, ``summary.json``, ``report.html``, ``tables/``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = folder.name

    @property
    def report(self) -> Path:
        """The report's file."""
        return self.folder / "report.html"

    @property
    def summary(self) -> dict[str, Any]:
        """The run's figures and findings."""
        return self._json("summary.json")

    @property
    def manifest(self) -> dict[str, Any]:
        """What the run was made from and with: data, settings, seeds, versions, stages."""
        return self._json("manifest.json")

    def table(self, name: str) -> pa.Table:
        """Return one table of results."""
        return pq.read_table(self.folder / "tables" / f"{name}.parquet", partitioning=None)

    def _json(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return content


class Draft:
    """A run while it is being written; nobody sees it before ``publish``."""

    def __init__(self, runs: Path, run: str) -> None:
        self.id = run
        self._runs = runs
        self.folder = runs / f"{_DRAFT}{run}"
        disk.make(runs)
        (self.folder / "tables").mkdir(parents=True)

    def table(self, name: str, rows: pa.Table) -> None:
        """Write one table of results."""
        pq.write_table(rows, self.folder / "tables" / f"{name}.parquet", compression="zstd")

    def text(self, name: str, content: str) -> None:
        """Write one text file."""
        (self.folder / name).write_text(content, encoding="utf-8")

    def json(self, name: str, content: Mapping[str, Any]) -> None:
        """Write one JSON file."""
        self.text(name, json.dumps(content, ensure_ascii=False, indent=1, default=str))

    def publish(self) -> PublishedRun:
        """Put the run in force."""
        for path in (*self.folder.rglob("*"), self.folder):
            disk.sync(path)
        target = self._runs / self.id
        self.folder.rename(target)
        disk.sync(self._runs)
        part = self._runs / f"{_CURRENT}.part"
        part.write_text(self.id, encoding="ascii")
        disk.put(part, self._runs / _CURRENT)
        return PublishedRun(target)


class Runs:
    """All runs of one shop.

    Parameters
    ----------
    folder : Path
        Where they are, one folder a run.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self) -> PublishedRun:
        """Return the run in force.

        Raises
        ------
        NoRunError
            If nothing has been run yet.
        """
        pointer = self._folder / _CURRENT
        if not pointer.exists():
            raise NoRunError(_("Nothing has been run yet. Run it with: habitue run"))
        return PublishedRun(self._folder / pointer.read_text(encoding="ascii").strip())

    def draft(self) -> Draft:
        """Begin a new run; what killed runs left is swept first."""
        self.sweep()
        run = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
        return Draft(self._folder, run)

    def sweep(self) -> int:
        """Remove what killed processes left half-written or half-removed; return how many."""
        left = [path for path in self._folder.glob(".*") if path.is_dir()]
        for path in left:
            shutil.rmtree(path, ignore_errors=True)
        (self._folder / f"{_CURRENT}.part").unlink(missing_ok=True)
        if left:
            disk.sync(self._folder)
        return len(left)

    def prune(self, keep: int) -> None:
        """Remove all but the latest runs."""
        runs = sorted(path for path in self._folder.glob("2*") if path.is_dir())
        in_force = self.current().id
        for path in runs[:-keep]:
            if path.name != in_force:
                disk.remove(path)
