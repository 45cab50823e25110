"""Reads a query's rows out of a database as Arrow, a batch at a time, and never writes.

PostgreSQL streams Arrow by ADBC where its driver is installed; it and the others else stream rows
through a server-side cursor. Whatever the way, a query is read only: it is wrapped so that nothing
but a SELECT parses, and runs in a transaction (or on a file opened) that can't write.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from habitue.collect.addresses import SYSTEMS, Address
from habitue.collect.sqlerrors import explained, hidden
from habitue.collect.sqlvalues import arrow_texts, is_number, text_of
from habitue.errors import FormatError, UsageError
from habitue.locale import _

__all__ = ["Connection", "connect"]

#: Rows fetched at a time through a server-side cursor.
_ROWS = 20_000


class Connection(ABC):
    """An open database: ``stream`` yields a query's rows, all columns text or times.

    Everything streamed through one connection is one state of the database where the system
    offers that (all but SQLite and DuckDB files that someone else writes meanwhile).
    """

    quote: str = '"'

    def __init__(self) -> None:
        #: Columns that were seen to hold numbers, which SQL compares unlike text.
        self.numbers: set[str] = set()

    @abstractmethod
    def stream(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Yield the rows; a first batch, maybe empty, always says the columns."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""

    def name(self, column: str) -> str:
        """Return a column's name as SQL has it."""
        return f"{self.quote}{column.replace(self.quote, 2 * self.quote)}{self.quote}"

    def literal(self, value: str, number: bool = False) -> str:
        """Return a value as SQL has it; a quoted one is cast to what it is compared with."""
        if number:
            return str(Decimal(value))
        return "'" + value.replace("'", "''") + "'"

    def _texts(self, batches: list[pa.RecordBatch], schema: pa.Schema) -> pa.RecordBatch:
        self.numbers |= {column.name for column in schema if is_number(column)}
        return arrow_texts(batches, schema)


@contextmanager
def connect(address: Address, *, arrow: bool = True) -> Iterator[Connection]:
    """Hold a database open for reading; what goes wrong is told without secrets or row values.

    Parameters
    ----------
    address : Address
        Where the database is.
    arrow : bool
        Stream Arrow where a driver for that is installed.

    Raises
    ------
    FormatError
        If the database can't be reached, or refuses the query.
    UsageError
        If the driver is not installed.
    """
    connection: Connection | None = None
    try:
        connection = _opened(address, arrow)
        yield connection
    except (ImportError, ModuleNotFoundError) as error:
        message = _("Reading {system} needs its driver: pip install 'habitue[{extra}]'")
        raise UsageError(
            message.format(system=SYSTEMS[address.system], extra=address.system)
        ) from error
    except Exception as error:
        text = str(error) if isinstance(error, FormatError) else explained(error)
        if text is None:
            raise
        message = _("{database}: {problem}")
        # The driver's own error may hold the password or a row's values: it goes no further.
        raise FormatError(
            message.format(database=address.label, problem=address.masked(text))
        ) from None
    finally:
        if connection is not None:
            connection.close()


def _opened(address: Address, arrow: bool) -> Connection:
    if address.system in ("sqlite", "duckdb") and not address.file.is_file():
        raise UsageError(_("There is no file {file}.").format(file=address.file))
    if address.system == "duckdb":
        return _DuckDB(address)
    if address.system == "postgresql" and arrow and find_spec("adbc_driver_postgresql"):
        return _Adbc(address)
    return _Rows(address)


class _Adbc(Connection):
    """PostgreSQL by ADBC: its binary COPY, decoded into Arrow by the driver."""

    def __init__(self, address: Address) -> None:
        super().__init__()
        from adbc_driver_postgresql import dbapi  # type: ignore[import-untyped]

        given = str(address.url.query.get("options", ""))
        url = address.url.set(drivername="postgresql").difference_update_query(["options"])
        text = url.render_as_string(hide_password=False)
        options = quote(f"{given} {_POSTGRESQL}".strip())  # libpq knows no + for a space
        self._connection = dbapi.connect(f"{text}{'&' if url.query else '?'}options={options}")
        with self._connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def stream(self, sql: str) -> Iterator[pa.RecordBatch]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            reader = cursor.fetch_record_batch()
            _no_money(reader.schema)
            yield self._texts([], reader.schema)
            for batch in _unsaid(reader):
                yield self._texts([batch], reader.schema)

    def close(self) -> None:
        self._connection.close()


