"""About single customers: ``recommend`` and ``customer``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.errors import UsageError
from habitue.locale import _

if TYPE_CHECKING:
    from habitue.shop import Shop

__all__ = ["add"]


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's commands."""
    panel = _("Results")
    app.command(
        "recommend",
        cls=kind,
        rich_help_panel=panel,
        help=_("What to offer a customer, and why; or to all customers, into a file."),
    )(recommend)
    app.command(
        "customer",
        cls=kind,
        rich_help_panel=panel,
        help=_("One customer's evidence chain: records, segment, loyalty, offers, reasons."),
    )(customer)


def recommend(
    ctx: typer.Context,
    who: Annotated[
        str | None,
        typer.Argument(
            metavar="CUSTOMER", help=_("Pseudonym, customer number, e-mail address or phone.")
        ),
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help=_("For all customers."))] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help=_("Write a file: .csv, .jsonl or .parquet; else CSV is printed."),
        ),
    ] = None,
    n: Annotated[
        int, typer.Option("-n", metavar="N", min=1, help=_("How many for each customer."))
    ] = 10,
    reveal: Annotated[
        bool,
        typer.Option("--reveal", help=_("Add the shop's own customer number from the vault.")),
    ] = False,
) -> None:
    """Print or write recommendations."""
    session: Session = ctx.obj
    if (who is None) == (not everyone):
        raise UsageError(
            _("Name a customer, or ask for all: habitue recommend --all -o offers.csv")
        )
    if output is not None and who is not None:
        raise UsageError(_("-o goes with --all."))
    shop = session.shop()
    if who is None:
        _for_all(session, shop, output, n, reveal=reveal)
    else:
        _for_one(session, shop, shop.find(who), n, reveal=reveal)


def _for_one(session: Session, shop: Shop, pseudonym: int, n: int, *, reveal: bool) -> None:
    rows = shop.recommend(pseudonym, n).to_pylist()
    known = shop.reveal([pseudonym]) if reveal else {}
    titles = shop.titles(sorted(items_of(rows)))
    if session.json:
        document = {"customer": pseudonym, "recommendations": rows, "titles": titles}
        if reveal:
            document["customer_id"] = known.get(pseudonym)
        session.document(document)
        return
    if reveal:
        session.show(_("Customer {id}").format(id=known.get(pseudonym, pseudonym)), "")
    session.show(offers(rows, titles))


def items_of(rows: Iterable[dict[str, Any]]) -> set[str]:
    """Return the items that recommendations and their reasons name."""
    found: set[str] = set()
    for row in rows:
        found.add(row["item_id"])
        reason = row.get("reason")
        found.update(
            (json.loads(reason) if isinstance(reason, str) else reason or {}).get("items") or ()
        )
    return found


def offers(rows: Iterable[dict[str, Any]], titles: dict[str, str]) -> Any:
    """Return recommendations with their reasons as a table."""
    from habitue import wording
    from habitue.cli.tables import table

    return table(
        ["", _("offer"), _("because")],
        [
            (
                str(row["rank"]),
                titles.get(row["item_id"]) or row["item_id"],
                wording.reason(row["reason"], titles),
            )
            for row in rows
        ],
        "ntt",
    )


def _for_all(session: Session, shop: Shop, output: Path | None, n: int, *, reveal: bool) -> None:
    from habitue.cli.export import export

    rows = (
        _worded(batch, shop, reveal=reveal)
        for batch in shop.recommendations.to_arrow().to_batches(max_chunksize=50_000)
    )
    kept = ([row for row in batch if row["rank"] <= n] for batch in rows)
    if session.json and output is None:
        session.document({"recommendations": [row for batch in kept for row in batch]})
        return
    written = export(kept, output)
    if output is not None:
        session.say(_("{n} recommendations written to {file}").format(n=written, file=output))


def _worded(batch: Any, shop: Shop, *, reveal: bool) -> list[dict[str, Any]]:
    """Return rows as a colleague without Habitué needs them: titles and reasons in words."""
    from habitue import wording

    rows: list[dict[str, Any]] = batch.to_pylist()
    titles = shop.titles(sorted(items_of(rows)))
    known = shop.reveal(sorted({row["customer"] for row in rows})) if reveal else {}
    return [
        {
            "customer": row["customer"],
            **({"customer_id": known.get(row["customer"], "")} if reveal else {}),
            "rank": row["rank"],
            "item_id": row["item_id"],
            "title": titles.get(row["item_id"], ""),
            "score": round(row["score"], 4),
            "model": row["model"],
            "because": wording.reason(row["reason"], titles),
        }
        for row in rows
    ]


def customer(
    ctx: typer.Context,
    who: Annotated[
        str,
        typer.Argument(
            metavar="CUSTOMER", help=_("Pseudonym, customer number, e-mail address or phone.")
        ),
    ],
) -> None:
    """Print one customer's evidence chain."""
    session: Session = ctx.obj
    shop = session.shop()
    chain = shop.customer(who)
    if session.json:
        session.document(chain)
        return
    from habitue.cli.chain import show_chain

    show_chain(session, shop, chain)
