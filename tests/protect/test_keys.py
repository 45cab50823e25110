from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select, update

from habitue.errors import VaultError
from habitue.protect.audit import Audit
from habitue.protect.keyring import KeyRing, filled
from habitue.protect.keys import MasterKey
from habitue.protect.rotation import finish, following, rotate, settle, unfinished
from habitue.protect.vault import Vault
from habitue.protect.verification import verify
from habitue.shop import Shop
from habitue.state import Database, DataKey, PersonKey

OLD, NEW = MasterKey(b"o" * 32), MasterKey(b"n" * 32)


def fill(database: Database, key: MasterKey = OLD, people: int = 25) -> list[int]:
    vault = Vault(database, key)
    rows = [[f"c{n}@example.com"] for n in range(people)]
    customers = vault.resolve(rows, ["email"])
    with database.writing() as session:
        vault.flush(session, "b")
    return [customer for customer in customers if customer is not None]


def readable(database: Database, key: MasterKey, customers: list[int]) -> bool:
    vault = Vault(database, key)
    found = vault.reveal(customers, "email")
    return len(found) == len(customers) and vault.find("c3@example.com") in customers


def key_file(path: Path, key: bytes = b"f" * 32) -> Path:
    path.write_bytes(base64.b64encode(key))
    path.chmod(0o600)
    return path


