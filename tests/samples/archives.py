"""What the samples of platforms' archives share: words, Meta's way of writing, conversations."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

__all__ = ["SHOP", "START", "Thread", "meta_json", "said", "script", "thread", "written"]

START = datetime(2025, 3, 2, 9, 30, tzinfo=UTC)
SHOP = "Café Blüte ☕"
_WORDS = (
    "Love this mug!", "Très joli 😍", "什么时候补货？", "Größe M bitte", "很好吃，下次再来",
    "Is it dishwasher safe?", "👍🏽👍🏽", "配達はいつですか", "ok", "It said \"sold out\" \\ why?",
    "Ça ne marche pas…", "Zażółć gęślą jaźń", "a > b & c",
)  # fmt: skip


def said(random: Random) -> str:
    """Return something that someone writes."""
    return random.choice(_WORDS) + random.choice(("", "", f" {random.randint(1, 99)}"))


def meta_json(value: Any, indent: int | None = 2) -> str:
    r"""Return JSON as Meta writes it: the bytes of UTF-8 escaped one by one, ``\u00c3\u00a9``."""
    return json.dumps(_bytewise(value), ensure_ascii=True, indent=indent)


def _bytewise(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8").decode("latin-1")
    if isinstance(value, dict):
        return {_bytewise(key): _bytewise(inner) for key, inner in value.items()}
    return [_bytewise(inner) for inner in value] if isinstance(value, list) else value


def script(name: str, value: Any) -> str:
    """Return a script as X's archive has it."""
    return f"window.YTD.{name} = {json.dumps(value, ensure_ascii=False, indent=2)}"


def written(path: Path, text: str) -> Path:
    """Write a file, and the folders that it is in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@dataclass
class Thread:
    """A conversation, and what it must become."""

    document: dict[str, Any]
    records: list[dict[str, Any]]
    rejected: dict[str, int] = field(default_factory=dict)


def thread(random: Random, rows: int, platform: str, *, group: bool = False) -> Thread:
    """Return a conversation with the shop, the newest message first."""
    other, folder = "Ada Lovelace 🌸", "adalovelace_10223344556677"
    people = [other, "Grace", SHOP] if group else [other, SHOP]
    handle, name = (None, None) if group else (f"{platform}:{folder}", other)
    found = Thread({}, [])
    messages = []
    for number in range(rows):
        time = START + timedelta(minutes=7 * number, milliseconds=random.randrange(1000))
        sender = random.choice(people)
        message: dict[str, Any] = {
            "sender_name": sender,
            "timestamp_ms": int(time.timestamp() * 1000 + 0.5),
            "is_geoblocked_for_viewer": False,
            "is_unsent_image_by_messenger_kid_parent": False,
        }
        what = random.random() if number else 1.0
        if what < 0.1:
            message["photos"] = [{"uri": "photo.jpg", "creation_timestamp": 1}]
            found.rejected["missing_text"] = found.rejected.get("missing_text", 0) + 1
        elif what < 0.2:
            message["content"] = "Reacted 😍 to your message "
            found.rejected["no_words"] = found.rejected.get("no_words", 0) + 1
        elif what < 0.3:
            message |= {"content": "oops", "is_unsent": True}
            found.rejected["withdrawn"] = found.rejected.get("withdrawn", 0) + 1
        else:
            text = said(random)
            message |= {"content": text, "reactions": [{"reaction": "❤", "actor": SHOP}]}
            found.records.append(
                {"text": text, "time": time, "platform": platform, "from_shop": sender == SHOP,
                 "handle": handle, "name": name}
            )  # fmt: skip
        messages.append(message)
    found.document = {
        "participants": [{"name": person} for person in people],
        "messages": messages[::-1],
        "title": "Mugs, group" if group else other,
        "is_still_participant": True,
        "thread_path": f"inbox/{folder}",
        "magic_words": [],
    }
    return found
