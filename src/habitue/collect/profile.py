"""What a column holds, told from the sample: dates, numbers, e-mail addresses, telephones, text."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.dates import DateForm, find_style
from habitue.collect.numbers import decimal_mark, is_number
from habitue.collect.texts import as_text, cleaned

__all__ = ["Profile", "profile"]

_EMAIL = r"^[^@\s,;]+@[^@\s,;]+\.[A-Za-z]{2,}$"
# Mobile numbers of China, masked ones too, and numbers with a country's prefix.
_PHONE = r"^(\+?86[- ]?)?1[3-9]\d([\d*]{8}|[- ]\d{4}[- ]\d{4})$|^\+\d[\d ()\-.]{7,17}$"
_DISTINCT = 2_000


@dataclass(frozen=True)
class Profile:
    """Shares of a column's filled cells that are of each kind; ``filled`` of all cells."""

    column: str
    filled: float
    distinct: int
    numbers: float
    dates: float
    date_form: DateForm
    decimal: str
    decimal_known: bool
    emails: float
    phones: float
    digits: float
    length: float
    typed_date: bool
    texts: pa.Array


def profile(name: str, column: pa.ChunkedArray, month_first: bool = False) -> Profile:
    """Look at a column's cells.

    >>> p = profile("when", pa.chunked_array([["2024-03-05", "2024-03-06", ""]]))
    >>> p.dates, p.date_form.style, round(p.filled, 2), p.numbers
    (1.0, 'ymd', 0.67, 0.0)
    """
    typed = pa.types.is_temporal(column.type)
    texts = pc.drop_null(cleaned(as_text(column)))
    filled = len(texts) / len(column) if len(column) else 0.0
    distinct = texts.unique()
    some = distinct.slice(0, _DISTINCT)
    form, dates = find_style(distinct, month_first)
    values = some.to_pylist()
    numeric = [text for text in values if is_number(text)]
    mark, known = decimal_mark(numeric)
    share = 1 / len(values) if values else 0.0
    return Profile(
        name,
        filled,
        len(distinct),
        len(numeric) * share,
        dates,
        form,
        mark,
        known,
        _share(some, _EMAIL),
        _share(some, _PHONE),
        _share(some, r"\d"),
        (pc.mean(pc.utf8_length(some)).as_py() or 0.0) if values else 0.0,
        typed,
        some,
    )


def _share(texts: pa.Array, pattern: str) -> float:
    if len(texts) == 0:
        return 0.0
    return float(pc.mean(pc.match_substring_regex(texts, pattern)).as_py())
