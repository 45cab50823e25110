"""Lines of text from columns, without a loop over rows: so the sample shop is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.demo.catalogue import Ints, Reals

__all__ = ["Texts", "joined", "moments", "money", "quoted", "take", "times", "whole"]

Texts = Any  # a pyarrow string array; pyarrow ships no types


def take(values: Sequence[str], index: Ints) -> Texts:
    """Return the values at some places."""
    return pa.array(values, pa.string()).take(pa.array(index))


def whole(values: Ints) -> Texts:
    """Return whole numbers as text."""
    return pc.cast(pa.array(values), pa.string())


def money(pence: Ints) -> Texts:
    """Return pence as pounds: 1205 is ``12.05``."""
    sign = pa.array(np.where(pence < 0, "-", ""))
    pounds, rest = whole(np.abs(pence) // 100), pc.utf8_lpad(whole(np.abs(pence) % 100), 2, "0")
    return pc.binary_join_element_wise(sign, pounds, pa.scalar("."), rest, "")


def times(start: datetime, day: Reals, form: str = "%Y-%m-%d %H:%M:%S") -> Texts:
    """Return days since the start as moments to the second."""
    return pc.strftime(pc.cast(pa.array(moments(start, day)), pa.timestamp("s")), format=form)


def moments(start: datetime, day: Reals) -> npt.NDArray[np.datetime64]:
    """Return days since the start as UTC moments, cut off to the second."""
    base = np.datetime64(start.replace(tzinfo=None), "s")
    seconds: npt.NDArray[np.datetime64] = base + np.floor(day * 86_400).astype("timedelta64[s]")
    return seconds


def quoted(values: Sequence[str]) -> list[str]:
    """Return values as CSV fields: in quotation marks where they hold a comma or a mark."""
    return [
        '"' + value.replace('"', '""') + '"' if "," in value or '"' in value else value
        for value in values
    ]


def joined(columns: Sequence[Texts], separator: str = ",") -> Texts:
    """Return one line of text a row, each with its line end."""
    lines = pc.binary_join_element_wise(*columns, separator)
    return pc.binary_join_element_wise(lines, pa.scalar("\n"), "")
