"""What goes on by itself: ``import --watch`` and ``schedule``."""

from __future__ import annotations

import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.errors import UsageError
from habitue.locale import _

if TYPE_CHECKING:
    from habitue.shop.watching import Happened

__all__ = ["add", "seconds", "watch_folders"]

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's commands."""
    app.command(
        "schedule",
        cls=kind,
        rich_help_panel=_("The loop"),
        help=_("Import and run by itself, as [schedule] in habitue.toml says; Ctrl-C ends."),
    )(schedule)


def seconds(text: str) -> float:
    """Return a time such as 10s, 5m or 1h in seconds.

    >>> seconds("10s"), seconds("2 min"), seconds("0.5")
    (10.0, 120.0, 0.5)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|m|min|h)?", text.strip().lower())
    if not found:
        raise UsageError(
            _("--interval takes a time such as 10s, 5m or 1h, not {seen!r}.").format(seen=text)
        )
    return float(found[1]) * _UNITS[found[2] or ""]


def watch_folders(
    session: Session, folders: Sequence[Path], interval: float, *, once: bool, move_to: Path | None
) -> None:
    """Import what appears in folders until the user ends it; with ``once``, what is there."""
    watching = session.shop().watch(folders, interval, teller(session), move_to)
    if not once:
        session.say(_("Watching. Ctrl-C ends."))
    _until_ended(session, watching.round, lambda: once and not watching.waiting, interval)
    if once and watching.failures:
        raise typer.Exit(1)


def schedule(
    ctx: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help=_("Do what is due now, and end; for cron."))
    ] = False,
    cron: Annotated[
        bool, typer.Option("--cron", help=_("Print the line for a crontab, and end."))
    ] = False,
    systemd: Annotated[
        bool, typer.Option("--systemd", help=_("Print a service for systemd, and end."))
    ] = False,
) -> None:
    """Follow the shop's schedule."""
    session: Session = ctx.obj
    shop = session.shop()
    plan = shop.schedule(teller(session))
    program = str(Path(sys.argv[0]).resolve())
    if cron:
        session.show(plan.cron_line(program))
        return
    if systemd:
        session.show(plan.systemd_unit(program))
        return
    with plan.alone():
        if not once:
            for folder in plan.folders:
                session.say(_("Watching {folder}.").format(folder=folder))
            if due := plan.next_run:
                session.say(_("Next run: {time}.").format(time=f"{due:%Y-%m-%d %H:%M %Z}"))
        interval = float(plan.interval)
        _until_ended(session, plan.round, lambda: once and not plan.waiting, interval)


def teller(session: Session) -> Callable[[Happened], None]:
    """Return what prints a line for each thing that happens, JSON if that was asked for."""
    import json

    from habitue.cli.imported import short

    def told(happened: Happened) -> None:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        if session.json:
            document = {"time": now, "what": happened.what, "name": happened.name,
                        "message": happened.message}  # fmt: skip
            if happened.report is not None:
                document["report"] = happened.report.as_dict()  # type: ignore[assignment]
            sys.stdout.write(json.dumps(document, ensure_ascii=False, default=str) + "\n")
            sys.stdout.flush()
            return
        text = {
            "imported": lambda: short(happened.report),  # type: ignore[arg-type]
            "failed": lambda: _("not imported: {message}").format(message=happened.message),
            "busy": lambda: happened.message,
            "ran": lambda: _("Run {run}. Report: {file}").format(
                run=happened.name, file=happened.message
            ),
            "next": lambda: _("Next run: {time}.").format(time=happened.message),
        }[happened.what]()
        if happened.what == "failed":
            session.err.print(f"{now} {text}", highlight=False, markup=False, soft_wrap=True)
        elif not session.quiet:
            session.show(f"{now} {text}")
            sys.stdout.flush()

    return told


def _until_ended(
    session: Session, work: Callable[[], None], over: Callable[[], bool], interval: float
) -> None:
    """Do work again and again. To end it is the usual way to leave, so it is no failure."""
    with _terminable():
        try:
            while True:
                work()
                if over():
                    return
                time.sleep(interval)
        except KeyboardInterrupt:
            session.say(_("Ended. What was not finished comes in at the next start."))


@contextmanager
def _terminable() -> Iterator[None]:
    """Let a service manager's signal end the work as Ctrl-C does."""

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not the main thread: who started it ends it
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
