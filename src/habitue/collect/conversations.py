"""Reads the conversations of an archive, a file each, as if they were one file.

A shop has thousands of them, of a few messages each. As imports of their own they would be
thousands of batches, each of which is compared with all before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from habitue.collect.base import Container, Raw, Source
from habitue.collect.export import parts
from habitue.collect.files import open_source
from habitue.collect.social import COMMENT
from habitue.errors import FormatError, RecordError
from habitue.locale import _

__all__ = ["Conversations", "Joined", "joined"]

_KIND = "comments"
_SAMPLE = 2_000  # all is known of them: a few show that they can be read


@dataclass(frozen=True)
class Conversations:
    """Files of messages that lie in one archive.

    Attributes
    ----------
    name : str
        What people call them together.
    listing : str
        Which files there are, how long and since when: the same for the same archive.
    count : int
        How many they are.
    files : callable
        Yields each file, where it can be read until the next is asked for, and its name; or the
        error in its place.
    """

    name: str
    listing: str
    count: int
    files: Callable[[], Iterator[tuple[Path | RecordError, str]]]


class Joined(Container):
    """All messages in the order of the files. Lines are counted through.

    Attributes
    ----------
    failed : dict of str to RecordError
        The files that could not be read, and why.
    """

    def __init__(self, conversations: Conversations) -> None:  # not from bytes
        self._files = conversations.files
        self.columns = list(COMMENT)
        self.facts = []
        self.failed: dict[str, RecordError] = {}
        self.titles: dict[str, None] = {}

    @classmethod
    def recognises(cls, file: object) -> bool:
        return False

    def batches(self, columns: Sequence[str]) -> Iterator[Raw]:
        before = 0
        for path, name in self._files():
            last = 0
            try:
                for raw in self._read(path, columns):
                    last = max([last, *raw.lines[-1:].tolist(), *(r.line for r in raw.rejected)])
                    rejected = [replace(one, line=one.line + before) for one in raw.rejected]
                    yield Raw(raw.table, raw.lines + before, rejected, raw.blank)
            except RecordError as error:
                text = str(error)
                shown = text.replace(str(path), name) if isinstance(path, Path) else text
                self.failed[name] = type(error)(shown)
            before += last

    def _read(self, path: Path | RecordError, columns: Sequence[str]) -> Iterator[Raw]:
        if isinstance(path, RecordError):
            raise path
        found = [part for part in parts(open_source(path)) if part.kind == _KIND]
        if not found:
            raise FormatError(_("{file} is no conversation that is known.").format(file=path))
        self.titles |= {value: None for key, value in found[0].facts if key == "export"}
        yield from found[0].batches(columns)


def joined(conversations: Conversations, manifest: Path) -> Source:
    """Return the conversations as one source of comments.

    Parameters
    ----------
    conversations : Conversations
        The files.
    manifest : Path
        Where the listing is written, so that the same archive is known again.

    Returns
    -------
    Source
        Its reader has no ``titles`` if none of the files can be read.
    """
    manifest.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    manifest.write_text(conversations.listing, encoding="utf-8")
    reader = Joined(conversations)
    taken, rows = [], 0
    for raw in reader.batches(reader.columns):
        taken.append(raw.table)
        rows += len(raw.table)
        if rows >= _SAMPLE:
            break
    schema = pa.schema([(name, pa.string()) for name in reader.columns])
    sample = pa.concat_tables([schema.empty_table(), *taken])
    facts = [
        ("format", "json"),
        ("export", ", ".join(reader.titles)),
        ("files", str(conversations.count)),
    ]
    return Source(manifest, "json", reader.columns, facts, sample, reader, _KIND)
