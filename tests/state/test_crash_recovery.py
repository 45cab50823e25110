"""Claims about what killed processes leave, and about who waits for whom."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import update

from habitue import Shop
from habitue.cli import main
from habitue.errors import ShopError, UsageError
from habitue.protect.erasure import pending
from habitue.protect.keys import MasterKey, new_file
from habitue.protect.rotation import following, settle
from habitue.state import Database, DataKey, Person, database, disk, spill

ORDERS = """Order,Date,SKU,Title,Qty,Price,Email
1,2025-01-01,A,Mug,1,4.00,ann@mail.example
2,2025-01-02,B,Bowl,1,4.00,bob@mail.example
3,not a day,B,Bowl,1,4.00,bob@mail.example
"""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = Shop.create(tmp_path / "shop")
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    shop.import_files([path])
    return shop


def test_whoever_writes_next_sweeps_what_belongs_to_nothing(shop: Shop, tmp_path: Path) -> None:
    state, kept = shop.folder / "state", set(shop.folder.rglob("*"))
    left = [
        shop.folder / "records" / "purchases" / "0123.parquet",
        shop.folder / "records" / "purchases" / "0123.part",
        shop.folder / "records" / ".staging" / "0123.parquet",
        shop.folder / "rejects" / "0123.csv",
        shop.folder / "runs" / ".draft-1" / "tables" / "rfm.parquet",
        shop.folder / "runs" / ".gone-2" / "report.html",
        state / "unpacked" / "orders.csv",
        state / "master.key.17.part",
        state / "master.key.next.17.part",
        state / "master.key.next",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("cut o")
    left[-1].unlink()
    new_file(left[-1])  # a rotation that was killed before anything was wrapped by it
    shop.import_files([tmp_path / "orders.csv"])
    files = {path for path in shop.folder.rglob("*") if path.is_file()}
    assert files <= kept


def test_a_draft_that_was_cut_off_does_not_stop_an_erasure(shop: Shop) -> None:
    shop.run()
    draft = shop.folder / "runs" / ".draft-1" / "tables" / "rfm.parquet"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"PAR1 cut off")
    assert shop.privacy.erase(["ann@mail.example"]).done is not None
    assert not draft.exists()


def test_a_rewrite_that_was_killed_is_done_again_to_the_same_end(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(disk, "put", killed)
        with pytest.raises(KeyboardInterrupt):
            shop.privacy.erase(["ann@mail.example"])
    with shop._writing():
        pass
    assert shop.inventory() == (dict.fromkeys(shop.inventory()[0], 0) | {"purchases": 1}, 0, 0)
    assert len(shop.records("purchases")) == 1


def test_an_erasure_that_was_killed_and_is_asked_for_again_has_one_receipt(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Database, "scrub", killed)
        with pytest.raises(KeyboardInterrupt):
            shop.privacy.erase(["ann@mail.example"])
    (begun,) = pending(shop._database)
    again = Shop.open(shop.folder).privacy.erase(["ann@mail.example"])
    assert (again.id, again.done is not None) == (begun.id, True)
    with pytest.raises(UsageError):
        shop.privacy.erase(["nobody@mail.example"])


def test_the_list_of_rejected_rows_is_on_the_disk_before_its_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, synced = Shop.create(tmp_path / "shop"), list[str]()
    monkeypatch.setattr(disk, "sync", lambda path: synced.append(path.suffix))
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    shop.import_files([path])
    assert synced.index(".csv") < synced.index(".part")


def test_a_new_key_is_on_the_disk_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("habitue.protect.keys.disk.sync", synced.append)
    new_file(tmp_path / "master.key")
    assert synced == [tmp_path]
    assert [path.name for path in tmp_path.iterdir()] == ["master.key"]


def test_two_processes_may_settle_a_rotation(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    file = shop.folder / "state" / "master.key"
    new_file(following(file))
    coming = MasterKey.of_file(following(file))

    def other(_folder: Path) -> MasterKey:  # has put it in place in between
        following(file).replace(file)
        return coming

    with shop._database.writing() as session:
        session.execute(update(DataKey).values(master=coming.id))
    monkeypatch.setattr(MasterKey, "of_file", other)
    assert settle(shop._database, file)
    assert file.exists()


def test_a_shop_is_opened_and_read_while_another_process_writes(shop: Shop) -> None:
    with shop._database.writing() as session, shop._database.writing_keys():
        session.add(Person(customer=7))
        session.flush()
        reader = Shop.open(shop.folder)
        assert reader.vault.count() == 2
        assert len(reader.records("purchases")) == 2


def test_a_writer_that_waits_in_vain_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_PATIENCE", 0)
    first, second = Database.of(tmp_path), Database.of(tmp_path)
    with (
        first.writing(),
        pytest.raises(ShopError, match="has been writing"),
        second.writing(),
    ):
        pass


def test_an_erasure_whose_bytes_a_reader_holds_stays_open_until_they_are_overwritten(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_PATIENCE", 0)
    shop = Shop.open(shop.folder)
    with Shop.open(shop.folder)._database.reading() as reader:
        assert reader.get(Person, 1) is None  # from here on it sees this state
        with pytest.raises(ShopError, match="is reading"):
            shop.privacy.erase(["ann@mail.example"])
        assert len(pending(shop._database)) == 1
    with shop._writing():
        pass
    assert pending(shop._database) == []
    assert (shop.folder / "state" / "keys.db-wal").stat().st_size == 0


def test_a_second_writer_waits_and_says_for_whom(
    shop: Shop, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with (shop.folder / "state" / "lock").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.write("4711")
        file.flush()
        free = threading.Timer(0.5, fcntl.flock, (file, fcntl.LOCK_UN))
        free.start()
        words = ["--shop", str(shop.folder), "import", str(tmp_path / "orders.csv")]
        assert main(words) == 0
        free.join()
    assert "4711" in capfd.readouterr().err


def test_what_a_dead_process_spilt_is_swept_and_of_the_living_nothing(shop: Shop) -> None:
    place = shop.folder / "state" / "spill"
    command = (
        "import sys; from pathlib import Path; from habitue.state import spill;"
        "print(spill.own(Path(sys.argv[1])), flush=True)"
    )
    words = [sys.executable, "-c", command + "; input()", str(place)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        theirs = Path(other.stdout.readline().strip())
        (theirs / "duckdb_temp").write_text("x")
        with shop._writing():
            assert (theirs / "duckdb_temp").exists()
        other.kill()
    with shop._writing(), shop._engine():
        assert not theirs.exists()
        assert spill.own(place).exists()
        assert spill.sweep(place) == 0


def test_a_folder_s_name_lasts_before_anything_is_put_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(disk, "sync", synced.append)
    disk.make(tmp_path / "a" / "b")
    assert synced == [tmp_path, tmp_path / "a"]
    disk.make(tmp_path / "a" / "b")
    assert len(synced) == 2


def test_a_folder_is_removed_in_one_step_that_readers_see(tmp_path: Path) -> None:
    folder = disk.make(tmp_path / "run")
    (folder / "report.html").write_text("x")
    before = os.open(folder, os.O_RDONLY)
    disk.remove(folder)
    os.close(before)
    assert list(tmp_path.iterdir()) == []
