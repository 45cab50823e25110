"""Reads what strace recorded: every system call that changes the disk, in its order.

A write counts from the moment it began, a sync only once it has ended, and it covers the writes
that had begun before it did.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CALLS", "Call", "calls"]

#: The system calls that are recorded: all that change files or folders, and what tells where.
CALLS = (
    "open,openat,openat2,creat,write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,sync,syncfs,"
    "sync_file_range,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,"
    "symlink,symlinkat,truncate,ftruncate,fallocate,copy_file_range,sendfile,splice,lseek,"
    "clone,clone3,fork,vfork,dup,dup2,dup3,close,msync"
)
_LINE = re.compile(rb"(\d+) +(\w+)\((.*)\) += (-?\d+)(.*)$", re.DOTALL)
_BEGUN = re.compile(rb"(\d+) +(\w+)\((.*) <unfinished \.\.\.>$", re.DOTALL)
_ENDED = re.compile(rb"(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)(.*)$", re.DOTALL)
_TEXT = re.compile(rb'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_HANDLE = re.compile(rb"^(\d+|AT_FDCWD)(?:<((?:\\x[0-9a-f]{2})*)>)?(\(deleted\))?$")


@dataclass
class Call:
    """One system call.

    Attributes
    ----------
    process : int
        The process (not the thread) that made it.
    name : str
        The system call.
    args : list of bytes
        Its arguments as strace writes them.
    begun : int
        How many calls had been read before it began.
    result : int
        What it returned.
    """

    process: int
    name: str
    args: list[bytes]
    begun: int
    result: int

    def text(self, at: int) -> bytes:
        """Return an argument that is a text or data, decoded."""
        found = _TEXT.fullmatch(self.args[at])
        if found is None or found[2]:
            raise ValueError(f"{self.name}: data of argument {at} is not whole")
        return bytes.fromhex(found[1].replace(rb"\x", b"").decode())

    def number(self, at: int) -> int:
        """Return an argument that is a number."""
        return int(self.args[at], 0)

    def handle(self, at: int = 0) -> int:
        """Return an argument that is a file descriptor."""
        return int(self.args[at].partition(b"<")[0])

    def file(self, at: int = 0) -> Path | None:
        """Return the path of a file descriptor, if it is one of a file that is still named."""
        found = _HANDLE.match(self.args[at])
        return Path(_decoded(found[2])) if found and found[2] and not found[3] else None

    def path(self, at: int, folder: int | None = None) -> Path:
        """Return an argument that is a path; ``folder`` is the argument it is relative to."""
        path = os.fsdecode(self.text(at))
        if not path.startswith("/") and folder is not None:
            found = _HANDLE.match(self.args[folder])
            if found is None or found[2] is None:
                raise ValueError(f"{self.name}: the folder of a path is unknown")
            path = f"{_decoded(found[2])}/{path}"
        return Path(os.path.normpath(path))


def calls(log: Path) -> Iterator[Call]:
    """Yield what was recorded, threads told apart from processes."""
    joined = list(_joined(log))
    groups = {
        int(result): thread
        for thread, name, args, result, _begun in joined
        if name.startswith("clone") and b"CLONE_THREAD" in args
    }
    for thread, name, args, result, begun in joined:
        process = thread
        while process in groups:
            process = groups[process]
        yield Call(process, name, _split(args), begun, result)


def _joined(log: Path) -> Iterator[tuple[int, str, bytes, int, int]]:
    """Yield ``thread, name, arguments, result, begun`` of the calls that did not fail."""
    waiting: dict[int, tuple[bytes, int]] = {}
    read = 0
    with log.open("rb") as file:
        for line in file:
            line = line.rstrip(b"\n")
            if found := _BEGUN.match(line):
                waiting[int(found[1])] = (found[3], read)
                continue
            if found := _ENDED.match(line):
                args, begun = waiting.pop(int(found[1]))
                args += found[3]
            elif found := _LINE.match(line):
                args, begun = found[3], read
            else:
                continue
            if int(found[4]) >= 0:
                yield int(found[1]), found[2].decode(), args, int(found[4]), begun
                read += 1


def _decoded(text: bytes) -> str:
    return os.fsdecode(bytes.fromhex(text.replace(rb"\x", b"").decode()))


def _split(args: bytes) -> list[bytes]:
    """Split arguments at the commas that are in no text, brackets or braces."""
    parts, depth, quoted, start = [], 0, False, 0
    if b"{" not in args and b"[" not in args:
        return [part.strip() for part in args.split(b", ")]
    for at, byte in enumerate(args):
        if byte == 0x22:
            quoted = not quoted
        elif not quoted and byte in b"{[(":
            depth += 1
        elif not quoted and byte in b"}])":
            depth -= 1
        elif not quoted and depth == 0 and byte == 0x2C:
            parts.append(args[start:at].strip())
            start = at + 1
    return [*parts, args[start:].strip()]
