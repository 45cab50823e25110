"""What to offer to each segment, and why."""

from __future__ import annotations

from typing import Any

from habitue.locale import _
from habitue.report.facts import Facts
from habitue.report.view import rough
from habitue.wording import number, percent, reason_kind, segment_name

__all__ = ["view"]

_ITEMS, _KINDS = 6, 3


def view(facts: Facts) -> dict[str, Any]:
    """Return each segment's first offers with the kinds of reason behind them."""
    cards = []
    for segment in facts.segments:
        offers = [
            (offer["item_id"], rough(offer["customers"], facts.min_group))
            for offer in facts.offers.get(segment["segment"], [])
            if offer["customers"] >= facts.min_group
        ][:_ITEMS]
        if not offers or not facts.groups.shown(segment=segment["segment"]):
            continue
        most = max(customers for _item, customers in offers)
        cards.append(
            {
                "number": segment["segment"],
                "colour": (int(segment["segment"]) - 1) % 10 + 1,
                "name": segment_name(segment["name"]),
                "items": [
                    (
                        facts.titles.get(item) or item,
                        _("about {n}").format(n=number(customers)),
                        round(100 * customers / most),
                    )
                    for item, customers in offers
                ],
                "kinds": [
                    (reason_kind(kind), percent(share))
                    for kind, share in facts.reason_kinds.get(segment["segment"], [])[:_KINDS]
                ],
            }
        )
    return {"cards": cards}
