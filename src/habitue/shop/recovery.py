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
    drafts, unpacked archives, lists of rejected rows of imports that were not completed.
    """
    from habitue.prepare.rejects import sweep as sweep_rejects
    from habitue.protect.keys import sweep as sweep_keys

    shop.privacy.resume()
    shop._store.sweep()
    shop._runs.sweep()
    sweep_rejects(shop.folder / "rejects", shop._database)
    shutil.rmtree(shop._state / "unpacked", ignore_errors=True)
    if (key := shop._master.file) is not None:
        sweep_keys(key)
