"""Where engines spill to disk: a folder for each process, known as in use while it lives."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

__all__ = ["own", "sweep"]

#: The folders of this process, by what they are in; their locks last as long as it does.
_OWN: dict[tuple[int, Path], Path] = {}


def own(spill: Path) -> Path:
    """Return this process's folder within ``spill``; it is made when it is first asked for."""
    key = (os.getpid(), spill)
    folder = _OWN.get(key)
    if folder is None or not folder.exists():
        spill.mkdir(parents=True, exist_ok=True)
        folder = None
        while folder is None:
            folder = _locked(Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=spill)))
        _OWN[key] = folder
    return folder


def _locked(folder: Path) -> Path | None:
    """Lock a new folder; None if somebody has swept it before that."""
    with suppress(FileNotFoundError, BlockingIOError):
        fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
        return folder if folder.exists() else None
    return None


def sweep(spill: Path) -> int:
    """Remove the folders of processes that are gone, and what lies beside; return how many."""
    removed = 0
    for path in spill.glob("*"):
        with suppress(FileNotFoundError):
            handle = os.open(path, os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # its process lives
            finally:
                os.close(handle)
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
            removed += 1
    return removed
