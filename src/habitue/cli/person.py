"""What people may ask for: ``person export``, ``person erase``, ``retention``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.errors import UsageError
from habitue.locale import _, ngettext

if TYPE_CHECKING:
    from habitue.shop.privacy import Privacy

__all__ = ["add"]

_Who = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PERSON]", help=_("Pseudonym, customer number, e-mail address or phone.")
    ),
]
_Listed = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help=_("A text file with one identifier a line.")),
]


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's commands."""
    panel = _("Protection")
    person = typer.Typer(
        cls=app.info.cls,
        no_args_is_help=True,
        help=_("What is held about a person: show it, or erase it."),
    )
    person.command("export", cls=kind, help=_("Write everything that is held about a person."))(
        export
    )
    person.command("erase", cls=kind, help=_("Erase people everywhere, with a receipt."))(erase)
    person.command("readmit", cls=kind, help=_("Let an erased person's identifier in again."))(
        readmit
    )
    app.add_typer(person, name="person", rich_help_panel=panel)
    app.command(
        "retention",
        cls=kind,
        rich_help_panel=panel,
        help=_("Remove records that are older than [retention] in the settings allows."),
    )(retention)


def export(
    ctx: typer.Context,
    who: Annotated[
        str,
        typer.Argument(
            metavar="PERSON", help=_("Pseudonym, customer number, e-mail address or phone.")
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help=_("The folder to write to."))
    ] = Path(),
) -> None:
    """Write a person's data as JSON and as a page."""
    session: Session = ctx.obj
    files = session.shop().privacy.write(who, output)
    if session.json:
        session.document({"files": [str(path) for path in files]})
        return
    for path in files:
        session.show(str(path))


def erase(
    ctx: typer.Context,
    who: _Who = None,
    listed: _Listed = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Say where they are found; erase nothing."))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Don't ask."))] = False,
) -> None:
    """Erase people, after asking."""
    session: Session = ctx.obj
    people = [*(who or []), *(_lines(listed) if listed else [])]
    if not people:
        raise UsageError(_("Name a person, or give a list: habitue person erase --file LIST"))
    privacy = session.shop().privacy
    if dry_run or not yes:
        found = [{"holder": one.holder, "found": one.left} for one in privacy.plan(people)]
        if dry_run and session.json:
            session.document({"found": found})
            return
        _show(session, found)
        if dry_run:
            return
        question = ngettext(
            "Erase this person? It can't be undone.",
            "Erase these {n} people? It can't be undone.",
            len(people),
        )
        typer.confirm(question.format(n=len(people)), abort=True, err=True)
    _erased(session, privacy, people)


def _erased(session: Session, privacy: Privacy, people: list[str]) -> None:
    entry = privacy.erase(people, progress=session.progress())
    if session.json:
        session.document({"erasure": entry.id, "done": entry.done, "receipt": entry.receipt})
        return
    _show(session, entry.receipt)
    session.say(_("Done; the receipt is erasure {id}.").format(id=entry.id))


def _show(session: Session, rows: list[dict[str, Any]]) -> None:
    from habitue import wording
    from habitue.cli.tables import table

    counts = [name for name in ("found", "removed", "left") if name in rows[0]]
    words = {"found": _("held"), "removed": _("removed"), "left": _("left")}
    body = [
        (wording.holder(row["holder"]), *(wording.number(row[name]) for name in counts))
        for row in rows
    ]
    session.show(table([_("where"), *(words[name] for name in counts)], body, "t" + "n" * 3))


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(_("There is no file {file}.").format(file=path)) from error
    return [line.strip() for line in text.splitlines() if line.strip()]


def readmit(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(metavar="IDENTIFIER", help=_("E-mail, phone or number."))],
) -> None:
    """Let an erased identifier in again."""
    session: Session = ctx.obj
    session.shop().privacy.readmit(who)
    session.say(_("Records with that identifier are taken in again."))


def retention(ctx: typer.Context) -> None:
    """Apply the limits."""
    session: Session = ctx.obj
    removed = session.shop().privacy.retain()
    if session.json:
        session.document({"removed": removed})
        return
    if not removed:
        session.say(_("No limit is set: see [retention] in habitue.toml."))
    for name, rows in removed.items():
        session.show(_("{table}: {rows} removed").format(table=name, rows=rows))
