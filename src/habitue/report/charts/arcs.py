"""Products on a line, joined by arcs where they are bought together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from habitue.report.charts.svg import Canvas, shorten

__all__ = ["Link", "arcs", "in_bundles"]


@dataclass(frozen=True)
class Link:
    """Two products and how strongly they go together."""

    a: str
    b: str
    strength: float
    tip: str = ""
    value: str = ""


def in_bundles(links: Sequence[Link]) -> list[list[str]]:
    """Return the products as bundles: those that links connect, the largest first.

    Within a bundle, products that share more links stand nearer to each other.

    >>> in_bundles([Link("a", "b", 2), Link("c", "d", 9), Link("b", "e", 3)])
    [['a', 'b', 'e'], ['c', 'd']]
    """
    near: dict[str, dict[str, float]] = {}
    for link in links:
        near.setdefault(link.a, {})[link.b] = link.strength
        near.setdefault(link.b, {})[link.a] = link.strength
    bundles: list[list[str]] = []
    seen: set[str] = set()
    for start in sorted(near, key=lambda n: (len(near[n]), n)):
        if start in seen:
            continue
        bundle = [start]
        seen.add(start)
        while True:  # next stands whoever is tied most closely to the last few
            weights: dict[str, float] = {}
            for age, item in enumerate(reversed(bundle)):
                for other, strength in near[item].items():
                    if other not in seen:
                        weights[other] = weights.get(other, 0) + strength / (1 + age)
            if not weights:
                break
            best = max(sorted(weights), key=lambda n: weights[n])
            bundle.append(best)
            seen.add(best)
        bundles.append(bundle)
    return sorted(bundles, key=lambda b: (-len(b), b))


def arcs(links: Sequence[Link], titles: dict[str, str], width: int, *, label: str) -> Markup:
    """Draw products one under another, bundle by bundle, with arcs at their right."""
    bundles = in_bundles(links)
    columns = 2 if width >= 500 and len(bundles) > 1 else 1
    room = (width - 28 * (columns - 1)) / columns
    left = room * (0.7 if columns == 2 else 0.64 if width < 500 else 0.5)
    place, height = _places(bundles, columns)
    canvas = Canvas(width, height)
    longest = max(abs(place[k.a][1] - place[k.b][1]) for k in links)
    reach = min(room - left - 46, 30 + longest * 0.5)
    weights = [math.log(1 + k.strength) for k in links]
    low, span = min(weights), (max(weights) - min(weights)) or 1.0
    strongest: dict[int, Link] = {}
    for link in sorted(links, key=lambda k: k.strength):
        (column, y1, bundle), (_column, y2, _bundle) = place[link.a], place[link.b]
        x = column * (room + 28) + left
        out = x + 10 + reach * (abs(y2 - y1) / longest) ** 0.7
        curve = f"M{x:.1f},{y1:.1f} C{out:.1f},{y1:.1f} {out:.1f},{y2:.1f} {x:.1f},{y2:.1f}"
        stroke = 1.2 + 3 * (math.log(1 + link.strength) - low) / span
        canvas.path(curve, f"arc s{bundle % 10 + 1}", link.tip, stroke)
        strongest[bundle] = link
    for link in strongest.values():
        column = place[link.a][0]
        y = (place[link.a][1] + place[link.b][1]) / 2
        canvas.text(column * (room + 28) + room, y + 4.5, link.value, "value", "end")
    for item, (column, y, bundle) in place.items():
        x = column * (room + 28) + left
        canvas.circle(x, y, 4, f"c{bundle % 10 + 1}")
        title = shorten(titles.get(item, item), left - 12, 12)
        canvas.text(x - 10, y + 4.5, title, "node", "end")
    return canvas.svg(label)


def _places(
    bundles: Sequence[Sequence[str]], columns: int
) -> tuple[dict[str, tuple[int, float, int]], float]:
    """Return each product's column, height and bundle, columns about equally long."""
    row, gap = 23.0, 16.0
    sizes = [row * len(bundle) + gap for bundle in bundles]
    place: dict[str, tuple[int, float, int]] = {}
    column, y, height = 0, 14.0, 0.0
    for number, (bundle, size) in enumerate(zip(bundles, sizes, strict=True)):
        if column + 1 < columns and y > 14 and y + size / 2 > sum(sizes) / columns:
            column, y = column + 1, 14.0
        for item in bundle:
            place[item] = (column, y, number)
            y += row
        y += gap
        height = max(height, y - gap)
    return place, height
