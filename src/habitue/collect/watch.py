"""Tells which files in watched folders are complete and new."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from hashlib import blake2b
from os import stat_result
from pathlib import Path

from habitue.collect.expand import inside, is_message
from habitue.errors import UsageError
from habitue.locale import _

__all__ = ["Watch"]

_Stamp = tuple[int, int, int]  # length, time of the last change, the file itself


class Watch:
    """Looks at folders again and again, and never touches what is in them.

    A file is complete when nobody has written to it for an interval: its last change is that long
    ago, or, as clocks differ, it has looked the same that long. A file that is written aside and
    renamed into its place is complete at once. One that goes on growing later comes again.

    Parameters
    ----------
    folders : iterable of Path
        What to watch, with the folders inside.
    interval : float
        Seconds.
    done : iterable of str
        What ``done`` returned earlier: these files are known.
    clock : callable
        Returns the seconds since 1970.

    Examples
    --------
    >>> import os, tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _n = (folder / "a.csv").write_text("order,sku")
    >>> now = time.time()
    >>> watch = Watch([folder], interval=10, clock=lambda: now)
    >>> watch.ready(), watch.waiting
    ([], True)
    >>> now += 11
    >>> [path.name for path in watch.ready()]
    ['a.csv']
    >>> _mark = watch.done(folder / "a.csv")
    >>> watch.ready(), watch.waiting
    ([], False)
    """

    def __init__(
        self,
        folders: Iterable[Path | str],
        interval: float = 10.0,
        done: Iterable[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folders = [Path(folder) for folder in folders]
        for folder in self._folders:
            if not folder.is_dir():
                raise UsageError(_("There is no folder {folder}.").format(folder=folder))
        self._interval, self._clock = interval, clock
        self._seen: dict[Path, tuple[_Stamp, float]] = {}
        self._ready: dict[Path, _Stamp] = {}
        self._done = set(done)
        #: Whether some file is still being written, as far as one can see.
        self.waiting = False

    def ready(self) -> list[Path]:
        """Return the files that are complete and new, in the order of their names."""
        now = self._clock()
        seen: dict[Path, tuple[_Stamp, float]] = {}
        self._ready, self.waiting = {}, False
        for path in self._files():
            try:
                stamp = _stamp(found := path.stat())
            except OSError:
                continue  # it is gone since
            if _mark(path, stamp) in self._done:
                continue
            before, since = self._seen.get(path, (None, now))
            seen[path] = (stamp, since if before == stamp else now)
            quiet = now - seen[path][1] >= self._interval or now - found.st_mtime >= self._interval
            if quiet:
                self._ready[path] = stamp
            else:
                self.waiting = True
        self._seen = seen
        return list(self._ready)

    def done(self, path: Path) -> str:
        """Take a file as done, as it was when it was found ready; return a mark to remember it by.

        The mark names nobody: a file's name may, in an archive of conversations.
        """
        mark = _mark(path, self._ready[path])
        self._done.add(mark)
        return mark

    @staticmethod
    def together(ready: Iterable[Path]) -> list[list[Path]]:
        """Return files that are imported at once: each by itself, an archive's messages together.

        >>> names = ["a.csv", "inbox/p/message_1.json", "b.csv", "inbox/q/message_1.json"]
        >>> [[str(path) for path in group] for group in Watch.together(map(Path, names))]
        [['a.csv'], ['b.csv'], ['inbox/p/message_1.json', 'inbox/q/message_1.json']]
        """
        messages: list[Path] = []
        others: list[Path] = []
        for path in ready:
            (messages if is_message(path) else others).append(path)
        return [*([path] for path in others), *([messages] if messages else [])]

    def _files(self) -> Iterable[Path]:
        for folder in self._folders:
            for one in inside(folder):
                if isinstance(one, Path):
                    yield one


def _stamp(found: stat_result) -> _Stamp:
    return found.st_size, found.st_mtime_ns, found.st_ino


def _mark(path: Path, stamp: _Stamp) -> str:
    return blake2b(repr((str(path), stamp)).encode(), digest_size=16).hexdigest()
