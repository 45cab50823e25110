"""What each record table needs, and how its fields weigh when the kind of a file is decided."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from habitue.collect.synonyms import NAMES
from habitue.columns import IDENTIFIERS

__all__ = ["COUNTS", "DATES", "KINDS", "MONEY", "REALS", "Kind", "fields_of"]

#: What came of a post, in whole numbers.
COUNTS = ("impressions", "reach", "likes", "comments", "shares", "saves", "clicks")
#: Fields by what their cells must be.
DATES = frozenset({"time", "joined"})
MONEY = frozenset({"unit_price", "amount", "discount"})
REALS = frozenset({"quantity", "rating", *COUNTS})
_WHO = frozenset(IDENTIFIERS)


@dataclass(frozen=True)
class Kind:
    """A record table: groups of fields of which each needs one alternative, and weights.

    A file is taken for a table of ``telltale`` fields unasked only if it has one of them.
    """

    name: str
    needs: tuple[tuple[frozenset[str], ...], ...]
    weights: dict[str, float]
    telltale: frozenset[str] = frozenset()

    def missing(self, found: Set[str]) -> list[tuple[frozenset[str], ...]]:
        """Return the needs that the fields found don't meet."""
        return [
            need for need in self.needs if not any(_met(alternative, found) for alternative in need)
        ]

    def score(self, found: Set[str]) -> float:
        """Return how much the fields found speak for this table."""
        return sum(self.weights.get(field, 0.5) for field in found)


def _met(alternative: frozenset[str], found: Set[str]) -> bool:
    if "customer" in alternative:
        return bool(_WHO & found) and (alternative - {"customer"}) <= found
    return alternative <= found


def _one(*alternatives: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(alternative.split("+")) for alternative in alternatives)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "purchases",
            (
                _one("order_id", "customer+time"),
                _one("item_id", "title"),
                _one("time"),
                _one("unit_price", "amount"),
            ),
            {"order_id": 2, "quantity": 2, "unit_price": 1, "amount": 1, "time": 1, "item_id": 1},
        ),
        Kind(
            "views",
            (_one("time"), _one("item_id", "url"), _one("customer", "session_id")),
            {"event": 2, "session_id": 2, "agent": 1.5, "url": 1.5, "time": 1, "item_id": 1},
        ),
        Kind(
            "comments",
            (_one("text"),),
            {"text": 3, "rating": 1.5, "platform": 1, "time": 1, "item_id": 0.5},
        ),
        Kind(
            "posts",
            (_one("time"), _one("reach", "impressions", "platform+type+text")),
            {"post_id": 1, "impressions": 2, "reach": 2, "likes": 1, "comments": 1, "text": 0.5},
        ),
        Kind(
            "items",
            (_one("item_id"), _one("title")),
            {"item_id": 1, "title": 1, "category": 1, "description": 1, "unit_price": 1},
        ),
        Kind(
            "customers",
            (_one("customer"),),
            {"joined": 1.5, "city": 1, "email": 1, "phone": 1, "name": 0.7, "customer_id": 0.7},
        ),
        Kind(
            "consents",
            (_one("customer"), _one("state")),
            {"state": 2, "purpose": 2, "channel": 1.5},
            frozenset({"purpose", "channel"}),
        ),
    )
}


def fields_of(kind: str) -> list[str]:
    """Return the fields that a record table takes from a file."""
    return list(NAMES[kind])
