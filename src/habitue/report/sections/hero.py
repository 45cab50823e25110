"""The head of the report: whose it is, and the things worth knowing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from habitue.report.facts import Facts
from habitue.wording import date, figure, finding, note, people

__all__ = ["view"]

_SHOWN = 5


def view(facts: Facts) -> dict[str, Any]:
    """Return the shop, the dates, the findings and the notes."""
    summary = facts.summary
    names = {s["segment"]: s["name"] for s in facts.segments}
    findings = []
    safe = [f for f in summary.get("findings") or [] if _shown(f, facts)]
    for data in safe[:_SHOWN]:
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
        "notes": [note(_safe(n, facts)) for n in summary.get("notes") or []],
    }


def _shown(finding: Mapping[str, Any], facts: Facts) -> bool:
    """Say whether a finding is of enough people."""
    kind, least = finding.get("kind"), facts.min_group
    if kind in ("revenue", "repurchase"):
        return bool(finding["customers"] >= least)
    if kind == "leaving":
        return facts.groups.shown(late=True)
    if kind == "segment":
        return facts.groups.shown(segment=finding.get("segment"))
    if kind == "concentration":  # the best tenth
        return bool(facts.people.num_rows * finding["share_customers"] >= least)
    if kind == "comments":
        tone = facts.tone
        return tone.shown(answer=True) and tone.shown(mood="bad")
    return True


def _safe(note: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """Return a note without small numbers of people."""
    told = dict(note)
    if isinstance(told.get("customers"), int):
        told["customers"] = people(told["customers"], facts.min_group)
    return told
