"""A small canvas: shapes with class names in, one accessible SVG out."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from markupsafe import Markup, escape

__all__ = ["Canvas", "shorten", "spread", "ticks", "width_of", "wrap"]

_NARROW = set("ijltfrI.,:;'|!()[] ")


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


class Canvas:
    """Collects shapes; ``svg`` closes the picture.

    Examples
    --------
    >>> canvas = Canvas(20, 10)
    >>> canvas.rect(0, 0, 5, 10, "a", "five")
    >>> print(canvas.svg("A bar"))
    <svg viewBox="0 0 20 10" role="img" aria-label="A bar"><rect x="0" y="0" width="5" height="10"
    class="a"><title>five</title></rect></svg>
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def _add(self, tag: str, attributes: dict[str, str | float], inner: str = "") -> None:
        words = "".join(
            f' {name}="{escape(v) if isinstance(v, str) else _n(v)}"'
            for name, v in attributes.items()
            if v != ""
        )
        self._parts.append(f"<{tag}{words}>{inner}</{tag}>" if inner else f"<{tag}{words}/>")

    def rect(
        self, x: float, y: float, width: float, height: float, style: str, tip: str = ""
    ) -> None:
        """Add a rectangle; never of negative size."""
        size = {"x": x, "y": y, "width": max(width, 0), "height": max(height, 0)}
        self._add("rect", {**size, "class": style}, _tip(tip))

    def line(self, x1: float, y1: float, x2: float, y2: float, style: str) -> None:
        """Add a straight line."""
        self._add("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "class": style})

    def path(self, d: str, style: str, tip: str = "", width: float | None = None) -> None:
        """Add a path."""
        stroke: dict[str, str | float] = {} if width is None else {"stroke-width": width}
        self._add("path", {"d": d, "class": style, **stroke}, _tip(tip))

    def circle(self, x: float, y: float, r: float, style: str, tip: str = "") -> None:
        """Add a circle."""
        self._add("circle", {"cx": x, "cy": y, "r": r, "class": style}, _tip(tip))

    def text(self, x: float, y: float, text: str, style: str = "", anchor: str = "start") -> None:
        """Add a line of text with its baseline at ``y``."""
        place: dict[str, str | float] = {"x": x, "y": y, "class": style}
        if anchor != "start":
            place["text-anchor"] = anchor
        self._add("text", place, str(escape(text)))

    def svg(self, label: str) -> Markup:
        """Return the picture, named for those who can't see it."""
        box = f"0 0 {_n(self.width)} {_n(self.height)}"
        head = f'<svg viewBox="{box}" role="img" aria-label="{escape(label)}">'
        return Markup(head + "".join(self._parts) + "</svg>")


def _tip(text: str) -> str:
    return f"<title>{escape(text)}</title>" if text else ""


def width_of(text: str, size: float = 13) -> float:
    """Return about how wide a text is in pixels: fonts differ, so a little too much.

    >>> width_of("十个字", 10)
    30.0
    """
    total = 0.0
    for letter in text:
        if unicodedata.east_asian_width(letter) in "WF":
            total += 1.0
        elif letter in _NARROW:
            total += 0.34
        else:
            total += 0.68 if letter.isupper() or letter in "mwMW%" else 0.56
    return total * size


def shorten(text: str, width: float, size: float = 13) -> str:
    """Return a text cut to a width, with an ellipsis if it was cut.

    >>> shorten("A rather long title", 60)
    'A rather…'
    """
    if width_of(text, size) <= width:
        return text
    while text and width_of(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap(text: str, width: float, size: float = 13, lines: int = 2) -> list[str]:
    """Return a text broken into at most so many lines; the last is cut if it must be.

    >>> wrap("Frequent big spenders", 60, lines=3)
    ['Frequent', 'big', 'spenders']
    """
    units = _units(text)
    rows: list[str] = []
    row = ""
    for index, unit in enumerate(units):
        if row and width_of((row + unit).rstrip(), size) > width:
            if len(rows) == lines - 1:
                rest = row + "".join(units[index:])
                return [*rows, shorten(rest.rstrip(), width, size)]
            rows.append(row.rstrip())
            row = ""
        row += unit
    return [*rows, shorten(row.rstrip(), width, size)]


def _units(text: str) -> list[str]:
    """Split where a line may break: after spaces, and between Chinese characters."""
    units: list[str] = []
    for letter in text:
        wide = unicodedata.east_asian_width(letter) in "WF"
        closing = letter in "，。、；：）”」"
        last = units[-1][-1:] if units else " "
        joined = bool(units) and last != " " and not wide and not _is_wide(last)
        if units and (letter == " " or joined or closing):
            units[-1] += letter
        else:
            units.append(letter)
    return units


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def ticks(high: float, count: int = 4) -> list[float]:
    """Return round numbers from zero that cover up to ``high``.

    >>> ticks(870_000)
    [0.0, 250000.0, 500000.0, 750000.0, 1000000.0]
    """
    if high <= 0:
        return [0.0, 1.0]
    rough = high / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough * 0.999)
    return [round(step * i, 10) for i in range(math.ceil(high / step - 1e-9) + 1)]


def spread(
    centres: Sequence[float], sizes: Sequence[float], low: float, high: float
) -> list[float]:
    """Return centres moved just enough that labels of those sizes don't overlap.

    Parameters
    ----------
    centres, sizes : sequences of float, in ascending order of centre
    low, high : float
        Where the labels must stay.

    Examples
    --------
    >>> spread([10, 12, 50], [10, 10, 10], 0, 60)
    [10, 20.0, 50]
    """
    placed = list(centres)
    edge = low
    for i, size in enumerate(sizes):
        placed[i] = max(placed[i], edge + size / 2)
        edge = placed[i] + size / 2
    edge = high
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], edge - sizes[i] / 2)
        edge = placed[i] - sizes[i] / 2
    return placed
