from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from habitue.errors import VaultError
from habitue.protect.keys import MasterKey
from habitue.protect.normalise import normalised
from habitue.protect.vault import Vault
from habitue.state import Database

KINDS = ("customer_id", "email", "phone", "name")
KEY = MasterKey(b"k" * 32)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(Database.of(tmp_path), KEY, hints=("GB",))


def resolve(vault: Vault, *rows: tuple[str | None, ...]) -> list[int | None]:
    customers = vault.resolve(rows, KINDS)
    with vault._database.writing() as session:
        vault.flush(session, "b")
    return customers


def persons(vault: Vault) -> dict[int, int]:
    from habitue.prepare.identity import linked

    return {row["customer"]: row["person"] for row in linked(vault._database).to_pylist()}


def test_the_same_identifiers_lead_to_the_same_pseudonym(vault: Vault) -> None:
    first, second = resolve(vault, ("17850", None, None, None), ("17850", None, None, None))
    assert first == second
    assert resolve(Vault(vault._database, KEY), ("17850", None, None, None)) == [first]


def test_any_identifier_of_a_row_finds_the_person_later(vault: Vault) -> None:
    (customer,) = resolve(vault, ("17850", "Ann@Example.com ", "+44 7700 900123", "Ann"))
    assert vault.find("ann@example.com") == customer
    assert vault.find("07700 900123") == customer
    assert vault.find("someone@example.com") is None
    (later,) = resolve(vault, (None, "ANN@example.com", None, None))
    assert later is not None
    assert persons(vault)[later] == persons(vault)[customer or 0]


def test_a_name_alone_is_nobody(vault: Vault) -> None:
    assert resolve(vault, (None, None, None, "Ann"), (None, None, None, None)) == [None, None]


def test_a_row_with_identifiers_of_two_people_makes_them_one(vault: Vault) -> None:
    a, b = resolve(vault, ("1", None, None, None), (None, "a@example.com", None, None))
    assert persons(vault) == {}
    (both,) = resolve(vault, ("1", "a@example.com", None, None))
    assert len({a, b, both}) == 3
    assert set(persons(vault)) == {a, b, both}
    assert len(set(persons(vault).values())) == 1


def test_a_repeated_row_is_told_by_its_strongest_identifier_alone(vault: Vault) -> None:
    rows = [("1", None, None, None), ("1", "a@example.com", "07700 900123", "Ann")]
    found = vault.sightings(rows, KINDS)
    assert found.customers[0] != found.customers[1]
    assert found.anchors[0] == found.anchors[1] is not None


def test_identifiers_are_revealed_as_they_were_written(vault: Vault) -> None:
    (a,) = resolve(vault, ("X-1", "Ann@Example.com", "+44 7700 900123", "Ann Lee 安"))
    assert a is not None
    assert vault.reveal([a], "email") == {a: "Ann@Example.com"}
    assert vault.reveal([a], "name") == {a: "Ann Lee 安"}
    assert vault.reveal([a], "handle") == {}


def test_nothing_in_the_database_tells_who_is_who(vault: Vault, tmp_path: Path) -> None:
    resolve(vault, ("17850", "ann@example.com", "07700900123", "Ann"))
    rows = sqlite3.connect(tmp_path / "state.db").execute("SELECT * FROM identifiers").fetchall()
    assert len(rows) == 4
    for secret in (b"17850", b"ann@example.com", b"7700900123", b"Ann"):
        assert not any(secret in bytes(str(value), "utf-8") for row in rows for value in row)
        assert all(secret not in row[1] and secret not in row[5] for row in rows)


def test_another_master_key_opens_nothing(vault: Vault) -> None:
    (a,) = resolve(vault, ("1", None, None, None))
    other = Vault(vault._database, MasterKey(b"x" * 32))
    assert a is not None
    with pytest.raises(VaultError, match="does not fit"):
        other.reveal([a], "customer_id")
    with pytest.raises(VaultError):
        other.verify()
    with pytest.raises(VaultError):
        other.find("1")
    vault.verify()


def test_what_is_forgotten_is_not_written(vault: Vault) -> None:
    vault.resolve([("1", None, None, None)], KINDS)
    vault.forget()
    with vault._database.writing() as session:
        vault.flush(session, "b")
    assert vault.count() == 0


def test_a_secret_can_not_be_put_in_another_persons_place(vault: Vault, tmp_path: Path) -> None:
    a, b = resolve(vault, ("1", None, None, None), ("2", None, None, None))
    assert a is not None
    assert b is not None
    connection = sqlite3.connect(tmp_path / "state.db")
    rows = dict(connection.execute("SELECT customer, secret FROM identifiers"))
    connection.execute("UPDATE identifiers SET secret = ? WHERE customer = ?", (rows[b], a))
    connection.commit()
    with pytest.raises(VaultError, match="altered"):
        vault.reveal([a], "customer_id")


@pytest.mark.parametrize(
    ("kind", "value", "compared"),
    [
        ("phone", "0086 139 1234 5678", "+8613912345678"),
        ("phone", "123", ""),
        ("handle", "@Ann", "ann"),
        ("email", "no address", ""),
        ("customer_id", "ＡＢ１", "ab1"),
    ],
)
def test_identifiers_are_compared_in_one_form(kind: str, value: str, compared: str) -> None:
    assert normalised(kind, value) == compared


class TestMasterKey:
    def test_the_file_is_made_once_and_only_its_owner_reads_it(self, tmp_path: Path) -> None:
        first = MasterKey.of(tmp_path)
        assert (tmp_path / "master.key").stat().st_mode & 0o077 == 0
        assert MasterKey.of(tmp_path).derive("x") == first.derive("x") != first.derive("y")

    def test_a_file_that_others_can_read_is_refused(self, tmp_path: Path) -> None:
        MasterKey.of(tmp_path)
        (tmp_path / "master.key").chmod(0o644)
        with pytest.raises(VaultError, match="chmod 600"):
            MasterKey.of(tmp_path)

    def test_the_environment_wins(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HABITUE_MASTER_KEY", "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2traw==")
        with pytest.raises(VaultError, match="32 bytes"):
            MasterKey.of(tmp_path)
        monkeypatch.setenv("HABITUE_MASTER_KEY", "no base64!")
        with pytest.raises(VaultError, match="HABITUE_MASTER_KEY"):
            MasterKey.of(tmp_path)
        assert list(tmp_path.iterdir()) == []
