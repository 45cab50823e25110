"""Why a product is recommended, in words that can be shown to the customer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from habitue.locale import _, ngettext
from habitue.wording.keys import category, plain
from habitue.wording.numbers import days, listing, number

__all__ = ["reason", "reason_kind"]

_SHOWN = 3  # titles named in one reason; more don't convince more

Titles = Mapping[str, str]


def _quoted(items: Iterable[str], titles: Titles) -> str:
    mark = _("“{title}”")
    return listing(mark.format(title=titles.get(i) or i) for i in list(items)[:_SHOWN])


def _neighbours(data: Mapping[str, Any], titles: Titles) -> str:
    count = int(data.get("customers", 0))
    text = ngettext(
        "{n} of the customers most like you bought it",
        "{n} of the customers most like you bought it",
        count,
    ).format(n=number(count))
    if not data.get("items"):
        return text
    shared = _("like you, they bought {items}").format(items=_quoted(data["items"], titles))
    return _("{reason}; {addition}").format(reason=text, addition=shared)


def _together(data: Mapping[str, Any], titles: Titles) -> str:
    count = int(data.get("customers", 0))
    return ngettext(
        "{n} customer who bought {items} also bought it",
        "{n} customers who bought {items} also bought it",
        count,
    ).format(n=number(count), items=_quoted(data.get("items", []), titles))


def _alike(data: Mapping[str, Any], titles: Titles) -> str:
    items = _quoted(data.get("items", []), titles)
    terms = listing(data.get("terms") or [])
    if terms and data.get("category"):
        text = _("like {items}, which you chose: {terms}, in {category}")
    elif terms:
        text = _("like {items}, which you chose: {terms}")
    elif data.get("category"):
        text = _("like {items}, which you chose: also in {category}")
    else:
        text = _("like {items}, which you chose")
    return text.format(items=items, terms=terms, category=category(data.get("category") or ""))


def _popular(data: Mapping[str, Any], titles: Titles) -> str:
    count = int(data.get("customers", 0))
    span = days(data.get("days"))
    if data.get("category"):
        text = ngettext(
            "a best-seller in {category}: {n} customer bought it in the last {days}",
            "a best-seller in {category}: {n} customers bought it in the last {days}",
            count,
        )
        return text.format(n=number(count), days=span, category=category(data["category"]))
    return ngettext(
        "{n} customer bought it in the last {days}",
        "{n} customers bought it in the last {days}",
        count,
    ).format(n=number(count), days=span)


def _again(data: Mapping[str, Any], titles: Titles) -> str:
    times = int(data.get("times", 0))
    if times < 2 or data.get("gap_days") is None:
        return _("you bought it {since} ago").format(since=days(data.get("since_days")))
    return _("you bought it {n} times, about every {gap}; the last was {since} ago").format(
        n=number(times), gap=days(data["gap_days"]), since=days(data.get("since_days"))
    )


_KINDS: dict[str, Callable[[Mapping[str, Any], Titles], str]] = {
    "neighbours": _neighbours,
    "together": _together,
    "alike": _alike,
    "popular": _popular,
    "again": _again,
}


def reason(json: str | Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """Return why a product is recommended, as one phrase.

    Parameters
    ----------
    json : str or mapping
        The reason as data, see ``columns.REASON``.
    titles : mapping of str to str
        Item id to title; an unknown id stands for itself.

    Examples
    --------
    >>> reason('{"kind":"together","items":["A"],"customers":120}', {"A": "Teapot"})
    '120 customers who bought “Teapot” also bought it'
    """
    data: Mapping[str, Any] = orjson.loads(json) if isinstance(json, str) else json
    kind = str(data.get("kind", ""))
    word = _KINDS.get(kind)
    return word(data, titles) if word else plain(kind)


def reason_kind(kind: str) -> str:
    """Return what a kind of reason comes down to.

    >>> reason_kind("together")
    'bought together'
    """
    return {
        "neighbours": _("similar customers bought it"),
        "together": _("bought together"),
        "alike": _("like what they chose"),
        "popular": _("popular now"),
        "again": _("time to buy again"),
    }.get(kind, plain(kind))
