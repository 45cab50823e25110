"""Reads a JSON text piece by piece, never more than one value and one block of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

__all__ = ["ASSIGNMENT", "JsonReader", "Place"]

#: The keys that lead to an array in a document.
Place = tuple[str, ...]

#: X's archive is scripts: ``window.YTD.tweets.part0 = [``. They are read, never run.
ASSIGNMENT = re.compile(r"\s*([A-Za-z_$][\w.$]*)\s*=\s*")

_LONGEST = 32 << 20  # characters of one value, beyond which the document counts as broken
_BESIDE = 1 << 16  # characters of a value beside the array that are kept
_DEEPEST = 3  # objects in objects that are looked into for an array
_SPACE = re.compile(r"[\s]*")
_DECODER = json.JSONDecoder()


class JsonReader:
    """A place in a JSON text that moves forward.

    Attributes
    ----------
    assigned : str
        What a script assigns the document to.
    complete : bool
        Whether the last array was read to its end.
    marked : bool
        Whether the last value holds bytes that could not be decoded.
    size : int
        Characters of the array read last, so far.
    """

    def __init__(self, blocks: Iterator[str]) -> None:
        self._blocks = blocks
        self._text, self._at = "", 0
        self.complete = False
        self.marked = False
        self.size = 0
        self._length = 0
        self._more()
        found = ASSIGNMENT.match(self._text)
        self.assigned = found[1] if found else ""
        self._at = found.end() if found else 0

    def arrays(self) -> Iterator[Place]:
        """Go to each array of objects in turn; who asks reads its ``elements``."""
        try:
            if self._next() == "[":
                self._at += 1
                yield ()
            else:
                yield from self._arrays_inside((), 1)
        except (ValueError, RecursionError):
            return

    def enter(self, place: Place) -> bool:
        """Go to the first element of the array at a place; False if there is none."""
        try:
            if not all(self._find(name) for name in place) or self._next() != "[":
                return False
        except (ValueError, RecursionError):
            return False
        self._at += 1
        return True

    def elements(self) -> Iterator[Any]:
        """Yield the array's elements until it ends or breaks."""
        self.complete, self.size = False, 0
        while (character := self._next()) and character != "]":
            try:
                value = self._value()
            except (ValueError, RecursionError):
                return
            self.size += self._length
            yield value
            if self._next() == ",":
                self._at += 1
            elif self._next() != "]":
                return
        self.complete = character == "]"
        self._at += self.complete

    def beside(self, name: str) -> dict[str, Any]:
        """Return the document's other members as far as it can be read, and none that is long."""
        found: dict[str, Any] = {}
        try:
            for key in self._members():
                if key != name and self._next() != "[":
                    value = self._value()
                    length = self._length
                else:
                    value = self._short_array()
                    length = self.size
                if key != name and length <= _BESIDE:
                    found[key] = value
        except (ValueError, RecursionError):
            pass
        return found

    def _arrays_inside(self, place: Place, depth: int) -> Iterator[Place]:
        for key in self._members():
            character = self._next()
            if character == "[":
                self._at += 1
                if self._next() == "{":
                    yield (*place, key)
                else:
                    self._pass()
                if not self.complete:
                    return
            elif character == "{" and depth < _DEEPEST:
                yield from self._arrays_inside((*place, key), depth + 1)
            else:
                self._value()

    def _members(self) -> Iterator[str]:
        """Yield an object's keys; at each, who asks reads the value before the next is asked."""
        if self._next() != "{":
            return
        self._at += 1
        while self._next() == '"':
            key = str(self._value())
            if self._next() != ":":
                return
            self._at += 1
            self._next()
            yield key
            if self._next() != ",":
                break
            self._at += 1
        self._at += self._next() == "}"

    def _find(self, name: str) -> bool:
        for key in self._members():
            if key == name:
                return True
            if self._next() == "[":
                self._at += 1
                self._pass()
                if not self.complete:
                    return False
            else:
                self._value()
        return False

    def _pass(self) -> None:
        for _value in self.elements():
            pass

    def _short_array(self) -> list[Any]:
        if self._next() != "[":
            raise ValueError
        self._at += 1
        kept = [value for value in self.elements() if self.size <= _BESIDE]
        if not self.complete:
            raise ValueError
        return kept

    def _next(self) -> str:
        """Go to the next character that is no space, and return it; empty at the end."""
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
            self._length = end - self._at
            self._at = end
            return value

    def _more(self) -> bool:
        block = next(self._blocks, None)
        if block is None:
            return False
        self._text, self._at = self._text[self._at :] + block, 0
        return True
