"""Getting started: ``demo``, ``init``, ``doctor``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habitue.cli.loop import show_run
from habitue.cli.session import Session
from habitue.errors import HabitueError, ShopError
from habitue.locale import _

if TYPE_CHECKING:
    from habitue.doctor import Check

__all__ = ["add"]

#: Says of which size and seed a sample shop is, so that calling ``demo`` again carries on.
MARK = "demo.json"
#: The last file that the generator writes: with it, the exports are whole.
WRITTEN = Path("truth", "summary.json")


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's commands."""
    panel = _("Start")
    app.command(
        "demo",
        cls=kind,
        rich_help_panel=panel,
        help=_("Make a sample shop, run the loop on it, and say what was found."),
    )(demo)
    app.command(
        "init",
        cls=kind,
        rich_help_panel=panel,
        help=_("Make a folder a shop: write its commented habitue.toml."),
    )(init)
    app.command(
        "doctor",
        cls=kind,
        rich_help_panel=panel,
        help=_("Check the installation and the shop, and say how to mend what is wrong."),
    )(doctor)


def demo(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=_("Where to make it."))] = Path(
        "demo"
    ),
    customers: Annotated[
        int, typer.Option("--customers", metavar="N", min=50, help=_("How many customers."))
    ] = 5000,
    seed: Annotated[
        int, typer.Option("--seed", metavar="S", min=0, help=_("Another seed, another shop."))
    ] = 7,
) -> None:
    """Make the sample shop, import its exports and run the loop."""
    from habitue.collect.demo import write_shop
    from habitue.shop import Shop

    session: Session = ctx.obj
    _claim(folder, customers, seed)
    if (folder / WRITTEN).is_file():
        session.say(_("{folder} holds this sample shop already.").format(folder=folder))
    else:
        session.say(
            _("Writing the exports of a sample shop with {n} customers …").format(n=customers)
        )
        write_shop(folder, customers, seed)
    shop = Shop.open(folder)
    progress = session.progress()
    shop.import_files([folder / "exports"], progress=progress)
    show_run(session, shop, shop.run(progress=progress))


def _claim(folder: Path, customers: int, seed: int) -> None:
    """Make a folder the place of this sample shop, unless it holds something else."""
    from habitue.shop import Shop

    mark, wanted = folder / MARK, {"customers": customers, "seed": seed}
    if mark.is_file():
        if json.loads(mark.read_text(encoding="utf-8")) == wanted:
            return
        text = _(
            "{folder} holds another sample shop. Name another folder, or delete this one first."
        )
        raise ShopError(text.format(folder=folder))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        text = _("{folder} is not empty. Name a new folder for the sample shop.")
        raise ShopError(text.format(folder=folder))
    Shop.create(folder, name=_("Sample shop"))
    mark.write_text(json.dumps(wanted) + "\n", encoding="utf-8")


def init(
    ctx: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help=_("The folder; made if it is not there."))
    ] = Path(),
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help=_("The shop's name."))
    ] = None,
) -> None:
    """Make a folder a shop."""
    from habitue.shop import Shop

    session: Session = ctx.obj
    shop = Shop.create(folder, name)
    file = shop.folder / "habitue.toml"
    if session.json:
        session.document({"folder": shop.folder, "settings": file})
        return
    session.show(str(file))
    session.say(_("Next: habitue import FILE…, then habitue run."))


def doctor(ctx: typer.Context) -> None:
    """Check the installation and the shop."""
    from rich.text import Text

    session: Session = ctx.obj
    checks = _checks(session)
    if session.json:
        session.document({"checks": [asdict(check) for check in checks]})
    else:
        marks = {True: ("✓", "green"), False: ("✗", "bold red"), None: ("–", "yellow")}
        for check in checks:
            session.show(Text.assemble(marks[check.ok], " ", check.name, _(": "), check.message))
            if check.mend and not check.ok:
                session.show(f"    → {check.mend}")
    if any(check.ok is False for check in checks):
        raise typer.Exit(1)


def _checks(session: Session) -> list[Check]:
    from habitue.doctor import Check, check_installation

    try:
        return session.shop().check()
    except (HabitueError, ImportError) as error:
        mend = _("Make one: habitue init, or try a sample shop: habitue demo")
        return [*check_installation(), Check(_("shop"), None, str(error), mend)]
