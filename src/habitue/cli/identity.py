"""Who is one person: ``identity``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.locale import _

__all__ = ["add"]

_WHO = typer.Argument(metavar="CUSTOMER")


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's commands."""
    group = typer.Typer(cls=app.info.cls, no_args_is_help=True)
    app.add_typer(
        group,
        name="identity",
        rich_help_panel=_("The loop"),
        help=_("Who is one person: why, and how to change it."),
    )
    group.command("why", cls=kind, help=_("Tell why records are one person's."))(why)
    group.command("merge", cls=kind, help=_("Say that two are one person."))(merge)
    group.command("split", cls=kind, help=_("Say that two are not one person."))(split)
    group.command(
        "match", cls=kind, help=_("Join people who are alike beyond doubt: mistyped addresses.")
    )(match)
    group.command("shared", cls=kind, help=_("Show how many identifiers several people use."))(
        shared
    )


def why(
    ctx: typer.Context,
    who: Annotated[str, _WHO],
    reveal: Annotated[
        bool, typer.Option("--reveal", help=_("Show the identifiers, from the vault."))
    ] = False,
) -> None:
    """Print a person's chain of evidence."""
    session: Session = ctx.obj
    told = session.shop().identity.why(who, reveal=reveal)
    if session.json:
        session.document(told)
        return
    from habitue import wording
    from habitue.cli.tables import table

    names = {row["customer"]: str(at) for at, row in enumerate(told["pseudonyms"], start=1)}
    session.show(_("Customer {id}").format(id=told["person"]), "")
    rows = [
        (
            names[row["customer"]],
            ", ".join(
                row.get("values", {}).get(kind) or kinds()[kind]
                for kind in (*row["kinds"], *(["name"] if "name" in row.get("values", {}) else []))
            ),
            wording.number(sum(row["records"].values())),
            ", ".join(row["sources"]),
        )
        for row in told["pseudonyms"]
    ]
    session.show(table(["", _("known by"), _("records"), _("from")], rows, "ntnt"))
    for step in told["because"]:
        held = ", ".join(names[p] for p in step["pseudonyms"])
        text = _("{who} are one: {reason}, {n} records").format(
            who=held, reason=reasons()[step["kind"]], n=wording.number(step["records"])
        )
        session.show(text)
    for step in told["shared"]:
        text = _("{kind}: not merged through; {n} people use it")
        session.show(text.format(kind=kinds()[step["kind"]], n=wording.number(step["people"])))
    for said in told["said"]:
        if said["kind"] == "apart":
            other = next((p for p in said["pseudonyms"] if p not in names), "")
            session.show(_("kept apart by hand from customer {id}").format(id=other))


def kinds() -> dict[str, str]:
    """Return the kinds of identifiers in words."""
    return {
        "customer_id": _("customer number"),
        "email": _("e-mail address"),
        "phone": _("telephone"),
        "visitor": _("visitor number"),
        "handle": _("name on a platform"),
        "name": _("name"),
    }


def reasons() -> dict[str, str]:
    """Return what joins in words."""
    same = {kind: _("the same {kind}").format(kind=word) for kind, word in kinds().items()}
    return {**same, "hand": _("said by hand"), "match": _("alike beyond doubt")}


def merge(ctx: typer.Context, one: Annotated[str, _WHO], other: Annotated[str, _WHO]) -> None:
    """Say that two are one person."""
    session: Session = ctx.obj
    session.shop().identity.merge(one, other)
    session.say(_("They are one person now. The next run counts them so."))


def split(ctx: typer.Context, one: Annotated[str, _WHO], other: Annotated[str, _WHO]) -> None:
    """Say that two are not one person."""
    session: Session = ctx.obj
    session.shop().identity.split(one, other)
    session.say(_("They are kept apart now, whatever is imported. The next run counts them so."))


def match(
    ctx: typer.Context,
    least: Annotated[
        float, typer.Option("--least", metavar="P", min=0.5, max=1, help=_("Least probability."))
    ] = 0.99,
) -> None:
    """Join people who are alike beyond doubt."""
    session: Session = ctx.obj
    found = session.shop().identity.match(least)
    if session.json:
        session.document(
            {"candidates": found.candidates, "joined": found.pairs, "weights": found.weights}
        )
        return
    text = _("{n} pairs of people joined of {candidates} that were compared.")
    session.say(text.format(n=len(found.pairs), candidates=found.candidates))


def shared(ctx: typer.Context) -> None:
    """Print how many identifiers several people use."""
    session: Session = ctx.obj
    found = session.shop().identity.shared()
    if session.json:
        session.document(found)
        return
    from habitue import wording
    from habitue.cli.tables import table

    rows = [
        (kinds()[kind], wording.number(row["identifiers"]), wording.number(row["most"]))
        for kind, row in found.items()
    ]
    session.show(table(["", _("shared by several"), _("most people behind one")], rows, "tnn"))
