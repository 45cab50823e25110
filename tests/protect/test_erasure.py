"""Claims about access and erasure: everything that is held, everywhere, and never back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.protect.places import PlacesThatHold

from habitue import Shop
from habitue.errors import UsageError
from habitue.protect.erasure import pending
from habitue.state import Erasure

ORDERS = """Order,Date,SKU,Title,Qty,Price,Email,Phone,Name
1,2025-01-01,A,Mug,1,4.00,ann.lee@mail.example,+44 7700 900123,Ann Lee
2,2025-01-02,B,Bowl,1,4.00,bob@mail.example,+44 7700 900999,Bob Roe
3,2025-02-02,A,Mug,2,4.00,ann.lee@mail.example,,Ann Lee
"""
COMMENTS = """comment_id,date,text,email
c1,2025-01-03,lovely mug,ann.lee@mail.example
c2,2025-01-04,"tell ann.lee@mail.example or 07700 900 123, Ann Lee's bowl broke",bob@mail.example
"""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = Shop.create(tmp_path / "shop", name="Corner shop")
    for name, text in (("orders", ORDERS), ("comments", COMMENTS)):
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        shop.import_files([path])
    shop.run()
    return Shop.open(shop.folder)


def test_the_person_is_in_no_file_after_erasure_and_others_are_untouched(shop: Shop) -> None:
    ann = PlacesThatHold(["ann.lee@mail.example", "7700900123", "Ann Lee"])
    assert ann.within(shop.folder)
    entry = shop.privacy.erase(["ann.lee@mail.example"])
    assert ann.within(shop.folder) == []
    assert {row["left"] for row in entry.receipt} == {0}
    assert shop.reveal([shop.find("bob@mail.example")], "email") == {
        shop.find("bob@mail.example"): "bob@mail.example"
    }
    texts = shop.records("comments").to_pandas()["text"].tolist()
    assert texts == ["tell […] or […], […]'s bowl broke"]


def test_the_erased_do_not_come_back_with_the_same_or_another_export(
    shop: Shop, tmp_path: Path
) -> None:
    shop.privacy.erase(["ann.lee@mail.example"])
    later = tmp_path / "later.csv"
    later.write_text(ORDERS + "4,2025-03-03,B,Bowl,1,4.00,,+44 7700 900123,\n", encoding="utf-8")
    [report] = shop.import_files([later])
    assert (report.accepted, report.repeated) == (0, 1)
    assert report.reasons == {"erased_person": 3}
    with pytest.raises(UsageError):
        shop.find("ann.lee@mail.example")


def test_a_person_who_comes_back_by_themselves_can_be_let_in(shop: Shop, tmp_path: Path) -> None:
    shop.privacy.erase(["ann.lee@mail.example"])
    shop.privacy.readmit("ann.lee@mail.example")
    again = tmp_path / "again.csv"
    again.write_text(
        ORDERS.splitlines()[0] + "\n9,2025-05-05,A,Mug,1,4.00,ann.lee@mail.example,,\n"
    )
    [report] = shop.import_files([again])
    assert report.accepted == 1
    with pytest.raises(UsageError):
        shop.privacy.readmit("nobody@mail.example")


def test_an_erasure_that_was_killed_is_completed_by_whoever_writes_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from habitue.report.holders import RunHolder

    def killed(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RunHolder, "erase", killed)
        with pytest.raises(KeyboardInterrupt):
            shop.privacy.erase(["ann.lee@mail.example"])
    assert len(pending(shop._database)) == 1
    shop.run()
    assert pending(shop._database) == []
    ann = PlacesThatHold(["ann.lee@mail.example", "7700900123", "Ann Lee"])
    assert ann.within(shop.folder) == []


def test_the_receipt_adds_up_over_a_kill_and_names_nobody(shop: Shop) -> None:
    entry = shop.privacy.erase(["ann.lee@mail.example"])
    with shop._database.reading() as session:
        kept = session.get_one(Erasure, entry.id)
        assert kept.done is not None
        rows = {row["holder"]: row["removed"] for row in kept.receipt}
    assert rows["records"] == 4  # two orders, her comment, and Bob's that names her
    assert rows["runs"] == 1
    assert "ann" not in json.dumps(kept.receipt)


def test_an_identifier_that_a_family_shares_goes_on_working(tmp_path: Path) -> None:
    shop = Shop.create(tmp_path / "shop")
    path = tmp_path / "o.csv"
    path.write_text(
        "Order,Date,SKU,Qty,Price,Email,Phone,Name\n"
        "1,2025-01-01,A,1,4.00,ann@mail.example,+44 7700 900123,Ann Lee\n"
        "2,2025-01-02,B,1,4.00,bob@mail.example,+44 7700 900123,Bob Roe\n",
    )
    shop.import_files([path])
    shop.privacy.erase(["ann@mail.example"])
    path.write_text(
        "Order,Date,SKU,Qty,Price,Email,Phone,Name\n"
        "3,2025-01-03,A,1,4.00,bob@mail.example,+44 7700 900123,Bob Roe\n"
    )
    [report] = shop.import_files([path])
    assert report.accepted == 1


def test_everything_held_about_a_person_is_handed_out(shop: Shop, tmp_path: Path) -> None:
    data, page = shop.privacy.write("ann.lee@mail.example", tmp_path / "out")
    held = json.loads(data.read_text(encoding="utf-8"))["held"]
    assert {(row["kind"], row["value"]) for row in held["vault"]} >= {
        ("email", "ann.lee@mail.example"),
        ("name", "Ann Lee"),
    }
    assert {row["table"] for row in held["records"]} == {"purchases", "comments"}
    assert {row["table"] for row in held["runs"]} >= {"rfm", "loyalty", "recommendations"}
    assert "Ann Lee" in page.read_text(encoding="utf-8")
    assert data.stat().st_mode & 0o077 == 0


def test_a_plan_changes_nothing(shop: Shop) -> None:
    found = {one.holder: one.left for one in shop.privacy.plan(["ann.lee@mail.example"])}
    assert found["records"] == 4
    assert shop.find("ann.lee@mail.example")


def test_old_records_go_when_their_time_is_over(shop: Shop) -> None:
    (shop.folder / "habitue.toml").write_text('[retention]\npurchases = "1y"\n', encoding="utf-8")
    from datetime import UTC, datetime

    removed = Shop.open(shop.folder).privacy.retain(datetime(2026, 1, 15, tzinfo=UTC))
    assert removed == {"purchases": 2}
    assert shop.records("purchases").to_pandas()["order_id"].tolist() == ["3"]


def test_a_back_up_made_before_can_not_be_read_for_the_erased_and_can_for_others(
    shop: Shop, tmp_path: Path
) -> None:
    ann, bob = shop.find("ann.lee@mail.example"), shop.find("bob@mail.example")
    backup = tmp_path / "backup"
    shutil.copytree(shop.folder, backup, ignore=shutil.ignore_patterns("keys.db*", "master.key"))
    assert shop.reveal([ann], "email")
    shop.privacy.erase(["ann.lee@mail.example"])
    for name in ("keys.db", "master.key"):  # restored: the back-up, and today's keys
        shutil.copy(shop.folder / "state" / name, backup / "state" / name)
    restored = Shop.open(backup)
    assert restored.reveal([ann, bob], "email") == {bob: "bob@mail.example"}
