"""A log of web events on disk: what was acknowledged is there after a power cut.

Lines are appended to a segment file that belongs to one process. One thread writes all that has
come in since its last write and syncs once for all of it: the more come at a time, the more share
a sync. Only then are those who wait told. A segment is closed when it is full or old; a closed one
never changes and can be imported. What a killed process leaves open is closed by the next one:
its last line, if unfinished, was never acknowledged and is cut off.
"""

from __future__ import annotations

import fcntl
import os
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from habitue.errors import BusyError
from habitue.locale import _
from habitue.state import disk

__all__ = ["EventLog", "Segments"]

#: Closed segments, and those that a process appends to.
_CLOSED, _OPEN = ".jsonl", ".open"
#: An empty segment that is not locked yet.
_BEGUN = ".begun"
#: Seconds after which nobody waits any more for what a file asks, or will finish what it begins.
_STALE = 60.0
#: When it is there, whoever has a segment open closes it: somebody needs all there is.
_CLOSE = "close"


class Segments:
    """The files of a log.

    Parameters
    ----------
    folder : Path
        Where they are. Only their owner may read them: events are personal data.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def closed(self) -> list[Path]:
        """Return the segments that no longer change, the oldest first."""
        return sorted(self.folder.glob(f"*{_CLOSED}"))

    def recover(self) -> None:
        """Close the segments whose process is gone."""
        for path in sorted(self.folder.glob(f"*{_OPEN}")):
            with suppress(FileNotFoundError), path.open("r+b") as file:
                if _locked(file, wait=False):
                    _cut(file)
                    _close(path, file)
        for path in self.folder.glob(f"*{_BEGUN}"):
            if _stale(path):
                path.unlink(missing_ok=True)

    def settle(self, patience: float = 10.0) -> list[Path]:
        """Have all segments closed, those of running processes too, and return them.

        Parameters
        ----------
        patience : float
            Seconds to wait for a running process; one that does not answer keeps its segment.
        """
        if not self.folder.is_dir():
            return []
        ask = self.folder / _CLOSE
        deadline = time.monotonic() + patience
        before = {path.name for path in self.folder.glob(f"*{_OPEN}")}
        ask.touch()
        try:
            while True:
                self.recover()
                still = {path.name for path in self.folder.glob(f"*{_OPEN}")} & before
                if not still or time.monotonic() > deadline:
                    return self.closed()
                time.sleep(0.05)
        finally:
            ask.unlink(missing_ok=True)


class EventLog:
    """Appends to a log; safe to use from several threads and together with other processes.

    Parameters
    ----------
    folder : Path
        Where the segments are.
    lines : int
        A segment is closed when it holds so many lines.
    age : float
        A segment is closed when it is so many seconds old.
    waiting : int
        Bytes that may wait to be written; beyond that ``append`` is refused.
    sync : callable
        Makes a file's content durable.
    """

    def __init__(
        self,
        folder: Path,
        lines: int = 20_000,
        age: float = 300.0,
        waiting: int = 16 << 20,
        sync: Callable[[int], None] = os.fdatasync,
    ) -> None:
        disk.make(folder, mode=0o700)
        folder.chmod(0o700)
        self._folder, self._lines, self._age = folder, lines, age
        self._limit, self._sync = waiting, sync
        self._waiting = 0
        self._lock = threading.Lock()
        self._inbox: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._segment: _Segment | None = None
        Segments(folder).recover()
        self._thread = threading.Thread(target=self._work, name="event-log", daemon=True)
        self._thread.start()

    def append(self, lines: bytes, count: int, told: Callable[[OSError | None], None]) -> None:
        """Append whole lines, all or none, and say when they are safe.

        Parameters
        ----------
        lines : bytes
            Lines, each with its end.
        count : int
            How many there are.
        told : callable
            Called from the log's thread once the lines are on disk, or with what went wrong.

        Raises
        ------
        BusyError
            If too much waits already.
        """
        with self._lock:
            if self._waiting + len(lines) > self._limit:
                raise BusyError(_("More events come in than can be stored. Try again in a moment."))
            self._waiting += len(lines)
        self._inbox.put(_Entry(lines, count, told))

    def close(self) -> None:
        """Write what waits, and close the segment."""
        self._inbox.put(None)
        self._thread.join()

    def _work(self) -> None:
        going = True
        while going:
            entries = list(self._gathered())
            going = None not in entries
            self._write([entry for entry in entries if entry is not None])
            self._rotate(close=not going)

    def _gathered(self) -> Iterator[_Entry | None]:
        """Yield what has come in; wait a little if nothing has."""
        try:
            yield self._inbox.get(timeout=0.1)
            while True:
                yield self._inbox.get_nowait()
        except queue.Empty:
            return

    def _write(self, entries: list[_Entry]) -> None:
        if not entries:
            return
        problem: OSError | None = None
        try:
            if self._segment is None:
                self._segment = _Segment(self._folder)
            self._segment.append(entries, self._sync)
        except OSError as error:
            # After a failed sync nobody knows what is on disk: leave this file, begin another.
            problem = error
            if self._segment is not None:
                self._segment.abandon()
                self._segment = None
        with self._lock:
            self._waiting -= sum(len(entry.lines) for entry in entries)
        for entry in entries:
            entry.told(problem)

    def _rotate(self, close: bool) -> None:
        segment = self._segment
        if segment is None:
            return
        full = segment.lines >= self._lines or time.monotonic() - segment.began >= self._age
        asked = self._folder / _CLOSE
        if close or full or (asked.exists() and not _stale(asked)):
            segment.close()
            self._segment = None


class _Entry:
    """Lines on their way, and who waits for them."""

    __slots__ = ("count", "lines", "told")

    def __init__(self, lines: bytes, count: int, told: Callable[[OSError | None], None]) -> None:
        self.lines, self.count, self.told = lines, count, told


class _Segment:
    """One file that this process appends to; its lock says that the process lives."""

    def __init__(self, folder: Path) -> None:
        # Names sort by time, whatever process they are of.
        self.path = folder / f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}{_OPEN}"
        begun = self.path.with_suffix(_BEGUN)
        handle = os.open(begun, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND, 0o600)
        self._file = os.fdopen(handle, "ab", buffering=0)
        _locked(self._file, wait=True)
        begun.rename(self.path)  # under this name others may take it for left behind: locked first
        disk.sync(folder)  # the file's name is durable before any line in it is acknowledged
        self.lines = 0
        self.began = time.monotonic()
        self._safe = 0

    def append(self, entries: list[_Entry], sync: Callable[[int], None]) -> None:
        """Write lines and make them durable."""
        data = memoryview(b"".join(entry.lines for entry in entries))
        size = len(data)
        while data:
            data = data[self._file.write(data) :]
        sync(self._file.fileno())
        self._safe += size
        self.lines += sum(entry.count for entry in entries)

    def abandon(self) -> None:
        """Leave the file with what was acknowledged; the rest was refused."""
        with suppress(OSError):
            os.ftruncate(self._file.fileno(), self._safe)
        self.close()

    def close(self) -> None:
        """Give the file its final name."""
        with suppress(OSError), self._file:
            _close(self.path, self._file)


def _close(path: Path, file: IO[bytes]) -> None:
    if os.fstat(file.fileno()).st_size:
        os.fsync(file.fileno())
        path.rename(path.with_suffix(_CLOSED))
    else:
        path.unlink(missing_ok=True)
    disk.sync(path.parent)


def _cut(file: IO[bytes]) -> None:
    """Cut an unfinished last line off; nobody was told that it is safe."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - (1 << 16))
        file.seek(start)
        newline = file.read(end - start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    file.truncate(end)


def _stale(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > _STALE
    except FileNotFoundError:
        return True


def _locked(file: IO[bytes], *, wait: bool) -> bool:
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True
