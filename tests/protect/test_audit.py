from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from habitue.errors import UsageError, VaultError
from habitue.protect.audit import Audit, Head, personal
from habitue.protect.keyring import KeyRing
from habitue.protect.keys import MasterKey
from habitue.protect.verification import verify
from habitue.state import Database


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(Database.of(tmp_path), MasterKey(b"k" * 32))


def filled_log(ring: KeyRing, entries: int = 6) -> Head:
    audit = Audit(ring, "ann")
    for n in range(entries):
        audit.note("import", details={"rows": n})
    return audit.head()


def tamper(ring: KeyRing, *statements: str) -> None:
    """Change the log as someone with the database, but without the key, can."""
    with ring.database.writing() as session:
        session.execute(text("DROP TRIGGER IF EXISTS audit_no_update"))
        session.execute(text("DROP TRIGGER IF EXISTS audit_no_delete"))
        for statement in statements:
            session.execute(text(statement))


def test_an_untouched_log_is_sound(ring: KeyRing) -> None:
    head = filled_log(ring)
    found = verify(ring, head)
    assert (found.sound, found.entries, found.head) == (True, 6, head)
    assert Head.parse(str(head)) == head
    assert verify(KeyRing(ring.database, MasterKey(b"k" * 32)), Head(3, b"")).problems == [
        ("replaced", 3)
    ]


def test_an_empty_log_is_sound_and_grows(ring: KeyRing) -> None:
    empty = Audit(ring).head()
    assert empty.number == 0
    assert verify(ring, empty).sound
    filled_log(ring)
    assert verify(ring, empty).sound


@pytest.mark.parametrize(
    ("statements", "problems"),
    [
        (["UPDATE audit SET details = '{}' WHERE number = 3"], [("altered", 3)]),
        (["UPDATE audit SET actor = 'bob' WHERE number = 6"], [("altered", 6)]),
        (["UPDATE audit SET subject = 7 WHERE number = 1"], [("altered", 1)]),
        (["UPDATE audit SET time = time + 1 WHERE number = 2"], [("altered", 2)]),
        (["UPDATE audit SET time = 'x' WHERE number = 2"], [("altered", 2)]),
        (["UPDATE audit SET mac = 'x' WHERE number = 2"], [("altered", 2), ("altered", 3)]),
        (["UPDATE audit SET mac = zeroblob(32) WHERE number = 6"], [("altered", 6), ("end", 6)]),
        (["DELETE FROM audit WHERE number = 4"], [("gap", 4), ("altered", 4)]),
        (["DELETE FROM audit WHERE number > 4"], [("end", 4)]),
        (["DELETE FROM audit"], [("end", 0)]),
        (["DELETE FROM audit WHERE number = 1", "UPDATE audit SET number = number - 1"], None),
        (["UPDATE audit SET number = -2 WHERE number = 2", "UPDATE audit SET number = 2 WHERE "
          "number = 3", "UPDATE audit SET number = 3 WHERE number = -2"], None),
        (["INSERT INTO audit SELECT 7, time, actor, action, subject, details, mac FROM audit "
          "WHERE number = 6"], None),
        (["UPDATE audit SET number = 'last' WHERE number = 6"], None),
        (["DELETE FROM audit_head"], [("end", 6)]),
        (["UPDATE audit_head SET number = 5"], [("end", 6)]),
        (["UPDATE audit_head SET seal = 'x'"], None),
    ],
)  # fmt: skip
def test_tampering_shows_where_it_was(
    ring: KeyRing, statements: list[str], problems: list[tuple[str, int]] | None
) -> None:
    filled_log(ring)
    tamper(ring, *statements)
    found = verify(ring)
    assert not found.sound
    assert problems is None or found.problems == problems


