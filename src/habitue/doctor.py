"""Checks an installation and a shop, and says how to mend what it finds."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from habitue.errors import HabitueError, NoRunError
from habitue.locale import _

if TYPE_CHECKING:
    from habitue.shop import Shop

__all__ = ["Check", "check_installation", "check_shop"]

_LIBRARIES = ("duckdb", "pyarrow", "numpy", "scipy", "scikit-learn")
_EXTRAS = ("pandas", "polars")
_ROOM = 2 * 1024**3


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes
    ----------
    name : str
        What was looked at.
    ok : bool or None
        Whether it is well; None for a matter of choice.
    message : str
        What was seen.
    mend : str
        What to do; empty where nothing needs doing.
    """

    name: str
    ok: bool | None
    message: str
    mend: str = ""


def check_installation() -> Iterator[Check]:
    """Look at Python and the libraries."""
    wanted = sys.version_info >= (3, 11)
    seen = ".".join(str(part) for part in sys.version_info[:3])
    yield Check("Python", wanted, seen, "" if wanted else _("Install Python 3.11 or newer."))
    for names, needed in ((_LIBRARIES, True), (_EXTRAS, False)):
        for name in names:
            try:
                yield Check(name, True, version(name))
            except PackageNotFoundError:
                mend = "pip install habitue" if needed else f"pip install 'habitue[{name}]'"
                yield Check(name, False if needed else None, _("not installed"), mend)


def check_shop(shop: Shop) -> Iterator[Check]:
    """Look at a shop: settings, key, records, runs, room on the disk."""
    yield Check(_("settings"), True, str(shop.folder / "habitue.toml"))
    yield _room(shop.folder)
    yield _vault(shop)
    yield from _records(shop)
    yield _run(shop)


def _room(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    enough = free >= _ROOM
    mend = "" if enough else _("Make room: imports and runs write beside the records.")
    return Check(_("disk"), enough, _("{size:.1f} GB free").format(size=free / 1024**3), mend)


def _vault(shop: Shop) -> Check:
    try:
        text = _("{n} pseudonyms").format(n=shop.vault.count())
        shop.vault.verify()
    except HabitueError as error:
        return Check(_("vault"), False, str(error), _("Give the key the vault was filled with."))
    return Check(_("vault"), True, text)


def _records(shop: Shop) -> Iterator[Check]:
    counts, missing, orphans = shop.inventory()
    listed = ", ".join(f"{table} {rows}" for table, rows in counts.items() if rows)
    if not counts.get("purchases"):
        mend = _("Import purchases: habitue import FILE")
        yield Check(_("records"), False, listed or _("none"), mend)
    else:
        yield Check(_("records"), True, listed)
    if missing:
        mend = _("Put the files back from a copy: they hold records that were imported.")
        yield Check(_("batches"), False, _("{n} files are missing").format(n=missing), mend)
    if orphans:
        mend = _("Nothing to do: the next import removes what a stopped one left.")
        yield Check(_("leftovers"), None, _("{n} files").format(n=orphans), mend)


def _run(shop: Shop) -> Check:
    try:
        return Check(_("run"), True, shop.current.id)
    except NoRunError:
        return Check(_("run"), None, _("none yet"), "habitue run")
