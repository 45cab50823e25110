"""What an import found and did, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from habitue.cli.session import Session
from habitue.locale import _, ngettext

if TYPE_CHECKING:
    from rich.console import RenderableType

    from habitue.prepare.ingest import ImportReport

__all__ = ["counts", "left_out", "short", "show"]

#: Facts that the table of columns shows too.
IN_TABLE = frozenset({"records", "dates", "decimals"})
_MANY = 8  # files from which on a line each is enough


def show(session: Session, reports: Any, *, dry_run: bool) -> None:
    """Print what became of files."""
    skipped = Counter(one.reason for one in getattr(reports, "skipped", ()))
    if session.json:
        failed = [{"file": one.name, "error": one.message} for one in _failed(reports)]
        files = [one.as_dict() for one in reports]
        session.document({"files": files, "skipped": dict(skipped), "failed": failed})
        return
    if session.quiet:
        return
    for one in reports:
        if len(reports) > _MANY:
            session.show(short(one))
        else:
            session.show(*_understood(one), *counts(one, dry_run=dry_run), "")
    if len(reports) > _MANY and dry_run:
        session.show(_("Nothing was kept: this was a dry run."))
    if skipped:
        session.show(left_out(skipped))


def _failed(reports: Any) -> Sequence[Any]:
    found: Sequence[Any] = getattr(reports, "failed", ())
    return found


def short(one: ImportReport) -> str:
    """Return what became of a file in one line."""
    from habitue import wording

    if one.already:
        return _("{file}: imported before").format(file=_shown(one.path))
    parts = [
        f"{name} {wording.number(rows)}"
        for name, rows in (
            (_("read"), one.read),
            (_("accepted"), one.accepted),
            (_("repeated"), one.repeated),
            (_("rejected"), one.rejected),
        )
        if rows or one.read == 0
    ]
    return f"{_shown(one.path)}: {one.kind}: {' · '.join(parts)}"


def _shown(path: str) -> str:
    return "/".join(PurePath(path).parts[-3:]) if len(path) > 60 else path


def left_out(skipped: Counter[str]) -> str:
    """Return how many files of folders and archives were left out, and why."""
    from habitue import wording

    total = sum(skipped.values())
    first = ngettext("{n} file was left out", "{n} files were left out", total)
    why = ", ".join(f"{wording.number(n)} {_why(key)}" for key, n in skipped.most_common())
    return f"{first.format(n=wording.number(total))}: {why}"


def _why(key: str) -> str:
    return {
        "media": _("pictures, films or sounds"),
        "page": _("web pages"),
        "document": _("documents"),
        "code": _("programs or settings"),
        "hidden": _("hidden"),
        "unfinished": _("unfinished"),
        "other_of_archive": _("parts of a platform's archive that hold no records"),
        "link": _("links to nowhere or in archives"),
        "empty": _("empty"),
    }.get(key, key)


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
        "database": _("database"),
        "cursor": _("cursor"),
        "without_cursor": _("rows without a cursor"),
        "other arrays": _("other arrays"),
        "files": _("files"),
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


def counts(one: ImportReport, *, dry_run: bool) -> list[str]:
    """Return the counts of a file's rows, and why rows were set aside."""
    from habitue import wording
    from habitue.collect.reasons import reason_text

    parts = [
        (_("read"), one.read),
        (_("accepted"), one.accepted),
        (_("repeated"), one.repeated),
        (_("rejected"), one.rejected),
        (_("blank"), one.blank),
    ]
    lines = [
        " · ".join(f"{name} {wording.number(n)}" for name, n in parts if n or name != _("blank"))
    ]
    for reason, rows in sorted(one.reasons.items(), key=lambda pair: -pair[1]):
        lines.append(f"  {wording.number(rows)} × {reason_text(reason)}")
    if one.amended:
        lines.append(
            ngettext(
                "{n} line came again with more known of it (its status, its buyer): taken over.",
                "{n} lines came again with more known of them (status, buyer): taken over.",
                one.amended,
            ).format(n=wording.number(one.amended))
        )
    if one.rejects_file:
        lines.append(
            _("The rejected rows, with the reason of each: {file}").format(file=one.rejects_file)
        )
    if one.already:
        lines.append(_("This file had been imported before: nothing was added."))
    if dry_run:
        lines.append(_("Nothing was kept: this was a dry run."))
    return lines
