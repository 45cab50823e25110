"""What was done, by whom and when: ``shop.audit``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from habitue.protect.audit import Head
    from habitue.protect.verification import Verified
    from habitue.shop import Shop

__all__ = ["AuditLog"]


class AuditLog:
    """The audit log of a shop.

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
    >>> [entry["action"] for entry in shop.audit.entries()], shop.audit.verify().sound
    (['settings', 'consent'], True)
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def head(self) -> Head:
        """Return the log's end, to be kept where nobody of this shop can change it."""
        return self._shop._audit.head()

    def verify(self, head: str = "") -> Verified:
        """Return what is wrong with the log, if anything.

        Parameters
        ----------
        head : str
            What `head` printed on an earlier day; with it a log cut off or written anew shows too.

        Raises
        ------
        UsageError
            If the head is none.
        """
        from habitue.protect.audit import Head
        from habitue.protect.verification import verify

        return verify(self._shop.vault.ring, Head.parse(head) if head else None)

    def entries(
        self, action: str = "", who: int | str = "", last: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield entries: of one action, about one person, or the last so many."""
        subjects = self._shop.consents._aliases(who) if who != "" else None
        return self._shop._audit.entries(action, subjects, last)

    def note_settings(self) -> None:
        """Log the settings if they are others than those last logged: hashes, by section."""
        config = self._shop.config.model_dump(mode="json")
        sections = {name: _fingerprint(values) for name, values in config.items()}
        last = next(self._shop._audit.entries("settings", last=1), None)
        if last is None or last["details"].get("sections") != sections:
            details = {"fingerprint": _fingerprint(config), "sections": sections}
            self._shop._audit.note("settings", details=details)


def _fingerprint(values: object) -> str:
    text = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
