"""Records come in: ``import``."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.errors import UsageError
from habitue.locale import _

if TYPE_CHECKING:
    from rich.console import RenderableType

    from habitue.prepare.ingest import ImportReport

__all__ = ["add"]

#: Facts that the table of columns shows too.
IN_TABLE = frozenset({"records", "dates", "decimals"})


class Kind(StrEnum):
    """The record tables by name."""

    purchases = "purchases"
    views = "views"
    comments = "comments"
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
        list[Path], typer.Argument(metavar="PATH", help=_("Files, or folders of files."))
    ],
    kind: Annotated[
        Kind | None,
        typer.Option(
            "--as",
            metavar="KIND",
            help=_("What the rows are: purchases, views, comments, items or customers."),
        ),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help=_("Which column holds a field; remembered for files like this one."),
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Read and check everything, keep nothing."))
    ] = False,
) -> None:
    """Import files into the shop."""
    session: Session = ctx.obj
    reports = session.shop().import_files(
        paths,
        kind=kind.value if kind else None,
        mapping=_mapping(mapping or []),
        dry_run=dry_run,
        progress=session.progress(),
    )
    if session.json:
        session.document({"files": [one.as_dict() for one in reports]})
        return
    if session.quiet:
        return
    for one in reports:
        session.show(*_understood(one), *_counts(one, dry_run=dry_run), "")


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


def _understood(one: ImportReport) -> list[RenderableType]:
    from habitue.cli.tables import table

    shown = [(_fact(name), value) for name, value in one.facts if name not in IN_TABLE]
    facts = ", ".join(f"{name} {value}" for name, value in shown)
    rows = [
        (column["column"], column["field"], _how(column["how"]), _form(column.get("form", "")))
        for column in one.columns
    ]
    heads = [_("column"), _("is"), _("found"), _("written")]
    head: list[RenderableType] = [f"{one.path}: {one.kind}", f"  {facts}"]
    parts = [*head, table(heads, rows, "tktt")] if rows else head
    if one.unused:
        parts.append(_("Not used: {columns}").format(columns=", ".join(one.unused)))
    return parts


def _fact(key: str) -> str:
    return {
        "format": _("format"),
        "compression": _("compression"),
        "encoding": _("encoding"),
        "delimiter": _("delimiter"),
        "header": _("header"),
        "quote": _("quotation mark"),
        "escape": _("escape"),
        "sheets": _("sheets"),
        "rows": _("rows"),
        "array": _("array"),
        "export": _("export"),
    }.get(key, key)


def _how(key: str) -> str:
    return {
        "given": _("as you said"),
        "name": _("by its name"),
        "content": _("by its content"),
        "format": _("by the export's format"),
        "title": _("made from the title"),
    }.get(key, key)


def _form(key: str) -> str:
    style, assumed, _rest = key.partition(" (assumed)")
    text = {
        "ymd": _("year month day"),
        "dmy": _("day month year"),
        "mdy": _("month day year"),
        "day month": _("day, month by name"),
        "month day": _("month by name, day"),
        "decimal comma": _("decimal comma"),
        "decimal point": _("decimal point"),
        "folded": "",
    }.get(style, style)
    return _("{form} (assumed)").format(form=text) if assumed else text


def _counts(one: ImportReport, *, dry_run: bool) -> list[str]:
    from habitue import wording
    from habitue.collect.reasons import reason_text

    counts = [
        (_("read"), one.read),
        (_("accepted"), one.accepted),
        (_("repeated"), one.repeated),
        (_("rejected"), one.rejected),
        (_("blank"), one.blank),
    ]
    lines = [
        " · ".join(f"{name} {wording.number(n)}" for name, n in counts if n or name != _("blank"))
    ]
    for reason, rows in sorted(one.reasons.items(), key=lambda pair: -pair[1]):
        lines.append(f"  {wording.number(rows)} × {reason_text(reason)}")
    if one.rejects_file:
        lines.append(
            _("The rejected rows, with the reason of each: {file}").format(file=one.rejects_file)
        )
    if one.already:
        lines.append(_("This file had been imported before: nothing was added."))
    if dry_run:
        lines.append(_("Nothing was kept: this was a dry run."))
    return lines