class TestRotation:
    @pytest.fixture
    def database(self, tmp_path: Path) -> Database:
        return Database.of(tmp_path)

    def test_everyone_is_readable_with_the_new_key_and_nobody_with_the_old(
        self, database: Database
    ) -> None:
        customers = fill(database)
        steps: list[int] = []
        done = rotate(database, OLD, NEW, steps.append, rows=10)
        assert (done.generation, done.moved, steps) == (2, 25, [10, 20, 25])
        assert readable(database, NEW, customers)
        with pytest.raises(VaultError, match="does not fit"):
            Vault(database, OLD).reveal(customers, "email")
        assert verify(KeyRing(database, NEW)).sound
        actions = [entry["action"] for entry in Audit(KeyRing(database, NEW)).entries()]
        assert actions == ["key_rotation", "key_rotated", "reveal"]

    def test_the_old_generation_is_gone_and_all_that_it_wrapped(self, database: Database) -> None:
        fill(database)
        with database.reading_keys() as session:
            before = set(session.scalars(select(PersonKey.key)))
        rotate(database, OLD, NEW)
        with database.reading_keys() as session:
            assert not before & set(session.scalars(select(PersonKey.key)))
            assert set(session.scalars(select(PersonKey.generation))) == {2}
        with database.reading() as session:
            kept = sorted((row.name, row.generation) for row in session.scalars(select(DataKey)))
        assert kept == [("audit", 1), ("lookup", 1), ("persons", 2), ("tombstone", 1)]

    @pytest.mark.parametrize("batches", [0, 1, 2])
    def test_a_rotation_cut_short_leaves_everyone_readable_and_is_gone_on_with(
        self, database: Database, batches: int
    ) -> None:
        customers = fill(database)

        def stop(moved: int) -> None:
            if moved >= 10 * batches:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rotate(database, OLD, NEW, stop, rows=10)
        assert unfinished(database)
        assert readable(database, NEW, customers)
        customers += fill(database, NEW, 30)[25:]  # someone new comes meanwhile
        assert finish(database, NEW).generation == 2
        assert not unfinished(database)
        assert readable(database, NEW, customers)

    def test_another_rotation_may_follow_one_cut_short(self, database: Database) -> None:
        customers = fill(database)

        def stop(_moved: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rotate(database, OLD, NEW, stop, rows=10)
        third = MasterKey(b"t" * 32)
        assert rotate(database, NEW, third).generation == 3
        assert readable(database, third, customers)

    def test_a_vault_that_was_open_all_along_writes_no_unreadable_person(
        self, database: Database
    ) -> None:
        vault = Vault(database, OLD)
        vault.resolve([["late@example.com"]], ["email"])
        rotate(database, OLD, NEW)
        with pytest.raises(VaultError, match="does not fit"), database.writing() as session:
            vault.flush(session, "b")

    def test_the_key_in_a_file_is_replaced_by_a_new_one(
        self, database: Database, tmp_path: Path
    ) -> None:
        old = MasterKey.of(tmp_path)
        customers = fill(database, old)
        rotate(database, old)
        new = MasterKey.of(tmp_path)
        assert new.id != old.id
        assert readable(database, new, customers)
        assert not following(tmp_path / "master.key").exists()

    def test_a_key_that_was_to_follow_takes_its_place_if_it_is_in_force(
        self, database: Database, tmp_path: Path
    ) -> None:
        file = key_file(tmp_path / "master.key")
        customers = fill(database, MasterKey.of_file(file))
        coming = key_file(following(file), b"g" * 32)
        assert not settle(database, file)  # killed before the commit: the old one is in force
        assert readable(database, MasterKey.of_file(file), customers)
        rotate(database, MasterKey.of_file(file), MasterKey.of_file(coming))
        assert settle(database, file)  # killed after it: the new one is
        assert readable(database, MasterKey.of_file(file), customers)
        assert not settle(database, file)

    @pytest.mark.parametrize(
        ("old", "new", "says"), [(NEW, OLD, "fit"), (OLD, OLD, "is the old"), (OLD, None, "comes")]
    )
    def test_wrong_keys_change_nothing(
        self, database: Database, old: MasterKey, new: MasterKey | None, says: str
    ) -> None:
        customers = fill(database)
        with pytest.raises(VaultError, match=says):
            rotate(database, old, new)
        assert readable(database, OLD, customers)

    def test_a_shop_of_before_the_data_keys_keeps_its_people(self, database: Database) -> None:
        from habitue.protect.keyring import wrapped

        customers = fill(database)
        ring = KeyRing(database, OLD)
        ring.open()
        with database.writing_keys() as session:  # as the first release stored it
            for person in session.scalars(select(PersonKey)):
                key = ring.unwrap(person.customer, person.key, 1)
                legacy = wrapped(OLD.derive("wrap person keys"), key, f"{person.customer}|key")
                session.execute(update(PersonKey).where(PersonKey.customer == person.customer)
                                .values(key=legacy))  # fmt: skip
        with database.writing() as session:
            for row in session.scalars(select(DataKey)):
                session.delete(row)
        assert filled(database)
        with pytest.raises(VaultError, match="does not fit"):
            KeyRing(database, NEW).open()
        assert len(Vault(database, OLD).reveal(customers, "email")) == len(customers)
        assert KeyRing(database, OLD).key("lookup") == OLD.derive("look up identifiers")

    def test_keys_can_not_change_places(self, database: Database) -> None:
        fill(database)
        with database.writing() as session:
            rows = {row.name: row for row in session.scalars(select(DataKey))}
            rows["lookup"].wrapped = rows["audit"].wrapped
        with pytest.raises(VaultError):
            KeyRing(database, OLD).open()


ROTATE = """
import sys, time
from pathlib import Path
from habitue.protect.keys import MasterKey
from habitue.protect.rotation import rotate
from habitue.state import Database

folder = Path(sys.argv[1])
print("ready", flush=True)
rotate(Database.of(folder), MasterKey.of(folder), rows=20)
"""


def test_a_rotation_killed_at_any_moment_leaves_everyone_readable(tmp_path: Path) -> None:
    database = Database.of(tmp_path)
    customers = fill(database, MasterKey.of(tmp_path), 400)
    for pause in (0.0, 0.02, 0.05, 0.1, 0.2):
        process = subprocess.Popen(
            [sys.executable, "-c", ROTATE, str(tmp_path)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(pause)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        settle(database, tmp_path / "master.key")
        master = MasterKey.of(tmp_path)
        assert readable(database, master, customers)
        assert verify(KeyRing(database, master)).sound
        finish(database, master)
        assert readable(database, master, customers)


class TestSources:
    def test_a_file_of_the_environment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = key_file(tmp_path / "elsewhere")
        monkeypatch.setenv("HABITUE_MASTER_KEY_FILE", str(file))
        key = MasterKey.of(tmp_path / "state")
        assert (key.where, key.file) == (str(file), file)

    def test_a_command_of_the_environment_or_the_settings(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = key_file(tmp_path / "key")
        command = f"cat '{file}'"
        assert MasterKey.of(tmp_path, command=command).id == MasterKey(b"f" * 32).id
        monkeypatch.setenv("HABITUE_MASTER_KEY_COMMAND", command)
        key = MasterKey.of(tmp_path)
        assert (key.id, key.where, key.file) == (MasterKey(b"f" * 32).id, "cat", None)
        assert not (tmp_path / "master.key").exists()

    def test_a_file_of_the_settings_is_found_from_the_shops_folder(self, tmp_path: Path) -> None:
        key_file(tmp_path / "keys")
        assert MasterKey.of(tmp_path / "state", file="keys").id == MasterKey(b"f" * 32).id

    @pytest.mark.parametrize(
        ("command", "says"),
        [("no-such-program-anywhere", "can't be started"), ("", "can't be started"),
         ("'unclosed", "can't be started"), ("false", "exit status 1"), ("echo hello!", "base64"),
         ("true", "32 bytes")],
    )  # fmt: skip
    def test_a_command_that_fails_says_how(self, command: str, says: str) -> None:
        with pytest.raises(VaultError, match=says):
            MasterKey.of_command(command)

    def test_a_command_that_hangs_is_ended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("habitue.protect.keys._PATIENCE", 0.05)
        with pytest.raises(VaultError, match="no answer"):
            MasterKey.of_command("sleep 5")

    def test_a_missing_key_is_not_made_anew_for_a_filled_vault(self, tmp_path: Path) -> None:
        shop = Shop.create(tmp_path / "shop")
        shop.consents.grant("a@example.com", "marketing", "email", "form")
        file = shop.folder / "state" / "master.key"
        file.rename(tmp_path / "aside")
        with pytest.raises(VaultError, match="is not there"):
            Shop.open(shop.folder).find("a@example.com")
        assert not file.exists()


class TestShop:
    @pytest.fixture
    def shop(self, tmp_path: Path) -> Shop:
        shop = Shop.create(tmp_path / "shop")
        shop.consents.grant("a@example.com", "marketing", "email", "form")
        return shop

    def test_rotation_by_the_shop_goes_on_with_one_cut_short(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = shop.keys.show()
        assert (first["source"], first["unfinished"]) == (
            str(shop.folder / "state" / "master.key"), False
        )  # fmt: skip

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("habitue.protect.rotation._move", killed)
        with pytest.raises(KeyboardInterrupt):
            shop.keys.rotate()
        monkeypatch.undo()
        shop = Shop.open(shop.folder)
        assert shop.keys.show()["unfinished"]
        assert shop.keys.rotate().moved == 1
        assert shop.keys.show()["id"] != first["id"]
        assert shop.find("a@example.com")

    def test_a_key_from_elsewhere_is_changed_for_one_from_elsewhere(
        self, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shop.keys.rotate(command=f"cat '{key_file(tmp_path / 'k1')}'")
        with pytest.raises(VaultError, match="does not fit"):
            Shop.open(shop.folder).find("a@example.com")
        monkeypatch.setenv("HABITUE_MASTER_KEY_FILE", str(tmp_path / "k1"))
        monkeypatch.setenv("HABITUE_NEW_MASTER_KEY", base64.b64encode(b"e" * 32).decode())
        Shop.open(shop.folder).keys.rotate()
        monkeypatch.setenv("HABITUE_MASTER_KEY", base64.b64encode(b"e" * 32).decode())
        assert Shop.open(shop.folder).find("a@example.com")
        Shop.open(shop.folder).keys.rotate(file=tmp_path / "k1")
        monkeypatch.delenv("HABITUE_MASTER_KEY")
        assert Shop.open(shop.folder).find("a@example.com")
