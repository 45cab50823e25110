"""Folders and archives through a shop: a bad file never stops a good one, nothing twice."""

from __future__ import annotations

import zipfile
from pathlib import Path
from random import Random

import pytest
from tests.samples.archives import SHOP, meta_json, script, thread

from habitue import Shop
from habitue.errors import FormatError, PartlyImportedError, UsageError
from habitue.prepare.imports import ImportReports

HEADER = "order,sku,date,price,email\n"


def orders(path: Path, first: int, rows: int = 4) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{first + n},A{n},2024-05-0{n % 9 + 1},2.50,p{n}@b.example" for n in range(rows)]
    path.write_text(HEADER + "\n".join(lines) + "\n")
    return path


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop.create(tmp_path / "shop")


def archive(path: Path, conversations: int = 5, broken: int = 0) -> tuple[Path, int]:
    """Write an Instagram archive; return how many messages have words."""
    random, words = Random(1), 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for n in range(conversations):
            one = thread(random, 12, "instagram")
            one.document["thread_path"] = f"inbox/person_{n}"
            words += len(one.records)
            text = meta_json(one.document)
            text = "{" if n < broken else text
            words -= len(one.records) * (n < broken)
            file.writestr(f"your_instagram_activity/messages/inbox/p_{n}/message_1.json", text)
        file.writestr("media/posts/1.jpg", "picture")
        file.writestr("connections/followers_1.json", "[]")
    return path, words


def test_a_folder_with_a_bad_file_gives_the_good_ones_and_says_which_is_bad(
    tmp_path: Path, shop: Shop
) -> None:
    orders(tmp_path / "in" / "a.csv", 1)
    (tmp_path / "in" / "b.csv").write_text("\x00\x01nothing")
    orders(tmp_path / "in" / "deep" / "c.csv", 100)
    with pytest.raises(PartlyImportedError, match=r"1 of 3 files could not be read") as told:
        shop.import_files([tmp_path / "in"])
    reports = told.value.reports
    assert isinstance(reports, ImportReports)
    assert [Path(one.path).name for one in reports] == ["a.csv", "c.csv"]
    assert [Path(one.name).name for one in reports.failed] == ["b.csv"]
    assert len(shop.records("purchases")) == 8


def test_one_bad_file_alone_keeps_its_own_error(tmp_path: Path, shop: Shop) -> None:
    (tmp_path / "b.csv").write_text("")
    with pytest.raises(FormatError, match="is empty"):
        shop.import_files([tmp_path / "b.csv"])


def test_a_file_that_is_not_there_stops_before_anything_is_imported(
    tmp_path: Path, shop: Shop
) -> None:
    with pytest.raises(UsageError):
        shop.import_files([orders(tmp_path / "a.csv", 1), tmp_path / "nothing.csv"])
    assert len(shop.records("purchases")) == 0


def test_errors_call_a_member_what_people_call_it(tmp_path: Path, shop: Shop) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("list.csv", "colour,size\nred,1\nblue,2\n")
    with pytest.raises(Exception, match=r"a\.zip/list\.csv") as told:
        shop.import_files([tmp_path / "a.zip"])
    assert "unpacked" not in str(told.value)


def test_an_archive_goes_in_as_it_comes_once(tmp_path: Path, shop: Shop) -> None:
    path, words = archive(tmp_path / "instagram-shop-2026.zip")
    reports = shop.import_files([path])
    (one,) = reports
    assert (one.kind, one.accepted, Path(one.path).name) == ("comments", words, "messages")
    assert one.read == one.accepted + one.repeated + one.rejected == 60
    assert {skip.reason for skip in reports.skipped} == {"media", "other_of_archive"}
    (again,) = shop.import_files([path])
    assert again.already
    assert len(shop.records("comments")) == words
    assert not (shop.folder / "state" / "unpacked").exists()


def test_the_same_archive_unpacked_adds_nothing(tmp_path: Path, shop: Shop) -> None:
    path, words = archive(tmp_path / "instagram-shop-2026.zip")
    shop.import_files([path])
    with zipfile.ZipFile(path) as file:
        file.extractall(tmp_path / "instagram-shop-2026")
    (one,) = shop.import_files([tmp_path / "instagram-shop-2026"])
    assert (one.accepted, one.repeated) == (0, words)


