"""What is bought together: ``rules``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.locale import _, ngettext

__all__ = ["add"]


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's command."""
    app.command(
        "rules",
        cls=kind,
        rich_help_panel=_("Results"),
        help=_("What is bought together: the association rules."),
    )(rules)


def rules(
    ctx: typer.Context,
    n: Annotated[
        int, typer.Option("-n", metavar="N", min=1, help=_("How many to print, best first."))
    ] = 20,
) -> None:
    """Print the association rules."""
    session: Session = ctx.obj
    shop = session.shop()
    table_ = shop.rules.to_arrow()
    rows = table_.slice(0, n).to_pylist()
    items = {item for row in rows for item in (*row["antecedent"], row["consequent"])}
    titles = shop.titles(sorted(items))
    if session.json:
        session.document({"rules": rows, "titles": titles, "of": table_.num_rows})
        return
    from habitue import wording
    from habitue.cli.tables import table

    def title(item: str) -> str:
        return titles.get(item) or item

    session.show(
        table(
            [_("who buys"), _("also buys"), _("orders"), _("confidence"), _("lift")],
            [
                (
                    " + ".join(title(item) for item in row["antecedent"]),
                    title(row["consequent"]),
                    wording.number(row["count"]),
                    wording.percent(row["confidence"]),
                    f"{row['lift']:.1f}",
                )
                for row in rows
            ],
            "ttnnn",
        )
    )
    _more(session, len(rows), table_.num_rows)


def _more(session: Session, shown: int, total: int) -> None:
    if shown < total:
        session.say(
            ngettext(
                "{shown} of {total} rule; -n shows more.",
                "{shown} of {total} rules; -n shows more.",
                total,
            ).format(shown=shown, total=total)
        )
