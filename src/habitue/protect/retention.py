"""How long records are kept: what is older goes, table by table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from habitue.errors import ConfigError
from habitue.locale import _

__all__ = ["limits"]

_UNITS = {"d": 1, "w": 7, "m": 30.44, "y": 365.25}
_LENGTH = re.compile(r"(\d+)\s*([dwmy])")


def limits(kept: Mapping[str, str], now: datetime) -> dict[str, datetime]:
    """Return for each limited table the moment before which its rows go.

    Parameters
    ----------
    kept : mapping of str to str
        Table to how long its rows are kept: ``400d``, ``56w``, ``18m`` or ``3y``; empty: for ever.
    now : datetime
        The present.

    Raises
    ------
    ConfigError
        If a length can't be read.

    Examples
    --------
    >>> from datetime import UTC
    >>> limits({"views": "10d", "purchases": ""}, datetime(2026, 1, 11, tzinfo=UTC))
    {'views': datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)}
    """
    result = {}
    for table, length in kept.items():
        if not length:
            continue
        found = _LENGTH.fullmatch(length.strip().lower())
        if found is None:
            text = _("[retention] {table} is {value!r}; write it as 400d, 56w, 18m or 3y.")
            raise ConfigError(text.format(table=table, value=length))
        result[table] = now - timedelta(days=int(found[1]) * _UNITS[found[2]])
    return result
