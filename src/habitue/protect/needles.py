"""The forms in which a person's identifiers may stand in a text, to be found and blotted out.

Addresses and telephone numbers are found as they are written, with other spacing, in full-width
digits, and as the hashes that platforms and exports use. Handles and names are found as whole
words; a name of a single short word is left alone, since it says nothing of who is meant.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["BLOT", "Needles"]

#: What stands where an identifier stood.
BLOT = "[…]"

_HASHES = ("md5", "sha1", "sha256")
_SEPARATOR = r"[\s\-–.()/·]{0,2}"
_CJK = re.compile(r"[㐀-鿿豈-﫿]")
_MIN_DIGITS = 7
_MIN_WORD = 4


class Needles:
    """Finds and blots out a person's identifiers in texts.

    Parameters
    ----------
    identifiers : iterable of (str, str)
        Kind (of ``columns.IDENTIFIERS``) and value.

    Examples
    --------
    >>> needles = Needles([("email", "Ann.Lee@mail.example"), ("phone", "+44 7700 900123")])
    >>> needles.blotted("ask ann.lee@MAIL.example or 07700-900 123")
    'ask […] or […]'
    >>> needles.blotted(hashlib.sha256(b"ann.lee@mail.example").hexdigest())
    '[…]'
    """

    def __init__(self, identifiers: Iterable[tuple[str, str]]) -> None:
        self._forms = sorted({form for kind, value in identifiers for form in _forms(kind, value)})

    def __bool__(self) -> bool:
        return bool(self._forms)

    @cached_property
    def pattern(self) -> str:
        """The forms as one regular expression (RE2), to be used regardless of case."""
        return "|".join(sorted(self._forms, key=lambda form: (-len(form), form)))

    def within(self, texts: pa.Array | pa.ChunkedArray) -> pa.Array:
        """Say which texts hold an identifier; a null holds none."""
        found = pc.match_substring_regex(texts, self.pattern, ignore_case=True)
        return pc.fill_null(found, False)

    def among(self, texts: Sequence[str]) -> list[bool]:
        """Say which of many texts hold an identifier: one look at all of them.

        The expression is long, and made anew for each call.
        """
        if not self or not texts:
            return [False] * len(texts)
        found: list[bool] = self.within(pa.array(texts, pa.large_string())).to_pylist()
        return found

    def blot(self, texts: pa.Array) -> pa.Array:
        """Return texts with the identifiers blotted out."""
        return pc.replace_substring_regex(texts, f"(?i:{self.pattern})", BLOT)

    def blotted(self, text: str) -> str:
        """Return one text with the identifiers blotted out."""
        if not self:
            return text
        return str(self.blot(pa.array([text]))[0].as_py())


def _forms(kind: str, value: str) -> Iterator[str]:
    """Yield the regular expressions of one identifier."""
    value = value.strip()
    if not value:
        return
    if kind == "email":
        yield re.escape(value)
        yield re.escape(quote(value))
        yield from _hashed({value, value.lower(), value.strip().lower()})
    elif kind == "phone":
        yield from _phones(value)
    elif kind == "name":
        if len(_CJK.findall(value)) >= 2 or " " in value:
            yield _bounded(value)
    elif len(value) >= _MIN_WORD:
        yield _bounded(value.lstrip("@"))
        yield from _hashed({value, value.lower()})


def _bounded(value: str) -> str:
    """A whole word, where its script has words."""
    word = re.escape(value)
    left = r"\b" if re.match(r"[A-Za-z0-9_]", value) else ""
    right = r"\b" if re.search(r"[A-Za-z0-9_]$", value) else ""
    return f"{left}{word}{right}"


def _phones(value: str) -> Iterator[str]:
    digits = re.sub(r"\D", "", _narrow(value))
    if len(digits) < _MIN_DIGITS:
        return
    written = {digits}
    for national in _national(value):
        written |= {national, national.removeprefix("0")}
    for number in written:
        if len(number) >= _MIN_DIGITS:
            figures = _SEPARATOR.join(f"[{d}{chr(ord(d) + 0xFEE0)}]" for d in number)
            yield rf"(?:\+|00)?{figures}" if number == digits else rf"0?{figures}"
    yield from _hashed({digits, f"+{digits}", f"00{digits}", value, *written})


def _national(value: str) -> Iterator[str]:
    """Yield the number as it is dialled at home."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(_narrow(value), None)
    except phonenumbers.NumberParseException:
        return
    home = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    yield re.sub(r"\D", "", home)


def _narrow(text: str) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)


def _hashed(values: Iterable[str]) -> Iterator[str]:
    for value in values:
        for name in _HASHES:
            digest = hashlib.new(name, value.encode(), usedforsecurity=False).digest()
            yield digest.hex()
            encoded = base64.b64encode(digest).decode().rstrip("=")
            yield re.escape(encoded) + "=*"
            yield re.escape(encoded.replace("+", "-").replace("/", "_")) + "=*"
