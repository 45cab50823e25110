"""JSON documents: an array of objects, or an object that holds one."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from habitue.collect.base import Container, Raw
from habitue.collect.bytestream import ByteFile
from habitue.collect.encoding import ENCODING_NAMES
from habitue.collect.jsontext import Rows, columns_of
from habitue.errors import FormatError
from habitue.locale import _

__all__ = ["JsonDocument"]

_ROWS = 50_000
_SAMPLE = 500
_LONGEST = 32 << 20  # characters of one value, beyond which the document counts as broken
_SPACE = re.compile(r"[\s]*")
_ASSIGNMENT = re.compile(r"\s*[A-Za-z_$][\w.$]*\s*=\s*")  # X's archive: window.YTD.… = [
_DECODER = json.JSONDecoder()


class JsonDocument(Container):
    """A JSON document, its array read element by element."""

    name = "json"
    rank = 400

    @classmethod
    def recognises(cls, file: ByteFile) -> bool:
        start = file.text_head()[:200].decode("utf-8", "replace").lstrip()
        if assignment := _ASSIGNMENT.match(start):
            start = start[assignment.end() :]
        return bool(re.match(r'\[\s*($|[\[{"\d\]])|\{\s*("|\}|$)', start))

    def __init__(self, file: ByteFile) -> None:
        self._file = file
        reader = _Reader(self._text())
        key = reader.enter_array()
        if key is None:
            raise FormatError(
                _("{file} is JSON, but neither an array of objects nor an object that holds one.")
                .format(file=file.path)
            )  # fmt: skip
        values = []
        for value in reader.elements():
            values.append(_unwrapped(value))
            if len(values) >= _SAMPLE:
                break
        self.columns = columns_of(values)
        if not self.columns:
            raise FormatError(_("{file} holds no objects in its array.").format(file=file.path))
        self.facts = [("encoding", ENCODING_NAMES[file.encoding])]
        if key:
            self.facts.append(("array", key))

    def _text(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        for block in self._file.text_blocks():
            yield decoder.decode(block)

    def batches(self, columns: Sequence[str]) -> Iterator[Raw]:
        rows = Rows(columns)
        reader = _Reader(self._text())
        reader.enter_array()
        number = 0
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


def _unwrapped(value: Any) -> Any:
    """Take the record out of ``{"tweet": {…}}``."""
    if isinstance(value, dict) and len(value) == 1:
        inner = next(iter(value.values()))
        if isinstance(inner, dict):
            return inner
    return value


class _Reader:
    """Reads a JSON text piece by piece, never more than one value and one block of it."""

    def __init__(self, blocks: Iterator[str]) -> None:
        self._blocks = blocks
        self._text, self._at = "", 0
        self.complete = False
        self.marked = False

    def enter_array(self) -> str | None:
        """Go to the first element of the array; return its key, "" at the top, None if none."""
        self._more()
        if assignment := _ASSIGNMENT.match(self._text):
            self._at = assignment.end()
        character = self._next()
        if character == "[":
            self._at += 1
            return ""
        if character != "{":
            return None
        self._at += 1
        while self._next() == '"':
            try:
                key = self._value()
                if self._next() != ":":
                    return None
                self._at += 1
                if self._next() == "[":
                    self._at += 1
                    if self._next() == "{":
                        return str(key)
                    self._at -= self._text[: self._at][::-1].index("[") + 1
                self._value()
            except ValueError:
                return None
            if self._next() == ",":
                self._at += 1
        return None

    def elements(self) -> Iterator[Any]:
        """Yield the array's elements until it ends or breaks."""
        while (character := self._next()) and character != "]":
            try:
                value = self._value()
            except (ValueError, RecursionError):
                return
            yield value
            if self._next() == ",":
                self._at += 1
            elif self._next() != "]":
                return
        self.complete = character == "]"

    def _next(self) -> str:
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def _value(self) -> Any:
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except ValueError:
                if len(self._text) - self._at > _LONGEST or not self._more():
                    raise
                continue
            # A number at the very end of a block may go on in the next.
            if end == len(self._text) and self._more():
                continue
            self.marked = self._text.find("\ufdd0", self._at, end) >= 0
            self._at = end
            return value

    def _more(self) -> bool:
        block = next(self._blocks, None)
        if block is None:
            return False
        self._text, self._at = self._text[self._at :] + block, 0
        return True
