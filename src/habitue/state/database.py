"""Opens the state database, brings its tables up to date, and groups writes.

SQLite by default: write-ahead log, every commit synced to disk, deleted bytes overwritten, and
write transactions that take their lock at the start, so that two writers wait instead of failing
half-way. A PostgreSQL address works the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from habitue.errors import ShopError
from habitue.locale import _
from habitue.state import disk
from habitue.state.models import KeyBase, PersonKey

__all__ = ["HEAD", "Database"]

#: The revision that this version of Habitué works with.
HEAD = "0008"
_PATIENCE = 30  # seconds to wait for another process's transaction


class Database:
    """The state of one shop.

    Parameters
    ----------
    url : str
        SQLAlchemy address, for instance ``sqlite:///state.db`` or ``postgresql+psycopg://…``.
    keys : str, optional
        Address of the persons' keys; the same if left out. Only the latest state of it is to be
        kept: copies of the former are then unreadable for who was erased.

    Raises
    ------
    ShopError
        If the database can't be opened, or was written by a newer version of Habitué.
    """

    def __init__(self, url: str, keys: str | None = None) -> None:
        self._engine = create_engine(url)
        self._keys = self._engine if keys is None else create_engine(keys)
        for engine in {self._engine, self._keys}:
            if engine.dialect.name == "sqlite":
                _make_durable(engine)
        try:
            with self._keys.execution_options(habitue_reading=True).connect() as connection:
                made = inspect(connection).has_table(PersonKey.__tablename__)
            if not made:  # asked first: a reader must not wait for a writer
                KeyBase.metadata.create_all(self._keys)
            self._upgrade()
        except OperationalError as error:
            text_ = _("The state database can't be opened: {problem}")
            raise ShopError(text_.format(problem=error.orig)) from error

    @classmethod
    def of(cls, folder: Path) -> Database:
        """Open the SQLite state of a shop's folder; it is made if it is not there."""
        disk.make(folder)
        return cls(f"sqlite:///{folder / 'state.db'}", f"sqlite:///{folder / 'keys.db'}")

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Hold a transaction: committed when the block ends well, rolled back when it fails.

        Raises
        ------
        ShopError
            If another process writes for longer than one waits.
        """
        with Session(self._engine) as session, session.begin():
            _take(session)
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Hold one consistent view of the state; it never waits for a writer."""
        with Session(self._engine.execution_options(habitue_reading=True)) as session:
            yield session

    @contextmanager
    def writing_keys(self) -> Iterator[Session]:
        """Hold a transaction on the persons' keys, apart from one on the state.

        A key is written before what it opens: one that opens nothing does no harm.
        """
        with Session(self._keys) as session, session.begin():
            _take(session)
            yield session

    @contextmanager
    def reading_keys(self) -> Iterator[Session]:
        """Hold one consistent view of the persons' keys."""
        with Session(self._keys.execution_options(habitue_reading=True)) as session:
            yield session

    def scrub(self) -> None:
        """Leave nothing on the disk of what was deleted.

        SQLite overwrites bytes as they are deleted (``secure_delete``), but earlier states of
        their pages stay in the write-ahead log until it is cut; PostgreSQL keeps deleted rows
        until a table is written anew.

        Raises
        ------
        ShopError
            If a reader needs an earlier state for longer than one waits.
        """
        for engine in {self._engine, self._keys}:
            if engine.dialect.name == "sqlite":
                _cut_log(engine)
            else:
                with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                    connection.exec_driver_sql("VACUUM FULL")

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()
        self._keys.dispose()

    def _upgrade(self) -> None:
        revision = None
        reader = self._engine.execution_options(habitue_reading=True)
        with reader.connect() as connection:
            if inspect(connection).has_table("alembic_version"):
                revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
        if revision == HEAD:
            return
        if revision is not None and revision > HEAD:
            text_ = _(
                "The shop's state is of revision {revision}; this Habitué knows {known}. "
                "Install a newer Habitué."
            )
            raise ShopError(text_.format(revision=revision, known=HEAD))
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["keys"] = self._keys
        with self._engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)


def _take(session: Session) -> None:
    """Begin a transaction that writes; it waits for the one that another process has begun."""
    try:
        session.connection()
    except OperationalError as error:
        if "locked" not in str(error.orig):
            raise
        text_ = _("Another process has been writing to the shop's state for {seconds} seconds. "
                  "Try again when it is done.")  # fmt: skip
        raise ShopError(text_.format(seconds=_PATIENCE)) from error


def _cut_log(engine: Engine) -> None:
    """Cut SQLite's write-ahead log to nothing, on the disk too."""
    raw = engine.raw_connection()
    try:
        busy = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        raw.close()
    if busy:
        text_ = _(
            "Another process is reading the shop's state, so that what was deleted can't be "
            "overwritten yet. End it; the next command that writes goes on."
        )
        raise ShopError(text_)
    log = Path(f"{engine.url.database}-wal")
    if log.exists():
        disk.sync(log)


def _make_durable(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in (
            f"busy_timeout = {_PATIENCE * 1000}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "secure_delete = ON",
            "foreign_keys = ON",
            "cache_size = -65536",  # KiB: a large import's indices don't go out and in again
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("habitue_reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
