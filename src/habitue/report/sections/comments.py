"""What customers say: tone over time, and how much waits for an answer."""

from __future__ import annotations

from typing import Any

from habitue.locale import _
from habitue.report.charts.tone import tone
from habitue.report.facts import Facts
from habitue.report.tone import Tone
from habitue.report.view import Table, count_of, draw, share_of
from habitue.wording import month

__all__ = ["view"]

_COLUMNS: tuple[dict[str, Any], ...] = ({}, {"mood": "good"}, {"mood": "bad"}, {"answer": True})


def view(facts: Facts) -> dict[str, Any]:
    """Return the tone by month and the counts."""
    said = facts.tone
    total = said.count()
    if not total:
        return {"total": 0}
    shares = {
        key: share_of(said.count(**what) / total, said.shown(**what))
        for key, what in zip(("all", "good", "bad", "answer"), _COLUMNS, strict=True)
    }
    title = _("What customers say, month by month")
    if said.shown(mood="good") and said.shown(mood="bad"):
        title = _("{good} of comments are happy, {bad} unhappy").format(
            good=shares["good"], bad=shares["bad"]
        )
    answer = said.count(answer=True)
    return {
        "total": total,
        "few": not said.shown(answer=True),
        "answer": answer,
        "answer_share": shares["answer"],
        "picture": _picture(said, title),
    }


def _picture(said: Tone, title: str) -> Any:
    """Return the months; None if hardly any may be shown."""
    if sum(said.shown(month=when) for when in said.months) < min(2, len(said.months)):
        return None
    table = Table(
        title,
        [_("Month"), _("Comments"), _("Happy"), _("Unhappy"), _("To be answered")],
        [
            [
                month(when),
                *(
                    count_of(said.count(month=when, **what), said.shown(month=when, **what))
                    for what in _COLUMNS
                ),
            ]
            for when in said.months
        ],
    )
    rows = [
        {
            "month": when,
            **{
                mood: said.count(month=when, mood=mood) if said.shown(month=when, mood=mood) else 0
                for mood in ("good", "bad")
            },
        }
        for when in said.months
    ]
    names = (_("Happy comments a month"), _("Unhappy comments a month"))
    return draw(title, lambda width: tone(rows, width, label=title, names=names), table)
