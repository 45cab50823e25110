"""How good the records are: ``quality``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from habitue.cli.session import Session
from habitue.locale import _

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["add"]


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's command."""
    app.command(
        "quality",
        cls=kind,
        rich_help_panel=_("Results"),
        help=_("How good the records are: gaps, age, what drifts, what is too little."),
    )(quality)


def quality(ctx: typer.Context) -> None:
    """Print what was seen of the records."""
    session: Session = ctx.obj
    shop = session.shop()
    rows = shop.quality.to_pylist()
    read = [row for row in shop.accounting.to_pylist() if row["stage"] != "prepare"]
    if session.json:
        session.document({"quality": rows, "accounting": read})
        return
    from habitue.collect.reasons import reason_text
    from habitue.wording import date
    from habitue.wording import quality as words

    currency = str(shop.summary.get("currency") or "")
    flagged = [row for row in rows if row["flag"] and row["check"] != "thin"]
    if rows and not flagged:
        session.show(_("Nothing is out of the ordinary."), "")
    parts = (
        (
            _("Worth a look"),
            [_("records"), _("what"), _("seen"), _("usual")],
            [words.judged(row, currency) for row in flagged],
            "ttnn",
        ),
        (_("How complete"), [_("records"), _("rows with"), _("rows")], words.gaps(rows), "ttn"),
        (
            _("How fresh"),
            [_("records"), _("latest"), _("before the cut-off")],
            [
                (words.name(row), date(row["time"]), words.amount("age", None, row["value"]))
                for row in rows
                if row["check"] == "freshness"
            ],
            "tnn",
        ),
        (
            _("What was set aside"),
            [_("records"), _("why"), _("rows")],
            list(words.aside(read, reason_text)),
            "ttn",
        ),
        (
            _("Too little for a method"),
            [_("for"), _("needed"), _("instead"), _("there")],
            _thin(rows),
            "tttn",
        ),
    )
    for title, heads, body, numbers in parts:
        session.show(*_part(title, heads, body, numbers))


def _thin(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    from habitue.wording import number
    from habitue.wording import quality as words

    return [
        (
            words.method(row["measure"]),
            words.need(row["field"], row["low"]),
            words.fallback(row["measure"]),
            number(row["value"]),
        )
        for row in rows
        if row["check"] == "thin" and row["flag"]
    ]


def _part(title: str, heads: list[str], body: Any, numbers: str) -> list[RenderableType]:
    from rich.text import Text

    from habitue.cli.tables import table

    return [Text(title, "bold"), table(heads, body, numbers), ""] if body else []
