"""The peer's report: tables by pandas and charts by matplotlib in one HTML file."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

__all__ = ["report"]


def chart(frame: pd.DataFrame | pd.Series, title: str, kind: str = "barh") -> str:
    """Return a chart as SVG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3), layout="constrained")
    frame.plot(kind=kind, ax=figure.subplots(), title=title)  # type: ignore[call-overload]
    text = io.StringIO()
    figure.savefig(text, format="svg")
    return text.getvalue()


def whiskers(evaluation: pd.DataFrame, metric: str) -> str:
    """Return each model's score through time with its interval as SVG."""
    from matplotlib.figure import Figure

    found = evaluation[(evaluation["metric"] == metric) & (evaluation["protocol"] == "time")]
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    ends = [found["mean"] - found["low"], found["high"] - found["mean"]]
    axes.errorbar(found["mean"], found["model"], xerr=ends, fmt="o")
    axes.set_title(metric)
    text = io.StringIO()
    figure.savefig(text, format="svg")
    return text.getvalue()


def report(path: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write the report."""
    loyalty, evaluation = tables["loyalty"], tables["evaluation"]
    rules = tables["rules"].head(20)
    pairs = rules.set_index(rules["antecedent"].str.join(", ") + " → " + rules["consequent"])
    charts = [
        chart(tables["monthly"]["amount"], "Revenue by month", "bar"),
        chart(tables["segments"].set_index("name")[["customers"]], "Customers by segment"),
        chart(loyalty["band"].value_counts(), "Customers by loyalty"),
        chart(pairs["lift"], "Bought together (lift)"),
        whiskers(evaluation, "ndcg@10"),
        whiskers(evaluation, "log_loss"),
    ]
    leaving = loyalty[loyalty["band"] == "leaving"].nlargest(20, "lifetime_value")
    shown = {
        "What was read": tables["accounting"],
        "Segments": tables["segments"],
        "Bought together": rules,
        "Offers": tables["offers"],
        "Who is leaving": leaving,
        "Models": evaluation,
        "Reliability": tables["reliability"],
    }
    parts = [f"<h2>{name}</h2>{table.to_html(border=0)}" for name, table in shown.items()]
    style = "<style>body{font:16px sans-serif;max-width:60em;margin:auto}</style>"
    page = f"<!doctype html><meta charset=utf-8>{style}{''.join(charts)}{''.join(parts)}"
    path.write_text(page, encoding="utf-8")
