"""The things worth knowing from a run, and what was simplified: a sentence and a figure each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from habitue.locale import _, ngettext
from habitue.wording.keys import model, plain
from habitue.wording.numbers import date, days, listing, money, number, percent
from habitue.wording.segments import segment_name

__all__ = ["figure", "finding", "note"]

Data = Mapping[str, Any]


def _load(json: str | Data) -> Data:
    return orjson.loads(json) if isinstance(json, str) else json


def _title(item: str, titles: Mapping[str, str]) -> str:
    return _("“{title}”").format(title=titles.get(item) or item)


def finding(json: str | Data, titles: Mapping[str, str] | None = None, currency: str = "") -> str:
    """Return something worth knowing as one sentence.

    Parameters
    ----------
    json : str or mapping
        The finding as data.
    titles : mapping of str to str, optional
        Item id to title.
    currency : str
        ISO 4217 code of amounts that come without one.

    Examples
    --------
    >>> finding({"kind": "concentration", "share_customers": 0.1, "share_amount": 0.52})
    'The best 10% of customers bring 52% of the revenue.'
    """
    data = _load(json)
    money_in = data.get("currency") or currency
    kind = str(data.get("kind", ""))
    word = {
        "revenue": _revenue,
        "concentration": _concentration,
        "leaving": _leaving,
        "bundle": _bundle,
        "repurchase": _repurchase,
        "recommender": _recommender,
        "comments": _comments,
        "segment": _segment,
    }.get(kind)
    return word(data, titles or {}, money_in) if word else plain(kind)


def _revenue(data: Data, titles: Mapping[str, str], currency: str) -> str:
    return _(
        "{customers} customers placed {orders} orders worth {amount}, from {first} to {last}."
    ).format(
        customers=number(data["customers"]),
        orders=number(data["orders"]),
        amount=money(data["amount"], currency),
        first=date(data["first"]),
        last=date(data["last"]),
    )


def _concentration(data: Data, titles: Mapping[str, str], currency: str) -> str:
    return _("The best {customers} of customers bring {amount} of the revenue.").format(
        customers=percent(data["share_customers"]), amount=percent(data["share_amount"])
    )


def _leaving(data: Data, titles: Mapping[str, str], currency: str) -> str:
    return ngettext(
        "{n} customer is late by their own rhythm and may leave; so far worth {amount}.",
        "{n} customers are late by their own rhythm and may leave; so far worth {amount}.",
        data["customers"],
    ).format(n=number(data["customers"]), amount=money(data["amount"], currency))


def _bundle(data: Data, titles: Mapping[str, str], currency: str) -> str:
    return _(
        "Of the baskets with {antecedent}, {confidence} also hold {consequent}: "
        "{lift} times the usual share."
    ).format(
        antecedent=listing(_title(i, titles) for i in data["antecedent"]),
        consequent=_title(data["consequent"], titles),
        confidence=percent(data["confidence"]),
        lift=number(data["lift"]),
    )


def _repurchase(data: Data, titles: Mapping[str, str], currency: str) -> str:
    return _(
        "Of {customers} customers, about {expected} will order again within {horizon}."
    ).format(
        customers=number(data["customers"]),
        expected=number(round(data["expected"])),
        horizon=days(data["horizon"]),
    )


def _recommender(data: Data, titles: Mapping[str, str], currency: str) -> str:
    return _(
        "“{model}” recommends best: {times} times as good as showing everyone the best-sellers."
    ).format(model=model(str(data["model"])), times=number(data["times"]))


def _comments(data: Data, titles: Mapping[str, str], currency: str) -> str:
    return ngettext(
        "{n} comment needs an answer; {share} of all comments are unhappy.",
        "{n} comments need an answer; {share} of all comments are unhappy.",
        data["answer"],
    ).format(n=number(data["answer"]), share=percent(data["bad_share"]))


def _segment(data: Data, titles: Mapping[str, str], currency: str) -> str:
    name = segment_name(data["name"]) if data.get("name") else ""
    label = _("“{title}”").format(title=name) if name else number(data["segment"])
    return _("Segment {name}: {share} of customers, {amount} of the revenue.").format(
        name=label, share=percent(data["share"]), amount=percent(data["amount_share"])
    )


def figure(json: str | Data, currency: str = "") -> str:
    """Return the one number of a finding, short enough for a headline.

    >>> figure({"kind": "bundle", "lift": 12.1, "confidence": 0.6})
    '12.1×'
    """
    data = _load(json)
    kind = data.get("kind")
    if kind == "revenue":
        return money(data["amount"], data.get("currency") or currency, short=True)
    if kind in ("concentration", "segment"):
        return percent(data.get("share_amount", data.get("amount_share")))
    if kind in ("bundle", "recommender"):
        return _("{n}×").format(n=number(data["lift" if kind == "bundle" else "times"]))
    counted = {"leaving": "customers", "repurchase": "expected", "comments": "answer"}
    return number(round(data[counted[str(kind)]])) if kind in counted else ""


def _objected() -> dict[str, str]:
    return {
        "objected": _(
            "{customers} customers object to being profiled: their purchases are in the totals, "
            "and nothing is said about them."
        ),
        "few_objected": _(
            "Fewer than {fewer} customers object to being profiled: their purchases are in the "
            "totals, and nothing is said about them."
        ),
    }


def note(json: str | Data) -> str:
    """Return what was simplified and why, as one sentence.

    Known kinds: no_views, no_comments, no_customers, no_rules, no_categories, few_customers
    (customers, needed), few_orders (orders, needed), short_history (days, needed), one_segment,
    few_comments (comments, needed), simpler_model (model), other_currencies (rows, currencies),
    no_recommendations, objected (customers), few_objected (fewer).

    >>> note({"kind": "short_history", "days": 40, "needed": 180})
    'The records span 40 days; 180 days or more are needed to test through time.'
    """
    data = _load(json)
    kind = str(data.get("kind", ""))
    text = {
        "no_views": _("There are no page views, so interests rest on purchases alone."),
        "no_comments": _("There are no comments, so loyalty rests on behaviour alone."),
        "no_customers": _("No order names its customer, so nothing is said about customers."),
        "no_rules": _("No products are bought together often enough to be more than chance."),
        "no_categories": _("The titles gave no clear categories, so interests are left out."),
        "no_recommendations": _("There are too few purchases to recommend from."),
        "one_segment": _("No stable division was found, so all customers are one segment."),
        "few_customers": _(
            "There are {customers} customers; {needed} or more are needed, "
            "so a simpler method was used."
        ),
        "few_orders": _(
            "There are {orders} orders; {needed} or more are needed, so a simpler method was used."
        ),
        "few_comments": _(
            "There are {comments} comments; {needed} or more are needed to learn the shop's own "
            "tone, so a general word list was used."
        ),
        "short_history": _(
            "The records span {days}; {needed_days} or more are needed to test through time."
        ),
        **_objected(),
        "simpler_model": _("“{model_name}” was used: the data do not support more."),
        "other_currencies": _(
            "{rows} rows are in other currencies ({currencies}) and are kept apart until a rate "
            "is given."
        ),
    }.get(kind)
    if text is None:
        return plain(kind)
    shown = {k: number(v) if isinstance(v, int | float) else v for k, v in data.items()}
    return text.format_map(
        {
            **shown,
            "days": days(data.get("days")),
            "needed_days": days(data.get("needed")) if kind == "short_history" else "",
            "model_name": model(str(data.get("model", ""))),
            "currencies": listing(data.get("currencies") or []),
        }
    )