def test_a_broken_conversation_does_not_stop_the_others(tmp_path: Path, shop: Shop) -> None:
    path, words = archive(tmp_path / "instagram-shop-2026.zip", broken=2)
    with pytest.raises(PartlyImportedError, match="2 of 5 files"):
        shop.import_files([path])
    assert len(shop.records("comments")) == words


def test_conversations_that_are_all_broken_import_nothing(tmp_path: Path, shop: Shop) -> None:
    path, _words = archive(tmp_path / "instagram-shop-2026.zip", 3, broken=3)
    with pytest.raises(PartlyImportedError, match="3 of 3 files"):
        shop.import_files([path])


def test_no_name_of_a_person_is_left_where_batches_are_listed(tmp_path: Path, shop: Shop) -> None:
    random = Random(2)
    folder = tmp_path / "facebook-x" / "messages" / "inbox" / "adalovelace_1022"
    folder.mkdir(parents=True)
    for part in (1, 2):
        document = thread(random, 6, "facebook").document
        (folder / f"message_{part}.json").write_text(meta_json(document))
    (one,) = shop.import_files([tmp_path / "facebook-x"])
    assert "adalovelace" not in one.path
    assert one.path.endswith("messages")


def test_each_conversation_is_one_person_and_the_shop_is_nobody(tmp_path: Path, shop: Shop) -> None:
    path, _words = archive(tmp_path / "instagram-shop-2026.zip", 4)
    shop.import_files([path])
    rows = shop.records("comments").to_pylist()
    assert len({row["customer"] for row in rows}) == 4
    assert {row["from_shop"] for row in rows} == {True, False}
    assert not any(SHOP in (row["text"] or "") for row in rows)
    assert shop.find("instagram:person_0") in {row["customer"] for row in rows}


def test_an_import_that_was_killed_leaves_nothing_unpacked(tmp_path: Path, shop: Shop) -> None:
    left = shop.folder / "state" / "unpacked" / "1" / "orders.csv"
    orders(left, 1)
    shop.import_files([orders(tmp_path / "a.csv", 1)])
    assert not left.exists()


def test_what_was_written_on_x_and_by_the_shop_teaches_nothing(tmp_path: Path, shop: Shop) -> None:
    days = [f"2024-0{m}-1{d}" for m in range(1, 7) for d in range(5)]
    lines = [f"{n},A{n % 3},{day},2.50,p{n % 9}@b.example" for n, day in enumerate(days)]
    (tmp_path / "orders.csv").write_text(HEADER + "\n".join(lines) + "\n")
    said = [
        "platform,comment,email,date,from_shop",
        "Twitter,hate it,p1@b.example,2024-02-01,",
        "instagram,love it,p2@b.example,2024-02-02,",
        "shop,thank you,p2@b.example,2024-02-02,true",
        "X (Twitter),awful,p3@b.example,2024-02-03,",
    ]
    (tmp_path / "comments.csv").write_text("\n".join(said) + "\n")
    tweet = {
        "id_str": "1",
        "full_text": "bad, very bad",
        "created_at": "Tue Jan 02 10:00:00 +0000 2024",
    }
    reply = tweet | {"id_str": "2", "in_reply_to_status_id_str": "9"}
    message = {"messageCreate": {"id": "7", "senderId": "5", "text": "terrible", "createdAt":
                                 "2024-01-03T10:00:00.000Z"}}  # fmt: skip
    (tmp_path / "tweets.js").write_text(
        script("tweets.part0", [{"tweet": tweet}, {"tweet": reply}])
    )
    (tmp_path / "direct-messages.js").write_text(script("direct_messages.part0", [
        {"dmConversation": {"conversationId": "3-5", "messages": [message]}}]))  # fmt: skip
    names = ("orders.csv", "comments.csv", "tweets.js", "direct-messages.js")
    shop.import_files([tmp_path / name for name in names])
    assert len(shop.records("comments")) == 6
    shop.run()
    scored = shop.table("sentiment").to_pylist()
    kept = {row["row_key"] for row in shop.records("comments").to_pylist()
            if row["text"] == "love it"}  # fmt: skip
    assert {row["row_key"] for row in scored} == kept
    accounted = {
        row["reason"]: row["rows"]
        for row in shop.accounting
        if row["table"] == "comments" and row["stage"] != "read"
    }
    assert accounted == {"heard": 1, "own_words": 2, "not_profiled": 3}
