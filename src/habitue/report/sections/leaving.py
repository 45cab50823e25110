"""Who is leaving, what they are worth, and where they stand."""

from __future__ import annotations

from typing import Any

from habitue.locale import _
from habitue.report.charts.stacked import Bar, stacked
from habitue.report.facts import Facts, Row
from habitue.report.groups import LATE
from habitue.report.view import Figure, Table, amount_of, count_of, draw, share_of
from habitue.wording import band, band_meaning, money, number, percent, rfm_group, segment_name
from habitue.wording.keys import BANDS, GROUPS

__all__ = ["view"]


def view(facts: Facts) -> dict[str, Any]:
    """Return the bands, their chart by segment, and worth at risk by RFM group."""
    bands = facts.bands
    if not bands:
        return {"bands": None}
    customers = sum(bands.get(b, {}).get("customers", 0) for b in LATE)
    amount = sum(bands.get(b, {}).get("amount", 0) for b in LATE)
    return {
        "bands": _bands(facts),
        "picture": _picture(facts),
        "groups": _groups(facts),
        "customers": count_of(customers, facts.groups.shown(late=True)),
        "amount": amount_of(amount, facts.currency, facts.groups.shown(late=True)),
        "horizon": facts.summary.get("horizon_days"),
    }


def _bands(facts: Facts) -> Table:
    total = sum(r["customers"] for r in facts.bands.values())
    rows = []
    for key in BANDS:
        row = facts.bands.get(key, {"customers": 0, "amount": 0, "lifetime_value": 0})
        count, shown = row["customers"], facts.groups.shown(band=key)
        rows.append(
            [
                band(key),
                band_meaning(key),
                count_of(count, shown),
                share_of(count / total, shown),
                share_of(row["probability"] / count if count else None, shown),
                amount_of(row["amount"], facts.currency, shown),
                amount_of(row["lifetime_value"], facts.currency, shown),
            ]
        )
    heads = [
        _("Band"),
        _("Who they are"),
        _("Customers"),
        _("Share"),
        _("Chance of another order"),
        _("Spent so far"),
        _("Expected in 12 months"),
    ]
    return Table(_("Loyalty bands"), heads, rows, text=2)


def _bar(facts: Facts, name: str, bands: dict[str, Row], **what: Any) -> Bar | None:
    """Return a bar of a group's bands; what may not be shown of it is one piece."""
    total = sum(r["customers"] for r in bands.values())
    if not total or not facts.groups.shown(**what):
        return None
    counts = {b: bands.get(b, {}).get("customers", 0) for b in BANDS}
    known = {b: facts.groups.shown(band=b, **what) for b in BANDS}
    pieces = [(band(b), counts[b] if known[b] else 0) for b in BANDS]
    pieces.append((_("Not shown"), total - sum(n for _name, n in pieces)))
    late = sum(counts[b] for b in LATE)
    told = facts.groups.shown(late=True) if not what else all(known[b] for b in LATE)
    return Bar(
        name,
        share_of(late / total, told),
        [n / total for _name, n in pieces],
        [f"{piece}: {number(n)}" for piece, n in pieces],
    )


def _picture(facts: Facts) -> Figure | None:
    everyone = _bar(facts, _("All customers"), facts.bands)
    if everyone is None:
        return None
    by_segment = facts.bands_by("segment")
    names = {
        s["segment"]: segment_name(s["name"])
        for s in facts.segments
        if facts.groups.shown(segment=s["segment"])
    }
    bars = [everyone]
    if len(facts.segments) > 1:
        bars += [
            b for k, n in names.items() if (b := _bar(facts, n, by_segment.get(k, {}), segment=k))
        ]
    title = _("How far customers have drifted away")
    if facts.groups.shown(late=True):
        title = _("{share} of customers are wavering or leaving, and can still be kept").format(
            share=everyone.value
        )
    pieces = [(band(b), f"band-{b}") for b in BANDS]
    if any(bar.shares[-1] for bar in bars):
        pieces.append((_("Not shown"), "track"))
    else:
        bars = [Bar(b.name, b.value, b.shares[:-1], b.tips[:-1]) for b in bars]
    rows = [
        [_("All customers"), *_cells(facts, facts.bands)],
        *([n, *_cells(facts, by_segment.get(k, {}), segment=k)] for k, n in names.items()),
    ]
    table = Table(title, [_("Segment"), *(band(b) for b in BANDS)], rows)
    caption = _("The figure at the right is the share that is wavering or leaving.")
    return draw(title, lambda width: stacked(bars, pieces, width, label=title), table, caption)


def _cells(facts: Facts, bands: dict[str, Row], **what: Any) -> list[str]:
    return [
        count_of(bands.get(b, {}).get("customers", 0), facts.groups.shown(band=b, **what))
        for b in BANDS
    ]


def _groups(facts: Facts) -> Table | None:
    """Return RFM groups by what is at risk in them, the most first."""
    rows = []
    for key, bands in facts.bands_by("group").items():
        late = [bands[b] for b in LATE if b in bands]
        count, amount = sum(r["customers"] for r in late), sum(r["amount"] for r in late)
        total = sum(r["customers"] for r in bands.values())
        shown = facts.groups.shown(group=key) and facts.groups.shown(group=key, late=True)
        if count and shown:
            rows.append((amount, key, count, total))
    if not rows:
        return None
    rows.sort(key=lambda r: (-r[0], GROUPS.index(r[1]) if r[1] in GROUPS else 99))
    body = [
        [rfm_group(key), number(count), percent(count / total), money(amount, facts.currency)]
        for amount, key, count, total in rows
    ]
    heads = [_("RFM group"), _("Wavering or leaving"), _("Share of group"), _("Spent so far")]
    return Table(_("What is at risk, by RFM group"), heads, body)
