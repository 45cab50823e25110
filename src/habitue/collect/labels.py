"""Instagram's rows of labelled values, whose labels are in the account's language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from habitue.collect.base import Source
from habitue.collect.mojibake import mended
from habitue.collect.social import Aside, Cells, Found, Written, document, of_epoch, parsed, rows_of
from habitue.collect.synonyms import fold

__all__ = ["VALUES", "Labels", "comment_labels", "own_comments"]

_MAP = "string_map_data."
VALUES = "label_values"

#: What Instagram calls a comment's text in some of its languages; others are told by their cells.
_COMMENT = {
    fold(name)
    for name in (
        "Comment", "评论", "留言", "評論", "Kommentar", "Commentaire", "Comentario", "Comentário",
        "Commento", "Reactie", "Opmerking", "コメント", "댓글", "Комментарий", "Yorum", "Komentarz",
        "Bình luận", "Komentar", "ความคิดเห็น", "تعليق", "टिप्पणी",
    )
}  # fmt: skip
_HANDLE = re.compile(r"[A-Za-z0-9._]{1,30}")
_LINK = re.compile(r"https?://\S+")
_LOOK = 500
_WORDY = 0.5


@dataclass
class _Label:
    """What the values under one label are like."""

    values: list[str] = field(default_factory=list)

    @property
    def wordy(self) -> float:
        """Return the share of values that are neither a name on a platform nor an address."""
        plain = sum(bool(_HANDLE.fullmatch(v) or _LINK.fullmatch(v)) for v in self.values)
        return 1 - plain / len(self.values) if self.values else 0.0


class Labels:
    """Which label of a file's rows is the comment's text.

    Parameters
    ----------
    source : Source
        The opened file.
    """

    def __init__(self, source: Source) -> None:
        # A row that holds nothing else stands without its frame.
        self._map = next((p for p in (_MAP, "") if any(_timed(source, p))), None)
        self._listed = VALUES in source.columns
        self._columns = [
            name
            for name in source.columns
            if name in ("timestamp", VALUES)
            or (self._map is not None and name.startswith(self._map) and _leaf(name))
        ]
        found: dict[str, _Label] = defaultdict(_Label)
        for row in rows_of(source.sample.select(self._columns).slice(0, _LOOK)):
            for label, value in self._texts(row).items():
                found[label].values.append(value)
        self.text = self._best(found)
        #: Whether the label says that it is a comment; else only its cells do.
        self.sure = fold(self.text) in _COMMENT
        self.alone = len(found) < 2
        self.wordy = found[self.text].wordy if self.text else 0.0

    @property
    def columns(self) -> Sequence[str]:
        """The columns that are looked at."""
        return self._columns

    def text_of(self, row: Cells) -> str | None:
        """Return the comment in a row."""
        return self._texts(row).get(self.text)

    def time_of(self, row: Cells) -> str | None:
        """Return when the comment of a row was written."""
        if moment := of_epoch(row.get("timestamp")):
            return moment
        stamps = (row.get(name) for name in self._columns if name.endswith(".timestamp"))
        return next((time for stamp in stamps if (time := of_epoch(stamp))), None)

    @staticmethod
    def _best(found: dict[str, _Label]) -> str:
        named = [label for label in found if fold(label) in _COMMENT]
        if named:
            return named[0]
        return max(found, key=lambda label: found[label].wordy, default="")

    def _texts(self, row: Cells) -> dict[str, str]:
        if self._listed:
            listed = _listed(parsed(row.get(VALUES)))
            return {mended(label): mended(value) for label, value in listed.items()}
        if self._map is None:
            return {}
        return {
            mended(name[len(self._map) : -len(".value")]): mended(cell)
            for name, cell in row.items()
            if name.endswith(".value") and cell
        }


def comment_labels(source: Source) -> Labels | None:
    """Return a file's labels if its rows are comments: by label, by the file's name, by cells."""
    framed = any(name.startswith(_MAP) for name in source.columns) or VALUES in source.columns
    bare = any(name.endswith(".timestamp") for name in source.columns)
    if not (framed or bare):
        return None
    labels = Labels(source)
    if not labels.text:
        return None
    found = document(source)
    called = source.path.name + "/" + "/".join(found.place if found else ())
    said = labels.sure or (framed and "comments" in called and "liked" not in called)
    # Lists of what was liked, saved or seen have labels too, and others' captions among them.
    shaped = framed and VALUES not in source.columns and not labels.alone
    return labels if said or (shaped and labels.wordy >= _WORDY) else None


def own_comments(labels: Labels, platform: str) -> Written:
    """Return the comments of an archive, which holds what its owner wrote: the shop's own."""

    def write(row: Cells) -> Iterator[Found | Aside]:
        yield Found(
            "comments",
            {
                "time": labels.time_of(row),
                "platform": platform,
                "text": labels.text_of(row),
                "from_shop": "true",
            },
        )

    return Written("comments", labels.columns, write)


def _timed(source: Source, prefix: str) -> list[str]:
    """Return the columns of labels that are times, as ``<prefix>Time.timestamp``."""
    return [
        name
        for name in source.columns
        if name.startswith(prefix)
        and name.endswith(".timestamp")
        and name[len(prefix) :].count(".") == 1
    ]


def _leaf(name: str) -> bool:
    return name.endswith((".value", ".timestamp"))


def _listed(values: Any) -> dict[str, str]:
    """Return labels and values, of inner lists too; the first of equal labels."""
    found: dict[str, str] = {}
    for one in values if isinstance(values, list) else ():
        if not isinstance(one, dict):
            continue
        label, value = one.get("label"), one.get("value")
        if isinstance(label, str) and isinstance(value, str) and value:
            found.setdefault(label, value)
        for label, value in _listed(one.get("dict")).items():
            found.setdefault(label, value)
    return found
