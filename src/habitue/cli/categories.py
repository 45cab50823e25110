"""The tree of products, to look at and to correct: ``categories``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.errors import UsageError
from habitue.locale import _

__all__ = ["add"]


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's command."""
    app.command(
        "categories",
        cls=kind,
        rich_help_panel=_("Results"),
        help=_("The tree of products; with --edit, a file in which to correct it."),
    )(categories)


def categories(
    ctx: typer.Context,
    edit: Annotated[
        bool,
        typer.Option("--edit", help=_("Write categories.csv, which each run reads, to correct.")),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help=_("Write that file elsewhere.")),
    ] = None,
) -> None:
    """Print departments and categories, or write them to be corrected."""
    session: Session = ctx.obj
    shop = session.shop()
    if edit and output is not None:
        raise UsageError(_("Give --edit or --output, not both."))
    if edit or output is not None:
        written = shop.write_categories(output)
        if session.json:
            session.document({"file": str(written)})
        session.say(_("Wrote {file}.").format(file=written))
        session.say(
            _(
                "Correct department and category: in a row without item_id for the whole "
                "category, else for that product. Leave the columns was_… alone."
            )
        )
        if edit:
            session.say(_("Then run again: habitue run"))
        else:
            session.say(
                _("Then save it as {file} and run again: habitue run").format(
                    file=shop.folder / "categories.csv"
                )
            )
        return
    _show(session, shop.categories.to_pylist())


def _show(session: Session, rows: list[dict[str, Any]]) -> None:
    if session.json:
        session.document({"categories": rows})
        return
    from habitue import wording
    from habitue.cli.tables import table

    shown: list[tuple[str, ...]] = []
    before = None
    for row in rows:
        department = "" if row["department"] == before else wording.category(row["department"])
        before = row["department"]
        titles = ", ".join(row["examples"])
        shown.append(
            (department, wording.category(row["category"]), wording.number(row["products"]), titles)
        )
    head = [_("department"), _("category"), _("products"), _("for instance")]
    session.show(table(head, shown, "ttnt"))
