"""Lines of an order that are no product: postage, fees, manual entries, tests.

An item is a service when its title says nothing but that: every word of it is a service word or a
qualifier of one ("DOTCOM POSTAGE", "Next Day Carriage"), and one at least is a service word. So
"POSTAGE STAMP MUG" stays a product. Chinese titles must consist of a service word and short
qualifiers ("补运费差价"). The shop adds its own by ``[prepare] service_items`` in its settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from habitue.text import normalise

__all__ = ["is_service", "service_items"]

_SERVICES = frozenset(
    "postage post carriage shipping delivery freight courier handling packaging surcharge tip "
    "charge charges fee fees commission manual adjust adjustment correction refund discount "
    "sample samples test voucher deposit insurance donation debt".split()
)
_QUALIFIERS = frozenset(
    "a and the of for by to & - dotcom amazon ebay paypal stripe bank card cruk bad uk eu us "
    "international domestic express standard economy next same day free extra order orders entry "
    "service services cost costs product item price ups dhl fedex royal mail gift".split()
)
_ZH_SERVICE = re.compile(
    r"运费|邮费|快递费|手续费|服务费|差价|补差|补邮|测试|专拍|押金|赠品链接|打赏|包装费|保险费"
)
_ZH_FILLER = re.compile(
    r"[补拍专用链接的价元一块个差额请勿单独下商品\s\d.,，。:：!！()（）【】\[\]-]+"
)
_SPLIT = re.compile(r"[^\w&-]+")


def is_service(title: str) -> bool:
    """Say whether a title names a service and no product.

    >>> [is_service(t) for t in ("DOTCOM POSTAGE", "POSTAGE STAMP MUG", "补运费差价", "邮票收藏册")]
    [True, False, True, False]
    """
    folded = normalise(title)
    if _ZH_SERVICE.search(folded):
        return not _ZH_FILLER.sub("", _ZH_SERVICE.sub("", folded))
    words = [word for word in _SPLIT.split(folded) if word]
    return any(word in _SERVICES for word in words) and all(
        word in _SERVICES or word in _QUALIFIERS for word in words
    )


def service_items(titles: Iterable[tuple[str, str | None]], known: Iterable[str] = ()) -> list[str]:
    """Return the ids of items that are services, from pairs of id and title.

    >>> service_items([("POST", "POSTAGE"), ("7", "WHITE LANTERN"), ("X9", None)], known=["X9"])
    ['POST', 'X9']
    """
    listed = set(known)
    return sorted(
        item
        for item, title in titles
        if item in listed or (title is not None and is_service(title))
    )
