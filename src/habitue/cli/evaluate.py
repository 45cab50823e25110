"""How good the models are: ``evaluate``."""

from __future__ import annotations

from typing import Any

import typer

from habitue.cli.session import Session
from habitue.locale import _

__all__ = ["add"]


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's command."""
    app.command(
        "evaluate",
        cls=kind,
        rich_help_panel=_("Results"),
        help=_("How good each model is: k-fold and through time, side by side."),
    )(evaluate)


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
            wording.task(task) + _(": ") + wording.metric(metric),
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
