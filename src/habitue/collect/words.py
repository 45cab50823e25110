"""Reads what exports say in words: the state of an order, the kind of an event."""

# ruff: noqa: E501  (a Chinese character counts as two)
from __future__ import annotations

import re

from habitue.text import normalise

__all__ = ["event_of", "item_of_url", "platform_of", "status_of"]

# Asked in this order: "refund refused" is a sale, and "cancelled after refund" is cancelled.
_STATUS = (
    ("sale", r"partial|teilweise|部分退|无退款|未退款|没有退款|没有申请退款|退款失败|退款关闭|unreturned|not returned|non-?refund"),
    ("cancelled", r"cancel|void|closed|fail|declin|expired|unpaid|awaiting payment|pending payment|"
     r"stornier|fehlgeschlagen|abgebrochen|ausstehend|关闭|取消|删除|作废|失效|失败|待付款|等待买家付款|未付款|未支付|待支付"),
    ("returned", r"return|refund|chargeback|erstattet|retourn|退款|退货|已退"),
)  # fmt: skip
_EVENTS = (
    ("", r"remove|delete|purchase|buy|order|transaction|checkout|payment|refund|购买|下单|支付|删除"),
    ("search", r"search|query|搜索|查询"),
    ("cart", r"cart|basket|add.?to.?bag|加购|购物车"),
    ("view", r"view|pv|click|visit|browse|detail|page|impression|look|hit|open|浏览|查看|点击|访问|曝光|"
     r"fav|wish|like|收藏"),
)  # fmt: skip
_PLATFORMS = {
    "x": "x, twitter, x twitter, x formerly twitter, x.com, twitter.com, 推特",
    "facebook": "facebook, fb, messenger, facebook messenger, facebook.com, 脸书, 脸谱",
    "instagram": "instagram, ig, insta, instagram direct, instagram.com",
    "wechat": "wechat, weixin, 微信",
    "weibo": "weibo, sina weibo, 微博, 新浪微博",
    "douyin": "douyin, 抖音",
    "tiktok": "tiktok, tik tok",
    "xiaohongshu": "xiaohongshu, rednote, 小红书",
}
_PLATFORM_OF = {name: key for key, names in _PLATFORMS.items() for name in names.split(", ")}
_ITEM_IN_URL = (
    re.compile(r"[?&](?:id|item_?id|sku|product_?id|pid|goods_?id)=([^&#\s]+)", re.IGNORECASE),
    re.compile(r"/(?:products?|items?|dp|p|goods|sku|detail)/([^/?#\s]+)", re.IGNORECASE),
)


def status_of(text: str | None) -> str:
    """Return ``sale``, ``cancelled`` or ``returned``.

    >>> status_of("交易关闭"), status_of("Partially refunded"), status_of("已退款"), status_of(None)
    ('cancelled', 'sale', 'returned', 'sale')
    """
    folded = normalise(text or "").replace("_", " ")
    return next((status for status, words in _STATUS if re.search(words, folded)), "sale")


def event_of(text: str | None) -> str | None:
    """Return ``view``, ``cart`` or ``search``; None for an event of another kind.

    >>> event_of("Product Viewed"), event_of("add_to_cart"), event_of("session_start")
    ('view', 'cart', None)
    """
    folded = normalise(text or "view")
    return next((event for event, words in _EVENTS if re.search(words, folded)), "") or None


def platform_of(text: str | None) -> str | None:
    """Return a platform by the one name that it has here; any other place as it is called.

    >>> platform_of("Twitter"), platform_of("X (Twitter)"), platform_of("微博"), platform_of("shop")
    ('x', 'x', 'weibo', 'shop')
    """
    if text is None:
        return None
    folded = " ".join(re.sub(r"[()\[\]/|]", " ", normalise(text)).split())
    return _PLATFORM_OF.get(folded, text)


def item_of_url(url: str | None) -> str | None:
    """Return the product's code in a page's address, if it holds one.

    >>> item_of_url("https://shop.example/products/A12?utm=x"), item_of_url("/about")
    ('A12', None)
    """
    for pattern in _ITEM_IN_URL:
        if found := pattern.search(url or ""):
            return found[1]
    return None
