"""Segments in words: a short name from their traits, a sentence from their rule."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from habitue.locale import _, ngettext
from habitue.wording.keys import category, plain
from habitue.wording.numbers import capital, days, listing, money, number, percent

__all__ = ["feature", "feature_value", "segment_name", "segment_rule"]

_INTEREST = "interest:"
_COUNTS = {"orders", "items", "views"}
_DAYS = {"recency", "tenure", "gap"}
_MONEY = {"amount", "order_value"}
_SHARES = {"discount_share", "focus"}
# Adjectives follow in this order, which reads well in both languages.
_ORDER = (
    "recency",
    "gap",
    "discount_share",
    "views",
    "items",
    "focus",
    "tenure",
    "orders",
    "order_value",
)

Json = str | Sequence[Any] | Mapping[str, Any]


def _load(json: Json) -> Any:
    return orjson.loads(json or "[]") if isinstance(json, str) else json


def _adjective(trait: str, level: str) -> str:
    high = level in ("high", "very_high")
    return {
        ("recency", False): _("recent"),
        ("recency", True): _("long-absent"),
        ("orders", True): _("frequent"),
        ("orders", False): _("occasional"),
        ("order_value", True): _("large-basket"),
        ("order_value", False): _("small-basket"),
        ("tenure", True): _("long-standing"),
        ("tenure", False): _("newly joined"),
        ("gap", True): _("slow-returning"),
        ("gap", False): _("fast-returning"),
        ("discount_share", True): _("bargain-hunting"),
        ("discount_share", False): _("full-price"),
        ("views", True): _("much-browsing"),
        ("views", False): _("rarely browsing"),
        ("focus", True): _("single-minded"),
        ("focus", False): _("varied-taste"),
        ("items", True): _("wide-ranging"),
        ("items", False): _("narrow-range"),
    }.get((trait, high), plain(f"{level} {trait}"))


def _noun(level: str | None) -> str:
    return {
        "very_high": _("top spenders"),
        "high": _("big spenders"),
        "low": _("small spenders"),
        "very_low": _("smallest spenders"),
    }.get(level or "", _("customers"))


def segment_name(json: Json) -> str:
    """Return a segment's name.

    >>> segment_name([{"trait": "orders", "level": "high"}, {"trait": "amount", "level": "high"},
    ...               {"trait": "interest", "category": "Kitchen", "times": 3.1}])
    'Frequent big spenders who love Kitchen'
    """
    traits = _load(json)
    if not traits:
        return _("Customers without a marked trait")
    spend = [t.get("level") for t in traits if t.get("trait") == "amount"]
    people = _noun(spend[0] if spend else None)
    marks = [t for t in traits if t.get("trait") not in ("amount", "interest")]
    marks.sort(key=lambda t: _ORDER.index(t["trait"]) if t.get("trait") in _ORDER else -1)
    adjectives = [_adjective(str(t.get("trait")), str(t.get("level"))) for t in marks]
    for adjective in reversed(adjectives):
        people = _("{adjective} {people}").format(adjective=adjective, people=people)
    loved: list[str] = []
    shunned: list[str] = []
    for t in traits:
        if t.get("trait") == "interest":
            (loved if (t.get("times") or 2) >= 1 else shunned).append(
                category(str(t.get("category")))
            )
    if loved:
        people = _("{people} who love {category}").format(people=people, category=listing(loved))
    elif shunned:
        people = _("{people} who rarely buy {category}").format(
            people=people, category=listing(shunned)
        )
    return capital(people)


def feature(key: str) -> str:
    """Return a feature's name.

    >>> feature("order_value"), feature("interest:Kitchen")
    ('Worth of an order', 'Share of Kitchen')
    """
    if key.startswith(_INTEREST):
        return _("Share of {category}").format(category=category(key.removeprefix(_INTEREST)))
    return {
        "recency": _("Since the last order"),
        "orders": _("Orders"),
        "amount": _("Spent in all"),
        "order_value": _("Worth of an order"),
        "tenure": _("Since the first order"),
        "gap": _("Between orders"),
        "discount_share": _("Taken off by discounts"),
        "views": _("Pages viewed"),
        "items": _("Different products"),
        "focus": _("Bought from one category"),
    }.get(key, capital(plain(key)))


def feature_value(key: str, value: float | None, currency: str = "") -> str:
    """Return a feature's value with its unit.

    >>> feature_value("gap", 28.2), feature_value("amount", 1_250_000_000, "GBP")
    ('28 days', '£1,250')
    """
    if key in _DAYS:
        return days(value)
    if key in _MONEY:
        return money(value, currency)
    if key.startswith(_INTEREST) or key in _SHARES:
        return percent(value)
    return number(value)


def _bounds(conditions: Sequence[Mapping[str, Any]]) -> dict[str, tuple[float, float]]:
    """Return low < feature <= high for each feature that a conjunction names, in its order."""
    bounds: dict[str, tuple[float, float]] = {}
    for condition in conditions:
        key, value = str(condition["feature"]), float(condition["value"])
        low, high = bounds.get(key, (-math.inf, math.inf))
        if condition["op"] in (">", ">="):
            low = max(low, value)
        else:
            high = min(high, value)
        bounds[key] = (low, high)
    return bounds


def _phrase(key: str, low: float, high: float, currency: str) -> str:
    if key in _COUNTS:
        return _count_phrase(key, low, high)

    def value(x: float) -> str:
        return "" if math.isinf(x) else feature_value(key, x, currency)

    if key == "recency":
        if math.isinf(low):
            return _("ordered within the last {high}").format(high=value(high))
        if math.isinf(high):
            return _("no order in the last {low}").format(low=value(low))
    if math.isinf(low):
        text = _("at most {high}")
    elif math.isinf(high):
        text = _("more than {low}")
    else:
        text = _("{low} to {high}")
    return _measured(key, text.format(low=value(low), high=value(high)))


def _measured(key: str, span: str) -> str:
    """Say what a span is of: more than £640 an order."""
    if key.startswith(_INTEREST):
        name = category(key.removeprefix(_INTEREST))
        return _("{span} of their interest in {category}").format(span=span, category=name)
    text = {
        "recency": _("{span} since the last order"),
        "amount": _("{span} spent in all"),
        "order_value": _("{span} an order"),
        "tenure": _("{span} since the first order"),
        "gap": _("{span} between orders"),
        "discount_share": _("{span} taken off by discounts"),
        "focus": _("{span} bought from one category"),
    }.get(key)
    if text is None:
        return _("{feature}: {span}").format(feature=feature(key), span=span)
    return text.format(span=span)


def _count_phrase(key: str, low: float, high: float) -> str:
    """Word bounds of a whole number: more than 4.5 orders is 5 orders or more."""
    least = None if math.isinf(low) else math.floor(low) + 1
    most = None if math.isinf(high) else math.floor(high)
    if least is not None and most is not None and least != most:
        span = _("{low} to {high}").format(low=number(least), high=number(most))
        return _counted(key, most, span)
    if least is not None and most is None:
        return _("{count} or more").format(count=_counted(key, least, number(least)))
    if most is not None and least is None:
        return _("at most {count}").format(count=_counted(key, most, number(most)))
    return _counted(key, most or 0, number(most or 0))


def _counted(key: str, n: int, shown: str) -> str:
    if key == "orders":
        return ngettext("{n} order", "{n} orders", n).format(n=shown)
    if key == "items":
        return ngettext("{n} different product", "{n} different products", n).format(n=shown)
    return ngettext("{n} page viewed", "{n} pages viewed", n).format(n=shown)


def segment_rule(json: Json, currency: str = "") -> str:
    """Return the rule that defines a segment as one sentence.

    >>> segment_rule([[{"feature": "recency", "op": "<=", "value": 31.5},
    ...                {"feature": "orders", "op": ">", "value": 4.5}]])
    'Ordered within the last 32 days, and 5 orders or more.'
    """
    alternatives = []
    for conditions in _load(json):
        phrases = [_phrase(k, *b, currency) for k, b in _bounds(conditions).items()]
        alternatives.append(_(", and ").join(phrases) if phrases else _("everyone"))
    if not alternatives:
        return _("No simple rule sets them apart.")
    return _("{text}.").format(text=capital(_("; or ").join(alternatives)))
