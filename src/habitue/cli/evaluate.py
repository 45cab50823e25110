"""How good the models are: ``evaluate``."""

from __future__ import annotations

from typing import Annotated, Any

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


#: What is shown unless all is asked for: what decides, and what a person asks next.
HEADLINES = ("ndcg@10", "recall@10", "log_loss", "auc", "ece")


def evaluate(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help=_("Every metric there is."))] = False,
) -> None:
    """Print the models' scores side by side."""
    session: Session = ctx.obj
    rows = session.shop().evaluation.to_pylist()
    if session.json:
        session.document({"evaluation": rows})
        return
    shown = [row for row in rows if everything or row["metric"] in HEADLINES]
    for task, metric in dict.fromkeys((row["task"], row["metric"]) for row in shown):
        _show(
            session,
            [row for row in shown if (row["task"], row["metric"]) == (task, metric)],
        )
    if any(row["chosen"] for row in rows):
        session.show(_("★ in use: the best through time; of equals, the simplest."))


def _show(session: Session, rows: list[dict[str, Any]]) -> None:
    """Print one metric of one task: a line a model, the best first, a column a protocol."""
    from habitue import wording
    from habitue.cli.tables import table

    task, metric = rows[0]["task"], rows[0]["metric"]
    protocols = sorted({row["protocol"] for row in rows})  # kfold, time
    scores = {(row["model"], row["protocol"]): row for row in rows}
    chosen = {row["model"] for row in rows if row["chosen"]}
    sign = -1 if wording.higher_is_better(metric) else 1

    def place(model: str) -> tuple[float, str]:
        mean = scores.get((model, protocols[-1]), {}).get("mean")
        return (float("inf") if mean is None else sign * mean), model

    session.show(
        wording.task(task) + _(": ") + wording.metric(metric),
        table(
            [_("model"), *(wording.protocol(protocol) for protocol in protocols)],
            [
                (
                    wording.model(model) + (" ★" if model in chosen else ""),
                    *(_interval(scores.get((model, protocol))) for protocol in protocols),
                )
                for model in sorted({row["model"] for row in rows}, key=place)
            ],
            "t" + "n" * len(protocols),
        ),
        "",
    )


def _interval(row: dict[str, Any] | None) -> str:
    if row is None or row["mean"] is None:
        return "–"
    if row["low"] is None or row["high"] is None:
        return f"{row['mean']:.3f}"
    return f"{row['mean']:.3f} ({row['low']:.3f}–{row['high']:.3f})"
