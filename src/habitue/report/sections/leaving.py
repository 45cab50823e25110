"""Who is leaving, what they are worth, and where they stand."""

from __future__ import annotations

from typing import Any

from habitue.locale import _
from habitue.report.charts.stacked import Bar, stacked
from habitue.report.facts import Facts, Row
from habitue.report.results import MIN_GROUP
from habitue.report.view import Figure, Table, amount_of, count_of, draw, share_of
from habitue.wording import band, band_meaning, money, number, percent, rfm_group, segment_name
from habitue.wording.keys import BANDS, GROUPS
from habitue.wording.numbers import NOTHING

__all__ = ["view"]

# Those who can still be kept: not yet gone, and later than their own rhythm.
_AT_RISK = ("wavering", "leaving")


def view(facts: Facts) -> dict[str, Any]:
    """Return the bands, their chart by segment, and worth at risk by RFM group."""
    bands = facts.bands
    if not bands:
        return {"bands": None}
    customers = sum(bands.get(b, {}).get("customers", 0) for b in _AT_RISK)
    amount = sum(bands.get(b, {}).get("amount", 0) for b in _AT_RISK)
    return {
        "bands": _bands(facts),
        "picture": _picture(facts),
        "groups": _groups(facts),
        "customers": count_of(customers),
        "amount": amount_of(customers, amount, facts.currency),
        "horizon": facts.summary.get("horizon_days"),
    }


def _bands(facts: Facts) -> Table:
    total = sum(r["customers"] for r in facts.bands.values())
    rows = []
    for key in BANDS:
        row = facts.bands.get(key, {"customers": 0, "amount": 0, "lifetime_value": 0})
        count = row["customers"]
        rows.append(
            [
                band(key),
                band_meaning(key),
                count_of(count),
                share_of(count, count / total),
                share_of(count, row["probability"] / count if count else None),
                amount_of(count, row["amount"], facts.currency),
                amount_of(count, row["lifetime_value"], facts.currency),
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


def _bar(name: str, bands: dict[str, Row]) -> Bar | None:
    total = sum(r["customers"] for r in bands.values())
    if total < MIN_GROUP:
        return None
    counts = [bands.get(b, {}).get("customers", 0) for b in BANDS]
    shown = [f"{band(b)}: {count_of(n)}" for b, n in zip(BANDS, counts, strict=True)]
    late = sum(bands.get(b, {}).get("customers", 0) for b in _AT_RISK)
    value = share_of(late, late / total)
    return Bar(name, value, [n / total for n in counts], shown)


def _picture(facts: Facts) -> Figure | None:
    everyone = _bar(_("All customers"), facts.bands)
    if everyone is None:
        return None
    by_segment = facts.bands_by("segment")
    names = {s["segment"]: segment_name(s["name"]) for s in facts.segments}
    bars = [everyone]
    if len(names) > 1:
        bars += [b for k, n in names.items() if (b := _bar(n, by_segment.get(k, {})))]
    title = _("{share} of customers are wavering or leaving, and can still be kept").format(
        share=everyone.value
    )
    pieces = [(band(b), f"band-{b}") for b in BANDS]
    rows = [
        [_("All customers"), *(_cell(facts.bands, b) for b in BANDS)],
        *([n, *(_cell(by_segment.get(k, {}), b) for b in BANDS)] for k, n in names.items()),
    ]
    table = Table(title, [_("Segment"), *(band(b) for b in BANDS)], rows)
    caption = _("The figure at the right is the share that is wavering or leaving.")
    return draw(title, lambda width: stacked(bars, pieces, width, label=title), table, caption)


def _cell(bands: dict[str, Row], key: str) -> str:
    if 0 < sum(r["customers"] for r in bands.values()) < MIN_GROUP:
        return NOTHING
    return count_of(bands.get(key, {}).get("customers", 0))


def _groups(facts: Facts) -> Table | None:
    """Return RFM groups by what is at risk in them, the most first."""
    rows = []
    for key, bands in facts.bands_by("group").items():
        late = [bands[b] for b in _AT_RISK if b in bands]
        count, amount = sum(r["customers"] for r in late), sum(r["amount"] for r in late)
        total = sum(r["customers"] for r in bands.values())
        if count >= MIN_GROUP:
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
