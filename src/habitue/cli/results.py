"""What a run found: ``segments``, ``rules``, ``loyalty``, ``evaluate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.locale import _, ngettext

if TYPE_CHECKING:
    from habitue.frame import Frame

__all__ = ["add"]


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's commands."""
    panel = _("Results")
    texts = {
        segments: _("The segments: who they are, how many, what they are worth."),
        rules: _("What is bought together: the association rules."),
        loyalty: _("How loyal the customers are, and who of worth is slipping away."),
        evaluate: _("How good each model is: k-fold and through time, side by side."),
    }
    for command, text in texts.items():
        app.command(command.__name__, cls=kind, rich_help_panel=panel, help=text)(command)


def segments(ctx: typer.Context) -> None:
    """Print the segments."""
    session: Session = ctx.obj
    shop = session.shop()
    rows = shop.segments.to_pylist()
    if session.json:
        session.document({"currency": shop.summary["currency"], "segments": rows})
        return
    from rich.text import Text

    from habitue import wording
    from habitue.cli.tables import table

    currency = shop.summary["currency"]
    session.show(
        table(
            ["", _("segment"), _("customers"), _("share"), _("revenue"), _("share")],
            [
                (
                    str(row["segment"]),
                    wording.segment_name(row["name"]),
                    wording.number(row["customers"]),
                    wording.percent(row["share"]),
                    wording.money(row["amount"], currency),
                    wording.percent(row["amount_share"]),
                )
                for row in rows
            ],
            "ntnnnn",
        ),
        "",
    )
    for row in rows:
        session.show(
            Text.assemble(
                (f"{row['segment']} {wording.segment_name(row['name'])}", "bold"),
                ": ",
                wording.segment_rule(row["rule"], currency),
            )
        )


def rules(
    ctx: typer.Context,
    n: Annotated[
        int, typer.Option("-n", metavar="N", min=1, help=_("How many to print, best first."))
    ] = 20,
) -> None:
    """Print the association rules."""
    session: Session = ctx.obj
    shop = session.shop()
    table_ = shop.rules.to_arrow()
    rows = table_.slice(0, n).to_pylist()
    items = {item for row in rows for item in (*row["antecedent"], row["consequent"])}
    titles = shop.titles(sorted(items))
    if session.json:
        session.document({"rules": rows, "titles": titles, "of": table_.num_rows})
        return
    from habitue import wording
    from habitue.cli.tables import table

    def title(item: str) -> str:
        return titles.get(item) or item

    session.show(
        table(
            [_("who buys"), _("also buys"), _("orders"), _("confidence"), _("lift")],
            [
                (
                    " + ".join(title(item) for item in row["antecedent"]),
                    title(row["consequent"]),
                    wording.number(row["count"]),
                    wording.percent(row["confidence"]),
                    f"{row['lift']:.1f}",
                )
                for row in rows
            ],
            "ttnnn",
        )
    )
    _more(session, len(rows), table_.num_rows)


def _more(session: Session, shown: int, total: int) -> None:
    if shown < total:
        session.say(
            ngettext(
                "{shown} of {total} rule; -n shows more.",
                "{shown} of {total} rules; -n shows more.",
                total,
            ).format(shown=shown, total=total)
        )


def loyalty(
    ctx: typer.Context,
    n: Annotated[
        int, typer.Option("-n", metavar="N", min=0, help=_("How many customers to list."))
    ] = 10,
) -> None:
    """Print the bands of loyalty and the worthiest who are slipping away."""
    session: Session = ctx.obj
    shop = session.shop()
    frame = shop.loyalty
    bands, slipping = _bands(frame), _slipping(frame, n)
    summary = shop.summary
    if session.json:
        session.document(
            {
                "currency": summary["currency"],
                "horizon_days": summary["horizon_days"],
                "bands": bands,
                "slipping": slipping,
            }
        )
        return
    from habitue import wording
    from habitue.cli.tables import table

    money = summary["currency"]
    horizon = wording.days(summary["horizon_days"])
    session.show(
        table(
            [_("band"), _("customers"), _("share"), _("score"), _("expected in 12 months")],
            [
                (
                    wording.band(row["band"]),
                    wording.number(row["customers"]),
                    wording.percent(row["share"]),
                    f"{row['score']:.0f}",
                    wording.money(row["lifetime_value"], money),
                )
                for row in bands
            ],
            "tnnnn",
        )
    )
    if slipping:
        session.show(
            "",
            _("Of most worth, and slipping away (chance of an order within {horizon}):").format(
                horizon=horizon
            ),
            table(
                [_("customer"), _("band"), _("score"), _("chance"), _("expected in 12 months")],
                [
                    (
                        str(row["customer"]),
                        wording.band(row["band"]),
                        f"{row['score']:.0f}",
                        wording.percent(row["probability"]),
                        wording.money(row["lifetime_value"], money),
                    )
                    for row in slipping
                ],
                "ktnnn",
            ),
        )


def _bands(frame: Frame) -> list[dict[str, Any]]:
    from habitue.wording.keys import BANDS

    found = (
        frame.to_arrow()
        .group_by("band")
        .aggregate([("score", "mean"), ("customer", "count"), ("lifetime_value", "sum")])
        .to_pylist()
    )
    by_band = {row["band"]: row for row in found}
    total = max(1, len(frame))
    return [
        {
            "band": band,
            "customers": by_band[band]["customer_count"],
            "share": by_band[band]["customer_count"] / total,
            "score": by_band[band]["score_mean"],
            "lifetime_value": by_band[band]["lifetime_value_sum"],
        }
        for band in BANDS
        if band in by_band
    ]


def _slipping(frame: Frame, n: int) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    table = frame.to_arrow()
    at_risk = table.filter(pc.is_in(table["band"], value_set=pa.array(["wavering", "leaving"])))
    best = at_risk.sort_by([("lifetime_value", "descending"), ("customer", "ascending")])
    rows: list[dict[str, Any]] = best.slice(0, n).to_pylist()
    return rows


def evaluate(ctx: typer.Context) -> None:
    """Print the models' scores side by side."""
    session: Session = ctx.obj
    rows = session.shop().evaluation.to_pylist()
    if session.json:
        session.document({"evaluation": rows})
        return
    for task in dict.fromkeys(row["task"] for row in rows):
        _show_task(session, task, [row for row in rows if row["task"] == task])


def _show_task(session: Session, task: str, rows: list[dict[str, Any]]) -> None:
    from habitue import wording
    from habitue.cli.tables import table

    protocols = list(dict.fromkeys(row["protocol"] for row in rows))
    scores = {(row["model"], row["protocol"], row["metric"]): row for row in rows}
    chosen = {row["model"] for row in rows if row["chosen"]}
    for metric in dict.fromkeys(row["metric"] for row in rows):
        models = dict.fromkeys(row["model"] for row in rows if row["metric"] == metric)
        session.show(
            f"{wording.task(task)}: {wording.metric(metric)}",
            table(
                [_("model"), *(wording.protocol(protocol) for protocol in protocols)],
                [
                    (
                        wording.model(model) + (" ★" if model in chosen else ""),
                        *(_interval(scores.get((model, p, metric))) for p in protocols),
                    )
                    for model in models
                ],
                "t" + "n" * len(protocols),
            ),
            "",
        )
    if chosen:
        session.show(_("★ the model in use"), "")


def _interval(row: dict[str, Any] | None) -> str:
    if row is None or row["mean"] is None:
        return "–"
    if row["low"] is None or row["high"] is None:
        return f"{row['mean']:.3f}"
    return f"{row['mean']:.3f} ({row['low']:.3f}–{row['high']:.3f})"
