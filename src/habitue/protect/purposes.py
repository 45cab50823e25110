"""The vocabulary of consent: what for, by which way, and what was said.

A purpose answers *what for*, a channel *by which way*, an act *what the person, or the mail server,
said*. The three lists are short on purpose: a consent must be specific (GDPR 4(11), PIPL 14), and
a word that nobody can explain to a customer is not.
"""

from __future__ import annotations

from habitue.errors import UsageError
from habitue.locale import _

__all__ = [
    "ACTS",
    "ANY",
    "BLOCKS",
    "CHANNELS",
    "COVERED",
    "ORIGINS",
    "PROFILING",
    "PURPOSES",
    "checked",
]

#: What for.
PURPOSES: dict[str, str] = {
    "marketing": "to send offers and news",
    "personalisation": "to choose what is offered by the person's own history",
    "profiling": "to put the person in segments, and to judge interests and loyalty",
    "platform_audience": "to hand hashed identifiers to a platform for its audiences",
    "messages": "to answer and to write in person, beyond a reply to the person's own message",
    "handle_link": "to join a platform's handle to the customer's records",
    "tracking": "to follow visits with a cookie or an app's number",
}

ANY = "any"

#: By which way; ``any`` is every one of them.
CHANNELS: tuple[str, ...] = (
    ANY,
    "email",
    "sms",
    "phone",
    "post",
    "push",
    "web",
    "facebook",
    "instagram",
    "whatsapp",
    "x",
    "google",
    "tiktok",
    "pinterest",
    "linkedin",
    "wechat",
    "weibo",
    "douyin",
    "xiaohongshu",
)

#: What was said.
ACTS: dict[str, str] = {
    "granted": "the person said yes",
    "requested": "the person asked, and has yet to confirm (double opt-in)",
    "confirmed": "the person confirmed (double opt-in)",
    "withdrawn": "the person took the yes back, or said no",
    "suppressed": "unsubscribed, bounced or complained: not to be written to",
    "objected": "the person objects (GDPR 21, PIPL 24)",
}

#: Acts that only an express later grant of the person lifts.
BLOCKS: tuple[str, ...] = ("suppressed", "objected")

#: Where an entry comes from: the person, by a form or a colleague; or a list that was imported.
ORIGINS: tuple[str, ...] = ("person", "list")

#: Purposes that look at one person: whoever objects to one of these is left out of both.
PROFILING: tuple[str, ...] = ("profiling", "personalisation")

#: What an objection to a purpose covers. One to direct marketing covers the profiling for it
#: (GDPR 21(2)) and the audiences made for it.
COVERED: dict[str, tuple[str, ...]] = {
    **{purpose: (purpose,) for purpose in PURPOSES},
    "marketing": ("marketing", "platform_audience", *PROFILING),
    **dict.fromkeys(PROFILING, PROFILING),
}


def checked(purpose: str, channel: str) -> tuple[str, str]:
    """Return a purpose and a channel if there are such.

    Raises
    ------
    UsageError
        If there are not; the message names those that there are.

    Examples
    --------
    >>> checked("marketing", "email")
    ('marketing', 'email')
    """
    if purpose not in PURPOSES:
        text = _("There is no purpose {seen!r}. There are: {known}.")
        raise UsageError(text.format(seen=purpose, known=", ".join(PURPOSES)))
    if channel not in CHANNELS:
        text = _("There is no channel {seen!r}. There are: {known}.")
        raise UsageError(text.format(seen=channel, known=", ".join(CHANNELS)))
    return purpose, channel
