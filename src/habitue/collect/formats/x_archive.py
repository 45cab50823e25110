"""X (Twitter), "download an archive": posts, replies and private messages. Never evaluated.

X's rules forbid to profile people by what they write there and to train models on it: what comes
from here bears the platform ``x``, which `habitue.prepare.voices` keeps out of all that learns.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from habitue.collect.base import Source
from habitue.collect.export import ExportFormat, Part
from habitue.collect.social import Aside, Cells, Found, Written, document, parsed
from habitue.errors import FormatError
from habitue.locale import _

__all__ = ["XArchive"]

_ASSIGNED = "window.YTD."
_TWEETS = {"tweet", "tweets", "community_tweet", "community_tweets"}
_MESSAGES = {"direct_message", "direct_messages", "direct_messages_group", "direct_message_group"}
_REPLY = "in_reply_to_status_id_str"
_TWEET = {"id_str", "created_at"}
_CONVERSATION = {"conversationId", "messages"}
_DATE = re.compile(r"\w{3} (\w{3}) (\d\d?) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class XArchive(ExportFormat):
    """Posts become posts; replies and private messages become comments."""

    name = "x_archive"
    title = "X archive"
    rank = 62

    @classmethod
    def recognises(cls, source: Source) -> bool:
        found = document(source)
        if found is None:
            return False
        if found.assigned.startswith(_ASSIGNED):
            return True
        names = set(source.columns)
        # Someone took the assignment off to have plain JSON.
        tweets = _TWEET | {"full_text", "retweet_count"} <= names
        return tweets or (names >= _CONVERSATION and _has_messages(source))

    def parts(self, source: Source) -> list[Part]:
        found = document(source)
        what = _what(found.assigned) if found else ""
        names = set(source.columns)
        if what in _TWEETS or (not what and names >= _TWEET):
            return [_part(source, kind, _tweet) for kind in ("posts", "comments")]
        if (what in _MESSAGES or not what) and names >= _CONVERSATION:
            return [Written("comments", sorted(_CONVERSATION), _conversation(_owner(source)))]
        raise FormatError(
            _(
                "{file} is a part of an X archive that holds no records. Import tweets.js, "
                "direct-messages.js, or the archive itself."
            ).format(file=source.path)
        )


def _what(assigned: str) -> str:
    """Return what a script of the archive holds.

    >>> _what("window.YTD.tweets.part0"), _what("")
    ('tweets', '')
    """
    return assigned.removeprefix(_ASSIGNED).rpartition(".part")[0]


def _part(source: Source, kind: str, write: Callable[[Cells], Iterator[Found | Aside]]) -> Written:
    wanted = (
        "id_str",
        "full_text",
        "text",
        "created_at",
        "favorite_count",
        "retweet_count",
        _REPLY,
    )
    present = [name for name in wanted if name in source.columns]
    return Written(kind, present, write, first=kind == "posts")


def _tweet(row: Cells) -> Iterator[Found | Aside]:
    text = html.unescape(row.get("full_text") or row.get("text") or "")
    number = row.get("id_str")
    time = _time(row.get("created_at"))
    if row.get(_REPLY):  # the shop's answers
        cells: Cells = {"line_id": number, "time": time, "platform": "x", "text": text}
        yield Found("comments", cells | {"from_shop": "true"})
        return
    yield Found(
        "posts",
        {
            "post_id": number,
            "time": time,
            "platform": "x",
            "type": "share" if text.startswith("RT @") else "post",
            "text": text,
            "url": f"https://x.com/i/web/status/{number}" if number else None,
            "likes": row.get("favorite_count"),
            "shares": row.get("retweet_count"),
        },
    )


def _has_messages(source: Source) -> bool:
    cells = source.sample["messages"].slice(0, 50).to_pylist()
    return any(cell and '"messageCreate"' in cell for cell in cells)


def _owner(source: Source) -> str:
    """Return the number of the account that the archive is of: it is in each conversation.

    Empty if it can't be told, as from one conversation.
    """
    counts: Counter[str] = Counter()
    for cell in source.sample["conversationId"].to_pylist():
        counts.update(_two(cell))
    ranked = [*counts.most_common(2), ("", 0), ("", 0)]
    return ranked[0][0] if ranked[0][1] > ranked[1][1] else ""


def _two(conversation: str | None) -> list[str]:
    """Return the numbers of the two accounts of a conversation; none if it is a group's."""
    numbers = (conversation or "").split("-")
    return numbers if len(numbers) == 2 and all(n.isdigit() for n in numbers) else []


def _conversation(owner: str) -> Callable[[Cells], Iterator[Found | Aside]]:
    def write(row: Cells) -> Iterator[Found | Aside]:
        two = _two(row.get("conversationId"))
        others = [number for number in two if number != owner]
        other = others[0] if owner and len(others) == 1 else None
        listed = parsed(row.get("messages"))
        for one in listed if isinstance(listed, list) else ():
            message = one.get("messageCreate") if isinstance(one, dict) else None
            yield (
                _message(message, owner, other)
                if isinstance(message, dict)
                else Aside("no_message")
            )

    return write


def _message(message: dict[str, Any], owner: str, other: str | None) -> Found:
    text, sender = message.get("text"), message.get("senderId")
    number, time = message.get("id"), message.get("createdAt")
    return Found(
        "comments",
        {
            "line_id": number if isinstance(number, str) else None,
            "time": time if isinstance(time, str) else None,
            "platform": "x",
            "text": html.unescape(text) if isinstance(text, str) and text else None,
            "handle": f"x:{other}" if other else None,
            "from_shop": None if not owner else "true" if sender == owner else "false",
        },
    )


def _time(text: str | None) -> str | None:
    """Return X's own way of writing a time as ISO 8601; anything else as it is.

    >>> _time("Tue Jul 22 02:05:43 +0000 2025"), _time("2025-07-22T02:05:43.000Z")
    ('2025-07-22T02:05:43+00:00', '2025-07-22T02:05:43.000Z')
    """
    found = _DATE.fullmatch(text or "")
    if not found or found[1] not in _MONTHS:
        return text
    month = _MONTHS.index(found[1]) + 1
    zone = f"{found[4][:3]}:{found[4][3:]}"
    return f"{found[5]}-{month:02d}-{int(found[2]):02d}T{found[3]}{zone}"
