"""Claims about the simulated disk: it loses what may be lost, and nothing that may not."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.crash_disk import Disk
from benchmarks.crash_trace import Call, calls

ROOT = Path("/shop")


def _hex(text: bytes) -> bytes:
    return b"".join(b"\\x%02x" % byte for byte in text)


class Machine:
    """Writes down system calls as strace does."""

    def __init__(self, log: Path) -> None:
        self._log, self._lines = log, list[bytes]()

    def opened(self, path: str, number: int = 3, flags: str = "O_RDWR|O_CREAT") -> None:
        self._say(f"openat(AT_FDCWD, {self._text(path)}, {flags}, 0600) = {number}")

    def write(self, path: str, data: bytes, at: int, number: int = 3) -> None:
        name = f"{number}<{_hex(path.encode()).decode()}>"
        self._say(f'pwrite64({name}, "{_hex(data).decode()}", {len(data)}, {at}) = {len(data)}')

    def append(self, path: str, data: bytes, number: int = 3) -> None:
        name = f"{number}<{_hex(path.encode()).decode()}>"
        self._say(f'write({name}, "{_hex(data).decode()}", {len(data)}) = {len(data)}')

    def sync(self, path: str, number: int = 3) -> None:
        self._say(f"fsync({number}<{_hex(path.encode()).decode()}>) = 0")

    def call(self, name: str, *paths: str) -> None:
        self._say(f"{name}({', '.join(self._text(path) for path in paths)}) = 0")

    def raw(self, line: str) -> None:
        self._lines.append(line.encode())

    def disk(self) -> Disk:
        self._log.write_bytes(b"\n".join(self._lines) + b"\n")
        disk = Disk(ROOT)
        for call in calls(self._log):
            disk.follow(call)
        return disk

    def _say(self, line: str) -> None:
        self._lines.append(f"7 {line}".encode())

    def _text(self, path: str) -> str:
        return f'"{_hex(path.encode()).decode()}"'


def _left(machine: Machine, target: Path, look: Callable[[Path], object]) -> set[object]:
    disk = machine.disk()
    found = set()
    for n in range(200):
        disk.leave(target / str(n), random.Random(n))
        found.add(look(target / str(n)))
    return found


def _bytes(name: str) -> Callable[[Path], object]:
    return lambda place: (place / name).read_bytes() if (place / name).exists() else None


def test_what_is_synced_with_its_name_is_there_whatever_is_drawn(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "log")
    machine.opened("/shop/a")
    machine.write("/shop/a", b"one", 0)
    machine.sync("/shop/a")
    machine.sync("/shop", 4)
    assert _left(machine, tmp_path, _bytes("a")) == {b"one"}


def test_a_synced_file_whose_folder_is_not_may_be_gone(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "log")
    machine.opened("/shop/a")
    machine.append("/shop/a", b"one")
    machine.sync("/shop/a")
    assert _left(machine, tmp_path, _bytes("a")) == {b"one", None}


def test_a_rename_is_seen_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "log")
    for name, text in (("a", b"old"), ("a.part", b"new")):
        machine.opened(f"/shop/{name}")
        machine.write(f"/shop/{name}", text, 0)
        machine.sync(f"/shop/{name}")
        machine.sync("/shop", 4)
    machine.call("rename", "/shop/a.part", "/shop/a")
    assert _left(machine, tmp_path / "1", _bytes("a")) == {b"old", b"new"}
    machine.sync("/shop", 4)
    assert _left(machine, tmp_path / "2", _bytes("a")) == {b"new"}


def test_unsynced_writes_may_be_dropped_reordered_and_torn_at_sectors(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "log")
    machine.opened("/shop/a")
    machine.sync("/shop", 4)
    machine.write("/shop/a", b"1" * 1024, 0)
    machine.write("/shop/a", b"2" * 512, 512)
    seen = _left(machine, tmp_path, _bytes("a"))
    one, two, hole = b"1" * 512, b"2" * 512, bytes(512)
    assert {b"", one + one, one + two, hole + two, one} <= seen
    assert all(isinstance(content, bytes) and len(content) % 512 == 0 for content in seen)


def test_a_sync_covers_nothing_that_began_after_it_did(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "log")
    machine.opened("/shop/a")
    machine.sync("/shop", 4)
    name = _hex(b"/shop/a").decode()
    machine.raw(f"7 fsync(3<{name}> <unfinished ...>")
    machine.raw(f'8 pwrite64(3<{name}>, "{_hex(b"late").decode()}", 4, 0) = 4')
    machine.raw("7 <... fsync resumed>) = 0")
    assert _left(machine, tmp_path, _bytes("a")) >= {b"", b"late"}


def test_a_removed_folder_s_files_are_gone_once_that_is_synced(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "log")
    machine.call("mkdir", "/shop/d")
    machine.opened("/shop/d/a")
    machine.write("/shop/d/a", b"x", 0)
    for path in ("/shop/d/a", "/shop/d", "/shop"):
        machine.sync(path)
    machine.call("unlink", "/shop/d/a")
    machine.call("rmdir", "/shop/d")
    look = _bytes("d/a")
    assert _left(machine, tmp_path / "1", look) == {b"x", None}
    machine.sync("/shop")
    assert _left(machine, tmp_path / "2", look) == {None}


def test_threads_share_their_process_s_places_in_files(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(
        b"7 clone3({flags=CLONE_VM|CLONE_THREAD, stack=0x1}, 88 <unfinished ...>\n"
        b"7 <... clone3 resumed>) = 9\n9 close(3) = 0\n7 close(4) = -1 EBADF\n"
    )
    assert [(call.process, call.name) for call in calls(log)] == [(7, "clone3"), (7, "close")]


def test_data_that_was_not_recorded_to_its_end_is_refused() -> None:
    call = Call(7, "write", [b"3", b'"\\x61"...', b"9"], 0, 9)
    with pytest.raises(ValueError, match="not whole"):
        call.text(1)
