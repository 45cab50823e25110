"""Good comments above the line, bad ones below, month by month."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from habitue.report.charts.svg import Canvas, width_of
from habitue.report.facts import Row
from habitue.wording import month, number

__all__ = ["tone"]


def tone(rows: Sequence[Row], width: int, *, label: str, names: tuple[str, str]) -> Markup:
    """Draw how many comments were good and how many bad in each month."""
    top, plot = 24.0, 150.0
    canvas = Canvas(width, top + plot + 46)
    good = max(row["good"] for row in rows)
    bad = max(row["bad"] for row in rows)
    unit = plot / ((good + bad) or 1)
    zero = top + unit * good
    step = width / len(rows)
    bar = min(step * 0.72, 46)
    every = max(1, -(-len(rows) * 74 // width))
    for i, row in enumerate(rows):
        x = step * (i + 0.5)
        for name, key in zip(names, ("good", "bad"), strict=True):
            size = unit * row[key]
            y = zero - size if key == "good" else zero + 1
            if size:  # none, or not to be shown
                tip = f"{month(row['month'])}: {name} {number(row[key])}"
                canvas.rect(x - bar / 2, y, bar, size, key, tip)
        if i % every == 0:
            half = width_of(month(row["month"]), 12) / 2
            x = min(max(x, half), width - half)
            canvas.text(x, canvas.height - 6, month(row["month"]), "tick", "middle")
    canvas.line(0, zero, width, zero, "axis")
    canvas.text(0, 12, names[0], "panel")
    canvas.text(0, top + plot + 20, names[1], "panel")
    return canvas.svg(label)
