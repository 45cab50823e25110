"""Runs as a holder: results about a person go; the report is written anew without them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from habitue.errors import NoRunError
from habitue.protect.holder import Holder, Subject
from habitue.report.page import build
from habitue.report.results import Results
from habitue.state import disk
from habitue.state.runs import Runs

__all__ = ["RunHolder"]


class RunHolder(Holder):
    """The run in force is published anew without the person; earlier runs that hold them go.

    A run is immutable: a reader who has it open keeps it whole. The new run has the same figures
    about groups, which the next ``habitue run`` computes without the person.
    """

    name = "runs"
    files = ("runs/*/**", "runs/.draft-*/**", "runs/.gone-*/**")

    def find(self, who: Subject) -> int:
        return self._drafts() + sum(1 for run in self._folders() if _holds(run, who))

    def export(self, who: Subject) -> list[dict[str, Any]]:
        try:
            run = self._runs.current().folder
        except NoRunError:
            return []
        return [
            {"run": run.name, "table": path.stem, **row}
            for path in sorted((run / "tables").glob("*.parquet"))
            for row in _own(pq.read_table(path, partitioning=None), who).to_pylist()
        ]

    def erase(self, who: Subject) -> int:
        drafts = self._runs.sweep()  # may be cut off anywhere: nobody can say whom they hold
        held = [run for run in self._folders() if _holds(run, who)]
        try:
            current: Path | None = self._runs.current().folder
        except NoRunError:
            current = None
        if current in held:
            self._without(current, who)
        for run in held:
            disk.remove(run)
        return drafts + len(held)

    @property
    def _runs(self) -> Runs:
        return Runs(self.place.folder / "runs")

    def _folders(self) -> Iterator[Path]:
        runs = self.place.folder / "runs"
        yield from sorted(path for path in runs.glob("[!.]*") if path.is_dir())

    def _drafts(self) -> int:
        return sum(path.is_dir() for path in (self.place.folder / "runs").glob(".*"))

    def _without(self, run: Path, who: Subject) -> None:
        """Publish a run's results without the person."""
        tables = {
            path.stem: _less(pq.read_table(path, partitioning=None), who)
            for path in sorted((run / "tables").glob("*.parquet"))
        }
        draft = self._runs.draft()
        for name, table in tables.items():
            draft.table(name, table)
        summary = json.loads(_blotted(run / "summary.json", who))
        summary["run"] = draft.id
        manifest = json.loads(_blotted(run / "manifest.json", who))
        manifest |= {"run": draft.id, "without": run.name}
        manifest["tables"] = {name: table.num_rows for name, table in tables.items()}
        draft.json("summary.json", summary)
        draft.json("manifest.json", manifest)
        draft.text("report.html", build(Results(tables=tables, summary=summary)))
        draft.publish()


def _blotted(path: Path, who: Subject) -> str:
    return who.needles.blotted(path.read_text(encoding="utf-8"))


def _holds(run: Path, who: Subject) -> bool:
    texts: list[str] = []
    for path in run.rglob("*"):
        if path.suffix == ".parquet":
            table = pq.read_table(path, partitioning=None)
            if _own(table, who).num_rows:
                return True
            texts += (text for column in _texts(table) for text in column.drop_null().to_pylist())
        elif path.is_file():
            texts.append(path.read_text(encoding="utf-8"))
    return any(who.needles.among(texts))


def _texts(table: pa.Table) -> list[pa.Array]:
    """Return the different texts of a table, column by column."""
    columns = zip(table.schema, table.columns, strict=True)
    return [pc.unique(column) for field, column in columns if pa.types.is_string(field.type)]


def _own(table: pa.Table, who: Subject) -> pa.Table:
    if "customer" not in table.column_names:
        return table.slice(0, 0)
    customers = pa.array(sorted(who.customers), pa.int64())
    return table.filter(pc.is_in(table["customer"], value_set=customers))


def _less(table: pa.Table, who: Subject) -> pa.Table:
    """Return a table without the person's rows and with their identifiers blotted out."""
    if "customer" in table.column_names:
        customers = pa.array(sorted(who.customers), pa.int64())
        table = table.filter(pc.invert(pc.is_in(table["customer"], value_set=customers)))
    texts = [text for column in _texts(table) for text in column.drop_null().to_pylist()]
    if not any(who.needles.among(texts)):
        return table
    for at, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            table = table.set_column(at, field.name, who.needles.blot(table[at]))
    return table
