"""The segments as a picture and as cards, and the RFM groups as the trade's map."""

from __future__ import annotations

from typing import Any

import orjson

from habitue.locale import _
from habitue.report.charts.flow import Part, flow
from habitue.report.facts import Facts, Row
from habitue.report.results import MIN_GROUP
from habitue.report.view import Figure, Table, amount_of, count_of, draw, share_of
from habitue.wording import (
    feature,
    feature_value,
    number,
    percent,
    rfm_action,
    rfm_group,
    rfm_meaning,
    segment_name,
    segment_rule,
)
from habitue.wording.keys import GROUPS

__all__ = ["view"]

_PROFILE = ("recency", "orders", "order_value", "gap", "items", "discount_share", "views")


def view(facts: Facts) -> dict[str, Any]:
    """Return the segments' picture and cards, and the RFM tiles."""
    return {
        "picture": _picture(facts) if len(facts.segments) > 1 else None,
        "cards": [_card(facts, segment) for segment in facts.segments],
        "tiles": _tiles(facts),
    }


def _per_customer(segment: Row, currency: str) -> str:
    count = segment["customers"]
    return amount_of(count, segment["amount"] / count if count else None, currency)


def _picture(facts: Facts) -> Figure:
    # A segment below the minimum has its shares hidden in words; the picture is coarse enough.
    segments = facts.segments
    parts = [
        Part(
            name=segment_name(s["name"]),
            left=s["share"] or 0,
            right=max(s["amount_share"] or 0, 0),
            left_text=share_of(s["customers"], s["share"]),
            right_text=share_of(s["customers"], s["amount_share"]),
            colour=(int(s["segment"]) - 1) % 10 + 1,
        )
        for s in segments
        if s["customers"] >= MIN_GROUP
    ]
    best = max(segments, key=lambda s: s["amount_share"] or 0)
    title = _("{name}: {share} of customers, {amount} of the revenue").format(
        share=share_of(best["customers"], best["share"]),
        amount=share_of(best["customers"], best["amount_share"]),
        name=segment_name(best["name"]),
    )
    table = Table(
        title,
        [
            "",
            _("Segment"),
            _("Customers"),
            _("Share"),
            _("Revenue"),
            _("Share of revenue"),
            _("Each"),
        ],
        [
            [
                number(s["segment"]),
                segment_name(s["name"]),
                count_of(s["customers"]),
                share_of(s["customers"], s["share"]),
                amount_of(s["customers"], s["amount"], facts.currency),
                share_of(s["customers"], s["amount_share"]),
                _per_customer(s, facts.currency),
            ]
            for s in segments
        ],
        text=2,
    )
    heads = (_("Share of customers"), _("Share of revenue"))
    return draw(title, lambda width: flow(parts, width, label=title, heads=heads), table)


def _card(facts: Facts, segment: Row) -> dict[str, Any]:
    count, currency = segment["customers"], facts.currency
    profile = orjson.loads(segment["profile"] or "{}")
    hidden = 0 < count < MIN_GROUP
    groups = facts.groups_of.get(segment["segment"], [])
    main = groups[0][0] if groups and not hidden else None
    return {
        "number": segment["segment"],
        "colour": (int(segment["segment"]) - 1) % 10 + 1,
        "name": segment_name(segment["name"]),
        "customers": count_of(count),
        "share": share_of(count, segment["share"]),
        "amount_share": share_of(count, segment["amount_share"]),
        "amount": amount_of(count, segment["amount"], currency),
        "each": _per_customer(segment, currency),
        "hidden": hidden,
        "rule": segment_rule(segment["rule"], currency),
        "fit": segment["precision"] is not None and segment["recall"] is not None,
        "precision": percent(segment["precision"]),
        "recall": percent(segment["recall"]),
        "stability": percent(segment["stability"]),
        "profile": []
        if hidden
        else [
            (feature(key), feature_value(key, profile[key], currency))
            for key in _PROFILE
            if profile.get(key) is not None
        ],
        "group": rfm_group(main) if main else "",
        "group_share": percent(groups[0][1]) if main else "",
        "action": rfm_action(main) if main else "",
    }


def _tiles(facts: Facts) -> list[dict[str, Any]]:
    """Return the RFM groups in the trade's order; shade says their share of revenue."""
    found = facts.rfm_groups
    people = sum(r["customers"] for r in found.values()) or 1
    money = sum(r["amount"] for r in found.values()) or 1
    tiles = []
    for key in [*GROUPS, *sorted(set(found) - set(GROUPS))]:
        row = found.get(key, {"customers": 0, "amount": 0})
        count, share = row["customers"], row["amount"] / money
        if key == "prospects" and not count:
            continue
        tiles.append(
            {
                "hidden": 0 < count < MIN_GROUP,
                "key": key if key in GROUPS else "other",
                "shade": 0 if count < MIN_GROUP else sum(share > s for s in (0, 0.03, 0.1, 0.25)),
                "name": rfm_group(key),
                "meaning": rfm_meaning(key),
                "action": rfm_action(key),
                "customers": count_of(count),
                "share": share_of(count, count / people),
                "amount": amount_of(count, row["amount"], facts.currency),
                "amount_share": share_of(count, share),
            }
        )
    return tiles if found else []
