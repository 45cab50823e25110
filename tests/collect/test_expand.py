"""Folders and archives become the files in them; nothing is trusted, nothing lost silently."""

from __future__ import annotations

import io
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habitue.collect import zips
from habitue.collect.conversations import Conversations
from habitue.collect.expand import Broken, Expanded, Member, Skipped, expand, inside, left_out
from habitue.errors import FormatError, UsageError

ORDERS = "order,sku,date,price,email\n1,A,2024-05-01,2.50,a@b.example\n"


def packed(path: Path, members: dict[str, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def texts(found: Iterator[Expanded]) -> dict[str, str]:
    """Return what members hold, read while they are there."""
    read = {}
    for one in found:
        assert isinstance(one, Member), one
        read[one.name] = one.path.read_text()
    return read


def errors(path: Path, staging: Path) -> list[str]:
    return [str(one.error) for one in expand([path], staging) if isinstance(one, Broken)]


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    return tmp_path / "staging"


def test_members_come_one_by_one_and_are_gone_afterwards(tmp_path: Path, staging: Path) -> None:
    path = packed(tmp_path / "a.zip", {"x/part10.csv": "ten", "x/part2.csv": "two"})
    assert texts(expand([path], staging)) == {f"{path}/x/part2.csv": "two",
                                            f"{path}/x/part10.csv": "ten"}  # fmt: skip
    assert list(staging.iterdir()) == []


def test_nobody_else_can_read_what_is_taken_out(tmp_path: Path, staging: Path) -> None:
    path = packed(tmp_path / "a.zip", {"orders.csv": ORDERS})
    for one in expand([path], staging):
        assert isinstance(one, Member)
        folder = staging / one.path.relative_to(staging).parts[0]
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(one.path.stat().st_mode) == 0o600


def test_a_reader_who_stops_early_leaves_nothing_behind(tmp_path: Path, staging: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.csv": ORDERS, "b.csv": ORDERS})
    found = expand([path], staging)
    next(found)
    found.close()  # type: ignore[attr-defined]
    assert list(staging.iterdir()) == []


def test_the_folders_around_a_member_are_kept(tmp_path: Path, staging: Path) -> None:
    path = packed(
        tmp_path / "instagram-shop.zip", {"your_instagram_activity/media/reels.json": "[]"}
    )
    (one,) = expand([path], staging)
    assert isinstance(one, Member)
    assert one.path.parts[-4:] == (
        "instagram-shop",
        "your_instagram_activity",
        "media",
        "reels.json",
    )


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../b.csv", "C:\\x.csv",
                                  "..\\x.csv", "\\\\host\\x.csv"])  # fmt: skip
def test_a_name_that_leads_out_of_the_archive_stops_it(
    tmp_path: Path, staging: Path, name: str
) -> None:
    (said,) = errors(packed(tmp_path / "a.zip", {"ok.csv": ORDERS, name: "x"}), staging)
    assert "a place outside" in said
    assert not (tmp_path / "b.csv").exists()


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_members_are_called_they_stay_in_the_staging_folder(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    try:
        path = packed(folder / "a.zip", {name: "x"})
    except (ValueError, UnicodeError, IndexError):
        return  # zipfile itself refuses such a name
    for one in expand([path], folder / "staging"):
        if isinstance(one, Member):
            assert one.path.resolve().is_relative_to((folder / "staging").resolve())
            assert one.path.read_text() == "x"


def test_a_bomb_ends_in_an_error_before_it_fills_the_disk(
    tmp_path: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zips, "_SMALL", 1 << 20)
    path = packed(tmp_path / "bomb.zip", {"a.csv": b"0" * (40 << 20), "b.csv": "never"})
    found = list(expand([path], staging))
    assert [type(one) for one in found] == [Broken]
    assert "250 times its size" in errors(path, staging)[0]
    assert list(staging.iterdir()) == []


def test_a_bomb_in_an_archive_in_an_archive_counts_for_both(
    tmp_path: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zips, "_SMALL", 1 << 20)
    inner = packed(tmp_path / "inner.zip", {f"{n}.csv": b"0" * (9 << 20) for n in range(4)})
    data = inner.read_bytes()
    path = packed(tmp_path / "outer.zip", {"1.zip": data, "2.zip": data, "3.zip": data})
    assert any("250 times its size" in said for said in errors(path, staging))


def test_a_full_disk_is_said(
    tmp_path: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zips, "_SPARE", 1 << 60)
    (said,) = errors(packed(tmp_path / "a.zip", {"a.csv": ORDERS, "b.csv": ORDERS}), staging)
    assert "no room left" in said


def test_an_archive_in_an_archive_is_read_and_none_in_that(tmp_path: Path, staging: Path) -> None:
    deep = packed(tmp_path / "c.zip", {"c.csv": ORDERS}).read_bytes()
    inner = packed(tmp_path / "b.zip", {"b.csv": ORDERS, "c.zip": deep}).read_bytes()
    path = packed(tmp_path / "a.zip", {"b.zip": inner})
    kinds = {Path(one.name).name: type(one) for one in expand([path], staging)}
    assert kinds == {"b.csv": Member, "c.zip": Broken}


def test_a_locked_archive_says_so(tmp_path: Path, staging: Path) -> None:
    path = packed(tmp_path / "a.zip", {"orders.csv": ORDERS})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # in the member's own header and in the directory
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "password" in errors(path, staging)[0]


def test_a_damaged_member_does_not_stop_the_others(tmp_path: Path, staging: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.csv": ORDERS * 50, "b.csv": ORDERS}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[200] ^= 0xFF
    path.write_bytes(data)
    found = list(expand([path], staging))
    assert [type(one) for one in found] == [Broken, Member]
    assert isinstance(found[0], Broken)
    assert "damaged" in str(found[0].error)


def test_an_archive_that_is_cut_short_says_so(tmp_path: Path, staging: Path) -> None:
    path = packed(tmp_path / "a.zip", {"orders.csv": ORDERS * 100})
    path.write_bytes(path.read_bytes()[:-40])
    assert "damaged archive" in errors(path, staging)[0]


def test_a_spreadsheet_is_no_archive(tmp_path: Path, staging: Path) -> None:
    path = packed(tmp_path / "a.xlsx", {"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"})
    assert list(expand([path], staging)) == [Member(path, str(path))]


def test_names_in_gbk_are_read(tmp_path: Path, staging: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("XXXX.csv", ORDERS)
    path = tmp_path / "a.zip"
    path.write_bytes(stream.getvalue().replace(b"XXXX", "订单".encode("gb18030")))
    (name,) = texts(expand([path], staging))
    assert name.endswith("/订单.csv")


def test_what_is_no_data_is_left_out_and_named(tmp_path: Path, staging: Path) -> None:
    names = ["orders.csv", "a.jpg", "b.MP4", "index.html", "manual.pdf", "run.js", ".DS_Store",
             "__MACOSX/._orders.csv", "~$book.xlsx", "new.csv.part", "empty.csv"]  # fmt: skip
    path = packed(tmp_path / "a.zip", {n: "" if n == "empty.csv" else "x" for n in names})
    reasons = Counter(one.reason for one in expand([path], staging) if isinstance(one, Skipped))
    assert reasons == {"media": 2, "page": 1, "document": 1, "code": 1, "hidden": 2,
                       "unfinished": 2, "empty": 1}  # fmt: skip


def test_an_archive_of_a_platform_gives_its_records_only() -> None:
    root = ("instagram-shop-2026", "your_instagram_activity")
    assert left_out((*root, "messages", "inbox", "ada_1", "message_1.json")) == ""
    assert left_out((*root, "comments", "post_comments_1.json")) == ""
    assert left_out((*root, "likes", "liked_comments.json")) == "other_of_archive"
    assert (
        left_out(("facebook-shop", "posts", "your_posts__check_ins__photos_and_videos_1.json"))
        == ""
    )
    assert left_out(("x", "data", "tweets-part2.js")) == left_out(("direct-messages.js",)) == ""
    assert left_out(("x", "data", "deleted-tweets.js")) == "other_of_archive"
    assert left_out(("orders", "personal.json")) == ""


def test_a_folder_is_walked_but_not_the_shop_s_own_records(tmp_path: Path, staging: Path) -> None:
    for name in ("habitue.toml", "records/purchases/a.parquet", "state/habitue.db", "in/b.csv",
                 "a.csv", ".git/x.csv"):  # fmt: skip
        path = tmp_path / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ORDERS)
    (tmp_path / "shop" / "gone.csv").symlink_to(tmp_path / "nowhere")
    found = list(expand([tmp_path / "shop"], staging))
    assert [Path(one.name).name for one in found if isinstance(one, Member)] == ["a.csv", "b.csv"]
    reasons = {Path(one.name).name: one.reason for one in found if isinstance(one, Skipped)}
    assert reasons == {"gone.csv": "link", "habitue.toml": "code"}


def test_a_named_file_is_taken_whatever_it_is_called(tmp_path: Path, staging: Path) -> None:
    path = tmp_path / "orders.html"
    path.write_text(ORDERS)
    assert list(expand([path], staging)) == [Member(path, str(path))]
    with pytest.raises(UsageError, match="There is no file"):
        list(expand([tmp_path / "nothing"], staging))


@pytest.mark.parametrize("as_zip", [True, False])
def test_conversations_come_together(tmp_path: Path, staging: Path, as_zip: bool) -> None:
    names = [f"inbox/p{n}/message_1.json" for n in range(12)]
    if as_zip:
        path = packed(tmp_path / "a.zip", {**dict.fromkeys(names, "{}"), "orders.csv": ORDERS})
    else:
        path = tmp_path / "a"
        for name in [*names, "orders.csv"]:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_text("{}")
    found = list(expand([path], staging))
    (together,) = [one for one in found if isinstance(one, Conversations)]
    assert (together.count, Path(together.name).name, len(found)) == (12, "inbox", 2)


def test_links_in_archives_are_not_followed(tmp_path: Path, staging: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("orders.csv")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
        archive.writestr("b.csv", ORDERS)
    names = [Path(one.name).name for one in expand([path], staging)]
    assert sorted(names) == ["b.csv", "orders.csv"]
    reasons = [one.reason for one in expand([path], staging) if isinstance(one, Skipped)]
    assert reasons == ["link"]


def test_a_member_packed_in_an_unknown_way_says_what_to_do(tmp_path: Path, staging: Path) -> None:
    path = packed(tmp_path / "a.zip", {"orders.csv": ORDERS})
    data = bytearray(path.read_bytes())
    for at in (8, data.rfind(b"PK\x01\x02") + 10):
        data[at : at + 2] = b"\x09\x00"
    path.write_bytes(data)
    assert "Unpack it" in errors(path, staging)[0]


def test_an_endless_list_of_members_is_refused(
    tmp_path: Path, staging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zips, "_MOST", 3)
    assert (
        "at most 3" in errors(packed(tmp_path / "a.zip", dict.fromkeys("abcde", "x")), staging)[0]
    )


def test_the_walk_says_nothing_of_what_cannot_be_read(tmp_path: Path) -> None:
    assert list(inside(tmp_path)) == []
    assert zips.is_zip(tmp_path / "nothing") is False
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(FormatError, match="damaged"):
        zips.is_zip(path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_archive_in_an_archive_does_not_stop_the_others(
    tmp_path: Path, staging: Path
) -> None:
    path = packed(tmp_path / "a.zip", {"a.zip": b"PK\x03\x04rest", "b.csv": ORDERS})
    broken, whole = expand([path], staging)
    assert isinstance(broken, Broken)
    assert isinstance(whole, Member)
    assert f"{path}/a.zip is a damaged archive" in str(broken.error)


def test_an_archive_of_another_version_says_so(tmp_path: Path, staging: Path) -> None:
    path = packed(tmp_path / "a.zip", {"orders.csv": ORDERS})
    data = bytearray(path.read_bytes())
    data[data.rfind(b"PK\x01\x02") + 6] = 99
    path.write_bytes(data)
    assert "damaged archive" in errors(path, staging)[0]
