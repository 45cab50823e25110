"""Who the customers are: ``segments``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from habitue.cli.session import Session
from habitue.locale import _

if TYPE_CHECKING:
    from habitue.frame import Frame

__all__ = ["add"]


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's command."""
    app.command(
        "segments",
        cls=kind,
        rich_help_panel=_("Results"),
        help=_("The segments: who they are, how many, what they are worth."),
    )(segments)


def segments(ctx: typer.Context) -> None:
    """Print the segments, what defines them, and the RFM groups."""
    session: Session = ctx.obj
    shop = session.shop()
    currency = shop.summary["currency"]
    rows, groups = shop.segments.to_pylist(), _groups(shop.rfm)
    if session.json:
        session.document({"currency": currency, "segments": rows, "groups": groups})
        return
    from rich.text import Text

    from habitue import wording

    named = [(f"{row['segment']} {wording.segment_name(row['name'])}", row) for row in rows]
    session.show(_sizes(_("segment"), named, currency), "")
    for name, row in named:
        rule = wording.segment_rule(row["rule"], currency)
        session.show(Text.assemble((name, "bold"), _(": "), rule))
    grouped = [(wording.rfm_group(row["group"]), row) for row in groups]
    session.show("", _sizes(_("RFM group"), grouped, currency))


def _sizes(head: str, rows: list[tuple[str, dict[str, Any]]], currency: str) -> Any:
    """Return groups of customers with how many they are and what they are worth."""
    from habitue import wording
    from habitue.cli.tables import table

    return table(
        [head, _("customers"), _("share"), _("revenue"), _("share")],
        [
            (
                name,
                wording.number(row["customers"]),
                wording.percent(row["share"]),
                wording.money(row["amount"], currency),
                wording.percent(row["amount_share"]),
            )
            for name, row in rows
        ],
        "tnnnn",
    )


def _groups(frame: Frame) -> list[dict[str, Any]]:
    from habitue.wording.keys import GROUPS

    found = frame.to_arrow().group_by("group").aggregate([("customer", "count"), ("amount", "sum")])
    by_group = {row["group"]: row for row in found.to_pylist()}
    revenue = sum(row["amount_sum"] for row in by_group.values())
    return [
        {
            "group": group,
            "customers": by_group[group]["customer_count"],
            "share": by_group[group]["customer_count"] / len(frame),
            "amount": by_group[group]["amount_sum"],
            "amount_share": by_group[group]["amount_sum"] / revenue if revenue else 0.0,
        }
        for group in GROUPS
        if group in by_group
    ]
