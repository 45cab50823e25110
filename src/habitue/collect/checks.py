"""Keeps the first trouble of each row, and parts the good rows from those to set aside."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from habitue.collect.base import REJECTED, Rejection
from habitue.columns import IDENTIFIERS

__all__ = ["Checks", "rejected_table"]

_LONGEST = 80
_PRIVATE = frozenset(IDENTIFIERS) | {"text"}
# An address or a telephone number that slipped into a date's or a price's place.
_PERSONAL = re.compile(r"@|\d[\d\s()*-]{9,}\d")


class Checks:
    """The troubles of one batch's rows: the first one that is found counts."""

    def __init__(self, rows: int) -> None:
        self._codes = np.zeros(rows, np.int16)
        self._troubles: list[tuple[str, str, str, pa.Array | None]] = [("", "", "", None)]

    def add(
        self, where: np.ndarray, reason: str, field: str, column: str, texts: pa.Array | None
    ) -> None:
        """Set rows aside that are not yet."""
        fresh = where & (self._codes == 0)
        if fresh.any():
            self._codes[fresh] = len(self._troubles)
            self._troubles.append((reason, field, column, texts))

    @property
    def good(self) -> np.ndarray:
        """Where a row has no trouble."""
        result: np.ndarray = self._codes == 0
        return result

    def rejections(self, lines: np.ndarray) -> list[Rejection]:
        """Return the rows set aside; never a value that names a person."""
        result = []
        for row in np.flatnonzero(self._codes).tolist():
            reason, field, column, texts = self._troubles[self._codes[row]]
            value = ""
            if texts is not None and field not in _PRIVATE:
                value = texts[row].as_py() or ""
                if _PERSONAL.search(value) and not _dated(value):
                    value = ""
            result.append(Rejection(int(lines[row]), reason, column, value[:_LONGEST]))
        return result


def _dated(value: str) -> bool:
    """Tell digits of a date or a plain number from a telephone's."""
    return bool(re.fullmatch(r"\d{4}-\d\d?-\d\d?([T ].*)?|[-+]?[\d.,]+([eE][-+]?\d+)?", value))


def rejected_table(rejections: Iterable[Rejection]) -> pa.Table:
    """Return rejections as a table in the order of their lines."""
    rows = sorted(rejections, key=lambda r: r.line)
    return pa.table(
        {
            "line": [r.line for r in rows],
            "reason": [r.reason for r in rows],
            "column": [r.column for r in rows],
            "value": [r.value for r in rows],
        },
        schema=REJECTED,
    )
