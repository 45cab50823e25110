"""Numbers that may be passed on: ``count``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.locale import _

__all__ = ["add"]


class By(StrEnum):
    """What customers can be counted by."""

    segment = "segment"
    rfm = "rfm"
    loyalty = "loyalty"
    interest = "interest"


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's commands."""
    app.command(
        "count",
        cls=kind,
        rich_help_panel=_("Results"),
        help=_("How many customers there are by segment and the like, in numbers to pass on."),
    )(count)


def count(
    ctx: typer.Context,
    by: Annotated[
        list[By],
        typer.Option(
            "--by",
            metavar="GROUP",
            help=_("segment, rfm, loyalty or interest; more than one crosses."),
        ),
    ],
) -> None:
    """Count customers by group."""
    from habitue import wording
    from habitue.cli.tables import table

    session: Session = ctx.obj
    shop = session.shop()
    names = list(dict.fromkeys(one.value for one in by))
    rows = shop.groups.count(*names).to_pylist()
    if session.json:
        session.document({"by": names, "groups": rows})
        return
    segments = {row["segment"]: row["name"] for row in shop.segments}

    def worded(name: str, value: str) -> str:
        if name == "segment":
            return wording.segment_name(segments[int(value)])
        known = {"rfm": wording.rfm_group, "loyalty": wording.band, "interest": wording.category}
        return known[name](value)

    heads = {"segment": _("segment"), "rfm": _("RFM group"), "loyalty": _("loyalty"),
             "interest": _("interest")}  # fmt: skip
    body = [
        (
            *(worded(name, row[name]) for name in names),
            _("not shown") if row["customers"] is None else wording.number(row["customers"]),
        )
        for row in rows
    ]
    session.show(table([*(heads[name] for name in names), _("customers")], body,
                       "t" * len(names) + "n"))  # fmt: skip
    session.say(_("Numbers are rounded to fives at random, so that nobody can be told from them."))
