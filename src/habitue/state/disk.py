"""Puts files on the disk so that after a power cut they are there whole, or as they were.

A file's content is safe once the file is synced, its name once the folder is. Both orders of the
two can be lost: so content first, then the name, then the folder.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

__all__ = ["make", "put", "remove", "sync"]


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's names, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make(folder: Path, mode: int = 0o777) -> Path:
    """Make a folder, and those above it, and see that their names last."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    for place in reversed(missing):
        sync(place.parent)
    return folder


def put(part: Path, target: Path) -> None:
    """Put a file that was written aside in its place, in one step that lasts."""
    sync(part)
    part.replace(target)
    sync(target.parent)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it; who is killed meanwhile leaves a hidden rest."""
    gone = folder.with_name(f".gone-{folder.name.removeprefix('.gone-')}")
    folder.rename(gone)
    shutil.rmtree(gone)
    sync(folder.parent)
