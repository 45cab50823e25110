"""JSON Lines: one object a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from habitue.collect.base import SAMPLE_ROWS, Container, Raw
from habitue.collect.bytestream import ByteFile
from habitue.collect.encoding import ENCODING_NAMES
from habitue.collect.framing import whole_lines
from habitue.collect.jsontext import Rows, columns_of, loads

__all__ = ["JsonLines"]

_ROWS = 50_000
_SAMPLE = 2_000


class JsonLines(Container):
    """One JSON object a line; a broken line is set aside and the next one read."""

    name = "jsonl"
    rank = 300

    @classmethod
    def recognises(cls, file: ByteFile) -> bool:
        if file.head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] not in (b"{", b"["):
            return False
        values = _parsed(file)
        objects = [value for value in values if isinstance(value, dict)]
        if len(values) < 2:
            return len(objects) == 1 and not _holds_records(objects[0])
        return len(objects) * 2 > len(values)

    def __init__(self, file: ByteFile) -> None:
        self._file = file
        # A key may first occur far down: a log begins with visitors, logins come later.
        self.columns = columns_of(islice(self._values(), SAMPLE_ROWS))
        self.facts = [("encoding", ENCODING_NAMES[file.encoding])]

    def _values(self) -> Iterator[object]:
        for block in whole_lines(self._file.text_blocks()):
            for line in block.split(b"\n"):
                if line.strip():
                    yield _value(line)

    def batches(self, columns: Sequence[str]) -> Iterator[Raw]:
        rows = Rows(columns)
        number = 0
        for block in whole_lines(self._file.text_blocks()):
            for line in block[:-1].split(b"\n"):
                number += 1
                rows.add_text(number, line)
                if len(rows) >= _ROWS:
                    yield rows.take()
        yield rows.take()


def _holds_records(value: dict[str, object]) -> bool:
    """Say whether a lone object is a document around an array of objects, as an answer is."""
    while len(value) == 1 and isinstance(inner := next(iter(value.values())), dict):
        value = inner
    return any(isinstance(v, list) and v and isinstance(v[0], dict) for v in value.values())


def _parsed(file: ByteFile) -> list[object]:
    """Return the values of the first lines; None for a line that is no JSON."""
    lines = file.text_head().split(b"\n")[:_SAMPLE]
    return [_value(line) for line in lines if line.strip()]


def _value(line: bytes) -> object:
    try:
        return loads(line.strip())
    except (ValueError, RecursionError):
        return None
