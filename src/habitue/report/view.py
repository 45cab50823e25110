"""What templates are given: tables and figures, already worded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from habitue.report.results import MIN_GROUP
from habitue.wording import money, people, percent
from habitue.wording.numbers import NOTHING

__all__ = ["Figure", "Table", "amount_of", "count_of", "draw", "share_of"]

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


def count_of(customers: int | None) -> str:
    """Return a count of people, or that they are fewer than may be shown."""
    return people(customers, MIN_GROUP)


def _small(customers: int | None) -> bool:
    return customers is not None and 0 < customers < MIN_GROUP


def share_of(customers: int | None, share: float | None) -> str:
    """Return a group's share, unless the group is small enough to be counted out from it."""
    return NOTHING if _small(customers) else percent(share)


def amount_of(customers: int | None, micros: float | None, currency: str) -> str:
    """Return a group's money, unless the group is so small that it would be a person's."""
    return NOTHING if _small(customers) else money(micros, currency)
