"""What holds personal data, and what each such place must be able to do.

A place that can hold a person is a *holder*: it finds, exports, erases and verifies. Access and
erasure walk the holders, so that nothing here needs to know what stands further along the loop.
A folder's holders are the classes in its module ``holders``; nothing lists them.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import habitue
from habitue.protect.needles import Needles
from habitue.protect.vault import Vault
from habitue.state import Database

__all__ = ["NOBODY_FILES", "NOBODY_TABLES", "Holder", "Place", "Subject", "holders"]

#: Tables of the state that can't hold a person, and why.
NOBODY_TABLES: dict[str, str] = {
    "alembic_version": "the revision of the tables",
    "mappings": "hashes of headers, and columns' names",
    "data_keys": "keys of the shop",
    "audit": "pseudonyms that lead nowhere once a person is erased; the chain must stay whole",
    "audit_head": "the number and seal of the last entry",
    "tombstones": "keyed hashes, so that the erased do not come back",
    "sources": "how far each database was read: hashes, columns' names, a time or a number",
    "answers": "keyed hashes of groups, never of one person, and what was answered",
    "erasures": "pseudonyms that lead nowhere any more, and counts",
}
#: Files of a shop that can't hold a person, and why.
NOBODY_FILES: dict[str, str] = {
    "habitue.toml": "settings",
    "state/lock": "a process number",
    "state/master.key": "a key",
    "state/write_key": "what web pages send events with",
    "state/state.db*": "the state: its tables have holders each",
    "categories.csv": "products",
    "runs/CURRENT": "the name of a run",
}


@dataclass(frozen=True)
class Subject:
    """The person that it is about: all pseudonyms, and all identifiers in plain text.

    It lives in memory only, as long as one request.
    """

    customers: frozenset[int]
    identifiers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @cached_property
    def needles(self) -> Needles:
        """The forms in which the identifiers may stand in a text."""
        return Needles(self.identifiers)


@dataclass(frozen=True)
class Place:
    """The shop that the holders look in."""

    folder: Path
    database: Database
    vault: Vault


class Holder(ABC):
    """One place that can hold a person.

    Attributes
    ----------
    name : str
        Its key, as receipts have it.
    order : int
        Erased in this order: what others need in order to find the person goes last.
    tables : tuple of str
        The state's tables that it answers for.
    records : tuple of str
        The record tables that it answers for.
    files : tuple of str
        The shop's files that it answers for, as patterns of their paths within the shop.
    """

    name: str = ""
    order: int = 100
    tables: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def __init__(self, place: Place) -> None:
        self.place = place

    @abstractmethod
    def find(self, who: Subject) -> int:
        """Return how many rows, files or entries hold the person."""

    @abstractmethod
    def export(self, who: Subject) -> list[dict[str, Any]]:
        """Return all that is held about the person, as rows of JSON."""

    @abstractmethod
    def erase(self, who: Subject) -> int:
        """Remove the person; return how many rows, files or entries held them.

        It may have been killed half-way before, and then removes what is left.
        """


def holders(place: Place) -> list[Holder]:
    """Return the shop's holders in the order in which they are erased."""
    found: list[Holder] = []
    for module in pkgutil.iter_modules(habitue.__path__, "habitue."):
        if not module.ispkg:
            continue
        name = f"{module.name}.holders"
        if importlib.util.find_spec(name) is None:
            continue
        found += [
            value(place)
            for value in vars(importlib.import_module(name)).values()
            if inspect.isclass(value)
            and issubclass(value, Holder)
            and value.__module__ == name
            and value.name
        ]
    return sorted(found, key=lambda holder: (holder.order, holder.name))