def _unsaid(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """Yield batches; an error on the way comes without its SQLSTATE and may hold a row's values."""
    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except (OSError, pa.ArrowException):
            raise FormatError(hidden()) from None
        yield batch


def _no_money(schema: pa.Schema) -> None:
    """Refuse PostgreSQL's money: ADBC gives the bare integer, whose unit is the server's locale."""
    for column in schema:
        if (column.metadata or {}).get(b"POSTGRESQL:type") == b"money":
            message = _("Column {column!r} is of the type money: select {column}::numeric instead.")
            raise FormatError(message.format(column=column.name))


class _DuckDB(Connection):
    """A DuckDB file, opened for reading."""

    def __init__(self, address: Address) -> None:
        super().__init__()
        import duckdb

        self._connection = duckdb.connect(str(address.file), read_only=True)
        self._connection.execute("SET TimeZone = 'UTC'")

    def stream(self, sql: str) -> Iterator[pa.RecordBatch]:
        if len(self._connection.extract_statements(sql)) != 1:
            raise FormatError(_("Give one query; this is more than one statement."))
        reader = self._connection.sql(sql).to_arrow_reader(_ROWS)
        yield self._texts([], reader.schema)
        for batch in reader:
            yield self._texts([batch], reader.schema)

    def close(self) -> None:
        self._connection.close()


#: A session of PostgreSQL: reads only, says times in UTC and numbers and dates in one way.
_POSTGRESQL = " ".join(
    f"-c {setting}"
    for setting in (
        "default_transaction_read_only=on",
        "standard_conforming_strings=on",
        "timezone=UTC",
        "datestyle=ISO",
        "extra_float_digits=1",
    )
)


class _Rows(Connection):
    """Rows through a server-side cursor, by SQLAlchemy: PostgreSQL, MySQL, MariaDB, SQLite."""

    def __init__(self, address: Address) -> None:
        super().__init__()
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool

        self._system = address.system
        self.quote = "`" if address.system == "mysql" else '"'
        url, arguments = _DRIVERS[address.system](address)
        self._engine = create_engine(url, poolclass=NullPool, connect_args=arguments)
        self._connection = self._engine.connect()
        try:
            for statement in _BEFORE[address.system]:
                self._connection.exec_driver_sql(statement)
            if address.system == "postgresql":
                _times_as_text(self._connection.connection.driver_connection)
        except BaseException:
            self.close()
            raise
        # Not before: these statements are no queries that a cursor could be declared for.
        self._connection = self._connection.execution_options(
            stream_results=True, no_parameters=True, max_row_buffer=_ROWS
        )

    def literal(self, value: str, number: bool = False) -> str:
        if self._system == "mysql":
            # No zone is said in MySQL: the session's is UTC.
            value = re.sub(r"(?<=\d)Z$", "", value).replace("\\", "\\\\")
        return super().literal(value, number)

    def stream(self, sql: str) -> Iterator[pa.RecordBatch]:
        result = self._connection.exec_driver_sql(sql)
        cursor: Any = result.cursor
        names = [column[0] for column in cursor.description]
        # MySQL's TIMESTAMP is a moment, here in UTC; its DATETIME is a clock's reading.
        moments = [self._system == "mysql" and c[1] == _TIMESTAMP for c in cursor.description]
        schema = pa.schema([(name, pa.string()) for name in names])
        yield pa.RecordBatch.from_arrays([pa.array([], pa.string()) for _n in names], schema=schema)
        for rows in result.partitions(_ROWS):
            columns = []
            for name, values, moment in zip(names, zip(*rows, strict=True), moments, strict=True):
                if isinstance(next((v for v in values if v is not None), None), int | Decimal):
                    self.numbers.add(name)
                columns.append(pa.array([text_of(v, moment) for v in values], pa.string()))
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()


_TIMESTAMP = 7
_BEFORE = {
    "postgresql": ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",),
    "mysql": (
        "SET SESSION sql_mode = ''",  # a backslash escapes, a double quote is a text's
        "SET SESSION time_zone = '+00:00'",
        "SET SESSION TRANSACTION READ ONLY",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    ),
    "sqlite": ("PRAGMA query_only = ON", "BEGIN"),
}


def _postgresql(address: Address) -> tuple[Any, dict[str, Any]]:
    given = address.url.query.get("options", "")
    return address.url.set(drivername="postgresql+psycopg").difference_update_query(["options"]), {
        "options": f"{given} {_POSTGRESQL}".strip()
    }


def _mysql(address: Address) -> tuple[Any, dict[str, Any]]:
    return address.url.set(drivername="mysql+pymysql"), {"charset": "utf8mb4"}


def _sqlite(address: Address) -> tuple[Any, dict[str, Any]]:
    from sqlalchemy import make_url

    file = address.file.resolve().as_uri()
    return make_url("sqlite+pysqlite://").set(database=file, query={"mode": "ro", "uri": "true"}), {
        "isolation_level": None
    }


_DRIVERS: dict[str, Callable[[Address], tuple[Any, dict[str, Any]]]] = {
    "postgresql": _postgresql,
    "mysql": _mysql,
    "sqlite": _sqlite,
}


def _times_as_text(connection: Any) -> None:
    """Take PostgreSQL's times as it writes them: Python has no infinity and no year 10,000."""
    from psycopg.types.string import TextLoader

    for name in ("date", "timestamp", "timestamptz", "time", "timetz", "interval"):
        connection.adapters.register_loader(name, TextLoader)