def test_a_state_put_back_to_an_earlier_day_shows_by_the_kept_head(ring: KeyRing) -> None:
    filled_log(ring)
    with ring.database.reading() as session:
        number, seal = session.execute(text("SELECT number, seal FROM audit_head")).one()
    kept = filled_log(ring)
    with ring.database.writing() as session:
        session.execute(text("DROP TRIGGER audit_no_delete"))
        session.execute(text("DELETE FROM audit WHERE number > :n"), {"n": number})
        session.execute(text("UPDATE audit_head SET number = :n, seal = :s"),
                        {"n": number, "s": seal})  # fmt: skip
    assert verify(ring).sound  # it is what that day's log was
    assert verify(ring, kept).problems == [("truncated", 6)]


def test_a_log_written_anew_shows_by_the_kept_head(ring: KeyRing) -> None:
    kept = filled_log(ring)
    tamper(ring, "DELETE FROM audit", "UPDATE audit_head SET number = 0, seal = x''")
    filled_log(ring)
    assert verify(ring).sound
    assert verify(ring, kept).problems == [("replaced", 6)]


def test_the_database_itself_refuses_to_change_the_log(ring: KeyRing) -> None:
    filled_log(ring)
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="append-only"), ring.database.writing() as session:
            session.execute(text(statement))
    assert verify(ring).sound


def test_an_entry_is_there_exactly_when_its_act_is(ring: KeyRing) -> None:
    audit = Audit(ring)

    def act() -> None:
        with ring.database.writing() as session:
            audit.record(session, "import")
            session.execute(text("SELECT * FROM nowhere"))

    with pytest.raises(DBAPIError):
        act()
    assert (audit.head().number, verify(ring).sound) == (0, True)


def test_another_key_neither_reads_nor_forges(ring: KeyRing) -> None:
    filled_log(ring)
    with pytest.raises(VaultError):
        Audit(KeyRing(ring.database, MasterKey(b"x" * 32)))


@pytest.mark.parametrize(
    "details", [{"who": "ann@example.com"}, {"to": ["+44 7700 900123"]}, {"13912345678": 1}]
)
def test_personal_data_are_refused(ring: KeyRing, details: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="personal"):
        Audit(ring).note("import", details=details)


def test_runs_dates_and_hashes_are_no_personal_data() -> None:
    known = ["20261123T103000Z-ab12", "2026-11-23", "9f86d081884c7d659a2feaa0c55ad015", "habitue"]
    assert not personal(known)


def test_what_is_no_action_or_head_is_refused(ring: KeyRing) -> None:
    with pytest.raises(ValueError, match="lower-case"):
        Audit(ring).note("Import!")
    for wrong in ("", "7", "x:" + "ab" * 32, "7:abc"):
        with pytest.raises(UsageError):
            Head.parse(wrong)


def test_entries_are_found_by_action_by_person_and_from_the_end(ring: KeyRing) -> None:
    audit = Audit(ring, "ann")
    audit.note("import", details={"rows": 5})
    audit.note("consent", 42)
    audit.note("import")

    def numbers(**asked: Any) -> list[int]:
        return [entry["number"] for entry in audit.entries(**asked)]

    assert numbers() == [1, 2, 3]
    assert numbers(action="import") == [1, 3]
    assert numbers(subjects=[42]) == [2]
    assert numbers(last=2) == [2, 3]
    assert numbers(action="import", last=1) == [3]
    assert next(audit.entries())["details"] == {"rows": 5}


@pytest.mark.parametrize("fails", [OSError, KeyError])
def test_who_acts_is_named(
    ring: KeyRing, monkeypatch: pytest.MonkeyPatch, fails: type[Exception]
) -> None:
    monkeypatch.setenv("HABITUE_ACTOR", "privacy officer")
    Audit(ring).note("run")
    monkeypatch.delenv("HABITUE_ACTOR")

    def nobody() -> Callable[[], str]:
        raise fails

    monkeypatch.setattr("getpass.getuser", nobody)
    Audit(ring).note("run")
    first, second = (entry["actor"] for entry in Audit(ring).entries())
    assert first == "privacy officer"
    assert second
