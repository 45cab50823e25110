"""Private messages in Meta's archives: whose thread it is, and who of the two is the shop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from habitue.collect.base import Source
from habitue.collect.mojibake import mended
from habitue.collect.social import Aside, Cells, Found, Written, document, of_epoch

__all__ = ["is_thread", "platform_of", "thread_part"]

# Two ways of writing: the archive's own, and that of encrypted conversations.
_OPEN = {"sender": "sender_name", "time": "timestamp_ms", "text": "content", "unsent": "is_unsent"}
_ENCRYPTED = {"sender": "senderName", "time": "timestamp", "text": "text", "unsent": "isUnsent"}

# What the platform writes in place of words: reactions, attachments, calls.
_NO_WORDS = re.compile(
    r"(Liked|Loved) a message\s*|Reacted .{1,12} to (your|a|their own) message\s*"
    r"|.{1,80} (sent an attachment|sent a (photo|video|voice message|GIF|sticker))\.?"
    r"|.{1,80} (started|missed|joined) (a|an|your) (audio|video|voice)? ?(call|chat)\.?"
    r"|You (sent|missed|called|shared) (a|an|the) [\w ]{3,40}\.?"
    r"|.{1,40}(发送了一个附件|发送了一张照片|赞了一条消息|发起了视频聊天|撤回了一条消息)。?"
    r"|对你的消息做出了.{1,12}反应",
)


def platform_of(source: Source, otherwise: str) -> str:
    """Return whether a file is of an Instagram or a Facebook archive, by its place or its links."""
    place = "/".join(source.path.parts[-8:]).lower()
    for name in ("instagram", "facebook"):
        if name in place:
            return name
    text = " ".join(
        cell for column in source.sample.columns for cell in column.slice(0, 50).to_pylist() if cell
    )
    counts = {name: text.count(f"{name}.com") + text.count(f"your_{name}_activity")
              for name in ("instagram", "facebook")}  # fmt: skip
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else otherwise


def is_thread(source: Source) -> bool:
    """Say whether a file is a conversation: an array of messages with sender and time."""
    found = document(source)
    if found is None or found.place[-1:] != ("messages",):
        return False
    names = set(source.columns)
    return any({way["sender"], way["time"]} <= names for way in (_OPEN, _ENCRYPTED))


def thread_part(source: Source, platform: str) -> Written:
    """Return a conversation's messages as comments; the shop's own are marked as its own."""
    way = _OPEN if _OPEN["sender"] in source.columns else _ENCRYPTED
    thread = _thread(source, platform)

    def write(row: Cells) -> Iterator[Found | Aside]:
        text = row.get(way["text"])
        if row.get(way["unsent"]) == "true":
            yield Aside("withdrawn")
            return
        text = mended(text) if text else None
        if text and _NO_WORDS.fullmatch(text):
            yield Aside("no_words")
            return
        sender = mended(row.get(way["sender"]) or "")
        own = sender == thread.owner
        yield Found(
            "comments",
            {
                "time": of_epoch(row.get(way["time"]), 1000),
                "platform": platform,
                "text": text,
                "handle": thread.handle,
                "name": thread.other if thread.handle else None,
                "from_shop": "true" if own else "false",
            },
        )

    present = [name for name in way.values() if name in source.columns]
    return Written("comments", present, write)


@dataclass(frozen=True)
class _Thread:
    """A conversation: the shop's name in it, the other's name and place if there is just one."""

    owner: str
    other: str | None
    handle: str | None


def _thread(source: Source, platform: str) -> _Thread:
    found = document(source)
    around = found.around() if found else {}
    people = _names(around.get("participants"))
    path = around.get("thread_path") or around.get("threadName") or ""
    folder = mended(path).rstrip("/").rpartition("/")[2] if isinstance(path, str) else ""
    given = around.get("title") or around.get("threadName") or ""
    title = mended(given) if isinstance(given, str) else ""
    # A conversation of two bears the other's name; the archive's owner is listed last.
    others = [name for name in people if title == name or title.startswith(f"{name}_")]
    if len(people) == 2 and len(others) == 1:
        owner = people[1 - people.index(others[0])]
    else:
        owner = people[-1] if people else ""
    alone = [name for name in people if name != owner]
    one = len(people) == 2 and len(alone) == 1
    handle = f"{platform}:{folder}" if one and folder else None
    return _Thread(owner, alone[0] if one else None, handle)


def _names(participants: Any) -> list[str]:
    if not isinstance(participants, list):
        return []
    names = [one.get("name") if isinstance(one, dict) else one for one in participants]
    return [mended(name) for name in names if isinstance(name, str)]
