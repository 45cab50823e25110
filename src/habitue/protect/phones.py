"""Telephone numbers in one form, for matching: E.164, with the country from context.

A number counts when its length is possible in its country. Masked numbers, those of a wrong length
and those that people make up at a till (00000000, 12345678, 13800138000) tell nobody apart.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

__all__ = ["phone_form", "region_of", "regions"]

_MASKED = re.compile(r"[*＊•●·xX#]{2,}|[*＊•●]")
_NOT_DIGIT = re.compile(r"\D")
#: An extension is a desk, not another telephone.
_EXTENSION = re.compile(r"(?:ext\.?|extension|转|轉|分机|分機|x)\s*\d{1,6}\s*$", re.IGNORECASE)
_CHINESE_MOBILE = re.compile(r"(?:\+|00)?(?:86)?(1[3-9]\d{9})")
_BRITISH_MOBILE = re.compile(r"\+447\d{9}")
_AMERICAN = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}")
#: The sample number of China Mobile's own adverts, and numbers that end in zeros only.
_MADE_UP = re.compile(r"13800138000|1[3-9]\d0{8}|1[3-9]0{9}")
_RUNS = ("01234567890123456789", "98765432109876543210")
_SHORTEST, _LONGEST = 7, 15
#: Currencies of one country; the euro and the dollar-likes of several say nothing.
_MONEY = {
    "CNY": "CN", "GBP": "GB", "USD": "US", "JPY": "JP", "KRW": "KR", "INR": "IN", "AUD": "AU",
    "CAD": "CA", "HKD": "HK", "TWD": "TW", "SGD": "SG", "BRL": "BR", "MXN": "MX", "SEK": "SE",
    "NOK": "NO", "DKK": "DK", "PLN": "PL", "CZK": "CZ", "CHF": "CH", "NZD": "NZ", "ZAR": "ZA",
    "TRY": "TR", "RUB": "RU", "THB": "TH", "MYR": "MY", "PHP": "PH", "IDR": "ID", "VND": "VN",
}  # fmt: skip
_ALSO = {"uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "great britain": "GB",
         "usa": "US", "u.s.": "US", "u.s.a.": "US", "america": "US", "eire": "IE", "prc": "CN",
         "mainland china": "CN", "中国大陆": "CN", "中华人民共和国": "CN", "rsa": "ZA",
         "holland": "NL", "香港": "HK", "台湾": "TW", "澳门": "MO", "hong kong": "HK"}  # fmt: skip


@cache
def region_of(country: str) -> str:
    """Return the ISO 3166 code of a country as exports write it; empty if it is none.

    >>> region_of("United Kingdom"), region_of("中国"), region_of("us"), region_of("Narnia")
    ('GB', 'CN', 'US', '')
    """
    from babel import Locale

    text = " ".join(country.casefold().split())
    if not text:
        return ""
    for code in (_ALSO.get(text), text.upper() if len(text) == 2 else None):
        if code and code in Locale("en").territories:
            return code
    for language in ("en", "zh", "de", "fr", "es"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and name.casefold() == text:
                return str(code)
    return ""


@cache
def regions(*hints: str) -> tuple[str, ...]:
    """Return the countries that hints point to, in their order, each once.

    Parameters
    ----------
    *hints : str
        Countries as exports write them, currencies (ISO 4217) and time zones (IANA).

    Examples
    --------
    >>> regions("Ireland", "GBP", "Asia/Shanghai", "EUR", "")
    ('IE', 'GB', 'CN')
    """
    found = (_MONEY.get(hint) or _of_zone(hint) or region_of(hint) for hint in hints)
    return tuple(dict.fromkeys(region for region in found if region))


@cache
def _zones() -> dict[str, str]:
    from importlib.resources import files

    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {zone: code for code, _where, zone, *_rest in rows}


def _of_zone(hint: str) -> str:
    return _zones().get(hint, "") if "/" in hint else ""


@lru_cache(maxsize=1 << 16)
def phone_form(value: str, hints: tuple[str, ...] = ()) -> str:
    """Return a telephone number as it is compared; empty where it can't tell who someone is.

    Parameters
    ----------
    value : str
        The number as it was written.
    hints : tuple of str
        Countries (ISO 3166) to try for a number without a country's prefix, the likeliest first.

    Returns
    -------
    str
        E.164; ``?`` and digits for a national number of a country that nobody named.

    Examples
    --------
    >>> phone_form("07700 900123", ("GB",)), phone_form("+44 (0)7700 900-123")
    ('+447700900123', '+447700900123')
    >>> phone_form("0086 139 1234 5678"), phone_form("138****1234"), phone_form("000000000")
    ('+8613912345678', '', '')
    """
    text = _EXTENSION.sub("", unicodedata.normalize("NFKC", value))
    if _MASKED.search(text):
        return ""
    digits = _NOT_DIGIT.sub("", text)
    if not _SHORTEST <= len(digits.lstrip("0")) <= _LONGEST + 2 or _made_up(digits):
        return ""
    given = text.lstrip().startswith("+") or digits.startswith("00")
    number = f"+{digits.removeprefix('00')}" if given else digits
    found = _quick(number) or _parsed(text if "+" in text else number, given, hints)
    return "" if _made_up(found) else found


def _quick(number: str) -> str:
    """Return what can be told by pattern alone; the same as the library says, sooner."""
    if number.startswith(("+86", "86")) and (chinese := _CHINESE_MOBILE.fullmatch(number)):
        return f"+86{chinese[1]}"
    if _BRITISH_MOBILE.fullmatch(number) or _AMERICAN.fullmatch(number):
        return number
    return ""


def _parsed(number: str, given: bool, hints: tuple[str, ...]) -> str:
    import phonenumbers

    # Eleven digits that begin with 1 are a Chinese mobile number unless a hint reads them.
    chinese = ("CN",) if len(number) == 11 and number.startswith("1") else ()
    for region in (None,) if given else (*hints, *chinese):
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return "" if given or hints else f"?{number.lstrip('0')}"


def _made_up(number: str) -> bool:
    """Say whether digits are what people type who don't want to say."""
    digits = number.lstrip("+?")
    own = digits[2:] if digits.startswith("86") and len(digits) == 13 else digits
    bare = own.lstrip("0")
    if len(set(bare[1:])) <= 1 or own.endswith("0" * _SHORTEST):
        return True
    return any(bare in run or own in run for run in _RUNS) or bool(_MADE_UP.fullmatch(own))
