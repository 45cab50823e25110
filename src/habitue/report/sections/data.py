"""What the records hold, and what was set aside: every row accounted for."""

from __future__ import annotations

import calendar
from datetime import datetime
from typing import Any

from habitue.locale import _
from habitue.protect.groups import suppressed
from habitue.report.charts.monthly import monthly
from habitue.report.facts import Facts, Row
from habitue.report.view import Figure, Table, amount_of, count_of, draw
from habitue.wording import accounting_reason, capital, money, month, number, percent
from habitue.wording import quality as words
from habitue.wording.numbers import NOTHING

__all__ = ["view"]

_KEPT = {"accepted", "counted", "sale", "reduced_by_return"}


def view(facts: Facts) -> dict[str, Any]:
    """Return the accounting tables, the figures before and after, and the monthly chart."""
    rows = facts.results.table("accounting").to_pylist()
    return {
        "read": _read(rows),
        "select": _stage(rows, "select", facts),
        "prepare": _stage(rows, "prepare", facts),
        "before_after": _before_after(facts),
        "repeated": int((facts.summary.get("selected") or {}).get("repeated_lines") or 0),
        "dated": facts.results.table("monthly").num_rows > 0,
        "monthly": _monthly(facts),
    }


def _read(rows: list[Row]) -> Table | None:
    """One line a record table: read, accepted, repeated, rejected for whatever reason."""
    reasons = ["accepted", "repeated", "rejected"]
    tables: dict[str, dict[str, int]] = {}
    for row in rows:
        if row["stage"] == "read":
            counts = tables.setdefault(row["table"], dict.fromkeys(reasons, 0))
            reason = row["reason"] if row["reason"] in (*reasons, "gone") else "rejected"
            counts[reason] = counts.get(reason, 0) + int(row["rows"] or 0)
    if not tables:
        return None
    if any("gone" in counts for counts in tables.values()):
        reasons.append("gone")
    body = [
        [
            capital(words.table(name)),
            number(sum(counts.values())),
            *(number(counts.get(reason, 0)) for reason in reasons),
        ]
        for name, counts in tables.items()
    ]
    heads = [_("Records"), _("Rows read"), *(capital(accounting_reason(r)) for r in reasons)]
    return Table(_("What was read"), heads, body)


def _stage(rows: list[Row], stage: str, facts: Facts) -> Table | None:
    """One line a reason, with what they add up to; no amount of a few lines, which tells of whom.

    The lines themselves are counts of records and are all shown.
    """
    currency = facts.currency
    mine = [r for r in rows if r["stage"] == stage and r["table"] in ("purchases", "sales")]
    if not mine:
        return None
    mine.sort(key=lambda r: (r["reason"] not in _KEPT, -(r["rows"] or 0), r["reason"]))
    total = sum(r["rows"] or 0 for r in mine)
    hidden = suppressed([r["rows"] or 0 for r in mine], facts.min_group)
    body = [
        [
            capital(accounting_reason(r["reason"])),
            number(r["rows"]),
            percent((r["rows"] or 0) / total if total else None),
            NOTHING if few else money(r["amount"], currency, exact=True),
        ]
        for r, few in zip(mine, hidden, strict=True)
    ]
    amount = sum(r["amount"] or 0 for r in mine)
    whole = NOTHING if hidden.all() else money(amount, currency, exact=True)
    body.append([_("Together"), number(total), percent(1.0), whole])
    caption = _("Which order lines count") if stage == "select" else _("Service lines and returns")
    heads = [_("Why"), _("Order lines"), _("Share"), _("Amount")]
    return Table(caption, heads, body, total=True)


def _before_after(facts: Facts) -> Table | None:
    before = facts.summary.get("selected") or {}
    after = facts.summary.get("after") or {}
    least, people = facts.min_group, after.get("customers") or 0
    if not before or people < least:
        return None
    names = {"lines": _("Order lines"), "orders": _("Orders"), "customers": _("Customers")}
    body = [[name, number(before.get(k)), number(after.get(k))] for k, name in names.items()]
    if 0 < abs((before.get("customers") or 0) - people) < least:
        body[-1][1] = count_of(None, shown=False)  # the difference would be a few persons
    body.append(
        [
            _("Revenue"),
            money(before.get("amount"), facts.currency, exact=True),
            money(after.get("amount"), facts.currency, exact=True),
        ]
    )
    return Table(
        _("Before and after service lines and returns"),
        ["", _("All lines that count"), _("Products only, returns taken off")],
        body,
    )


def _partial(rows: list[Row], facts: Facts) -> frozenset[int]:
    """Return the rows of months that the records begin or end in the middle of."""
    first, last = facts.summary.get("first"), facts.summary.get("last")
    found = set()
    if first and datetime.fromisoformat(first).day > 3:
        found.add(0)
    if last:
        end = datetime.fromisoformat(last)
        if end.day < calendar.monthrange(end.year, end.month)[1] - 2:
            found.add(len(rows) - 1)
    return frozenset(found)


def _monthly(facts: Facts) -> Figure | None:
    rows = facts.results.table("monthly").sort_by("month").to_pylist()
    buyers = [row.get("buyers") or row["customers"] or 0 for row in rows]
    hidden = suppressed(buyers, facts.min_group)
    if hidden.all():
        return None
    for row, few in zip(rows, hidden, strict=True):
        row["hidden"] = bool(few)
        if few or 0 < row["customers"] < facts.min_group:
            row["customers"] = None
        if few:
            row["amount"] = 0
    currency = facts.currency
    best = max(rows, key=lambda r: r["amount"])
    title = _("{month} was the best month, with {amount}").format(
        month=month(best["month"]), amount=money(best["amount"], currency, short=True)
    )
    if len(rows) == 1:
        title = _("Revenue a month")
    partial = _partial(rows, facts)
    table = Table(
        title,
        [_("Month"), _("Revenue"), _("Orders"), _("Customers")],
        [
            [
                month(r["month"]),
                amount_of(r["amount"], currency, not r["hidden"]),
                count_of(r["orders"], not r["hidden"]),
                count_of(r["customers"], r["customers"] is not None),
            ]
            for r in rows
        ],
    )
    names = (_("Revenue a month"), _("Customers who ordered"))
    caption = _("Pale bars are months that the records hold only in part.") if partial else ""
    return draw(
        title,
        lambda width: monthly(
            rows, width, label=title, names=names, currency=currency, partial=partial
        ),
        table,
        caption,
    )
