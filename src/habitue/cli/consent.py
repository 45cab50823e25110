"""Who agreed to what: ``consent``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.errors import UsageError
from habitue.locale import _

if TYPE_CHECKING:
    from habitue.shop import Shop

__all__ = ["add"]

_IDENTIFIERS = ("customer_id", "email", "phone")
_BATCH = 10_000


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's commands."""
    group = typer.Typer(cls=app.info.cls, no_args_is_help=True)
    app.add_typer(
        group,
        name="consent",
        rich_help_panel=_("Protection"),
        help=_("Who agreed to what, by which way, since when; and what they said before."),
    )
    group.command("show", cls=kind, help=_("Show what a person agrees to, and all they said."))(
        show
    )
    group.command("grant", cls=kind, help=_("Record that a person said yes."))(grant)
    group.command("withdraw", cls=kind, help=_("Record that a person said no."))(withdraw)
    group.command(
        "object",
        cls=kind,
        help=_("Record that a person objects to being profiled: no results of their own any more."),
    )(object_)
    group.command("import", cls=kind, help=_("Import lists of consents."))(import_)
    group.command("export", cls=kind, help=_("Write the whole ledger: .csv, .jsonl or .parquet."))(
        export_
    )


Who = Annotated[
    str,
    typer.Argument(
        metavar="CUSTOMER", help=_("Pseudonym, customer number, e-mail address or phone.")
    ),
]
Purpose = Annotated[
    str,
    typer.Option(
        "--purpose",
        metavar="PURPOSE",
        help=_(
            "marketing, personalisation, profiling, platform_audience, messages, handle_link or "
            "tracking."
        ),
    ),
]
Channel = Annotated[
    str,
    typer.Option(
        "--channel", metavar="CHANNEL", help=_("email, sms, post, facebook, …; any for all.")
    ),
]
Source = Annotated[
    str,
    typer.Option("--source", metavar="TEXT", help=_("Where it was said: the form, page, letter.")),
]
When = Annotated[
    str | None,
    typer.Option("--time", metavar="TIME", help=_("When it was said; now if left out.")),
]


def show(ctx: typer.Context, who: Who) -> None:
    """Show one person's consents."""
    session: Session = ctx.obj
    shop = session.shop()
    states, history = shop.consents.state(who), shop.consents.history(who)
    if session.json:
        session.document({"customer": shop.find(who), "state": states, "history": history})
        return
    from habitue.cli.tables import table
    from habitue.wording.consent import act, channel, purpose, state

    if not history:
        session.show(_("Nothing is recorded, so the answer to everything is no."))
        return
    session.show(
        table(
            [_("purpose"), _("channel"), _("now")],
            [(purpose(r["purpose"]), channel(r["channel"]), state(r["state"])) for r in states],
        ),
        "",
        table(
            [_("said"), _("what"), _("purpose"), _("channel"), _("where")],
            [
                (
                    _when(r["time"], shop),
                    act(r["state"]),
                    purpose(r["purpose"]),
                    channel(r["channel"]),
                    r["source"],
                )
                for r in history
            ],
            "ktttt",
        ),
    )


def grant(
    ctx: typer.Context,
    who: Who,
    source: Source,
    purpose: Purpose = "marketing",
    channel: Channel = "any",
    time: When = None,
    double_opt_in: Annotated[
        str | None,
        typer.Option(
            "--double-opt-in", metavar="STEP", help=_("Double opt-in: requested or confirmed.")
        ),
    ] = None,
) -> None:
    """Record a yes."""
    if double_opt_in not in (None, "requested", "confirmed"):
        raise UsageError(
            _("--double-opt-in takes requested or confirmed, not {seen!r}.").format(
                seen=double_opt_in
            )
        )
    _record(ctx, who, double_opt_in or "granted", purpose, channel, source, time)


def withdraw(
    ctx: typer.Context,
    who: Who,
    source: Source,
    purpose: Purpose = "marketing",
    channel: Channel = "any",
    time: When = None,
    suppress: Annotated[
        bool,
        typer.Option(
            "--suppress", help=_("Unsubscribed, bounced or complained: no list lifts it.")
        ),
    ] = False,
) -> None:
    """Record a no."""
    _record(ctx, who, "suppressed" if suppress else "withdrawn", purpose, channel, source, time)


def object_(
    ctx: typer.Context,
    who: Who,
    source: Source,
    purpose: Purpose = "profiling",
    channel: Channel = "any",
    time: When = None,
) -> None:
    """Record an objection."""
    _record(ctx, who, "objected", purpose, channel, source, time)


def _record(
    ctx: typer.Context,
    who: str,
    act: str,
    purpose: str,
    channel: str,
    source: str,
    time: str | None,
) -> None:
    session: Session = ctx.obj
    shop = session.shop()
    said = None if time is None else _moment(time, shop)
    state = shop.consents.record(who, act, purpose, channel, source, said)
    if session.json:
        session.document(
            {"customer": shop.find(who), "purpose": purpose, "channel": channel, "state": state}
        )
        return
    from habitue.wording import consent

    session.say(
        _("Recorded. {purpose}, {channel}: {state}.").format(
            purpose=consent.purpose(purpose),
            channel=consent.channel(channel),
            state=consent.state(state),
        )
    )


def import_(
    ctx: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help=_("Files, or folders of files."))
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Read and check everything, keep nothing."))
    ] = False,
) -> None:
    """Import lists of consents."""
    from habitue.cli.records import Kind
    from habitue.cli.records import import_ as import_records

    import_records(
        ctx, [str(path) for path in paths], kind=Kind.consents, mapping=None, dry_run=dry_run
    )


def export_(
    ctx: typer.Context,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help=_("Write a file: .csv, .jsonl or .parquet; else CSV is printed."),
        ),
    ] = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help=_("Add identifiers from the vault."))
    ] = False,
) -> None:
    """Write the ledger."""
    from habitue.cli.export import export

    session: Session = ctx.obj
    shop = session.shop()
    batches = _revealed(shop.consents.export(), shop if reveal else None)
    if session.json and output is None:
        session.document({"consents": [row for batch in batches for row in batch]})
        return
    written = export(batches, output)
    if output is not None:
        session.say(_("{n} entries written to {file}").format(n=written, file=output))


def _revealed(rows: Iterable[dict[str, Any]], shop: Shop | None) -> Iterator[list[dict[str, Any]]]:
    from itertools import islice

    stream = iter(rows)
    while listed := list(islice(stream, _BATCH)):
        if shop is not None:
            customers = sorted({row["customer"] for row in listed})
            known = {kind: shop.vault.reveal(customers, kind) for kind in _IDENTIFIERS}
            for row in listed:
                row |= {kind: known[kind].get(row["customer"], "") for kind in _IDENTIFIERS}
        yield listed


def _when(time: datetime | None, shop: Shop) -> str:
    from zoneinfo import ZoneInfo

    if time is None:
        return _("unknown")
    return f"{time.astimezone(ZoneInfo(shop.config.shop.timezone)):%Y-%m-%d %H:%M}"


def _moment(text: str, shop: Shop) -> datetime:
    from zoneinfo import ZoneInfo

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            _("--time takes a time such as 2026-06-30 or 2026-06-30T09:15, not {seen!r}.").format(
                seen=text
            )
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(shop.config.shop.timezone))
    return moment.astimezone(UTC)
