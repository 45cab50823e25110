"""The ledger, the log and the keys on PostgreSQL, as a team's shop has them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.servers import postgresql

from habitue.protect.audit import Audit
from habitue.protect.keyring import KeyRing
from habitue.protect.keys import MasterKey
from habitue.protect.ledger import Entry, Ledger
from habitue.protect.rotation import rotate
from habitue.protect.vault import Vault
from habitue.protect.verification import verify
from habitue.state import Database

OLD, NEW = MasterKey(b"o" * 32), MasterKey(b"n" * 32)


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with postgresql() as server:
        made = Database(server.url.replace("postgresql://", "postgresql+psycopg://"))
        yield made
        made.close()


def test_consents_log_and_keys_work_on_postgresql(database: Database) -> None:
    vault = Vault(database, OLD)
    ann, bob = vault.resolve([["ann@example.com"], ["bob@example.com"]], ["email"])
    assert ann is not None
    assert bob is not None
    ledger, audit = Ledger(database), Audit(KeyRing(database, OLD), "ann")
    day = datetime(2026, 1, 1, tzinfo=UTC)
    with database.writing() as session:
        vault.flush(session, "b")
        entries = [Entry(who, "marketing", "email", "granted", day, "form") for who in (ann, bob)]
        assert ledger.append(session, entries) == (2, 0)
        assert ledger.append(session, [*entries]) == (0, 2)
        objection = Entry(bob, "profiling", "any", "objected", day, "letter")
        ledger.append(session, [objection])
        audit.record(session, "consent", bob, {"act": "objected"})
    assert ledger.allowed([ann, bob], "marketing", "email").tolist() == [True, True]
    assert ledger.objectors().tolist() == [bob]
    assert rotate(database, OLD, NEW, rows=1).moved == 2
    assert Vault(database, NEW).reveal([ann], "email") == {ann: "ann@example.com"}
    ring = KeyRing(database, NEW)
    head = Audit(ring).head()
    assert verify(ring, head).sound
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"):
        with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
            session.execute(text(statement))
    with database.writing() as session:
        session.execute(text("DROP TRIGGER audit_append_only ON audit"))
        session.execute(text("UPDATE audit SET actor = 'x' WHERE number = 1"))
    assert verify(ring, head).problems == [("altered", 1)]
