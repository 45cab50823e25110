"""What was done, by whom and when: ``audit``."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.locale import _, ngettext

__all__ = ["add"]


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's commands."""
    group = typer.Typer(cls=app.info.cls, no_args_is_help=True)
    app.add_typer(
        group,
        name="audit",
        rich_help_panel=_("Protection"),
        help=_("The log of all that matters; it shows whether it was tampered with."),
    )
    group.command("show", cls=kind, help=_("Show the latest entries."))(show)
    group.command("verify", cls=kind, help=_("See whether the log was tampered with."))(verify)
    group.command(
        "head",
        cls=kind,
        help=_("Print the log's end, to be kept where nobody of this shop can change it."),
    )(head)


def show(
    ctx: typer.Context,
    last: Annotated[
        int, typer.Option("--last", "-n", metavar="N", min=1, help=_("How many."))
    ] = 20,
    action: Annotated[
        str, typer.Option("--action", metavar="ACTION", help=_("Of one action: import, run, …"))
    ] = "",
    who: Annotated[
        str, typer.Option("--customer", metavar="CUSTOMER", help=_("About one person."))
    ] = "",
) -> None:
    """Show entries."""
    session: Session = ctx.obj
    entries = list(session.shop().audit.entries(action, who, last))
    if session.json:
        session.document({"entries": entries})
        return
    from habitue import wording
    from habitue.cli.tables import table
    from habitue.wording.consent import action as worded

    session.show(
        table(
            ["", _("when (UTC)"), _("who"), _("what"), _("details")],
            [
                (
                    wording.number(entry["number"]),
                    f"{entry['time']:%Y-%m-%d %H:%M}",
                    entry["actor"],
                    worded(entry["action"]),
                    _details(entry["details"]),
                )
                for entry in entries
            ],
            "nkttt",
        )
    )


def _details(details: dict[str, Any]) -> str:
    plain = {key: value for key, value in details.items() if not isinstance(value, dict)}
    return ", ".join(f"{key} {_shown(value)}" for key, value in plain.items())


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def verify(
    ctx: typer.Context,
    head: Annotated[
        str,
        typer.Option(
            "--head", metavar="NUMBER:MAC", help=_("What habitue audit head printed before.")
        ),
    ] = "",
) -> None:
    """Verify the log; exit status 1 when it was tampered with."""
    session: Session = ctx.obj
    found = session.shop().audit.verify(head)
    if session.json:
        problems = [{"problem": kind, "number": number} for kind, number in found.problems]
        session.document(
            {
                "sound": found.sound,
                "entries": found.entries,
                "head": str(found.head),
                "problems": problems,
            }
        )
    else:
        from habitue import wording
        from habitue.wording.consent import problem

        for kind, number in found.problems:
            session.show(problem(kind, number))
        if found.sound:
            session.show(
                ngettext(
                    "{n} entry: nothing was altered, removed or put in.",
                    "{n} entries: nothing was altered, removed or put in.",
                    found.entries,
                ).format(n=wording.number(found.entries))
            )
            if not head:
                session.say(
                    _("With --head it would also show if the whole log was put back or rewritten.")
                )
    if not found.sound:
        raise typer.Exit(1)


def head(ctx: typer.Context) -> None:
    """Print the head."""
    session: Session = ctx.obj
    end = session.shop().audit.head()
    if session.json:
        session.document({"number": end.number, "head": str(end)})
    else:
        session.show(str(end))
