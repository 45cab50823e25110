"""Cleans text cells and identifiers of what exports and spreadsheets put around them."""

from __future__ import annotations

import re
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["as_text", "cleaned", "damaged", "identifier"]

_MISSING = pa.array(
    ["", "null", "none", "nan", "n/a", "#n/a", "\\n", "<na>", "nil", "undefined", "-"]
)
_WRAPPED = r"^=\s*\"(.*)\"$"
#: What a spreadsheet makes of a long number; the digits are lost.
_DAMAGED = r"^[+-]?\d([.,]\d+)?[eE]\+\d{2,}$"
#: What R and others make of a round number; no digit is lost.
_ROUND = r"^\d(\.\d+)?e\+\d{2}$"


def as_text(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return a column as one array of text, numbers as they would be written.

    >>> as_text(pa.array([1.0, 2.5])).to_pylist()
    ['1', '2.5']
    """
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_string(array.type):
        return array
    if pa.types.is_dictionary(array.type):
        return as_text(array.dictionary_decode())
    if pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type):
        return pc.cast(array, pa.string())
    if pa.types.is_floating(array.type):
        return pa.array(
            [None if v is None else repr(v).removesuffix(".0") for v in array.to_pylist()],
            pa.string(),
        )
    if pa.types.is_timestamp(array.type):
        zoned = array.type.tz is not None
        text = pc.cast(
            pc.cast(array, pa.timestamp("us", array.type.tz)).cast(pa.timestamp("us")), pa.string()
        )
        return pc.binary_join_element_wise(text, "Z", "") if zoned else text
    if pa.types.is_nested(array.type) or pa.types.is_binary(array.type):
        return pa.array([None if v is None else str(v) for v in array.to_pylist()], pa.string())
    return pc.cast(array, pa.string())


def cleaned(texts: pa.Array) -> pa.Array:
    r"""Return texts trimmed and unwrapped; those that mean "none" become null.

    >>> cleaned(pa.array(['="0123"', "\t'45", " a ", "NULL", ""])).to_pylist()
    ['0123', '45', 'a', None, None]
    """
    texts = pc.utf8_trim_whitespace(texts)
    if pc.any(pc.starts_with(texts, "=")).as_py():
        texts = pc.replace_substring_regex(texts, _WRAPPED, r"\1")
        texts = pc.utf8_trim_whitespace(texts)
    if pc.any(pc.starts_with(texts, "'")).as_py():
        texts = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, "^'+", ""))
    missing = pc.is_in(pc.utf8_lower(texts), value_set=_MISSING)
    return pc.if_else(missing, pa.scalar(None, pa.string()), texts)


def identifier(texts: pa.Array) -> pa.Array:
    """Return identifiers as text: cleaned, and whole numbers without ``.0``.

    >>> identifier(pa.array(["17850.0", "007", "1.5", "="])).to_pylist()
    ['17850', '007', '1.5', '=']
    """
    texts = cleaned(texts)
    if pc.any(pc.match_substring_regex(texts, r"\.0+$")).as_py():
        texts = pc.replace_substring_regex(texts, r"^(-?\d+)\.0+$", r"\1")
    if pc.any(pc.match_substring_regex(texts, _ROUND)).as_py():
        texts = pa.array([_unrounded(text) for text in texts.to_pylist()], pa.string())
    return texts


def _unrounded(text: str | None) -> str | None:
    """Write 4.0128e+10 in full; a number beyond 15 digits may have lost some, and is left."""
    if text is None or not re.match(_ROUND, text):
        return text
    mantissa, exponent = text.split("e+")
    lost = len(mantissa.partition(".")[2]) > int(exponent) or int(exponent) >= 15
    return text if lost else str(int(Decimal(text)))


def damaged(texts: pa.Array) -> pa.Array:
    """Say which identifiers a spreadsheet has cut to a few digits (``1.23E+15``).

    >>> damaged(pa.array(["1.23E+15", "12E4"])).to_pylist()
    [True, False]
    """
    return pc.fill_null(pc.match_substring_regex(texts, _DAMAGED), False)
