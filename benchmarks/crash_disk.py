"""A disk that can lose its power: what is synced stays, of all else anything may be left.

What a file holds lasts once the file is synced, and a name once its folder is; nothing else is
taken for granted (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014). Of what was
not synced any part may be on the disk: writes in any order, torn at 512 bytes; names made, changed
or removed in their order, or any of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.crash_trace import Call

__all__ = ["Disk"]

_SECTOR = 512
_IGNORED = ("-shm",)  # SQLite makes it anew after a crash


@dataclass
class _Change:
    """A write (``data`` at ``offset``), or a cut (no data) of the file to ``offset`` bytes."""

    at: int
    offset: int
    data: bytes | None


@dataclass
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[_Change] = field(default_factory=list)
    size: int = 0

    def sync(self, begun: int) -> None:
        for change in self.pending:
            if change.at < begun:
                _apply(self.durable, change)
        self.pending = [change for change in self.pending if change.at >= begun]


@dataclass
class _Naming:
    """``new`` names ``node`` from now on (or nothing does), and ``old`` no longer."""

    at: int
    old: str
    new: str
    node: _Node | None


@dataclass
class _Folder:
    durable: dict[str, _Node] = field(default_factory=dict)
    live: dict[str, _Node] = field(default_factory=dict)
    pending: list[_Naming] = field(default_factory=list)

    def name(self, naming: _Naming) -> None:
        _rename(self.live, naming)
        self.pending.append(naming)

    def sync(self, begun: int) -> None:
        for naming in self.pending:
            if naming.at < begun:
                _rename(self.durable, naming)
        self.pending = [naming for naming in self.pending if naming.at >= begun]


_Node = _File | _Folder


class Disk:
    """Follows system calls on a folder, and shows what a power loss leaves of it.

    Parameters
    ----------
    root : Path
        The folder; it is empty to begin with.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._top = _Folder()
        self._places: dict[tuple[int, int], int] = {}
        self._count = 0

    def follow(self, call: Call) -> bool:
        """Take a system call over; say whether it has changed something under the folder."""
        work: Callable[[Call], bool] | None = getattr(self, f"_{call.name}", None)
        self._count += 1
        return bool(work and work(call))

    def leave(self, target: Path, rng: random.Random) -> str:
        """Write what a power loss at this moment leaves; return how it was drawn."""
        data = rng.choice(("none", "all", "some", "torn"))
        names = rng.choice(("none", "all", "first", "some"))
        self._left(self._top, target, rng, data, names)
        return f"data {data}, names {names}"

    def _left(
        self, folder: _Folder, target: Path, rng: random.Random, data: str, names: str
    ) -> None:
        target.mkdir(parents=True, exist_ok=True)
        entries = dict(folder.durable)
        first = rng.randint(0, len(folder.pending))
        for n, naming in enumerate(folder.pending):
            kept = {"none": False, "all": True, "first": n < first, "some": rng.random() < 0.5}
            if kept[names]:
                _rename(entries, naming)
        for name, node in entries.items():
            if isinstance(node, _Folder):
                self._left(node, target / name, rng, data, names)
            elif not name.endswith(_IGNORED):
                (target / name).write_bytes(_content(node, rng, data))
                if ".key" in name:
                    (target / name).chmod(0o600)

    # --- system calls --------------------------------------------------------------------------

    def _openat(self, call: Call) -> bool:
        return self._opened(call, call.path(1, 0), call.args[2])

    def _open(self, call: Call) -> bool:
        return self._opened(call, call.path(0), call.args[1])

    def _opened(self, call: Call, path: Path, flags: bytes) -> bool:
        self._places[call.process, int(call.result)] = 0
        folder, name = self._folder_of(path)
        if folder is None or b"O_TMPFILE" in flags:
            return False
        node, changed = folder.live.get(name), False
        if node is None and b"O_CREAT" in flags:
            node, changed = _File(), True
            folder.name(_Naming(self._count, "", name, node))
        if isinstance(node, _File) and b"O_TRUNC" in flags and node.size:
            self._cut(node, 0)
            changed = True
        if isinstance(node, _File) and b"O_APPEND" in flags:
            self._places[call.process, int(call.result)] = -1
        return changed

    def _lseek(self, call: Call) -> bool:
        if self._places.get((call.process, call.handle())) != -1:
            self._places[call.process, call.handle()] = int(call.result)
        return False

    def _write(self, call: Call) -> bool:
        node = self._file(call)
        if node is None:
            return False
        key = (call.process, call.handle())
        place = self._places.get(key, 0)
        at = node.size if place == -1 else place
        if place != -1:
            self._places[key] = at + call.result
        return self._written(node, at, call.text(1)[: call.result])

    def _pwrite64(self, call: Call) -> bool:
        node = self._file(call)
        if node is None:
            return False
        return self._written(node, call.number(3), call.text(1)[: call.result])

    def _ftruncate(self, call: Call) -> bool:
        node = self._file(call)
        if node is not None:
            self._cut(node, call.number(1))
        return node is not None

    def _fsync(self, call: Call) -> bool:
        node = self._node(call.file())
        if node is not None:
            # Changes are numbered as they end; what ended before the sync began is covered.
            node.sync(call.begun + 1)
        return node is not None

    _fdatasync = _fsync

    def _rename(self, call: Call) -> bool:
        return self._moved(call.path(0), call.path(1))

    def _renameat(self, call: Call) -> bool:
        return self._moved(call.path(1, 0), call.path(3, 2))

    _renameat2 = _renameat

    def _moved(self, old: Path, new: Path) -> bool:
        source, before = self._folder_of(old)
        target, after = self._folder_of(new)
        if source is None or target is None:
            if source is not target:
                raise ValueError("a file is moved into or out of the shop")
            return False
        node = source.live[before]
        target.name(_Naming(self._count, before if source is target else "", after, node))
        if source is not target:
            source.name(_Naming(self._count, "", before, None))
        return True

    def _link(self, call: Call) -> bool:
        return self._linked(call.path(0), call.path(1))

    def _linkat(self, call: Call) -> bool:
        return self._linked(call.path(1, 0), call.path(3, 2))

    def _linked(self, old: Path, new: Path) -> bool:
        folder, name = self._folder_of(new)
        if folder is None:
            return False
        folder.name(_Naming(self._count, "", name, self._node(old)))
        return True

    def _unlink(self, call: Call) -> bool:
        return self._removed(call.path(0))

    def _rmdir(self, call: Call) -> bool:
        return self._removed(call.path(0))

    def _unlinkat(self, call: Call) -> bool:
        return self._removed(call.path(1, 0))

    def _removed(self, path: Path) -> bool:
        folder, name = self._folder_of(path)
        if folder is not None:
            folder.name(_Naming(self._count, "", name, None))
        return folder is not None

    def _mkdir(self, call: Call) -> bool:
        return self._made(call.path(0))

    def _mkdirat(self, call: Call) -> bool:
        return self._made(call.path(1, 0))

    def _made(self, path: Path) -> bool:
        folder, name = self._folder_of(path)
        if folder is not None:
            folder.name(_Naming(self._count, "", name, _Folder()))
        return folder is not None

    def _unforeseen(self, call: Call) -> bool:
        """Refuse what is not modelled, instead of being wrong about it."""
        for at in range(len(call.args)):
            if b"<" in call.args[at] and self._node(call.file(at)) is not None:
                raise ValueError(f"the system call {call.name} is not modelled")
        return False

    _writev = _pwritev = _pwritev2 = _sync_file_range = _unforeseen
    _copy_file_range = _sendfile = _splice = _msync = _unforeseen

    def _fallocate(self, call: Call) -> bool:
        node = self._file(call)
        if node is not None:
            end = call.number(2) + call.number(3)
            if end > node.size:
                self._cut(node, end)
        return node is not None

    # --- files and folders ---------------------------------------------------------------------

    def _written(self, node: _File, offset: int, data: bytes) -> bool:
        node.pending.append(_Change(self._count, offset, data))
        node.size = max(node.size, offset + len(data))
        return True

    def _cut(self, node: _File, size: int) -> None:
        node.pending.append(_Change(self._count, size, None))
        node.size = size

    def _file(self, call: Call) -> _File | None:
        node = self._node(call.file())
        return node if isinstance(node, _File) else None

    def _node(self, path: Path | None) -> _Node | None:
        if path is None:
            return None
        if path == self._root:
            return self._top
        folder, name = self._folder_of(path)
        return None if folder is None else folder.live.get(name)

    def _folder_of(self, path: Path) -> tuple[_Folder | None, str]:
        """Return the folder that a path's name is in, if it is under the root."""
        if not path.is_relative_to(self._root) or path == self._root:
            return None, ""
        node: _Node | None = self._top
        for part in path.relative_to(self._root).parts[:-1]:
            node = node.live.get(part) if isinstance(node, _Folder) else None
        return (node if isinstance(node, _Folder) else None), path.name


