"""The head of the report: whose it is, and the things worth knowing."""

from __future__ import annotations

from typing import Any

from habitue.report.facts import Facts
from habitue.wording import date, figure, finding, note, segment_name

__all__ = ["view"]

_SHOWN = 5


def view(facts: Facts) -> dict[str, Any]:
    """Return the shop, the dates, the findings and the notes."""
    summary = facts.summary
    names = {s["segment"]: s["name"] for s in facts.segments}
    findings = []
    for data in list(summary.get("findings") or [])[:_SHOWN]:
        known = dict(data)
        if data.get("kind") == "segment" and data.get("segment") in names:
            known["name"] = names[data["segment"]]
        sentence = finding(known, facts.titles, facts.currency)
        findings.append((figure(known, facts.currency), sentence))
    return {
        "shop": summary.get("shop") or "",
        "as_of": date(summary.get("as_of")),
        "first": date(summary.get("first")),
        "last": date(summary.get("last")),
        "run": summary.get("run") or "",
        "findings": findings,
        "notes": [note(n) for n in summary.get("notes") or []],
        "segment_names": [segment_name(s["name"]) for s in facts.segments],
    }
