"""The quality of the records in words: fields, measures, what methods need and do without."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from habitue.locale import _
from habitue.wording.keys import accounting_reason, plain
from habitue.wording.numbers import NOTHING, capital, days, money, number, percent

__all__ = [
    "amount",
    "aside",
    "bounds",
    "fallback",
    "field",
    "gaps",
    "judged",
    "measure",
    "method",
    "name",
    "need",
    "table",
]

#: Reasons that set nothing aside.
_KEPT = {"accepted", "repeated", "counted", "heard"}
_NO_BREAK = "\N{NO-BREAK SPACE}"


def table(key: str) -> str:
    """Return a record table's name.

    >>> table("views")
    'Page views'
    """
    return {
        "purchases": _("Purchases"),
        "views": _("Page views"),
        "comments": _("Comments"),
        "posts": _("Posts"),
        "items": _("Products"),
        "customers": _("Customers"),
        "consents": _("Consents"),
    }.get(key, plain(key))


def field(key: str) -> str:
    """Return what a column holds.

    >>> field("unit_price")
    'price'
    """
    return {
        "customer": _("customer"),
        "time": _("time"),
        "item_id": _("product"),
        "title": _("title"),
        "category": _("category"),
        "brand": _("brand"),
        "description": _("description"),
        "unit_price": _("price"),
        "quantity": _("quantity"),
        "currency": _("currency"),
        "session_id": _("visit"),
        "agent": _("browser"),
        "text": _("text"),
        "rating": _("stars"),
        "impressions": _("impressions"),
        "reach": _("reach"),
        "likes": _("likes"),
        "country": _("country"),
        "city": _("city"),
        "joined": _("customer since"),
    }.get(key, plain(key))


def measure(key: str, column: str | None) -> str:
    """Return what was compared of an import.

    >>> measure("missing", "title"), measure("rows", None)
    ('rows without title', 'rows read')
    """
    name = field(column or "")
    if key == "new":
        return {
            "item_id": _("products never seen before"),
            "customer": _("customers never seen before"),
        }.get(column or "", plain(key))
    return {
        "rows": _("rows read"),
        "rejected": _("rows set aside"),
        "missing": _("rows without {field}").format(field=name),
        "level": _("usual {field} (median)").format(field=name),
    }.get(key, plain(key))


def amount(key: str, column: str | None, value: float | None, currency: str = "") -> str:
    """Return a measured value in its own unit.

    >>> amount("missing", "title", 0.125), amount("level", "unit_price", 2_500_000, "GBP")
    ('12%', '£2.50')
    """
    if value is None or math.isinf(value):
        return NOTHING
    if key == "age":
        return days(value)
    if key in ("filled", "rejected", "missing", "new"):
        return percent(value)
    if column == "unit_price":
        return money(value, currency)
    return number(value)


def bounds(row: Mapping[str, Any], currency: str = "") -> str:
    """Return what would be usual.

    >>> bounds({"measure": "missing", "field": "title", "low": 0.0, "high": 0.1})
    '0% to 10%'
    """
    key, column = row["measure"], row["field"]
    return _("{low} to {high}").format(
        low=amount(key, column, row["low"], currency),
        high=amount(key, column, row["high"], currency),
    )


def name(row: Mapping[str, Any]) -> str:
    """Return the table of something seen, and the import if it is about one.

    >>> name({"table": "views", "source": "log.csv"}), name({"table": "views", "source": None})
    ('Page views: log.csv', 'Page views')
    """
    whole = capital(table(row["table"]))
    return f"{whole}{_(': ')}{row['source']}" if row["source"] else whole


def judged(row: Mapping[str, Any], currency: str = "") -> tuple[str, str, str, str]:
    """Return whose, what, what was found, and what is usual.

    >>> judged({"check": "completeness", "table": "items", "source": None, "measure": "filled",
    ...         "field": "title", "value": 0.5, "low": 0.9, "high": None})
    ('Products', 'rows with title', '50%', 'at least 90%')
    """
    found = amount(row["measure"], row["field"], row["value"], currency)
    if row["check"] == "drift":
        return name(row), measure(row["measure"], row["field"]), found, bounds(row, currency)
    if row["check"] == "freshness":
        most = _("at most {most}").format(most=amount("age", None, row["high"]))
        return name(row), _("age of the latest record"), found, most
    least = _("at least {least}").format(least=amount("filled", None, row["low"]))
    return name(row), _("rows with {field}").format(field=field(row["field"])), found, least


def gaps(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Return each table's name, the share of its rows that have each field, and its rows."""
    tables: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["check"] == "completeness":
            tables.setdefault(row["table"], []).append(row)
    return [
        (
            capital(table(key)),
            ", ".join(
                f"{field(r['field'])} {amount('filled', None, r['value'])}".replace(" ", _NO_BREAK)
                for r in fields
            ),
            number(fields[0]["rows"]),
        )
        for key, fields in tables.items()
    ]


def aside(
    rows: Iterable[Mapping[str, Any]], rejected: Callable[[str], str]
) -> Iterator[tuple[str, str, str]]:
    """Yield what was set aside and why from rows of the accounting; of order lines, on reading.

    Why order lines that were read do not count is told where the sales are. ``rejected`` words the
    reasons of reading, and gives others back as they are.
    """
    for row in rows:
        later = row["stage"] == "prepare" or (row["stage"], row["table"]) == ("select", "purchases")
        if row["reason"] not in _KEPT and not later:
            key = row["reason"]
            said = rejected(key).rstrip(".。")
            why = said if said != key else capital(accounting_reason(key))
            yield capital(table(row["table"])), why, number(row["rows"])


def method(key: str) -> str:
    """Return what needs records.

    >>> method("rules")
    'What is bought together'
    """
    return {
        "segments": _("Segments"),
        "bgnbd": _("Orders to expect (BG/NBD)"),
        "worth": _("Worth of an order to expect"),
        "loyalty": _("Weights of the loyalty score"),
        "time": _("Testing models through time"),
        "rules": _("What is bought together"),
        "interests": _("Interests"),
        "recommend": _("Recommendations"),
        "engagement": _("Engagement in the loyalty score"),
        "voice": _("Voice in the loyalty score"),
    }.get(key, plain(key))


def need(key: str, value: float) -> str:
    """Return how much of what a method needs.

    >>> need("customers", 50.0)
    '50 customers'
    """
    return {
        "customers": _("{n} customers"),
        "repeaters": _("{n} customers with two orders or more"),
        "horizons": _("{n} horizons of history"),
        "rules": _("products bought together more than by chance"),
        "categories": _("{n} categories"),
        "recommended": _("customers with a history to recommend from"),
        "views": _("page views"),
        "comments": _("comments"),
    }.get(key, plain(key)).format(n=number(value))


def fallback(key: str) -> str:
    """Return what is done where there is too little for a method."""
    return {
        "segments": _("all customers are one segment"),
        "bgnbd": _("held near what is usual in shops"),
        "worth": _("held near the shop's average"),
        "loyalty": _("the parts weigh what they do by default"),
        "time": _("a shorter horizon, or random folds alone"),
        "rules": _("left out"),
        "interests": _("left out"),
        "recommend": _("best-sellers for all"),
        "engagement": _("loyalty rests on orders alone"),
        "voice": _("loyalty rests on behaviour alone"),
    }.get(key, plain(key))
