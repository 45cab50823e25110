"""Reads numbers and amounts of money exactly, whole columns at once.

Plain numbers go straight to 128-bit decimals; the rest (currency signs, thousands, decimal
comma, brackets, exponents) through Python's decimals, each distinct text once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.columns import MICROS

__all__ = ["CURRENCIES", "Numbers", "amounts", "currency_of", "decimal_mark", "is_number"]

#: Signs and words of currencies. A bare dollar and yen sign mean the commonest of theirs.
CURRENCIES = {
    "£": "GBP", "€": "EUR", "US$": "USD", "HK$": "HKD", "A$": "AUD", "C$": "CAD", "NT$": "TWD",
    "S$": "SGD", "R$": "BRL", "$": "USD", "¥": "CNY", "元": "CNY", "圆": "CNY", "RMB": "CNY",
    "人民币": "CNY", "人民币元": "CNY", "CN¥": "CNY", "JP¥": "JPY", "円": "JPY", "₹": "INR",
    "₽": "RUB", "₩": "KRW", "zł": "PLN", "kr": "SEK", "₺": "TRY", "₫": "VND", "฿": "THB",
    "美元": "USD", "欧元": "EUR", "英镑": "GBP", "港币": "HKD", "日元": "JPY",
}  # fmt: skip
_CURRENCY_KEYS = {key.casefold(): code for key, code in CURRENCIES.items()}
_SYMBOLS = "|".join(re.escape(key) for key in sorted(CURRENCIES, key=len, reverse=True))
_MONEY = re.compile(
    rf"(?P<open>\()?(?P<sign>[-+\u2212])?\s*(?P<before>{_SYMBOLS}|[A-Z]{{3}}(?![A-Z]))?\s*"
    rf"(?P<sign2>[-+\u2212])?(?P<number>[\d.,'’\s]*\d[.,]?(?:[eE][+-]?\d+)?)\s*"
    rf"(?P<after>{_SYMBOLS}|[A-Z]{{3}})?(?P<sign3>-)?(?P<close>\))?",
    re.IGNORECASE,
)
_PLAIN = r"^[+-]?\d{1,12}(\.\d{1,6})?$"
_POINT = re.compile(r"(\d+|\d{1,3}(?:[,'’ ]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})?(\.\d*)?")
_COMMA = re.compile(r"(\d+|\d{1,3}(?:[.'’ ]\d{3})+)?(,\d*)?")
_NOT_FINITE = re.compile(r"[-+]?(nan|inf|infinity|∞|#num!|#div/0!)", re.IGNORECASE)
_LIMIT = 10**11


class Numbers:
    """A column read as numbers: micros and reals, each cell's trouble, and signs of currency."""

    def __init__(self, n: int) -> None:
        self.micros = np.zeros(n, np.int64)
        self.trouble = np.zeros(n, np.uint8)
        self.currency: np.ndarray | None = None

    MISSING, BAD, NOT_FINITE, TOO_LARGE = 1, 2, 3, 4

    @property
    def good(self) -> np.ndarray:
        """Where a number was read."""
        result: np.ndarray = self.trouble == 0
        return result

    @property
    def reals(self) -> np.ndarray:
        """The numbers themselves."""
        result: np.ndarray = self.micros / MICROS
        return result


def decimal_mark(texts: Iterable[str], hint: str = ".") -> tuple[str, bool]:
    """Return the mark before decimals, ``.`` or ``,``, and whether any text proves it.

    >>> decimal_mark(["1.234,50"]), decimal_mark(["1,234"]), decimal_mark(["2,5"])
    ((',', True), ('.', False), (',', True))
    """
    votes = {".": 0, ",": 0}
    for text in texts:
        number = re.sub(r"[^\d.,]", "", text)
        comma, point = number.rfind(","), number.rfind(".")
        if comma >= 0 and point >= 0:
            votes["," if comma > point else "."] += 1
        elif max(number.count(","), number.count(".")) > 1:
            votes["." if comma >= 0 else ","] += 1
        elif comma >= 0 and (len(number) - comma != 4 or comma > 3 or number.startswith("0")):
            votes[","] += 1
        elif point >= 0 and (len(number) - point != 4 or point > 3 or number.startswith("0")):
            votes["."] += 1
    if votes["."] == votes[","]:
        return hint, False
    return max(votes, key=lambda mark: votes[mark]), True


