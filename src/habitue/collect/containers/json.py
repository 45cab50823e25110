"""JSON documents: an array of objects, or an object that holds one."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import Any

from habitue.collect.base import Container, Raw
from habitue.collect.bytestream import ByteFile
from habitue.collect.encoding import ENCODING_NAMES
from habitue.collect.jsonreader import ASSIGNMENT, JsonReader, Place
from habitue.collect.jsontext import Rows, columns_of
from habitue.errors import FormatError
from habitue.locale import _

__all__ = ["JsonDocument"]

_ROWS = 50_000
_SAMPLE = 2_000
_ENOUGH = 1 << 20  # characters of an array beyond which it is surely the one that is meant


class JsonDocument(Container):
    """A JSON document, its array read element by element."""

    name = "json"
    rank = 400

    @classmethod
    def recognises(cls, file: ByteFile) -> bool:
        start = file.text_head()[:200].decode("utf-8", "replace").lstrip()
        if assignment := ASSIGNMENT.match(start):
            start = start[assignment.end() :]
        return bool(re.match(r'\[\s*($|[\[{"\d\]])|\{\s*("|\}|$)', start))

    def __init__(self, file: ByteFile) -> None:
        self._file = file
        reader = self._reader()
        #: What a script assigns the document to, as X's archive does; empty for plain JSON.
        self.assigned = reader.assigned
        found = {place: _looked_at(reader) for place in _unless_enough(reader)}
        if not found:
            raise FormatError(
                _("{file} is JSON, but neither an array of objects nor an object that holds one.")
                .format(file=file.path)
            )  # fmt: skip
        # A list of names beside the records has one column, or is the smaller.
        self._place = max(found, key=lambda place: (len(found[place][0]) > 1, found[place][1]))
        self.columns = found[self._place][0]
        if not self.columns:
            raise FormatError(_("{file} holds no objects in its array.").format(file=file.path))
        self.facts = [("encoding", ENCODING_NAMES[file.encoding])]
        if self._place:
            self.facts.append(("array", ".".join(self._place)))
        if len(found) > 1:
            others = (".".join(place) for place in found if place != self._place)
            self.facts.append(("other arrays", ", ".join(others)))

    def _reader(self) -> JsonReader:
        return JsonReader(self._text())

    def _text(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        for block in self._file.text_blocks():
            yield decoder.decode(block)

    @property
    def place(self) -> Place:
        """The keys that lead to the array; none if the document is the array."""
        return self._place

    def around(self) -> dict[str, Any]:
        """Return what stands beside the array in the document; long values are left out."""
        return self._reader().beside(self._place[0]) if self._place else {}

    def batches(self, columns: Sequence[str]) -> Iterator[Raw]:
        rows = Rows(columns)
        reader = self._reader()
        number = 0
        if reader.enter(self._place):
            for number, value in enumerate(reader.elements(), start=1):
                if reader.marked:
                    rows.reject(number, "undecodable")
                else:
                    rows.add(number, _unwrapped(value))
                if len(rows) >= _ROWS:
                    yield rows.take()
        if not reader.complete:
            rows.reject(number + 1, "json_cut_short")
        yield rows.take()


def _unless_enough(reader: JsonReader) -> Iterator[Place]:
    for place in reader.arrays():
        yield place
        if reader.size > _ENOUGH:
            return


def _looked_at(reader: JsonReader) -> tuple[list[str], int]:
    """Return the columns of the array that the reader stands in, and how long it is at least."""
    values: list[Any] = []
    for value in reader.elements():
        if len(values) < _SAMPLE:
            values.append(_unwrapped(value))
        elif reader.size > _ENOUGH:
            break
    return columns_of(values), reader.size


def _unwrapped(value: Any) -> Any:
    """Take the record out of ``{"tweet": {…}}``."""
    if isinstance(value, dict) and len(value) == 1:
        inner = next(iter(value.values()))
        if isinstance(inner, dict):
            return inner
    return value
