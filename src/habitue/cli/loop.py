"""The loop itself: ``run`` and ``report``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.errors import UsageError
from habitue.locale import _

if TYPE_CHECKING:
    from habitue.shop import Shop
    from habitue.state.runs import PublishedRun

__all__ = ["add", "show_run"]


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's commands."""
    panel = _("The loop")
    app.command(
        "run",
        cls=kind,
        rich_help_panel=panel,
        help=_("Work out segments, rules, recommendations, loyalty and the report."),
    )(run)
    app.command(
        "report",
        cls=kind,
        rich_help_panel=panel,
        help=_("Say where the report is; open it with --open."),
    )(report)


def run(
    ctx: typer.Context,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help=_("Use only what happened before this date, for instance 2026-06-30."),
        ),
    ] = None,
) -> None:
    """Run the loop on all records."""
    session: Session = ctx.obj
    shop = session.shop()
    cut = None if as_of is None else _moment(as_of, shop.config.shop.timezone)
    show_run(session, shop, shop.run(as_of=cut, progress=session.progress()))


def show_run(session: Session, shop: Shop, done: PublishedRun) -> None:
    """Print what a run found and where its report is."""
    if session.json:
        accounting = shop.accounting.to_pylist()
        session.document({**done.summary, "accounting": accounting, "report": done.report})
        return
    if session.quiet:
        return
    from habitue import wording

    summary = done.summary
    titles = shop.titles()
    for at, finding in enumerate(summary["findings"], start=1):
        session.show(f"{at}. {wording.finding(finding, titles, summary['currency'])}")
    for note in summary["notes"]:
        session.show(f"– {wording.note(note)}")
    session.show("", _("Report: {file}").format(file=done.report))


def _moment(text: str, timezone: str) -> datetime:
    """Return a date or time as UTC; without a zone it is the shop's."""
    from zoneinfo import ZoneInfo

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            _("--as-of takes a date such as 2026-06-30, not {seen!r}.").format(seen=text)
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    return moment.astimezone(UTC)


def report(
    ctx: typer.Context,
    show: Annotated[bool, typer.Option("--open", help=_("Open it in the browser."))] = False,
) -> None:
    """Say where the report of the present run is."""
    session: Session = ctx.obj
    current = session.shop().current
    if session.json:
        session.document({"run": current.id, "report": current.report})
    else:
        session.show(str(current.report))
    if show:
        import webbrowser

        if not webbrowser.open(current.report.resolve().as_uri()):
            session.say(_("No browser could be opened."))
