"""What is bought together: the rules as a table and as bundles."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from habitue.locale import _
from habitue.report.charts.arcs import Link, arcs, in_bundles
from habitue.report.facts import Facts, Row
from habitue.report.view import Figure, Table, draw, rough
from habitue.wording import listing, number, percent

__all__ = ["view"]

_ROWS, _LINKS, _LOOKED_AT = 20, 22, 1_000


def view(facts: Facts) -> dict[str, Any]:
    """Return the strongest rules as a table and a picture."""
    rules = facts.results.table("rules").slice(0, _LOOKED_AT).to_pylist()  # most useful first
    rules = [rule for rule in rules if rule["count"] >= facts.min_group]
    return {
        "count": len(rules),
        "table": _table(rules, facts) if rules else None,
        "picture": _picture(rules, facts) if rules else None,
    }


def _titles(items: list[str], facts: Facts) -> str:
    return _(" + ").join(facts.titles.get(i) or i for i in items)


def _one_a_set(rules: list[Row]) -> list[Row]:
    """Keep the surest direction of each set of products: the others say the same again."""
    kept: dict[frozenset[str], Row] = {}
    for rule in rules:
        key = frozenset([*rule["antecedent"], rule["consequent"]])
        if key not in kept or rule["confidence"] > kept[key]["confidence"]:
            kept[key] = rule
    return list(kept.values())


def _table(rules: list[Row], facts: Facts) -> Table:
    body: list[list[str | Markup]] = [
        [
            _titles(r["antecedent"], facts),
            _titles([r["consequent"]], facts),
            percent(r["confidence"]),
            Markup("<strong>{}</strong>").format(_("{n}×").format(n=number(r["lift"]))),
            _("about {n}").format(n=number(rough(r["count"], facts.min_group))),
        ]
        for r in _one_a_set(rules)[:_ROWS]
    ]
    heads = [
        _("Who buys"),
        _("also buys"),
        _("Confidence"),
        _("Lift"),
        _("Baskets with both"),
    ]
    return Table(_("The strongest rules"), heads, body, text=2)


def _links(rules: list[Row], facts: Facts) -> list[Link]:
    best: dict[tuple[str, str], Row] = {}
    for rule in rules:
        for item in rule["antecedent"]:
            a, b = sorted((item, rule["consequent"]))
            if (a, b) not in best:
                best[a, b] = rule
    return [
        Link(
            a,
            b,
            float(rule["lift"]),
            f"{_titles([a], facts)} – {_titles([b], facts)}: "
            + _("{n}×").format(n=number(rule["lift"])),
            _("{n}×").format(n=number(rule["lift"])),
        )
        for (a, b), rule in list(best.items())[:_LINKS]
    ]


def _picture(rules: list[Row], facts: Facts) -> Figure:
    pairs = [r for r in rules if len(r["antecedent"]) == 1] or rules
    links = _links(pairs, facts)
    bundles = in_bundles(links)
    biggest = [facts.titles.get(i) or i for i in bundles[0]]
    title = _("The strongest links form {n} bundles; the largest holds {m} products").format(
        n=number(len(bundles)), m=number(len(biggest))
    )
    if len(bundles) == 1:
        title = _("The strongest links form one bundle of {m} products").format(
            m=number(len(biggest))
        )
    table = Table(
        title,
        [_("Bundle"), _("Products")],
        [
            [number(i + 1), listing(facts.titles.get(x) or x for x in bundle)]
            for i, bundle in enumerate(bundles)
        ],
        text=2,
    )
    caption = _(
        "An arc joins two products bought together; the thicker, the higher the lift. "
        "The figure is the highest lift of each bundle."
    )
    return draw(title, lambda width: arcs(links, facts.titles, width, label=title), table, caption)
