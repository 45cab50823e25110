"""Reads what lists say of consent in words: the state, the purpose, the channel."""

# ruff: noqa: E501  (a Chinese character counts as two)
from __future__ import annotations

import re

from habitue.text import normalise

__all__ = ["channel_of", "purpose_of", "state_of"]

# Asked in this order: "unsubscribed" before "subscribed", "unconfirmed" before "confirmed".
_STATES = (
    ("objected", r"object|do not profile|no profiling|反对|关闭个性化|拒绝个性化|拒绝画像"),
    ("suppressed", r"suppress|unsub|bounce|clean|complain|spam|abuse|block|do not (contact|mail|call|email)|"
     r"opted? ?out|退订|取消订阅|投诉|退信|黑名单|屏蔽|勿扰"),
    ("requested", r"request|pending|unconfirmed|not (yet )?confirmed|await|待确认|未确认|申请"),
    # Whatever holds a "no" is one: a consent is never guessed.
    ("withdrawn", r"withdr|revok|declin|refus|reject|den(y|ied)|disallow|disagree|"
     r"\b(no|not|non|never|without|none|off|n|f|false|0|0\.0)\b|撤回|撤销|拒|不|未|没|否|无"),
    ("confirmed", r"confirm|verified|double opt|已确认|已验证"),
    ("granted", r"grant|subscri|opted? ?in|consent|accept|agree|allow|"
     r"^(yes|y|true|t|1|1\.0|on)$|同意|订阅|接受|允许|授权|^是$|^有$"),
)  # fmt: skip
_PURPOSES = (
    ("platform_audience", r"audience|look.?alike|advert|retarget|remarket|广告|人群|受众"),
    ("profiling", r"profil|segment|画像|分析"),
    ("personalisation", r"personali|recommend|个性化|推荐"),
    ("handle_link", r"handle|account link|link account|关联|绑定"),
    ("tracking", r"track|cookie|analytics|统计|跟踪|追踪"),
    ("messages", r"messag|repl|direct|私信|回复|消息"),
    ("marketing", r"market|news|promo|offer|mail|subscri|sms|营销|推广|促销|资讯|订阅|优惠"),
)
_CHANNELS = (
    ("any", r"^(any|all|every|\*|全部|所有|任意)"),
    ("email", r"mail|邮"),
    ("sms", r"sms|text|短信"),
    ("whatsapp", r"whats"),
    ("wechat", r"we ?chat|weixin|微信|公众号"),
    ("weibo", r"weibo|微博"),
    ("douyin", r"douyin|抖音"),
    ("xiaohongshu", r"xiaohongshu|rednote|小红书"),
    ("facebook", r"face ?book|^fb$|meta|messenger"),
    ("instagram", r"insta|^ig$"),
    ("tiktok", r"tik ?tok"),
    ("pinterest", r"pinterest"),
    ("linkedin", r"linked ?in"),
    ("google", r"google|youtube"),
    ("x", r"^x$|twitter"),
    ("push", r"push|推送"),
    ("web", r"^web|site|browser|cookie|网站|网页"),
    ("phone", r"phone|call|voice|telephone|^tel|电话"),
    ("post", r"post|letter|direct mail|信件|邮寄"),
)


def state_of(text: str | None) -> str | None:
    """Return the act that a cell means (`habitue.protect.purposes.ACTS`), or None.

    >>> state_of("Subscribed"), state_of("Unsubscribed"), state_of("no"), state_of("待确认")
    ('granted', 'suppressed', 'withdrawn', 'requested')
    >>> state_of("CA") is None
    True
    """
    return _first(_STATES, text)


def purpose_of(text: str | None) -> str | None:
    """Return the purpose that a cell means, or None.

    >>> purpose_of("Newsletter"), purpose_of("个性化推荐"), purpose_of("?")
    ('marketing', 'personalisation', None)
    """
    return _first(_PURPOSES, text)


def channel_of(text: str | None) -> str | None:
    """Return the channel that a cell means, or None.

    >>> channel_of("E-Mail"), channel_of("短信"), channel_of("Twitter"), channel_of("pigeon")
    ('email', 'sms', 'x', None)
    """
    if text and re.search(r"direct ?mail|邮寄", normalise(text)):
        return "post"  # before "mail"
    return _first(_CHANNELS, text)


def _first(words: tuple[tuple[str, str], ...], text: str | None) -> str | None:
    folded = re.sub(r"[_\-]+", " ", normalise(text or "")).strip()
    return next((found for found, pattern in words if folded and re.search(pattern, folded)), None)
