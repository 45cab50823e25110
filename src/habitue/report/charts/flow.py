"""Two columns joined by ribbons: how a share of customers becomes a share of revenue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from habitue.report.charts.svg import Canvas, spread, width_of, wrap

__all__ = ["Part", "flow"]


@dataclass(frozen=True)
class Part:
    """One group: its name, its two shares (0 to 1) and how they are written."""

    name: str
    left: float
    right: float
    left_text: str
    right_text: str
    colour: int


def flow(parts: Sequence[Part], width: int, *, label: str, heads: tuple[str, str]) -> Markup:
    """Draw groups as ribbons from their share of customers to their share of revenue."""
    narrow = width < 500
    lines = 3 if narrow else 2
    height = max(300, len(parts) * (58 if narrow else 46)) + 30
    top, bottom = 30.0, height - 4.0
    left, bar = (46.0, 12.0) if narrow else (58.0, 18.0)
    right = width - (178.0 if narrow else 320.0)
    canvas = Canvas(width, height)
    canvas.text(0 if narrow else left, 14, heads[0], "panel")
    head_width = width_of(heads[1], 13)
    canvas.text(min(right - bar, width - head_width), 14, heads[1], "panel")
    left_spans = _spans([p.left for p in parts], top, bottom)
    right_spans = _spans([p.right for p in parts], top, bottom)
    middle = (left + right) / 2
    for part, (a, b), (c, d) in zip(parts, left_spans, right_spans, strict=True):
        tip = f"{part.name}: {part.left_text} → {part.right_text}"
        ribbon = (
            f"M{left + bar:.1f},{a:.1f} C{middle:.1f},{a:.1f} {middle:.1f},{c:.1f} "
            f"{right - bar:.1f},{c:.1f} L{right - bar:.1f},{d:.1f} "
            f"C{middle:.1f},{d:.1f} {middle:.1f},{b:.1f} {left + bar:.1f},{b:.1f} Z"
        )
        canvas.path(ribbon, f"ribbon c{part.colour}", tip)
        canvas.rect(left, a, bar, b - a, f"c{part.colour}")
        canvas.rect(right - bar, c, bar, d - c, f"c{part.colour}")
    _left_labels(canvas, parts, left_spans, left - 6, top, bottom)
    _right_labels(canvas, parts, right_spans, right + 8, top, bottom, lines)
    return canvas.svg(label)


def _spans(shares: Sequence[float], top: float, bottom: float) -> list[tuple[float, float]]:
    gap = 3.0
    room = bottom - top - gap * (len(shares) - 1)
    total = sum(shares) or 1.0
    spans = []
    y = top
    for share in shares:
        spans.append((y, y + room * share / total))
        y += room * share / total + gap
    return spans


def _left_labels(
    canvas: Canvas,
    parts: Sequence[Part],
    spans: Sequence[tuple[float, float]],
    x: float,
    top: float,
    bottom: float,
) -> None:
    ys = spread([(a + b) / 2 for a, b in spans], [16.0] * len(parts), top, bottom)
    for part, y in zip(parts, ys, strict=True):
        canvas.text(x, y + 4.5, part.left_text, "value", "end")


def _right_labels(
    canvas: Canvas,
    parts: Sequence[Part],
    spans: Sequence[tuple[float, float]],
    x: float,
    top: float,
    bottom: float,
    lines: int,
) -> None:
    room = canvas.width - x - 2
    offset = 44.0
    names = [wrap(p.name, room - offset, 13, lines) for p in parts]
    sizes = [len(n) * 16.0 + 5 for n in names]
    ys = spread([(a + b) / 2 for a, b in spans], sizes, top, bottom)
    for part, name, size, y, (a, b) in zip(parts, names, sizes, ys, spans, strict=True):
        if abs(y - (a + b) / 2) > 3:
            canvas.line(x - 7, (a + b) / 2, x - 1, y, "leader")
        first = y - size / 2 + 15
        canvas.text(x, first, part.right_text, "value")
        for i, row in enumerate(name):
            canvas.text(x + offset, first + 16 * i, row, "name")