def _rename(entries: dict[str, _Node], naming: _Naming) -> None:
    if naming.old and entries.get(naming.old) is naming.node:
        del entries[naming.old]
    if naming.node is None:
        entries.pop(naming.new, None)
    else:
        entries[naming.new] = naming.node


def _apply(content: bytearray, change: _Change) -> None:
    if change.data is None:
        del content[change.offset :]
        content.extend(bytes(change.offset - len(content)))
        return
    content.extend(bytes(max(0, change.offset - len(content))))
    content[change.offset : change.offset + len(change.data)] = change.data


def _content(node: _File, rng: random.Random, data: str) -> bytes:
    content = bytearray(node.durable)
    for change in node.pending:
        if data == "all" or (data == "some" and rng.random() < 0.5):
            _apply(content, change)
        elif data == "torn":
            for piece in _sectors(change):
                if rng.random() < 0.7:
                    _apply(content, piece)
    return bytes(content)


def _sectors(change: _Change) -> list[_Change]:
    """Part a write where the disk's sectors end."""
    if change.data is None:
        return [change]
    pieces, offset, data = [], change.offset, change.data
    while data:
        size = _SECTOR - offset % _SECTOR
        pieces.append(_Change(change.at, offset, data[:size]))
        offset, data = offset + size, data[size:]
    return pieces
