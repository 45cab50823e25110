"""Access logs as Apache and nginx write them: the common and the combined log format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Container, Raw, Rejection
from habitue.collect.bytestream import ByteFile
from habitue.collect.encoding import BAD, ENCODING_NAMES
from habitue.collect.framing import whole_lines

__all__ = ["AccessLog"]

_QUOTED = r'"(?P<{}>(?:[^"\\]|\\.)*)"'
_LINE = (
    r"^(?P<remote_addr>\S+) \S+ (?P<remote_user>.*?) \[(?P<time_local>[^\]]+)\] "
    + _QUOTED.format("request")
    + r" (?P<status>\d{3}|-) (?:\d+|-)(?: "
    + _QUOTED.format("http_referer")
    + " "
    + _QUOTED.format("http_user_agent")
    + r")?.*$"
)
_COLUMNS = ["remote_addr", "remote_user", "time_local", "request", "status", "http_referer",
            "http_user_agent"]  # fmt: skip
_SAMPLE = 200


class AccessLog(Container):
    """One request a line; a line of another shape is set aside."""

    name = "accesslog"
    rank = 500

    @classmethod
    def recognises(cls, file: ByteFile) -> bool:
        lines = [line for line in file.text_head().split(b"\n")[:_SAMPLE] if line.strip()]
        texts = pa.array([line.decode("utf-8", "replace") for line in lines], pa.string())
        fits = pc.sum(pc.match_substring_regex(texts, _LINE)).as_py() or 0
        return fits > 0 and fits * 2 > len(lines)

    def __init__(self, file: ByteFile) -> None:
        self._file = file
        self.columns = list(_COLUMNS)
        self.facts = [("encoding", ENCODING_NAMES[file.encoding])]

    def batches(self, columns: Sequence[str]) -> Iterator[Raw]:
        before = 0
        for block in whole_lines(self._file.text_blocks()):
            lines = block[:-1].split(b"\n")
            yield self._raw(lines, before + 1, columns)
            before += len(lines)

    def _raw(self, lines: list[bytes], first: int, columns: Sequence[str]) -> Raw:
        texts = pa.array([line.decode("utf-8", "replace").rstrip("\r") for line in lines])
        blank = np.asarray(pc.equal(pc.utf8_trim_whitespace(texts), ""))
        marked = np.array([BAD in line for line in lines], bool)
        found = pc.extract_regex(texts, _LINE)
        good = np.asarray(found.is_valid()) & ~marked & ~blank
        numbers = np.arange(first, first + len(lines), dtype=np.int64)
        kept = found.filter(pa.array(good))
        table = pa.table(
            {name: pc.struct_field(kept, name) for name in columns},
            schema=pa.schema([(name, pa.string()) for name in columns]),
        )
        rejected = [
            Rejection(int(numbers[n]), "undecodable" if marked[n] else "no_log_line")
            for n in np.flatnonzero(~good & ~blank).tolist()
        ]
        return Raw(table, numbers[good], rejected, int(blank.sum()))
