"""Instagram, "download your information" as JSON: comments, messages, posts, reels, stories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from habitue.collect.base import Source
from habitue.collect.export import ExportFormat, Part
from habitue.collect.labels import VALUES, comment_labels, own_comments
from habitue.collect.mojibake import mended
from habitue.collect.social import Aside, Cells, Found, Written, document, of_epoch, parsed
from habitue.collect.threads import is_thread, platform_of, thread_part

__all__ = ["InstagramArchive"]

_NAME = "instagram"
#: The array's key to what was published.
_PUBLISHED = {
    "ig_stories": "story",
    "ig_reels_media": "reel",
    "ig_igtv_media": "video",
}


class InstagramArchive(ExportFormat):
    """Comments and messages become comments, what was published becomes posts."""

    name = "instagram_archive"
    title = "Instagram archive"
    rank = 60

    @classmethod
    def recognises(cls, source: Source) -> bool:
        if document(source) is None or platform_of(source, "") == "facebook":
            return False
        if is_thread(source):
            return platform_of(source, "facebook") == _NAME
        return comment_labels(source) is not None or _published(source) != ""

    def parts(self, source: Source) -> list[Part]:
        if is_thread(source):
            return [thread_part(source, _NAME)]
        labels = comment_labels(source)
        return [own_comments(labels, _NAME) if labels else _posts(source)]


def _published(source: Source) -> str:
    """Return what a file's rows are that was published; empty if nothing was."""
    found = document(source)
    key = found.place[-1] if found and found.place else ""
    if key:
        return _PUBLISHED.get(key, "")
    if "media" not in source.columns or VALUES in source.columns:
        return ""
    cells = source.sample["media"].slice(0, 50).to_pylist()
    media = [one for cell in cells for one in parsed(cell) or () if isinstance(one, dict)]
    return "post" if any({"uri", "creation_timestamp"} <= one.keys() for one in media) else ""


def _posts(source: Source) -> Written:
    kind = _published(source)

    def write(row: Cells) -> Iterator[Found | Aside]:
        media = _first(parsed(row.get("media")))
        text = row.get("title") or media.get("title") or ""
        time = row.get("creation_timestamp") or media.get("creation_timestamp")
        uri = row.get("uri") or media.get("uri") or ""
        yield Found(
            "posts",
            {
                "time": of_epoch(time),
                "platform": _NAME,
                "type": kind,
                "text": mended(str(text)) or None,
                # The archive has no ids: the picture's name is the only thing that is its own.
                "post_id": str(uri).rpartition("/")[2].partition(".")[0] or None,
            },
        )

    wanted = ("media", "title", "creation_timestamp", "uri")
    return Written("posts", [name for name in wanted if name in source.columns], write)


def _first(media: Any) -> dict[str, Any]:
    one = media[0] if isinstance(media, list) and media else media
    return one if isinstance(one, dict) else {}
