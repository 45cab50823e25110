"""What killed processes left half-done is completed or swept by whoever writes next."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from habitue.shop import Shop

__all__ = ["recover"]


def recover(shop: Shop) -> None:
    """Complete erasures, and remove what belongs to nothing; the write lock must be held.

    Batches and runs come to be in one step, so that all other files are leftovers: staged rows,
    drafts, unpacked archives, what was spilt, lists of rejected rows of no batch.
    """
    from habitue.prepare.rejects import sweep as sweep_rejects
    from habitue.state import spill

    _settle_keys(shop)
    shop.privacy.resume()
    shop._store.sweep()
    shop._runs.sweep()
    sweep_rejects(shop.folder / "rejects", shop._database)
    shutil.rmtree(shop._state / "unpacked", ignore_errors=True)
    spill.sweep(shop._state / "spill")


def _settle_keys(shop: Shop) -> None:
    """Put a new master key in its place if it is in force, or else remove it: it never came."""
    from habitue.protect.keys import sweep
    from habitue.protect.rotation import following, settle

    file = shop._master.file
    if file is None:
        return
    if settle(shop._database, file):
        shop._forget_keys()
    following(file).unlink(missing_ok=True)
    sweep(file)
