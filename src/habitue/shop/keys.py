"""The master key: ``shop.keys``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from habitue.progress import Progress
    from habitue.protect.keys import MasterKey
    from habitue.protect.rotation import Rotation
    from habitue.shop import Shop

__all__ = ["Keys"]

_NEW = "HABITUE_NEW_MASTER_KEY"


class Keys:
    """The keys of a shop.

    Parameters
    ----------
    shop : Shop
        The shop.

    Examples
    --------
    >>> import tempfile
    >>> from habitue import Shop
    >>> shop = Shop.create(tempfile.mkdtemp())
    >>> state = shop.consents.grant("ann@example.com", "marketing", "email", source="web form")
    >>> shop.keys.rotate()
    Rotation(generation=2, moved=1)
    >>> shop.reveal([shop.find("ann@example.com")], "email").values()
    dict_values(['ann@example.com'])
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def show(self) -> dict[str, Any]:
        """Return where the master key comes from, its id, and whether a rotation is unfinished."""
        from habitue.protect.rotation import unfinished

        master = self._shop._master
        self._shop.vault.ring.open()
        return {
            "source": master.where,
            "id": master.id,
            "unfinished": unfinished(self._shop._database),
        }

    def rotate(
        self, file: str | Path = "", command: str = "", progress: Progress | None = None
    ) -> Rotation:
        """Change the master key; a rotation that was cut short is gone on with first.

        Where the master key is in a file, a new one is made and takes its place. Else the new one
        comes from a file, a command, or ``HABITUE_NEW_MASTER_KEY``; set the old one's place to it
        afterwards.

        Parameters
        ----------
        file, command : str or Path
            Where the new master key comes from.
        progress : Progress, optional
            Told how many persons' keys have been moved.

        Raises
        ------
        VaultError
            If the master key does not fit, or the new one is missing, wrong or the old one.
        """
        from habitue.locale import _
        from habitue.progress import Silent, running
        from habitue.protect.rotation import finish, rotate, unfinished

        shop = self._shop
        told = progress or Silent()
        with shop._writing(), running(told, _("Wrapping keys anew"), 1):
            total = shop.vault.count()

            def step(moved: int) -> None:
                told.advance(moved, total)

            told.step(_("Wrapping keys anew"))
            if unfinished(shop._database) and not (file or command):
                done = finish(shop._database, shop._master, step)
            else:
                done = rotate(shop._database, shop._master, _new(file, command), step)
        shop._database.scrub()  # keys as they were wrapped before are not to stay in a log
        shop._forget_keys()
        return done


def _new(file: str | Path, command: str) -> MasterKey | None:
    from habitue.protect.keys import MasterKey

    if file:
        return MasterKey.of_file(Path(file))
    if command:
        return MasterKey.of_command(command)
    return MasterKey.given(_NEW) if os.environ.get(_NEW) else None
