"""What ``import`` takes besides files: databases, sources of the settings, collected events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from habitue.cli.session import Session
from habitue.errors import UsageError
from habitue.locale import _

if TYPE_CHECKING:
    from habitue.prepare.ingest import ImportReport

__all__ = ["EVENTS", "import_source", "is_source"]

#: What stands for the web events that ``serve`` has collected.
EVENTS = "events"


def is_source(text: str) -> bool:
    """Say whether an argument is a database's address or a source's name, not a path.

    >>> is_source("mysql://shop@db/shop"), is_source("@orders"), is_source("orders.csv")
    (True, True, False)
    """
    return "://" in text or text.startswith(("@", "env:"))


def import_source(
    session: Session,
    given: Sequence[str],
    query: str,
    cursor: str,
    how: dict[str, Any],
    dry_run: bool,
) -> list[ImportReport]:
    """Import from a database, a source of the settings, or the collected events.

    Raises
    ------
    UsageError
        If more than one is named, or options don't go with it.
    """
    if len(given) != 1 or not is_source(given[0]):
        raise UsageError(_("Name one database at a time, and no files with it."))
    source, progress = given[0], session.progress()
    if not source.startswith("@"):
        if not query:
            raise UsageError(_("Say with --query what to read from the database: one SELECT."))
        shop = session.shop()
        return [
            shop.import_database(source, query, cursor, dry_run=dry_run, progress=progress, **how)
        ]
    if query or cursor or any(how.values()):
        text = _("{source} is described in habitue.toml: leave --query, --cursor, --as, --map out.")
        raise UsageError(text.format(source=source))
    shop = session.shop()
    name = source.removeprefix("@")
    if name == EVENTS and name not in shop.config.sources:
        if dry_run:
            raise UsageError(_("Collected events are imported as a whole, without --dry-run."))
        return shop.import_events(progress)
    return [shop.import_source(name, dry_run, progress)]
