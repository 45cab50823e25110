"""The default engine: DuckDB in memory over Parquet, with bounded memory and spilling."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from threading import RLock
from typing import ParamSpec, TypeVar

import duckdb
import pyarrow as pa

from habitue.engines.base import Engine

__all__ = ["DuckDBEngine"]

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _one_at_a_time(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let threads use an engine in turns: its connection is one."""

    @wraps(method)
    def locked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        engine = args[0]
        with engine._lock:  # type: ignore[attr-defined]
            return method(*args, **kwargs)

    return locked


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class DuckDBEngine(Engine):
    """DuckDB in this process.

    Parameters
    ----------
    memory_limit : str
        What DuckDB may hold before it spills, for instance ``"4GB"``.
    temp_directory : Path, optional
        Where it spills; a folder of the system's own if left out.
    threads : int, optional
        Processor cores to use; all if left out.

    Examples
    --------
    >>> import pyarrow as pa
    >>> with DuckDBEngine() as engine:
    ...     engine.register("t", pa.table({"x": [1, 2, 3]}))
    ...     engine.query("SELECT CAST(sum(x) AS BIGINT) AS total FROM t").to_pylist()
    [{'total': 6}]
    """

    name = "duckdb"

    def __init__(
        self,
        memory_limit: str = "4GB",
        temp_directory: Path | None = None,
        threads: int | None = None,
    ) -> None:
        self._lock = RLock()
        self._spill = None
        if temp_directory is None:
            self._spill = tempfile.TemporaryDirectory(prefix="habitue-", ignore_cleanup_errors=True)
            temp_directory = Path(self._spill.name)
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "temp_directory": str(temp_directory),
            "preserve_insertion_order": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        if threads:
            config["threads"] = threads
        self._connection = duckdb.connect(":memory:", config=config)
        self._connection.execute("SET TimeZone = 'UTC'")

    @_one_at_a_time
    def register(self, name: str, table: pa.Table) -> None:
        self.drop(name)
        self._connection.register(name, table)

    @_one_at_a_time
    def read_parquet(self, name: str, paths: Sequence[Path], schema: pa.Schema) -> None:
        if not paths:
            self.register(name, schema.empty_table())
            return
        self.drop(name)
        files = ", ".join(_literal(str(path)) for path in paths)
        found = f"FROM read_parquet([{files}], union_by_name = true)"
        has = {row[0] for row in self._connection.execute(f"DESCRIBE {found}").fetchall()}
        wanted = self._connection.from_arrow(schema.empty_table())
        later = "".join(  # a column that is younger than all of the files
            f", CAST(NULL AS {kind}) AS {_quoted(column)}"
            for column, kind in zip(wanted.columns, wanted.types, strict=True)
            if column not in has
        )
        self._connection.execute(f"CREATE VIEW {_quoted(name)} AS SELECT *{later} {found}")

    @_one_at_a_time
    def create(self, name: str, sql: str) -> None:
        self._connection.execute(f"CREATE OR REPLACE TABLE {_quoted('new ' + name)} AS {sql}")
        self.drop(name)  # only now: the query may read the table that it replaces
        self._connection.execute(f"ALTER TABLE {_quoted('new ' + name)} RENAME TO {_quoted(name)}")

    @_one_at_a_time
    def view(self, name: str, sql: str) -> None:
        self.drop(name)
        self._connection.execute(f"CREATE VIEW {_quoted(name)} AS {sql}")

    @_one_at_a_time
    def query(self, sql: str) -> pa.Table:
        return self._connection.sql(sql).to_arrow_table()

    def stream(self, sql: str, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        yield from self._connection.sql(sql).to_arrow_reader(rows)

    @_one_at_a_time
    def write(self, sql: str, path: Path) -> int:
        result = self._connection.execute(
            f"COPY ({sql}) TO {_literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        ).fetchone()
        return int(result[0]) if result else 0

    @_one_at_a_time
    def drop(self, name: str) -> None:
        kind = self._connection.execute(
            "SELECT table_type FROM information_schema.tables WHERE table_name = ?", [name]
        ).fetchone()
        if kind:
            word = "VIEW" if kind[0] == "VIEW" else "TABLE"
            self._connection.execute(f"DROP {word} IF EXISTS {_quoted(name)}")
        self._connection.unregister(name)

    def close(self) -> None:
        self._connection.close()
        if self._spill:
            self._spill.cleanup()

    def quantile(self, column: str, share: float) -> str:
        return f"quantile_cont({column}, {share})"

    def days_between(self, start: str, end: str) -> str:
        return f"(epoch({end}) - epoch({start})) / 86400.0"

    def hash64(self, text: str) -> str:
        return f"CAST(md5_number_lower({text}) >> 1 AS BIGINT)"
