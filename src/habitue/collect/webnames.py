"""The names under which web events may say things: few enough for a table.

Events become columns by their properties' names. Whoever has read the write key in a page can send
names of their own, a thousand in an event: that must cost them something, not us. Names of the
specification always pass; of others so many, in the order in which they come.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Names"]

#: What stands at the top of an event.
_TOP = frozenset(
    "type event name category userId anonymousId previousId groupId messageId timestamp "
    "originalTimestamp sentAt properties traits context".split()
)
#: https://segment.com/docs/connections/spec/ : ecommerce, identify, common.
_PROPERTIES = (
    "product_id productId sku item_id id name title product_name category brand variant price "
    "quantity currency value url path referrer search order_id orderId checkout_id cart_id "
    "affiliation total revenue subtotal shipping tax discount coupon products query review_id "
    "review_body review body text rating list_id image_url position email session_id"
).split()
_TRAITS = (
    "email phone firstName first_name lastName last_name name country city createdAt created_at "
    "address.country address.city address.state address.street address.postalCode"
).split()
_CONTEXT = (
    "page.url page.path page.title page.referrer page.search userAgent locale ip library.name "
    "library.version sessionId timezone consent.categoryPreferences campaign.name campaign.source "
    "campaign.medium"
).split()
_KNOWN = frozenset(
    [f"properties.{name}" for name in _PROPERTIES]
    + [f"{place}.{name}" for place in ("traits", "context.traits") for name in _TRAITS]
    + [f"context.{name}" for name in _CONTEXT]
)


class Names:
    """Lets names through until there are too many.

    Parameters
    ----------
    limit : int
        How many names that the specification does not know.

    Examples
    --------
    >>> names = Names(limit=1)
    >>> names.kept({"event": "X", "properties": {"price": 1, "size": 2, "colour": 3}, "more": 4})
    ({'event': 'X', 'properties': {'price': 1, 'size': 2}}, 1)
    """

    def __init__(self, limit: int = 500) -> None:
        self._limit = limit
        self._others: set[str] = set()

    def kept(self, event: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Return an event with the names that pass, and how many of those it gave did not."""
        whole = {name: value for name, value in event.items() if name in _TOP}
        dropped = 0
        for name in ("properties", "traits", "context"):
            if name in whole:
                whole[name], more = self._within(whole[name], f"{name}.")
                dropped += more
        return whole, dropped

    def _within(self, value: dict[str, Any], prefix: str) -> tuple[dict[str, Any], int]:
        kept: dict[str, Any] = {}
        dropped = 0
        for name, part in value.items():
            path = prefix + name
            if isinstance(part, dict) and part:
                inner, more = self._within(part, f"{path}.")
                dropped += more
                if inner:
                    kept[name] = inner
            elif self._passes(path):
                kept[name] = part
            else:
                dropped += 1
        return kept, dropped

    def _passes(self, path: str) -> bool:
        if path in _KNOWN or path in self._others:
            return True
        if len(self._others) >= self._limit:
            return False
        self._others.add(path)
        return True
