"""What to offer to each segment, and why."""

from __future__ import annotations

from typing import Any

from habitue.report.facts import Facts
from habitue.report.results import MIN_GROUP
from habitue.report.view import count_of
from habitue.wording import percent, reason_kind, segment_name

__all__ = ["view"]

_ITEMS, _KINDS = 6, 3


def view(facts: Facts) -> dict[str, Any]:
    """Return each segment's first offers with the kinds of reason behind them."""
    cards = []
    for segment in facts.segments:
        offers = facts.offers.get(segment["segment"], [])[:_ITEMS]
        if not offers or segment["customers"] < MIN_GROUP:
            continue
        most = max(offer["customers"] for offer in offers) or 1
        cards.append(
            {
                "number": segment["segment"],
                "colour": (int(segment["segment"]) - 1) % 10 + 1,
                "name": segment_name(segment["name"]),
                "items": [
                    (
                        facts.titles.get(offer["item_id"]) or offer["item_id"],
                        count_of(offer["customers"]),
                        round(100 * offer["customers"] / most),
                    )
                    for offer in offers
                ],
                "kinds": [
                    (reason_kind(kind), percent(share))
                    for kind, share in facts.reason_kinds.get(segment["segment"], [])[:_KINDS]
                ],
            }
        )
    return {"cards": cards}
