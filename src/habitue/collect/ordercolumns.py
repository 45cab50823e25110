"""Which column of an export of order lines is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

__all__ = ["COUNTED", "MADE", "OrderColumns"]

#: What the names of columns begin with that a format makes itself; pieces that it counted.
MADE = "habitue: "
COUNTED = MADE + "pieces"
_OF_LINE = ("brand", "category")


@dataclass(frozen=True)
class OrderColumns:
    """Which column of an export is what; "" for what it does not have.

    ``price`` is a piece's full price, ``full`` the line's instead; ``amount`` is what was paid for
    the line, ``apart`` what in it is no product, ``off`` what was taken off a line. ``paid`` is the
    order's total, ``beside`` what in it is no product (shipping), ``refund`` what was paid back.
    ``others`` are fields that are taken as they are, ``more`` columns that a format looks at
    itself. Of several columns of a field, the first that is filled counts. ``aftersales`` says if
    money was paid back for a line, ``cancelled`` when an order was cancelled. ``fill`` says that an
    order's own fields may stand on its first line only.
    """

    order: str
    time: Sequence[str]
    title: str
    item: str = ""
    line: str = ""
    quantity: str = ""
    price: str = ""
    full: str = ""
    amount: str = ""
    apart: str = ""
    off: str = ""
    paid: str = ""
    beside: tuple[str, ...] = ()
    refund: str = ""
    aftersales: str = ""
    cancelled: str = ""
    others: Mapping[str, Sequence[str]] = field(default_factory=dict)
    more: tuple[str, ...] = ()
    fill: bool = False

    def names(self) -> list[str]:
        """Return all columns, each once."""
        own = (self.order, *self.time, self.title, self.item, self.line, self.quantity, self.price,
               self.full, self.amount, self.apart, self.off, self.paid, *self.beside,
               self.refund, self.aftersales, self.cancelled)  # fmt: skip
        names = (*own, *chain.from_iterable(self.others.values()), *self.more)
        return [name for name in dict.fromkeys(names) if name and not name.startswith(MADE)]

    def missing(self) -> list[str]:
        """Return the fields that purchases need and no column was found for."""
        needed = {
            "order_id": self.order,
            "time": self.time,
            "title": self.title,
            "amount": self.price or self.full or self.amount or self.paid,
        }
        return [field for field, column in needed.items() if not column]

    def lines(self) -> set[str]:
        """Return the columns that are a line's own."""
        own = {self.title, self.item, self.line, self.quantity, self.price, self.full,
               self.amount, self.apart, self.off, self.aftersales}  # fmt: skip
        return own | {name for field in _OF_LINE for name in self.others.get(field, ())}

    def tells_status(self) -> bool:
        """Say whether the export tells what has become of an order."""
        return bool(self.refund or self.aftersales or self.cancelled or self.others.get("status"))
