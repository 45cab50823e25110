"""Records come in: ``import``."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from habitue.cli.imported import show
from habitue.cli.session import Session
from habitue.cli.sources import import_source, is_source
from habitue.cli.watch import seconds, watch_folders
from habitue.errors import PartlyImportedError, UsageError
from habitue.locale import _

__all__ = ["add"]


class Kind(StrEnum):
    """The record tables by name."""

    purchases = "purchases"
    views = "views"
    comments = "comments"
    posts = "posts"
    items = "items"
    customers = "customers"
    consents = "consents"


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's commands."""
    app.command(
        "import",
        cls=kind,
        rich_help_panel=_("The loop"),
        help=_("Import exported files: shows how it understood the columns, then the counts."),
    )(import_)


def import_(
    ctx: typer.Context,
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH",
            help=_("Files, zip archives, folders of them, a database's address, or @NAME."),
        ),
    ],
    kind: Annotated[Kind | None, typer.Option("--as", metavar="KIND", help=_kinds())] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help=_("Which column holds a field; remembered for files like this one."),
        ),
    ] = None,
    query: Annotated[
        str, typer.Option("--query", metavar="SQL", help=_("What to read from the database."))
    ] = "",
    cursor: Annotated[
        str,
        typer.Option(
            "--cursor",
            metavar="COLUMN",
            help=_("A column of the query that grows: the next import goes on from there."),
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Read and check everything, keep nothing."))
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help=_("Watch folders, import what appears; Ctrl-C ends."))
    ] = False,
    interval: Annotated[
        str,
        typer.Option(metavar="TIME", help=_("With --watch: unchanged for so long is complete.")),
    ] = "10s",
    once: Annotated[
        bool, typer.Option("--once", help=_("With --watch: end when all that is there is in."))
    ] = False,
    move_to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=_("With --watch: move files there once they are in.")),
    ] = None,
) -> None:
    """Import files into the shop."""
    session: Session = ctx.obj
    how = {"kind": kind.value if kind else None, "mapping": _mapping(mapping or [])}
    if watch:
        if any(how.values()) or dry_run:
            raise UsageError(_("--watch takes neither --as nor --map nor --dry-run."))
        watch_folders(
            session, [Path(path) for path in paths], seconds(interval), once=once, move_to=move_to
        )
    elif once or move_to:
        raise UsageError(_("--once and --move-to are for --watch."))
    else:
        _import(session, paths, how, (query, cursor), dry_run=dry_run)


def _import(
    session: Session,
    paths: list[str],
    how: dict[str, Any],
    asked: tuple[str, str],
    *,
    dry_run: bool,
) -> None:
    if any(asked) or any(is_source(path) for path in paths):
        show(session, import_source(session, paths, *asked, how, dry_run), dry_run=dry_run)
        return
    failure: PartlyImportedError | None = None
    try:
        reports: Any = session.shop().import_files(
            [Path(path) for path in paths], dry_run=dry_run, progress=session.progress(), **how
        )
    except PartlyImportedError as error:
        reports, failure = error.reports, error
    show(session, reports, dry_run=dry_run)
    if failure is not None:  # the good ones are told first
        raise failure


def _kinds() -> str:
    return _("What the rows are: {kinds}.").format(kinds=", ".join(Kind))


def _mapping(pairs: Sequence[str]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not (field and equals and column):
            raise UsageError(
                _("--map takes FIELD=COLUMN, for instance item_id=SKU, not {seen!r}.").format(
                    seen=pair
                )
            )
        found[field.strip()] = column.strip()
    return found or None
