"""Facebook's archive: comments, messages both ways, own posts, what others wrote on the Page."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.samples.archives import SHOP, START, meta_json, said, thread, written
from tests.samples.base import Sample

__all__ = ["VARIANTS", "write"]

VARIANTS = ("comments", "group comments", "labelled", "posts", "timeline", "messages", "alone",
            "encrypted")  # fmt: skip
_ROOT = "your_facebook_activity"


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    """Write one file of an archive."""
    random = Random(f"{variant}{seed}")
    if variant in ("messages", "alone", "encrypted"):
        return _thread(folder, variant, random, rows)
    if variant in ("posts", "timeline"):
        return _posts(folder / _ROOT / "posts", variant, random, rows)
    return _comments(folder / _ROOT / "comments_and_reactions", variant, random, rows)


def _thread(folder: Path, variant: str, random: Random, rows: int) -> Sample:
    found = thread(random, rows, "facebook")
    if variant == "encrypted":
        return _encrypted(folder / "message_1.json", random, rows)
    # A file that was taken out of its folders is Messenger's unless it says otherwise.
    inside = folder / _ROOT / "messages" / "inbox" / "ada_1"
    path = (folder if variant == "alone" else inside) / "message_1.json"
    return Sample(
        written(path, meta_json(found.document)), {"comments": found.records}, found.rejected
    )


def _encrypted(path: Path, random: Random, rows: int) -> Sample:
    records, messages = [], []
    for number in range(rows):
        time, text = START + timedelta(minutes=number), said(random)
        sender = random.choice((SHOP, "Ada"))
        messages.append(
            {"isUnsent": False, "media": [], "reactions": [], "senderName": sender, "text": text,
             "timestamp": int(time.timestamp() * 1000), "type": "text"}
        )  # fmt: skip
        records.append(
            {"text": text, "time": time, "platform": "facebook", "from_shop": sender == SHOP,
             "handle": "facebook:Ada_9", "name": "Ada"}
        )  # fmt: skip
    # This one is written as it should be.
    document = {"participants": [SHOP, "Ada"], "threadName": "Ada_9", "messages": messages}
    return Sample(written(path, json.dumps(document, ensure_ascii=False)), {"comments": records})


def _comments(folder: Path, variant: str, random: Random, rows: int) -> Sample:
    records: list[dict[str, Any]] = []
    listed: list[dict[str, Any]] = []
    wordless = 0
    for number in range(rows):
        time, text = START + timedelta(hours=number), said(random)
        seconds = int(time.timestamp())
        if variant == "labelled":
            values = [
                {"label": "Comment", "value": text},
                {"label": "URL", "value": "https://www.facebook.com/x", "href": ""},
            ]
            row: dict[str, Any] = {"timestamp": seconds, "media": [], "label_values": values}
        else:
            text = "" if number % 5 == 4 else text
            comment = {"timestamp": seconds, "comment": text, "author": SHOP}
            row = {"timestamp": seconds, "data": [{"comment": comment}],
                   "title": f"{SHOP} commented on Ada's post."}  # fmt: skip
            if not text:
                row["attachments"] = [{"data": [{"media": {"uri": "sticker.png"}}]}]
                wordless += 1
        listed.append(row)
        if text:
            records.append({"text": text, "time": time, "platform": "facebook", "from_shop": True})
    key = {"comments": "comments_v2", "group comments": "group_comments_v2"}.get(variant)
    value: Any = {key: listed} if key else listed
    rejected = {"missing_text": wordless} if wordless else {}
    return Sample(
        written(folder / "comments.json", meta_json(value)), {"comments": records}, rejected
    )


def _posts(folder: Path, variant: str, random: Random, rows: int) -> Sample:
    records, listed, wordless = [], [], 0
    for number in range(rows):
        time, text = START + timedelta(days=number), said(random)
        row: dict[str, Any] = {"timestamp": int(time.timestamp()), "title": f"{SHOP} wrote."}
        if variant == "posts" and number % 4 == 3:
            listed.append({**row, "data": [{"update_timestamp": 1}], "attachments": []})
            wordless += 1
            continue
        listed.append({**row, "data": [{"post": text}, {"update_timestamp": 1}]})
        record: dict[str, Any] = {"text": text, "time": time, "platform": "facebook"}
        records.append(record | ({"type": "post"} if variant == "posts" else {"from_shop": False}))
    value: Any = listed
    if variant == "timeline":
        value = {"wall_posts_sent_to_you": {"activity_log_data": listed}}
    table = "posts" if variant == "posts" else "comments"
    path = written(folder / "posts_1.json", meta_json(value))
    return Sample(path, {table: records}, {"no_words": wordless} if wordless else {})