def is_number(text: str) -> bool:
    """Say whether a text is a number by some way of writing, with or without a currency."""
    text = _folded(text)
    if _NOT_FINITE.fullmatch(text):
        return True
    found = _MONEY.fullmatch(text)
    if not found or not _currency_ok(found):
        return False
    number = re.split("[eE]", found["number"])[0].strip()
    return bool(_POINT.fullmatch(number) or _COMMA.fullmatch(number))


def currency_of(text: str) -> str | None:
    """Return the ISO code of a currency's name, sign or code.

    >>> currency_of("gbp"), currency_of("￥"), currency_of("shells")
    ('GBP', 'CNY', None)
    """
    text = _folded(text).strip()
    if found := _CURRENCY_KEYS.get(text.casefold()):
        return found
    return text.upper() if re.fullmatch(r"[A-Za-z]{3}", text) else None


def amounts(texts: pa.Array, mark: str, limit: int = _LIMIT) -> Numbers:
    """Read texts as numbers in micros, rounded half away from zero.

    >>> amounts(pa.array(["£1,234.5", "-0.0000005", "x", "", "1e30"]), ".").micros.tolist()
    [1234500000, -1, 0, 0, 0]
    """
    result = Numbers(len(texts))
    plain = np.asarray(pc.match_substring_regex(texts, _PLAIN).fill_null(False))
    if mark == "," and len(texts):  # 1.234 is a thousand and more
        plain &= ~np.asarray(pc.match_substring(texts, ".").fill_null(False))
    if plain.any():
        chosen = texts if plain.all() else texts.filter(pa.array(plain))
        result.micros[plain] = _scaled(pc.cast(pc.utf8_ltrim(chosen, "+"), pa.decimal128(38, 6)))
        result.trouble[plain & (np.abs(result.micros) > limit * MICROS)] = Numbers.TOO_LARGE
    at = np.flatnonzero(~plain)
    if len(at):
        _slowly(texts.take(pa.array(at)).to_pylist(), at, mark, limit, result)
    return result


def _scaled(decimals: pa.Array) -> np.ndarray:
    """Return the whole number under a decimal128(38, 6), of which 18 digits fit in 64 bits."""
    raw = np.frombuffer(decimals.buffers()[1], np.int64)
    low: np.ndarray = raw[2 * decimals.offset : 2 * (decimals.offset + len(decimals)) : 2]
    return low


def _slowly(
    texts: list[str | None], at: np.ndarray, mark: str, limit: int, result: Numbers
) -> None:
    for position, text in zip(at.tolist(), texts, strict=True):
        text = _folded(text or "")
        if not text or text in ("-", "--"):
            result.trouble[position] = Numbers.MISSING
        elif _NOT_FINITE.fullmatch(text):
            result.trouble[position] = Numbers.NOT_FINITE
        elif (found := _number(text, mark)) is None:
            result.trouble[position] = Numbers.BAD
        elif abs(found[0]) > limit:
            result.trouble[position] = Numbers.TOO_LARGE
        else:
            micros = (found[0] * MICROS).quantize(Decimal(1), ROUND_HALF_UP)
            result.micros[position] = int(micros)
            if found[1]:
                if result.currency is None:
                    result.currency = np.full(len(result.micros), None, object)
                result.currency[position] = found[1]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip(" \t\r\n'")


def _number(text: str, mark: str) -> tuple[Decimal, str | None] | None:
    found = _MONEY.fullmatch(text)
    if not found or bool(found["open"]) != bool(found["close"]) or not _currency_ok(found):
        return None
    mantissa, _e, exponent = re.sub(r"\s+", " ", found["number"]).lower().partition("e")
    mantissa = mantissa.strip()
    if not (_POINT if mark == "." else _COMMA).fullmatch(mantissa):
        return None
    digits = re.sub(r"[,'’ ]" if mark == "." else r"[.'’ ]", "", mantissa).replace(",", ".")
    if exponent and abs(int(exponent)) > 60:
        return Decimal("1e60") if int(exponent) > 0 else Decimal(0), None
    try:
        value = Decimal(f"{digits}e{exponent}" if exponent else digits)
    except InvalidOperation:
        return None
    signs = [found[name] for name in ("sign", "sign2", "sign3") if found[name]]
    if len(signs) > 1:
        return None
    if found["open"] or "-" in signs:
        value = -value
    return value, currency_of(found["before"] or found["after"] or "")


def _currency_ok(found: re.Match[str]) -> bool:
    return not (found["before"] and found["after"]) or (
        currency_of(found["before"]) == currency_of(found["after"])
    )
