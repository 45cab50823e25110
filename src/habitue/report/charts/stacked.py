"""Bars of one length divided by share: how the bands fall on each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from habitue.report.charts.svg import Canvas, shorten, spread, width_of, wrap

__all__ = ["Bar", "stacked"]


@dataclass(frozen=True)
class Bar:
    """One bar: its name, what stands at its right, and each piece's share and tip."""

    name: str
    value: str
    shares: Sequence[float]
    tips: Sequence[str]


def stacked(
    bars: Sequence[Bar], pieces: Sequence[tuple[str, str]], width: int, *, label: str
) -> Markup:
    """Draw bars; the pieces' names stand once, above the first bar.

    Parameters
    ----------
    pieces : sequence of (name, class)
        The pieces in order.
    """
    narrow = width < 500
    row = 44 if narrow else 40
    left = 0.0 if narrow else 232.0
    right = width - 64.0
    top = 26.0
    canvas = Canvas(width, top + row * len(bars) + (10 if len(bars) > 1 else 0))
    _heads(canvas, bars[0], pieces, left, float(width) if narrow else right, narrow)
    y = top
    for i, bar in enumerate(bars):
        offset = 18 if narrow else 8
        style = "name" if i else "strong"
        if narrow:
            canvas.text(0, y + 13, shorten(bar.name, width - 4), style)
        else:
            lines = wrap(bar.name, left - 14)
            for k, line in enumerate(lines):
                canvas.text(0, y + 23 + 16 * k - 8 * (len(lines) - 1), line, style)
        x = left
        for share, tip, (_name, style) in zip(bar.shares, bar.tips, pieces, strict=True):
            size = (right - left) * share
            canvas.rect(x, y + offset, size - (1 if size > 2 else 0), 20, style, tip)
            x += size
        canvas.text(width, y + offset + 15, bar.value, "value", "end")
        y += row + (10 if i == 0 else 0)
    return canvas.svg(label)


def _heads(
    canvas: Canvas,
    bar: Bar,
    pieces: Sequence[tuple[str, str]],
    left: float,
    right: float,
    narrow: bool,
) -> None:
    if narrow:  # the bar's own name stands between: set the names as a key, evenly
        x = 0.0
        for name, style in pieces:
            canvas.rect(x, 5, 9, 9, style)
            canvas.text(x + 12, 14, name, "tick")
            x += width_of(name, 12) + 22
        return
    span = right - left
    shown = [i for i, share in enumerate(bar.shares) if share > 0]
    edges = [sum(bar.shares[:i]) for i in range(len(pieces))]
    centres = [left + span * (edges[i] + bar.shares[i] / 2) for i in shown]
    sizes = [width_of(pieces[i][0], 12) + 10 for i in shown]
    for i, x in zip(shown, spread(centres, sizes, left, canvas.width), strict=True):
        canvas.text(x, 16, pieces[i][0], "tick", "middle")
