"""The segments as a picture and as cards, and the RFM groups as the trade's map."""

from __future__ import annotations

from typing import Any

import orjson

from habitue.locale import _
from habitue.report.charts.flow import Part, flow
from habitue.report.facts import Facts, Row
from habitue.report.view import Figure, Table, amount_of, count_of, draw, loosely, share_of
from habitue.wording import (
    capital,
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
    shown, rest = _parted(facts)
    return {
        "picture": _picture(facts, shown, rest) if len(shown) + bool(rest) > 1 else None,
        "cards": [_card(facts, s) for s in shown] + ([_rest_card(facts, rest)] if rest else []),
        "tiles": _tiles(facts),
    }


def _parted(facts: Facts) -> tuple[list[Row], Row | None]:
    """Return the segments that may be shown, and all others as one."""
    shown = [s for s in facts.segments if facts.groups.shown(segment=s["segment"])]
    others = [s for s in facts.segments if s not in shown]
    if not others:
        return shown, None
    sums = ("customers", "share", "amount", "amount_share")
    return shown, {key: sum(s[key] or 0 for s in others) for key in sums}


def _figures(row: Row, currency: str, shown: bool) -> dict[str, str]:
    """Return the figures of a group of customers in words."""
    count = row["customers"]
    each = row["amount"] / count if count else None
    return {
        "customers": count_of(count, shown),
        "share": share_of(row["share"], shown),
        "amount": amount_of(row["amount"], currency, shown),
        "amount_share": share_of(row["amount_share"], shown),
        "each": amount_of(each, currency, shown),
    }


def _rest_shown(facts: Facts, rest: Row) -> bool:
    """Say whether those of no shown segment may be counted together: enough, and not all."""
    return facts.groups.shown() and bool(rest["customers"] >= facts.min_group)


def _picture(facts: Facts, shown: list[Row], rest: Row | None) -> Figure | None:
    parts = [_part(segment_name(s["name"]), s, (int(s["segment"]) - 1) % 10 + 1) for s in shown]
    rows = [
        [number(s["segment"]), segment_name(s["name"]), *_figures(s, facts.currency, True).values()]
        for s in shown
    ]
    if rest:
        known = _rest_shown(facts, rest)
        parts += [_part(_rest_name(), rest, 10)] if known else []
        rows.append(["", _rest_name(), *_figures(rest, facts.currency, known).values()])
    if not shown:
        return None
    best = max(shown, key=lambda s: s["amount_share"] or 0)
    title = _("{name}: {share} of customers, {amount} of the revenue").format(
        share=percent(best["share"]),
        amount=percent(best["amount_share"]),
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
        rows,
        text=2,
    )
    heads = (_("Share of customers"), _("Share of revenue"))
    return draw(title, lambda width: flow(parts, width, label=title, heads=heads), table)


def _rest_name() -> str:
    return _("Smaller segments, together")


def _part(name: str, row: Row, colour: int) -> Part:
    left, right = row["share"] or 0, max(row["amount_share"] or 0, 0)
    return Part(name, left, right, percent(row["share"]), percent(row["amount_share"]), colour)


def _rest_card(facts: Facts, rest: Row) -> dict[str, Any]:
    known = _rest_shown(facts, rest)
    return {
        "colour": 10,
        "name": _rest_name(),
        "hidden": not known,
        "rest": True,
        **_figures(rest, facts.currency, known),
    }


def _card(facts: Facts, segment: Row) -> dict[str, Any]:
    count, currency, number_ = segment["customers"], facts.currency, segment["segment"]
    profile = orjson.loads(segment["profile"] or "{}")
    groups = facts.groups_of.get(number_, [])
    main = groups[0][0] if groups else None
    precision, recall = segment["precision"], segment["recall"]
    fits = recall * count / precision if precision and recall else 0
    return {
        "number": number_,
        "colour": (int(number_) - 1) % 10 + 1,
        "name": segment_name(segment["name"]),
        "hidden": False,
        "rest": False,
        **_figures(segment, currency, True),
        "rule": segment_rule(segment["rule"], currency),
        "fit": precision is not None and recall is not None,
        "precision": capital(loosely(precision, fits, facts.min_group)),
        "recall": loosely(recall, count, facts.min_group),
        "stability": percent(segment["stability"]),
        "profile": [
            (feature(key), feature_value(key, profile[key], currency))
            for key in _PROFILE
            if profile.get(key) is not None
        ],
        "group": rfm_group(main) if main else "",
        "group_share": percent(groups[0][1])
        if main and facts.groups.shown(segment=number_, group=main)
        else "",
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
        shown = facts.groups.shown(group=key)
        if key == "prospects" and not count:
            continue
        tiles.append(
            {
                "hidden": not shown,
                "key": key if key in GROUPS else "other",
                "shade": sum(share > s for s in (0, 0.03, 0.1, 0.25)) if shown else 0,
                "name": rfm_group(key),
                "meaning": rfm_meaning(key),
                "action": rfm_action(key),
                "customers": count_of(count, shown),
                "share": share_of(count / people, shown),
                "amount": amount_of(row["amount"], facts.currency, shown),
                "amount_share": share_of(share, shown),
            }
        )
    return tiles if found else []
