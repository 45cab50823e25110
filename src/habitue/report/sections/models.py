"""How well the models do, tested twice: at random, and through time."""

from __future__ import annotations

from typing import Any

from habitue.locale import _
from habitue.report.charts.whiskers import Score, reliability, whiskers
from habitue.report.facts import Facts, Row
from habitue.report.view import Figure, Table, draw
from habitue.wording import (
    higher_is_better,
    metric,
    model,
    number,
    percent,
    protocol,
    task,
)

__all__ = ["view"]

_PROTOCOLS = ("kfold", "time")
_FIRST = {"recommend": ("ndcg@10", "recall@10"), "repurchase": ("log_loss", "brier", "auc")}


def view(facts: Facts) -> dict[str, Any]:
    """Return a chart and a table of scores for each task, and the reliability diagram."""
    rows = facts.results.table("evaluation").to_pylist()
    tasks = [t for t in _FIRST if any(r["task"] == t for r in rows)]
    return {
        "tasks": [_task(t, [r for r in rows if r["task"] == t]) for t in tasks],
        "reliability": _reliability(facts),
    }


def _main_metric(name: str, rows: list[Row]) -> str:
    there = {r["metric"] for r in rows}
    return next((m for m in _FIRST[name] if m in there), sorted(there)[0])


def _task(name: str, rows: list[Row]) -> dict[str, Any]:
    key = _main_metric(name, rows)
    mine = {(r["model"], r["protocol"]): r for r in rows if r["metric"] == key}
    protocols = [p for p in _PROTOCOLS if any(r["protocol"] == p for r in rows)]
    decisive = protocols[-1]
    best = -1 if higher_is_better(key) else 1
    models = sorted(
        {m for m, _protocol in mine},
        key=lambda m: best * mine[m, decisive]["mean"] if (m, decisive) in mine else 1e9,
    )
    chosen = {r["model"] for r in rows if r["chosen"]}
    scores = [
        Score(model(m), m in chosen, [_value(mine.get((m, p))) for p in protocols]) for m in models
    ]
    title = _title(key, models, chosen)
    names = [protocol(p) for p in protocols]
    better = _("more is better") if higher_is_better(key) else _("less is better")
    picture = draw(
        title,
        lambda width: whiskers(scores, names, width, label=title, chosen=_("chosen")),
        _scores(title, rows, models, protocols),
        _("{metric}, {better}; lines are 95% intervals.").format(metric=metric(key), better=better),
    )
    return {
        "name": task(name),
        "picture": picture,
        "gap": _gap(key, mine, chosen) if len(protocols) == 2 else "",
    }


def _value(row: Row | None) -> tuple[float, float, float] | None:
    if row is None or row["mean"] is None:
        return None
    low, high = row["low"], row["high"]
    mean = row["mean"]
    return mean, mean if low is None else low, mean if high is None else high


def _title(key: str, models: list[str], chosen: set[str]) -> str:
    used = [m for m in models if m in chosen]
    if not used:
        return _("How the models compare on {metric}").format(metric=metric(key))
    if used[0] == models[0]:
        return _("“{model}” is best on {metric}, and is used").format(
            model=model(used[0]), metric=metric(key)
        )
    return _("“{model}” is used").format(model=model(used[0]))


def _gap(key: str, mine: dict[tuple[str, str], Row], chosen: set[str]) -> str:
    """Say how far the random test and the test through time are apart for the model in use."""
    for name in sorted(chosen):
        fold, time = mine.get((name, "kfold")), mine.get((name, "time"))
        if fold and time:
            return _(
                "For the model in use, {metric} is {kfold} over random folds and {time} through "
                "time. The second is what to expect from tomorrow's customers."
            ).format(metric=metric(key), kfold=f"{fold['mean']:.3f}", time=f"{time['mean']:.3f}")
    return ""


def _scores(title: str, rows: list[Row], models: list[str], protocols: list[str]) -> Table:
    found = {(r["model"], r["protocol"], r["metric"]): r for r in rows}
    metrics = sorted({r["metric"] for r in rows})
    body = [
        [
            model(m),
            protocol(p),
            *(_cell(found.get((m, p, k))) for k in metrics),
        ]
        for m in models
        for p in protocols
    ]
    return Table(title, [_("Model"), _("Test"), *(metric(k) for k in metrics)], body, text=2)


def _pooled(rows: list[Row], min_group: int) -> list[Row]:
    """Join neighbours until those who did buy, and who did not, are nobody or enough people."""

    def few(row: Row) -> bool:
        bought = round(row["customers"] * row["observed"])
        return any(0 < n < min_group for n in (bought, row["customers"] - bought))

    pooled: list[Row] = []
    for row in rows:
        if pooled and few(pooled[-1]):
            pooled[-1] = _joined(pooled[-1], row)
        else:
            pooled.append(row)
    while len(pooled) > 1 and few(pooled[-1]):
        last = pooled.pop()
        pooled[-1] = _joined(pooled[-1], last)
    return [] if pooled and few(pooled[-1]) else pooled


def _joined(one: Row, other: Row) -> Row:
    people = one["customers"] + other["customers"]
    means = {
        key: (one[key] * one["customers"] + other[key] * other["customers"]) / people
        for key in ("predicted", "observed")
    }
    return {**one, **means, "customers": people, "low": None, "high": None}


def _cell(row: Row | None) -> str:
    value = _value(row)
    return "–" if value is None else f"{value[0]:.3f} ({value[1]:.3f}–{value[2]:.3f})"


def _reliability(facts: Facts) -> Figure | None:
    rows = facts.results.table("reliability").sort_by("predicted").to_pylist()
    rows = _pooled([r for r in rows if r["customers"]], facts.min_group)
    if not rows:
        return None
    total = sum(r["customers"] for r in rows)
    error = sum(r["customers"] * abs(r["predicted"] - r["observed"]) for r in rows) / total
    title = _("Promised and kept chances differ by {points} percentage points on average").format(
        points=number(100 * error)
    )
    table = Table(
        title,
        [_("Promised chance"), _("Did buy"), _("Customers")],
        [[percent(r["predicted"]), percent(r["observed"]), number(r["customers"])] for r in rows],
        text=0,
    )
    names = (_("Promised chance"), _("Share that did buy"))
    return draw(
        title,
        lambda width: reliability(rows, width, label=title, names=names),
        table,
        _("On the dotted line, what was promised is what came true. Larger dots: more customers."),
    )
