"""The master key: ``key``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.locale import _

__all__ = ["add"]


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's commands."""
    group = typer.Typer(cls=app.info.cls, no_args_is_help=True)
    app.add_typer(
        group,
        name="key",
        rich_help_panel=_("Protection"),
        help=_("The master key: where it comes from, and how to change it."),
    )
    group.command("show", cls=kind, help=_("Say where the master key comes from."))(show)
    group.command(
        "rotate",
        cls=kind,
        help=_("Change the master key; one that was cut short is gone on with."),
    )(rotate)


def show(ctx: typer.Context) -> None:
    """Say where the master key comes from."""
    session: Session = ctx.obj
    found = session.shop().keys.show()
    if session.json:
        session.document(found)
        return
    from habitue.cli.tables import grid

    session.show(grid([(_("comes from"), found["source"]), (_("id"), found["id"])]))
    if found["unfinished"]:
        session.show(_("A change of the key was cut short. Go on with it: habitue key rotate"))


def rotate(
    ctx: typer.Context,
    file: Annotated[
        Path | None,
        typer.Option("--new-file", metavar="FILE", help=_("File of the new key, in base64.")),
    ] = None,
    command: Annotated[
        str, typer.Option("--new-command", metavar="COMMAND", help=_("What prints the new key."))
    ] = "",
) -> None:
    """Change the master key."""
    session: Session = ctx.obj
    done = session.shop().keys.rotate(file or "", command, session.progress())
    if session.json:
        session.document({"generation": done.generation, "moved": done.moved})
        return
    session.say(
        _("The master key is changed; {n} keys were wrapped anew. The old one opens nothing more.")
        .format(n=done.moved)
    )  # fmt: skip
    if file or command:
        session.say(_("Set HABITUE_MASTER_KEY, the key's file or key_command to the new one now."))
