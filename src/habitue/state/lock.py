"""One writer at a time: an import or a run waits while another process of the shop writes."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from habitue.errors import ShopError
from habitue.locale import _
from habitue.progress import log
from habitue.state import disk

__all__ = ["writing"]


@contextmanager
def writing(folder: Path, patience: float = 600.0) -> Iterator[None]:
    """Hold the shop's write lock for a block; it is let go even when the process is killed.

    Parameters
    ----------
    folder : Path
        The shop's state folder.
    patience : float
        Seconds to wait for another process.

    Raises
    ------
    ShopError
        If another process still writes after that; the message names it.
    """
    disk.make(folder)
    with (folder / "lock").open("a+", encoding="ascii") as file:
        _acquire(file.fileno(), folder / "lock", patience)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _acquire(handle: int, path: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    told = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = path.read_text(encoding="ascii").strip() or "?"
            if time.monotonic() >= deadline:
                text = _("Process {process} is writing to this shop. Try again when it is done.")
                raise ShopError(text.format(process=holder)) from None
            if not told:
                log.info(_("Waiting for process {process}, which writes.").format(process=holder))
                told = True
            time.sleep(0.1)
        else:
            return
