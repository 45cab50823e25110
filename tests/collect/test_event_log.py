"""The log of web events: what it promises, by itself."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from habitue.collect.collector import write_key
from habitue.collect.eventlog import EventLog, Segments
from habitue.errors import BusyError
from habitue.shop import Shop


def _append(log: EventLog, *texts: str) -> OSError | None:
    """Append lines and wait until the log says what became of them."""
    done = threading.Event()
    said: list[OSError | None] = []

    def told(problem: OSError | None) -> None:
        said.append(problem)
        done.set()

    log.append("".join(f"{text}\n" for text in texts).encode(), len(texts), told)
    assert done.wait(20)
    return said[0]


def _lines(folder: Path) -> list[str]:
    return [
        line for path in sorted(folder.glob("*")) for line in path.read_text().split("\n") if line
    ]


def test_one_sync_serves_all_that_came_in_meanwhile(tmp_path: Path) -> None:
    gate, syncs = threading.Event(), []

    def sync(handle: int) -> None:
        syncs.append(handle)
        gate.wait(20)

    log = EventLog(tmp_path, sync=sync)
    told: list[int] = []
    for n in range(50):
        log.append(b"x\n", 1, lambda problem, n=n: told.append(n))  # type: ignore[misc]
    gate.set()
    log.close()
    assert told == list(range(50))
    assert len(syncs) <= 3


def test_a_segment_ends_when_it_is_full_or_old(tmp_path: Path) -> None:
    log = EventLog(tmp_path, lines=3)
    for n in range(7):
        assert _append(log, str(n)) is None
    log.close()
    assert [len(p.read_text().split()) for p in Segments(tmp_path).closed()] == [3, 3, 1]
    old = EventLog(tmp_path, age=0)
    _append(old, "7")
    _append(old, "8")
    old.close()
    assert len(Segments(tmp_path).closed()) == 5
    assert _lines(tmp_path) == [str(n) for n in range(9)]


@pytest.mark.parametrize("torn", ["", '{"half', "é"[:1], "x" * 200_000])
def test_an_unfinished_last_line_is_cut_off_and_no_other(tmp_path: Path, torn: str) -> None:
    (tmp_path / "0-a.open").write_text("one\ntwo\n" + torn)
    (tmp_path / "1-b.open").write_text(torn)
    EventLog(tmp_path).close()
    assert [p.name for p in Segments(tmp_path).closed()] == ["0-a.jsonl"]
    assert _lines(tmp_path) == ["one", "two"]


def test_nobody_closes_the_segment_of_a_living_process(tmp_path: Path) -> None:
    first = EventLog(tmp_path)
    _append(first, "one")
    second = EventLog(tmp_path)  # takes over what was left behind, and nothing is
    assert len(list(tmp_path.glob("*.open"))) == 1
    _append(second, "two")
    _append(first, "three")
    assert len(Segments(tmp_path).settle()) == 2  # both are asked to close theirs
    _append(first, "four")
    first.close()
    second.close()
    assert sorted(_lines(tmp_path)) == ["four", "one", "three", "two"]


def test_after_a_failed_sync_the_lines_are_refused_and_not_there(tmp_path: Path) -> None:
    fails = iter([False, True, False])

    def sync(handle: int) -> None:
        if next(fails):
            raise OSError(28, "No space left on device")
        os.fdatasync(handle)

    log = EventLog(tmp_path, sync=sync)
    assert [_append(log, text) is None for text in ("one", "two", "three")] == [True, False, True]
    log.close()
    assert _lines(tmp_path) == ["one", "three"]


def test_what_is_too_much_is_refused_before_it_is_taken(tmp_path: Path) -> None:
    gate = threading.Event()

    def sync(handle: int) -> None:
        gate.wait(20)

    log = EventLog(tmp_path, waiting=10, sync=sync)
    log.append(b"12345678\n", 1, lambda problem: None)
    with pytest.raises(BusyError):
        log.append(b"12\n", 1, lambda problem: None)
    gate.set()
    log.close()
    assert _lines(tmp_path) == ["12345678"]


def test_stale_requests_and_beginnings_do_no_harm(tmp_path: Path) -> None:
    for name in ("close", "0-a.begun"):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (0, 0))
    log = EventLog(tmp_path)
    _append(log, "one")
    _append(log, "two")
    assert len(list(tmp_path.glob("*.open"))) == 1
    log.close()
    assert not (tmp_path / "0-a.begun").exists()


def test_the_write_key_is_made_once(tmp_path: Path) -> None:
    keys = {write_key(tmp_path / "state" / "write_key") for _n in range(3)}
    assert len(keys) == 1
    assert (tmp_path / "state" / "write_key").stat().st_mode & 0o077 == 0
    assert len(list((tmp_path / "state").iterdir())) == 1


def test_a_file_that_can_t_be_read_does_not_hold_up_the_others(tmp_path: Path) -> None:
    shop = Shop.create(tmp_path / "shop")
    folder = shop.folder / "events"
    folder.mkdir()
    (folder / "0.jsonl").write_bytes(b"\x00" * 100)
    event = {"type": "track", "event": "Product Viewed", "anonymousId": "a", "messageId": "m",
             "timestamp": "2026-05-01T09:00:00Z", "properties": {"product_id": "P"}}  # fmt: skip
    (folder / "1.jsonl").write_text(json.dumps(event) + "\n")
    shop.import_events()
    assert len(shop.records("views")) == 1
    assert [path.name for path in folder.iterdir()] == ["0.aside"]


def test_a_person_is_erased_from_events_that_wait(tmp_path: Path) -> None:
    from habitue.collect.holders import EventHolder
    from habitue.protect.holder import Place, Subject

    shop = Shop.create(tmp_path / "shop")
    log = EventLog(shop.folder / "events")
    theirs = [
        {"userId": "u7"},
        {"anonymousId": "V1"},
        {"userId": "u9", "text": "ask ann@x.example"},
    ]
    others = [{"userId": "u77"}, {"anonymousId": "v2"}]
    _append(log, *(json.dumps(event) for event in (*theirs, *others)))
    holder = EventHolder(Place(shop.folder, shop._database, shop.vault))
    identifiers = (("customer_id", "u7"), ("visitor", "v1"), ("email", "ann@x.example"))
    who = Subject(frozenset({1}), identifiers)
    assert holder.find(who) == 3
    assert [row["event"] for row in holder.export(who)] == theirs
    assert holder.erase(who) == 3  # while the collection runs
    assert holder.find(who) == 0
    assert [json.loads(line) for line in _lines(shop.folder / "events")] == others
    assert all(p.stat().st_mode & 0o077 == 0 for p in (shop.folder / "events").iterdir())
    log.close()
