"""How good the records are: gaps, age, what drifts, what was set aside, what is too little."""

from __future__ import annotations

from typing import Any

from habitue.collect.reasons import reason_text
from habitue.locale import _
from habitue.report.facts import Facts, Row
from habitue.report.view import Table, rough
from habitue.wording import date, number, people
from habitue.wording import quality as words

__all__ = ["view"]

#: What is counted in people.
_PEOPLE = {"customers", "repeaters", "recommended"}


def view(facts: Facts) -> dict[str, Any]:
    """Return the tables of the section; None where there is nothing to say."""
    rows: list[Row] = facts.results.table("quality").to_pylist()
    flagged = [row for row in rows if row["flag"] and row["check"] != "thin"]
    drift = [row for row in rows if row["check"] == "drift"]
    return {
        "seen": bool(rows),
        "odd": _judged(_("Worth a look"), flagged, facts.currency),
        "count": len(flagged),
        "complete": _complete(rows),
        "fresh": _fresh([row for row in rows if row["check"] == "freshness"]),
        "compared": len({(row["table"], row["source"], row["time"]) for row in drift}),
        "drift": _judged(
            _("The latest imports against those before"), _latest(drift), facts.currency
        ),
        "aside": _aside(facts.results.table("accounting").to_pylist()),
        "thin": _thin([row for row in rows if row["check"] == "thin" and row["flag"]], facts),
    }


def _latest(rows: list[Row]) -> list[Row]:
    """Return the rows of the latest import of each table."""
    latest: dict[str, Any] = {}
    for row in rows:
        latest[row["table"]] = max(latest.get(row["table"], row["time"]), row["time"])
    return [row for row in rows if row["time"] == latest[row["table"]]]


def _judged(caption: str, rows: list[Row], currency: str) -> Table | None:
    if not rows:
        return None
    heads = [_("Records"), _("What"), _("Found"), _("Usual")]
    return Table(caption, heads, [words.judged(row, currency) for row in rows], text=2)


def _complete(rows: list[Row]) -> Table | None:
    body = words.gaps(rows)
    heads = [_("Records"), _("Share of rows that have it"), _("Rows")]
    return Table(_("How complete"), heads, body, text=2) if body else None


def _fresh(rows: list[Row]) -> Table | None:
    body = [
        [words.name(row), date(row["time"]), words.amount("age", None, row["value"])]
        for row in rows
    ]
    heads = [_("Records"), _("Latest"), _("Before the cut-off")]
    return Table(_("How fresh"), heads, body) if body else None


def _aside(rows: list[Row]) -> Table | None:
    body = list(words.aside(rows, reason_text))
    heads = [_("Records"), _("Why"), _("Rows")]
    return Table(_("What was set aside"), heads, body, text=2) if body else None


def _thin(rows: list[Row], facts: Facts) -> Table | None:
    """Return the methods for which there is too little, and what is done instead."""
    body = [
        [
            words.method(row["measure"]),
            words.need(row["field"], row["low"]),
            words.fallback(row["measure"]),
            _there(row, facts),
        ]
        for row in rows
    ]
    heads = [_("For"), _("Needed"), _("Instead"), _("There")]
    return Table(_("Too little for a method"), heads, body, text=3) if body else None


def _there(row: Row, facts: Facts) -> str:
    """Return how much there is; people only as far as neither they nor the others are too few."""
    n = int(row["value"])
    if row["field"] not in _PEOPLE:
        return number(row["value"])
    if 0 < facts.people.num_rows - n < facts.min_group <= n:
        return _("about {n}").format(n=number(rough(n, facts.min_group)))
    return people(n, facts.min_group)
