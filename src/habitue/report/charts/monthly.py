"""Revenue and customers month by month: two panels over one axis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from habitue.report.charts.svg import Canvas, ticks, width_of
from habitue.report.facts import Row
from habitue.wording import money, month, number

__all__ = ["monthly"]

_LEFT, _RIGHT, _TOP, _BARS, _GAP, _LINE, _FOOT = 4, 4, 22, 150, 40, 56, 26


def monthly(
    rows: Sequence[Row],
    width: int,
    *,
    label: str,
    names: tuple[str, str],
    currency: str,
    partial: frozenset[int] = frozenset(),
) -> Markup:
    """Draw revenue as bars above customers as a line.

    Parameters
    ----------
    rows : sequence of dict
        month, amount, customers, hidden; in order of time. What may not be shown is left blank.
    names : tuple of str
        What the panels show.
    partial : frozenset of int
        Rows of months that the records hold only in part: drawn lighter.
    """
    canvas = Canvas(width, _TOP + _BARS + _GAP + _LINE + _FOOT)
    step = (width - _LEFT - _RIGHT) / len(rows)
    centres = [_LEFT + step * (i + 0.5) for i in range(len(rows))]
    _bars(canvas, rows, centres, step, names[0], currency, partial)
    _line(canvas, rows, centres, names[1])
    _months(canvas, rows, centres)
    return canvas.svg(label)


def _bars(
    canvas: Canvas,
    rows: Sequence[Row],
    centres: Sequence[float],
    step: float,
    name: str,
    currency: str,
    partial: frozenset[int],
) -> None:
    base = _TOP + _BARS
    top = max(max(row["amount"] for row in rows), 1)
    marks = ticks(top / 1e6, 3)
    canvas.text(_LEFT, 12, name, "panel")
    for mark in marks[1:]:
        y = base - _BARS * mark * 1e6 / top
        if y >= _TOP:
            canvas.line(_LEFT, y, canvas.width - _RIGHT, y, "grid")
    bar = min(step * 0.72, 46)
    for i, (row, x) in enumerate(zip(rows, centres, strict=True)):
        if row["hidden"]:
            continue
        height = _BARS * max(row["amount"], 0) / top
        tip = f"{month(row['month'])}: {money(row['amount'], currency)}"
        style = "bar partial" if i in partial else "bar"
        canvas.rect(x - bar / 2, base - height, bar, height, style, tip)
    # The two months a reader looks for: the best and the latest.
    best = max(range(len(rows)), key=lambda i: rows[i]["amount"])
    shown = [best]
    last = len(rows) - 1
    if centres[last] - centres[best] > 70 and not rows[last]["hidden"]:
        shown.append(last)
    for i in shown:
        y = base - _BARS * max(rows[i]["amount"], 0) / top - 6
        _label(canvas, centres[i], y, money(rows[i]["amount"], currency, short=True))
    canvas.line(_LEFT, base, canvas.width - _RIGHT, base, "axis")


def _line(canvas: Canvas, rows: Sequence[Row], centres: Sequence[float], name: str) -> None:
    base = _TOP + _BARS + _GAP + _LINE
    known = [(row, x) for row, x in zip(rows, centres, strict=True) if row["customers"] is not None]
    canvas.text(_LEFT, _TOP + _BARS + 30, name, "panel")
    canvas.line(_LEFT, base, canvas.width - _RIGHT, base, "axis")
    if not known:
        return
    top = max(max(row["customers"] for row, _x in known), 1)
    heights = [base - (_LINE - 14) * row["customers"] / top for row, _x in known]
    points = [f"{x:.1f},{y:.1f}" for (_row, x), y in zip(known, heights, strict=True)]
    canvas.path("M" + " L".join(points), "line")
    best = max(range(len(known)), key=lambda i: known[i][0]["customers"])
    for i, ((row, x), y) in enumerate(zip(known, heights, strict=True)):
        tip = f"{month(row['month'])}: {number(row['customers'])}"
        if len(rows) <= 36 or i == best:
            canvas.circle(x, y, 3, "dot", tip)
    # The panel's name stands at the left above the line: keep the label out of its way.
    row, x = known[best]
    _label(canvas, x, max(heights[best] - 8, _TOP + _BARS + 14), number(row["customers"]))


def _label(canvas: Canvas, x: float, y: float, text: str) -> None:
    half = width_of(text, 13) / 2
    canvas.text(min(max(x, half), canvas.width - half), y, text, "value", "middle")


def _months(canvas: Canvas, rows: Sequence[Row], centres: Sequence[float]) -> None:
    times: list[datetime] = [row["month"] for row in rows]
    every = max(1, -(-len(rows) * 74 // int(canvas.width)))
    for i, (time, x) in enumerate(zip(times, centres, strict=True)):
        if i % every == 0:
            half = width_of(month(time), 12) / 2
            x = min(max(x, half), canvas.width - half)
            canvas.text(x, canvas.height - 8, month(time), "tick", "middle")
