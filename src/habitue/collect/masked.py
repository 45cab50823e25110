"""Tells identifiers that an export has masked or encrypted: they say nothing of who someone is."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["unmasked"]

_STARS = r"[*＊●•]"
#: Letters in the place of digits, a privacy number's extension, a platform's cipher text.
_PATTERNS = {
    "phone": rf"{_STARS}|\d[xX]{{3,}}|^(\+?86)?1\d{{10}}\s*([-,，转#]|转接|ext)\s*\d{{1,6}}$"
    r"|\[\d{1,6}\]$",
    "email": rf"{_STARS}",
    "name": rf"{_STARS}",
}
_OTHER = rf"{_STARS}{{2,}}|^.{_STARS}$|^.{_STARS}.$"
_CIPHER = r"^(#{1,2}|\$|~)[A-Za-z0-9+/=_-]{16,}.*[#$~]$"


def unmasked(field: str, texts: pa.Array) -> pa.Array:
    """Return a field's identifiers; null where masked, encrypted, or a passing privacy number.

    A mask keeps a few characters, so that many people share one; a privacy number of a market
    place (an extension after a mobile number) belongs to an order, not to a person.

    >>> phones = pa.array(["138****1234", "13812345678", "18412345678-1234"])
    >>> unmasked("phone", phones).to_pylist()
    [None, '13812345678', None]
    >>> unmasked("name", pa.array(["张*", "Ann Lee"])).to_pylist()
    [None, 'Ann Lee']
    """
    pattern = f"{_PATTERNS.get(field, _OTHER)}|{_CIPHER}"
    hidden = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    return pc.if_else(hidden, pa.scalar(None, pa.string()), texts)
