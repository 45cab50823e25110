"""What customers say: tone over time, and how much waits for an answer."""

from __future__ import annotations

from typing import Any

from habitue.locale import _
from habitue.report.charts.tone import tone
from habitue.report.facts import Facts
from habitue.report.view import Table, draw
from habitue.wording import month, number, percent

__all__ = ["view"]


def view(facts: Facts) -> dict[str, Any]:
    """Return the tone by month and the counts."""
    rows = facts.tone
    total = sum(r["customers"] for r in rows)
    if not total:
        return {"total": 0}
    good, bad, answer = (sum(r[k] for r in rows) for k in ("good", "bad", "answer"))
    title = _("{good} of comments are happy, {bad} unhappy").format(
        good=percent(good / total), bad=percent(bad / total)
    )
    table = Table(
        title,
        [_("Month"), _("Comments"), _("Happy"), _("Unhappy"), _("To be answered")],
        [
            [month(r["month"]), *(number(r[k]) for k in ("customers", "good", "bad", "answer"))]
            for r in rows
        ],
    )
    names = (_("Happy comments a month"), _("Unhappy comments a month"))
    return {
        "total": total,
        "answer": answer,
        "answer_share": percent(answer / total),
        "picture": draw(title, lambda width: tone(rows, width, label=title, names=names), table),
    }
