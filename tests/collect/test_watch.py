"""A file is ready when it is complete; known ones stay away; growing ones come again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from habitue.collect.watch import Watch
from habitue.errors import UsageError


class Clock:
    """A clock that only moves when told to, files' times with it."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def write(self, path: Path, text: str, ahead: float = 0.0) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (self.now + ahead, self.now + ahead))
        return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


def names(watch: Watch) -> list[str]:
    return [path.name for path in watch.ready()]


def test_a_file_that_is_still_written_waits(tmp_path: Path, clock: Clock) -> None:
    watch = Watch([tmp_path], 10, clock=clock)
    for size in range(1, 5):
        clock.write(tmp_path / "a.csv", "x" * size)
        assert (names(watch), watch.waiting) == ([], True)
        clock.now += 9
    clock.now += 2
    assert (names(watch), watch.waiting) == (["a.csv"], False)


def test_a_file_renamed_into_place_is_ready_at_once(tmp_path: Path, clock: Clock) -> None:
    watch = Watch([tmp_path], 10, clock=clock)
    part = clock.write(tmp_path / "a.csv.part", "order")
    clock.now += 60
    assert names(watch) == []
    part.rename(tmp_path / "a.csv")
    assert names(watch) == ["a.csv"]


def test_a_clock_that_is_ahead_elsewhere_delays_nothing_for_ever(
    tmp_path: Path, clock: Clock
) -> None:
    watch = Watch([tmp_path], 10, clock=clock)
    clock.write(tmp_path / "a.csv", "x", ahead=99_999)
    assert names(watch) == []
    clock.now += 10
    assert names(watch) == ["a.csv"]


def test_what_is_done_comes_again_only_when_it_has_changed(tmp_path: Path, clock: Clock) -> None:
    path = clock.write(tmp_path / "a.csv", "x")
    clock.now += 11
    watch = Watch([tmp_path], 10, clock=clock)
    (ready,) = watch.ready()
    watch.done(ready)
    assert names(watch) == []
    clock.write(path, "xx")
    assert (names(watch), watch.waiting) == ([], True)
    clock.now += 11
    assert names(watch) == ["a.csv"]


def test_a_mark_is_remembered_by_another_watch_and_names_nobody(
    tmp_path: Path, clock: Clock
) -> None:
    clock.write(tmp_path / "adalovelace" / "message_1.json", "x")
    clock.now += 11
    first = Watch([tmp_path], 10, clock=clock)
    mark = first.done(first.ready()[0])
    assert "ada" not in mark
    assert names(Watch([tmp_path], 10, [mark], clock)) == []


def test_a_file_that_changes_while_it_is_imported_comes_again(tmp_path: Path, clock: Clock) -> None:
    path = clock.write(tmp_path / "a.csv", "x")
    clock.now += 11
    watch = Watch([tmp_path], 10, clock=clock)
    (ready,) = watch.ready()
    clock.write(path, "xxx")  # between the look and the end of the import
    watch.done(ready)
    clock.now += 11
    watch.ready()
    assert names(watch) == ["a.csv"]


def test_a_file_that_vanishes_is_forgotten(tmp_path: Path, clock: Clock) -> None:
    path = clock.write(tmp_path / "a.csv", "x")
    watch = Watch([tmp_path], 10, clock=clock)
    watch.ready()
    path.unlink()
    assert (names(watch), watch.waiting) == ([], False)


def test_only_folders_are_watched(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        Watch([tmp_path / "nothing"])
