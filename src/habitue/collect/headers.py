"""Finds a system's columns by the names that it gives them, whatever their case and order."""

from __future__ import annotations

from collections.abc import Iterable

from habitue.collect.synonyms import fold

__all__ = ["Header"]


class Header:
    """A file's columns, looked up by folded name.

    Examples
    --------
    >>> header = Header(["Order #", "买家 会员名"])
    >>> header.find("Order Number", "order #"), header.find("nothing"), header.count("买家会员名")
    ('Order #', '', 1)
    """

    def __init__(self, columns: Iterable[str]) -> None:
        self._columns: dict[str, str] = {}
        for column in columns:
            self._columns.setdefault(fold(column), column)

    def find(self, *names: str) -> str:
        """Return the column of the first name that there is, or ""."""
        return next((self._columns[f] for n in names if (f := fold(n)) in self._columns), "")

    def all(self, *names: str) -> tuple[str, ...]:
        """Return the columns of all the names that there are, in the names' order."""
        found = (self._columns.get(fold(name), "") for name in names)
        return tuple(column for column in dict.fromkeys(found) if column)

    def has(self, *names: str) -> bool:
        """Say whether all of the names are there."""
        return all(fold(name) in self._columns for name in names)

    def count(self, *names: str) -> int:
        """Return how many of the names are there."""
        return sum(fold(name) in self._columns for name in names)
