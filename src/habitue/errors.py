"""Every error that Habitué raises on purpose.

::

    HabitueError                  anything below: catch this one
    ├── UsageError                the call itself is wrong (exit status 2 on the command line)
    ├── ConfigError               habitue.toml, an environment variable or an argument
    ├── ShopError                 the folder is no shop, or its state can't be used
    │   └── NoRunError            nothing has been run yet
    ├── RecordError               records that can't be read as a whole
    │   ├── FormatError           the file is not what it says, or nothing that we read
    │   ├── MappingError          a column that is needed was not found, or is unknown
    │   ├── PartlyImportedError   some of several files; the others are imported
    │   └── InvalidEventsError    web events that can't be taken; none of them is kept
    ├── NotEnoughDataError        a method needs more rows than there are
    ├── BusyError                 more comes in than can be stored; try again in a moment
    └── VaultError                the master key is missing or does not fit

A message says what is wrong, the value seen, where, and what to do next. It never holds
personal data: a row is named by file and line, a customer by pseudonym.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = [
    "BusyError",
    "ConfigError",
    "FormatError",
    "HabitueError",
    "InvalidEventsError",
    "MappingError",
    "NoRunError",
    "NotEnoughDataError",
    "PartlyImportedError",
    "RecordError",
    "ShopError",
    "UsageError",
    "VaultError",
]


class HabitueError(Exception):
    """Any error that Habitué raises on purpose."""


class UsageError(HabitueError):
    """The call itself is wrong: an unknown name, a value out of bounds."""


class ConfigError(HabitueError):
    """A setting that is unknown, of the wrong type or out of bounds."""


class ShopError(HabitueError):
    """The folder is no shop, or its state can't be used."""


class NoRunError(ShopError):
    """Results are asked for before the first run."""


class RecordError(HabitueError):
    """Records that can't be read as a whole; single bad rows never raise."""


class FormatError(RecordError):
    """A file that is not what it says, or in no format that we read."""


class MappingError(RecordError):
    """A column that is needed was not found, or a mapping names an unknown one."""


class PartlyImportedError(RecordError):
    """Some of several files could not be read; the others are imported.

    Attributes
    ----------
    reports : list
        What became of the others, and of what was left out.
    """

    def __init__(self, message: str, reports: list[Any]) -> None:
        super().__init__(message)
        self.reports = reports


class InvalidEventsError(RecordError):
    """Web events that can't be taken; nothing of what came with them is kept.

    Parameters
    ----------
    problems : sequence of tuple
        For each bad event its place, the field, and the reason's key; the first twenty.
    """

    def __init__(self, problems: Sequence[tuple[int, str, str]]) -> None:
        place, field, reason = problems[0]
        super().__init__(f"event {place}: {field}: {reason}")
        self.problems = list(problems[:20])


class BusyError(HabitueError):
    """More comes in than can be stored; try again in a moment."""


class NotEnoughDataError(HabitueError):
    """A method needs more rows than there are."""


class VaultError(HabitueError):
    """The master key is missing or does not fit this vault."""
