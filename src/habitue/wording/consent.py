"""Consents and the audit log in words."""

from __future__ import annotations

from habitue.locale import _
from habitue.wording.keys import plain

__all__ = ["act", "action", "channel", "problem", "purpose", "state"]


def purpose(key: str) -> str:
    """Return what a consent is for.

    >>> purpose("platform_audience")
    'audiences on platforms'
    """
    return {
        "marketing": _("marketing"),
        "personalisation": _("personal offers"),
        "profiling": _("profiling"),
        "platform_audience": _("audiences on platforms"),
        "messages": _("personal messages"),
        "handle_link": _("joining a platform's handle"),
        "tracking": _("following visits"),
    }.get(key, plain(key))


def channel(key: str) -> str:
    """Return by which way.

    >>> channel("any"), channel("facebook")
    ('all channels', 'Facebook')
    """
    return {
        "any": _("all channels"),
        "email": _("e-mail"),
        "sms": _("text message"),
        "phone": _("telephone"),
        "post": _("post"),
        "push": _("push message"),
        "web": _("website"),
        "facebook": "Facebook",
        "instagram": "Instagram",
        "whatsapp": "WhatsApp",
        "x": "X",
        "google": "Google",
        "tiktok": "TikTok",
        "pinterest": "Pinterest",
        "linkedin": "LinkedIn",
        "wechat": _("WeChat"),
        "weibo": _("Weibo"),
        "douyin": _("Douyin"),
        "xiaohongshu": _("Xiaohongshu"),
    }.get(key, plain(key))


def state(key: str) -> str:
    """Return what a consent is.

    >>> state("granted"), state("none")
    ('yes', 'no')
    """
    return {
        "granted": _("yes"),
        "requested": _("no: not yet confirmed"),
        "withdrawn": _("no"),
        "suppressed": _("no: suppressed"),
        "objected": _("no: objection"),
        "none": _("no"),
    }.get(key, plain(key))


def act(key: str) -> str:
    """Return what was said.

    >>> act("withdrawn")
    'withdrew'
    """
    return {
        "granted": _("agreed"),
        "requested": _("asked (to be confirmed)"),
        "confirmed": _("confirmed"),
        "withdrawn": _("withdrew"),
        "suppressed": _("was suppressed"),
        "objected": _("objected"),
    }.get(key, plain(key))


def action(key: str) -> str:
    """Return what was done, as the audit log names it.

    >>> action("key_rotated"), action("something_new")
    ('master key changed', 'something new')
    """
    return {
        "import": _("import"),
        "run": _("run"),
        "settings": _("settings changed"),
        "consent": _("consent"),
        "reveal": _("identifiers revealed"),
        "access": _("data handed to the person"),
        "erasure": _("person erased"),
        "merge": _("two people joined by hand"),
        "split": _("two people kept apart by hand"),
        "match": _("people joined who are alike"),
        "key_rotation": _("change of the master key begun"),
        "key_rotated": _("master key changed"),
    }.get(key, plain(key))


def problem(kind: str, number: int) -> str:
    """Return what is wrong with the audit log.

    >>> problem("gap", 7)
    'Entry 7 is missing.'
    """
    return {
        "altered": _("Entry {number} has been altered, or stands in a wrong place."),
        "gap": _("Entry {number} is missing."),
        "end": _("After entry {number} the end is missing, or was altered."),
        "truncated": _("The log ends with entry {number}: the head says that there was more."),
        "replaced": _("Entry {number} is not the one that the head is of."),
    }[kind].format(number=number)
