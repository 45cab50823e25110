"""Numbers, money, dates and lists as a reader of the language in force writes them (Babel)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from decimal import Decimal
from typing import TypeAlias

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
)

from habitue.columns import MICROS
from habitue.locale import _, current, ngettext

__all__ = [
    "NOTHING",
    "capital",
    "date",
    "days",
    "listing",
    "money",
    "month",
    "number",
    "people",
    "percent",
]

Day: TypeAlias = str | dt.date | dt.datetime

#: Stands where there is no number.
NOTHING = "–"

_LOCALES = {"en": "en", "zh": "zh_Hans_CN"}
# Day before month in words: read the same on both sides of the Atlantic.
_DATE = {"en": "d MMM y", "zh": "y年M月d日"}
_MONTH = {"en": "MMM y", "zh": "y年M月"}


def _missing(value: float | None) -> bool:
    return value is None or math.isnan(value)


def number(value: float | None, *, short: bool = False) -> str:
    """Return a number with as many decimals as a reader can use.

    >>> number(541909), number(12.1349), number(2.0), number(None), number(float("inf"))
    ('541,909', '12.1', '2', '–', '∞')
    >>> number(541909, short=True)
    '542K'
    """
    if value is None or _missing(value):
        return NOTHING
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    locale = _LOCALES[current()]
    if short and abs(value) >= 10_000:
        return format_compact_decimal(round(value), locale=locale, fraction_digits=0)
    size = abs(value)
    pattern = "#,##0" if size >= 100 else "#,##0.#" if size >= 10 else "#,##0.##"
    return format_decimal(value, pattern, locale=locale)


def money(
    micros: float | None, currency: str = "", *, exact: bool = False, short: bool = False
) -> str:
    """Return an amount of money.

    Parameters
    ----------
    micros : float or None
        Amount in millionths of the currency's unit.
    currency : str
        ISO 4217 code; empty gives a bare number.
    exact : bool
        Every decimal there is, instead of whole units from 1,000 on.
    short : bool
        Rounded to thousands, millions (in Chinese 万, 亿), for charts and headlines.

    Examples
    --------
    >>> money(8_500_000, "GBP"), money(8_911_407_904_000, "GBP")
    ('£8.50', '£8,911,408')
    >>> money(8_911_407_904_000, "GBP", exact=True), money(8_911_407_904_000, "GBP", short=True)
    ('£8,911,407.904', '£8.9M')
    """
    if micros is None or _missing(micros):
        return NOTHING
    value = Decimal(micros) / MICROS
    locale = _LOCALES[current()]
    if short and abs(value) >= 10_000:
        digits = 0 if abs(value) < 1_000_000 and current() == "en" else 1
        if currency:
            return format_compact_currency(value, currency, locale=locale, fraction_digits=digits)
        return format_compact_decimal(value, locale=locale, fraction_digits=digits)
    pattern = "#,##0.00####" if exact else "#,##0" if abs(value) >= 1000 else "#,##0.00"
    if not currency:
        return format_decimal(value, pattern, locale=locale)
    return format_currency(value, currency, f"¤{pattern}", locale=locale, currency_digits=False)


def percent(value: float | None) -> str:
    """Return a share as a percentage.

    >>> percent(0.52), percent(0.0842), percent(0.0004), percent(0.9996), percent(1.0)
    ('52%', '8.4%', '<0.1%', '>99.9%', '100%')
    """
    if value is None or _missing(value):
        return NOTHING
    locale = _LOCALES[current()]
    if 0 < value < 0.001:
        return "<" + format_percent(0.001, "0.0%", locale=locale)
    if 0.999 < value < 1:
        return ">" + format_percent(0.999, "0.0%", locale=locale)
    small = abs(value) < 0.0995 or 0.99 < value < 1
    return format_percent(value, "0.#%" if small else "0%", locale=locale)


def _day(value: Day) -> dt.date:
    if isinstance(value, str):
        return dt.datetime.fromisoformat(value).date()
    return value.date() if isinstance(value, dt.datetime) else value


def date(value: Day | None) -> str:
    """Return a day.

    >>> date("2011-12-09T12:50:00+00:00")
    '9 Dec 2011'
    """
    if not value:
        return NOTHING
    return format_date(_day(value), _DATE[current()], locale=_LOCALES[current()])


def month(value: Day | None) -> str:
    """Return the month of a day.

    >>> month("2011-12-01")
    'Dec 2011'
    """
    if not value:
        return NOTHING
    return format_date(_day(value), _MONTH[current()], locale=_LOCALES[current()])


def days(value: float | None) -> str:
    """Return a span of days.

    >>> days(1), days(27.96)
    ('1 day', '28 days')
    """
    if value is None or _missing(value):
        return NOTHING
    shown = round(value, 1) if abs(value) < 10 else round(value)
    return ngettext("{n} day", "{n} days", 1 if shown == 1 else 2).format(n=number(shown))


def people(count: int | None, minimum: int = 0) -> str:
    """Return a number of people, or that they are fewer than may be shown.

    >>> people(312, 10), people(3, 10), people(0, 10)
    ('312', 'fewer than 10', '0')
    """
    if count is not None and 0 < count < minimum:
        return _("fewer than {n}").format(n=number(minimum))
    return number(count)


def listing(parts: Iterable[str], *, style: str = "standard") -> str:
    """Return a list as a phrase; ``style="or"`` for alternatives.

    >>> listing(["tea", "cups", "plates"])
    'tea, cups, and plates'
    """
    return format_list(list(parts), style=style, locale=_LOCALES[current()])  # type: ignore[arg-type]


def capital(text: str) -> str:
    """Return a phrase with its first letter large (no change in Chinese).

    >>> capital("frequent buyers of CDs")
    'Frequent buyers of CDs'
    """
    return text[:1].upper() + text[1:]
