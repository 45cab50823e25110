"""Scores with their intervals, and how far promised chances come true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from habitue.report.charts.svg import Canvas, shorten, ticks
from habitue.report.facts import Row
from habitue.wording import number, percent

__all__ = ["Score", "reliability", "whiskers"]


@dataclass(frozen=True)
class Score:
    """A model's score under each protocol: (mean, low, high) or None."""

    name: str
    chosen: bool
    values: Sequence[tuple[float, float, float] | None]


def whiskers(
    scores: Sequence[Score], protocols: Sequence[str], width: int, *, label: str, chosen: str
) -> Markup:
    """Draw a dot and an interval for each model under each protocol."""
    narrow = width < 500
    row = 58 if narrow else 46
    left, right = (4.0, width - 48.0) if narrow else (208.0, width - 56.0)
    top = 30.0
    base = top + row * len(scores)
    canvas = Canvas(width, base + 26)
    marks = _axis(scores)
    low, span = marks[0], (marks[-1] - marks[0]) or 1.0

    def at(value: float) -> float:
        return left + (right - left) * (value - low) / span

    for mark in marks:
        canvas.line(at(mark), top, at(mark), base, "grid")
        canvas.text(at(mark), base + 18, number(mark), "tick", "middle")
    x = left
    for k, name in enumerate(protocols):
        canvas.circle(x + 5, 11, 5, f"mark p{k}")
        canvas.text(x + 15, 15, name, "tick")
        x += 30 + 8 * len(name) if name.isascii() else 40 + 13 * len(name)
    for i, score in enumerate(scores):
        y = top + row * i
        name = f"{score.name} · {chosen}" if score.chosen else score.name
        style = "strong" if score.chosen else "name"
        if narrow:
            canvas.text(0, y + 14, shorten(name, float(width)), style)
        else:
            two = score.chosen
            canvas.text(0, y + 27 - 8 * two, shorten(score.name, left - 16), style)
            if two:
                canvas.text(0, y + 36, chosen, "tick")
        for k, value in enumerate(score.values):
            if value is None:
                continue
            line = y + (28 if narrow else 15) + 17 * k
            mean, lower, upper = value
            tip = f"{name}, {protocols[k]}: {_fine(mean)} ({_fine(lower)}–{_fine(upper)})"
            canvas.line(at(lower), line, at(upper), line, f"whisker p{k}")
            canvas.circle(at(mean), line, 5, f"mark p{k}", tip)
            canvas.text(width, line + 4.5, _fine(mean), "tick", "end")
    return canvas.svg(label)


def _fine(value: float) -> str:
    return f"{value:.3f}"


def _axis(scores: Sequence[Score]) -> list[float]:
    """Return marks that hold every interval; from zero unless all lie far from it."""
    ends = [v for s in scores for value in s.values if value for v in value]
    low, high = min(ends), max(ends)
    if low > 0.5 * high:
        steps = ticks(high - low, 3)
        step = steps[1] - steps[0]
        start = step * int(low / step)
        return [start + step * i for i in range(int((high - start) / step + 0.999) + 1)]
    return ticks(high, 4)


def reliability(rows: Sequence[Row], width: int, *, label: str, names: tuple[str, str]) -> Markup:
    """Draw the share that did buy against the chance that was promised."""
    side = min(width, 380)
    left, top, size = 46.0, 26.0, side - 62.0
    canvas = Canvas(width, top + size + 46)
    for mark in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = left + size * mark, top + size * (1 - mark)
        canvas.line(left, y, left + size, y, "grid")
        canvas.text(left - 6, y + 4, percent(mark), "tick", "end")
        canvas.text(x, top + size + 18, percent(mark), "tick", "middle")
    canvas.line(left, top + size, left + size, top, "diagonal")
    canvas.text(0, 12, names[1], "panel")
    canvas.text(left + size, top + size + 38, names[0], "panel", "end")
    most = max(row["customers"] for row in rows) or 1
    for row in rows:
        x, y = left + size * row["predicted"], top + size * (1 - row["observed"])
        tip = f"{percent(row['predicted'])} → {percent(row['observed'])}"
        canvas.circle(x, y, 3 + 7 * (row["customers"] / most) ** 0.5, "mark p1", tip)
    return canvas.svg(label)
