from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect
from sqlalchemy.exc import IntegrityError

from habitue.errors import ShopError
from habitue.state import Base, Database, Person


def test_migrations_make_the_tables_that_the_models_describe(tmp_path: Path) -> None:
    database = Database.of(tmp_path)
    seen = inspect(database._engine)
    for table in Base.metadata.sorted_tables:
        columns = {column["name"]: column["nullable"] for column in seen.get_columns(table.name)}
        assert columns == {column.name: bool(column.nullable) for column in table.columns}


def test_a_failed_block_leaves_nothing(tmp_path: Path) -> None:
    database = Database.of(tmp_path)
    person = {"customer": 1, "key": b"k"}
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(insert(Person), [person, person])
    with database.reading() as session:
        assert session.get(Person, 1) is None


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    database = Database.of(tmp_path)
    with database.writing() as writer:
        writer.add(Person(customer=1))
        writer.flush()
        with database.reading() as reader:
            assert reader.get(Person, 1) is None


def test_deleted_bytes_are_overwritten(tmp_path: Path) -> None:
    database = Database.of(tmp_path)
    with database.writing() as session:
        session.add(Person(customer=1, signature=b"canary" * 20))
    with database.writing() as session:
        session.delete(session.get_one(Person, 1))
    database.close()
    connection = sqlite3.connect(tmp_path / "state.db")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert b"canary" not in (tmp_path / "state.db").read_bytes()


def test_a_state_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    Database.of(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "state.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    with pytest.raises(ShopError, match="newer"):
        Database.of(tmp_path)


def test_a_database_that_is_none_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(ShopError, match="can't be opened"):
        Database(f"sqlite:///{tmp_path / 'missing' / 'state.db'}")
