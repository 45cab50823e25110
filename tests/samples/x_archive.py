"""X's archive: posts, replies, private messages; old, new, and without its assignment."""

from __future__ import annotations

import html
import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.samples.archives import START, said, script, written
from tests.samples.base import Sample

__all__ = ["VARIANTS", "write"]

VARIANTS = ("tweets", "old tweet", "second part", "plain JSON", "messages", "group messages")
_SHOP = "3382"


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    """Write one file of an archive."""
    random = Random(f"{variant}{seed}")
    if "messages" in variant:
        return _messages(folder, random, rows, group=variant.startswith("group"))
    return _tweets(folder, variant, random, rows)


def _tweets(folder: Path, variant: str, random: Random, rows: int) -> Sample:
    posts: list[dict[str, Any]] = []
    comments: list[dict[str, Any]] = []
    listed = []
    for number in range(rows):
        time, text = START + timedelta(hours=number), said(random)
        text = "RT @ada: " + text if number % 7 == 5 else text
        tweet = _tweet(number, text, time, random)
        if number % 2:
            tweet["in_reply_to_status_id_str"] = "1947467485424562448"
            comments.append(
                {"comment_id": tweet["id_str"], "text": text, "time": time, "platform": "x",
                 "from_shop": True, "handle": None}
            )  # fmt: skip
        else:
            posts.append(
                {"post_id": tweet["id_str"], "text": text, "time": time, "platform": "x",
                 "type": "share" if text.startswith("RT ") else "post",
                 "likes": int(tweet["favorite_count"]), "shares": int(tweet["retweet_count"])}
            )  # fmt: skip
        if variant == "old tweet":  # not yet wrapped, nor long
            tweet["text"] = tweet["full_text"]
        listed.append(tweet if variant == "old tweet" else {"tweet": tweet})
    name = {"old tweet": "tweet.part0", "second part": "tweets.part1"}.get(variant, "tweets.part0")
    text = json.dumps(listed) if variant == "plain JSON" else script(name, listed)
    path = written(folder / "data" / "tweets.js", text)
    return Sample(path, {"posts": posts, "comments": comments})


def _tweet(number: int, text: str, time: datetime, random: Random) -> dict[str, Any]:
    return {
        "edit_info": {"initial": {"editTweetIds": [str(10**18 + number)]}},
        "retweeted": False,
        "source": '<a href="https://mobile.example">Web</a>',
        "entities": {"hashtags": [], "urls": []},
        "favorite_count": str(random.randrange(2000)),
        "id_str": str(10**18 + number),
        "id": str(10**18 + number),
        "retweet_count": str(random.randrange(90)),
        "created_at": time.strftime("%a %b %d %H:%M:%S +0000 %Y"),
        "full_text": html.escape(text, quote=False),
        "lang": "en",
    }


def _messages(folder: Path, random: Random, rows: int, *, group: bool) -> Sample:
    records, listed = [], []
    left = 0
    for number in range(max(2, rows // 3)):
        other = str(90_000 + number)
        messages: list[dict[str, Any]] = []
        for turn in range(3):
            time, text = START + timedelta(days=number, minutes=turn), said(random)
            sender = random.choice((_SHOP, other))
            message = {
                "recipientId": other if sender == _SHOP else _SHOP,
                "reactions": [],
                "urls": [],
                "text": html.escape(text, quote=False),
                "mediaUrls": [],
                "senderId": sender,
                "id": f"19168{number:03d}{turn}",
                "createdAt": f"{time:%Y-%m-%dT%H:%M:%S}.424Z",
            }
            messages.append({"messageCreate": message})
            records.append(
                {"comment_id": message["id"], "text": text,
                 "time": time.replace(microsecond=424_000), "platform": "x",
                 "from_shop": None if group else sender == _SHOP,
                 "handle": None if group else f"x:{other}"}
            )  # fmt: skip
        if group:
            messages.append({"participantsJoin": {"userIds": [other]}})
            left += 1
        name = f"19{number}" if group else f"{_SHOP}-{other}"
        listed.append({"dmConversation": {"conversationId": name, "messages": messages}})
    name = "direct_messages_group" if group else "direct_messages"
    path = written(folder / "data" / "direct-messages.js", script(f"{name}.part0", listed))
    return Sample(path, {"comments": records}, {"no_message": left} if left else {})
