"""Tables that a person reads at 80 columns, in scripts of either width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["grid", "table"]


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: str = "") -> Table:
    """Return a table.

    Parameters
    ----------
    headings : sequence of str
        One for each column.
    rows : iterable of sequences of str
        The cells, already worded.
    numbers : str
        One letter for each column: ``n`` for a number (right-aligned, never broken), ``k`` for a
        short key (never broken), anything else for text that may wrap.

    Examples
    --------
    >>> table(["who", "orders"], [["A", "12"]], "tn").row_count
    1
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    for at, heading in enumerate(headings):
        kind = numbers[at : at + 1]
        made.add_column(
            Text(heading),
            justify="right" if kind == "n" else "left",
            no_wrap=kind in ("n", "k"),
            overflow="fold",
        )
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def grid(rows: Iterable[tuple[str, str]]) -> Table:
    """Return names and values in two columns without a head."""
    from rich.table import Table
    from rich.text import Text

    made = Table.grid(padding=(0, 2))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in rows:
        made.add_row(Text(name), Text(value))
    return made
