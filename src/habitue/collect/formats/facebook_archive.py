"""Facebook, "download your information" as JSON: comments, messages, posts, the Page's timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from habitue.collect.base import Source
from habitue.collect.export import ExportFormat, Part
from habitue.collect.labels import comment_labels, own_comments
from habitue.collect.mojibake import mended
from habitue.collect.social import Aside, Cells, Found, Written, document, of_epoch, parsed
from habitue.collect.threads import is_thread, platform_of, thread_part

__all__ = ["FacebookArchive"]

_NAME = "facebook"
_TIMELINE = "wall_posts_sent_to_you"
_COLUMNS = ("timestamp", "data")


class FacebookArchive(ExportFormat):
    """Comments, messages and others' words on the timeline are comments; own posts are posts."""

    name = "facebook_archive"
    title = "Facebook archive"
    rank = 61

    @classmethod
    def recognises(cls, source: Source) -> bool:
        if document(source) is None:
            return False
        if is_thread(source):
            return platform_of(source, _NAME) == _NAME
        if set(_COLUMNS) <= set(source.columns):
            return bool(_kinds(source))
        return platform_of(source, "") == _NAME and comment_labels(source) is not None

    def parts(self, source: Source) -> list[Part]:
        if is_thread(source):
            return [thread_part(source, _NAME)]
        if labels := comment_labels(source):
            return [own_comments(labels, _NAME)]
        found = document(source)
        if "comment" in _kinds(source):
            return [_comments(source)]
        return [_posts(source, timeline=bool(found and _TIMELINE in found.place))]


def _data(row: Cells) -> list[dict[str, Any]]:
    listed = parsed(row.get("data"))
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _kinds(source: Source) -> set[str]:
    """Return the keys in the rows' data: comment, post."""
    found: set[str] = set()
    for cell in source.sample["data"].slice(0, 200).to_pylist():
        for one in _data({"data": cell}):
            found |= {key for key, kind in (("comment", dict), ("post", str))
                      if isinstance(one.get(key), kind)}  # fmt: skip
    return found


def _words(row: Cells, key: str) -> Any:
    return next((one[key] for one in _data(row) if key in one), None)


def _comments(source: Source) -> Written:
    """An archive holds what its owner wrote: whoever wrote most is the shop."""
    cells = source.sample["data"].to_pylist()
    said = [_words({"data": cell}, "comment") for cell in cells]
    authors = Counter(one.get("author") for one in said if isinstance(one, dict))
    owner = authors.most_common(1)[0][0] if authors else None

    def write(row: Cells) -> Iterator[Found | Aside]:
        comment = _words(row, "comment")
        comment = comment if isinstance(comment, dict) else {}
        text = comment.get("comment")
        yield Found(
            "comments",
            {
                "time": of_epoch(comment.get("timestamp") or row.get("timestamp")),
                "platform": _NAME,
                "text": mended(text) if isinstance(text, str) and text else None,
                "from_shop": "true" if comment.get("author") == owner else "false",
            },
        )

    return Written("comments", _COLUMNS, write)


def _posts(source: Source, timeline: bool) -> Written:
    def write(row: Cells) -> Iterator[Found | Aside]:
        text = _words(row, "post")
        text = mended(text) if isinstance(text, str) and text else None
        time = of_epoch(row.get("timestamp"))
        if timeline:  # written by others on the shop's own page
            cells: Cells = {"time": time, "platform": _NAME, "text": text, "from_shop": "false"}
            yield Found("comments", cells)
        elif text is None:
            yield Aside("no_words")  # a photo without a caption, a check-in: nothing to read
        else:
            yield Found("posts", {"time": time, "platform": _NAME, "type": "post", "text": text})

    return Written("comments" if timeline else "posts", _COLUMNS, write)
