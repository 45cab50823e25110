"""Instagram's archive: comments in several languages and forms, messages, published media."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.samples.archives import START, meta_json, said, thread, written
from tests.samples.base import Sample

__all__ = ["VARIANTS", "write"]

_LABELS = {
    "comments": ("Comment", "Media Owner", "Time"),
    "comments in Chinese": ("评论", "媒体所有者", "时间"),
    "comments in German": ("Kommentar", "Medieninhaber", "Zeit"),
    "comments in Finnish": ("Kommentti", "Median omistaja", "Aika"),
    "reels": ("Comment", "Media Owner", "Time"),
}
_PUBLISHED = {"posts": "post", "published reels": "reel", "stories": "story"}
VARIANTS = (*_LABELS, "only the frame", "labelled", "messages", "group", *_PUBLISHED)
_ROOT = "your_instagram_activity"


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    """Write one file of an archive."""
    random = Random(f"{variant}{seed}")
    if variant in ("messages", "group"):
        path = folder / _ROOT / "messages" / "inbox" / "ada_1" / "message_1.json"
        found = thread(random, rows, "instagram", group=variant == "group")
        written(path, meta_json(found.document))
        return Sample(path, {"comments": found.records}, found.rejected)
    if variant in _PUBLISHED:
        return _published(folder / _ROOT / "media", variant, random, rows)
    return _comments(folder / _ROOT / "comments", variant, random, rows)


def _comments(folder: Path, variant: str, random: Random, rows: int) -> Sample:
    records, listed = [], []
    for number in range(rows):
        time = START + timedelta(hours=number)
        text = said(random)
        records.append(
            {"text": text, "time": time, "platform": "instagram", "from_shop": True, "handle": None}
        )
        listed.append(_row(variant, text, random.choice(("cafe.bluete", "ada_l")), time))
    value: Any = {"comments_reels_comments": listed} if variant == "reels" else listed
    name = "reels_comments.json" if variant == "reels" else "post_comments_1.json"
    return Sample(written(folder / name, meta_json(value)), {"comments": records})


def _row(variant: str, text: str, owner: str, time: datetime) -> dict[str, Any]:
    seconds = int(time.timestamp())
    if variant == "labelled":
        return {
            "timestamp": seconds,
            "media": [],
            "label_values": [
                {"label": "Comment", "value": text},
                {"label": "URL", "value": "https://www.instagram.com/p/C1/", "href": ""},
                {"title": "Media Owner", "dict": [{"label": "Username", "value": owner}]},
            ],
            "fbid": str(seconds),
        }
    comment, holder, when = _LABELS.get(variant, _LABELS["comments"])
    labels = {
        comment: {"href": "", "value": text, "timestamp": 0},
        holder: {"href": "", "value": owner, "timestamp": 0},
        when: {"href": "", "value": "", "timestamp": seconds},
    }
    bare = {"string_map_data": labels}
    return bare if variant == "only the frame" else {"media_list_data": [{"uri": ""}], **bare}


def _published(folder: Path, variant: str, random: Random, rows: int) -> Sample:
    records, listed = [], []
    for number in range(rows):
        time = START + timedelta(days=number)
        text = random.choice(("", said(random)))
        media = {
            "uri": f"media/posts/202503/{17900 + number}_n.jpg",
            "creation_timestamp": int(time.timestamp()),
            "media_metadata": {"camera_metadata": {"has_camera_metadata": False}},
            "title": text,
            "cross_post_source": {"source_app": "FB"},
        }
        several = {"media": [{**media, "title": ""}] * 2, "title": text,
                   "creation_timestamp": media["creation_timestamp"]}  # fmt: skip
        one = several if variant == "posts" and number % 3 == 2 else {"media": [media]}
        listed.append(media if variant == "stories" else one)
        records.append(
            {"text": text or None, "time": time, "platform": "instagram",
             "type": _PUBLISHED[variant], "post_id": f"{17900 + number}_n"}
        )  # fmt: skip
    value: Any = {
        "posts": listed,
        "published reels": {"ig_reels_media": listed},
        "stories": {"ig_stories": listed},
    }[variant]
    return Sample(written(folder / f"{variant}_1.json", meta_json(value)), {"posts": records})
