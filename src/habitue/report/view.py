"""What templates are given: tables and figures, already worded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from habitue.locale import _
from habitue.wording import money, number, percent
from habitue.wording.numbers import NOTHING

__all__ = ["Figure", "Table", "amount_of", "count_of", "draw", "loosely", "rough", "share_of"]

#: The two widths that each chart is drawn for, so that its text is readable on both.
WIDE, NARROW = 720, 350


@dataclass(frozen=True)
class Table:
    """A table of words: heads, rows, how many first columns are text, whether the last row sums."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str | Markup]]
    text: int = 1
    total: bool = False
    strong: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Figure:
    """A chart in two widths with the same figures as a table."""

    title: str
    wide: Markup
    narrow: Markup
    table: Table
    caption: str = ""


def draw(title: str, chart: Callable[[int], Markup], table: Table, caption: str = "") -> Figure:
    """Return a chart drawn wide and narrow."""
    return Figure(title, chart(WIDE), chart(NARROW), table, caption)


def count_of(customers: int | None, shown: bool) -> str:
    """Return a count of people, or that it is not shown."""
    return number(customers) if shown else _("not shown")


def share_of(share: float | None, shown: bool) -> str:
    """Return a group's share, unless the group may not be shown."""
    return percent(share) if shown else NOTHING


def amount_of(micros: float | None, currency: str, shown: bool) -> str:
    """Return a group's money, unless the group may not be shown: it would be a few persons'."""
    return money(micros, currency) if shown else NOTHING


def rough(count: int, min_group: int) -> int:
    """Return a count to the nearest multiple of the smallest group: differences tell of nobody.

    >>> rough(118, 10), rough(12, 10)
    (120, 10)
    """
    return min_group * round(count / min_group)


def loosely(share: float | None, whole: float, min_group: int) -> str:
    """Return a share of a group of known size, as near as it tells of no few people.

    >>> loosely(0.6, 100, 10), loosely(0.97, 100, 10), loosely(0.02, 100, 10)
    ('60%', 'over 90%', 'under 10%')
    """
    if share is None or not whole:
        return percent(share)
    part = share * whole
    least = percent(min(min_group / whole, 1.0))
    if 0 < whole - part < min_group:
        return _("over {share}").format(share=percent(max(1 - min_group / whole, 0.0)))
    return _("under {share}").format(share=least) if 0 < part < min_group else percent(share)
