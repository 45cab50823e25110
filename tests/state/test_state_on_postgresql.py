"""The state on PostgreSQL: what SQLite promises, a server promises too."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import delete, insert, inspect
from sqlalchemy.exc import IntegrityError
from tests.servers import postgresql

from habitue.errors import ShopError
from habitue.state import Base, Database, Source

SOURCE = {"name": "till", "query": "q", "table": "purchases", "fields": {"time": "当时"},
          "cursor": "2024-05-01 10:00:00+00:00", "number": False}  # fmt: skip


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgresql() as server:
        yield server.url.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    made = Database(url)
    yield made
    with made.writing() as session:
        session.execute(delete(Source))
    made.close()


def test_migrations_make_the_tables_that_the_models_describe(database: Database) -> None:
    seen = inspect(database._engine)
    for table in Base.metadata.sorted_tables:
        columns = {column["name"]: column["nullable"] for column in seen.get_columns(table.name)}
        assert columns == {column.name: bool(column.nullable) for column in table.columns}


def test_a_failed_block_leaves_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(insert(Source), [SOURCE, SOURCE])
    with database.reading() as session:
        assert session.get(Source, "till") is None


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.writing() as writer:
        writer.add(Source(**SOURCE))
        writer.flush()
        with database.reading() as reader:
            assert reader.get(Source, "till") is None


def test_what_is_written_comes_back_as_it_was(database: Database, url: str) -> None:
    with database.writing() as session:
        session.add(Source(**SOURCE))
    again = Database(url)
    with again.reading() as session:
        found = session.get_one(Source, "till")
        assert {name: getattr(found, name) for name in SOURCE} == SOURCE
        assert found.updated.tzinfo is not None
    again.close()


def test_many_open_a_state_at_once(url: str) -> None:
    problems: list[Exception] = []

    def open_it() -> None:
        try:
            Database(url).close()
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=open_it) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_server_that_is_not_there_is_told(url: str) -> None:
    with pytest.raises(ShopError) as caught:
        Database(url.rpartition("/")[0] + "/nothing_there")
    assert "s3cr3t" not in str(caught.value)
