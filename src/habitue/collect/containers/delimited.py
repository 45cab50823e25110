"""CSV and its kin: fields parted by a comma, semicolon, tab or bar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.csv

from habitue.collect.base import Container, Fact, Raw, unique_names
from habitue.collect.bytestream import ByteFile
from habitue.collect.dialect import DATA_LIKE, sniff
from habitue.collect.encoding import ENCODING_NAMES
from habitue.collect.framing import Frame, Framer, whole_lines
from habitue.collect.record import split

__all__ = ["Delimited"]

_DELIMITER_NAMES = {b",": "comma", b";": "semicolon", b"\t": "tab", b"|": "bar"}


class Delimited(Container):
    """Delimited text; what no other format claims is taken for it."""

    name = "csv"
    rank = 900

    @classmethod
    def recognises(cls, file: ByteFile) -> bool:
        return True

    def __init__(self, file: ByteFile) -> None:
        self._file = file
        head = file.text_head()
        self._returns = b"\n" not in head and b"\r" in head
        if self._returns:
            head = head.replace(b"\r", b"\n")
        self._dialect = sniff(head, file.path)
        self.columns = unique_names(self._dialect.names)
        self.facts = self._found()
        self._likely = self._data_columns(head)

    def _found(self) -> list[Fact]:
        dialect = self._dialect
        delimiter = _DELIMITER_NAMES.get(dialect.delimiter, dialect.delimiter.decode())
        facts = [
            ("encoding", ENCODING_NAMES[self._file.encoding]),
            ("delimiter", delimiter if dialect.width > 1 else "none"),
            ("header", f"line {dialect.skip + 1}" if dialect.header else "none"),
        ]
        if dialect.quote != b'"':
            facts.append(("quote", dialect.quote.decode()))
        if dialect.escape:
            facts.append(("escape", "\\"))
        return facts

    def _data_columns(self, head: bytes) -> list[int]:
        """Return the columns whose cells are numbers or dates, in nearly all of the first rows."""
        rows = []
        for line in head.split(b"\n")[self._dialect.skip + 1 : self._dialect.skip + 1001]:
            fields = split(line.removesuffix(b"\r"), self._dialect.delimiter, self._dialect.quote)
            if fields and len(fields) == self._dialect.width:
                rows.append(fields)
        likely = []
        for n in range(self._dialect.width):
            cells = [row[n] for row in rows if row[n].strip()]
            fits = sum(bool(DATA_LIKE.fullmatch(cell)) for cell in cells)
            if cells and fits >= 0.95 * len(cells) and len(cells) >= 0.5 * len(rows):
                likely.append(n)
        return likely

    def _looks_like_record(self, fields: list[bytes]) -> bool:
        cells = [fields[n].strip(b' "\t') for n in self._likely]
        if not cells:
            return len(fields) > 2 and all(cell.strip() for cell in fields)
        return any(cells) and all(not cell or DATA_LIKE.fullmatch(cell) for cell in cells)

    def batches(self, columns: Sequence[str]) -> Iterator[Raw]:
        dialect = self._dialect
        first = dialect.skip + int(dialect.header)
        blocks = whole_lines(self._converted())
        framer = Framer(
            dialect.delimiter, dialect.quote, dialect.width, first + 1, self._looks_like_record
        )
        for frame in framer.frames(_after(blocks, first)):
            yield self._raw(frame, columns)

    def _converted(self) -> Iterator[bytes]:
        for block in self._file.text_blocks():
            if self._returns:
                block = block.replace(b"\r", b"\n")
            yield block.replace(b'\\"', b'""') if self._dialect.escape else block

    def _raw(self, frame: Frame, columns: Sequence[str]) -> Raw:
        table = self._parsed(frame, columns)
        lines = frame.text_lines
        if frame.records:
            lines = np.concatenate((lines, frame.record_lines)).astype(np.int64)
            order = np.argsort(lines, kind="stable")
            table = pa.concat_tables([table, self._careful(frame, columns)]).take(order)
            lines = lines[order]
        return Raw(table, lines, frame.rejected, frame.blank)

    def _parsed(self, frame: Frame, columns: Sequence[str]) -> pa.Table:
        schema = pa.schema([(name, pa.string()) for name in columns])
        if not frame.text:
            return schema.empty_table()
        table = pa.csv.read_csv(
            pa.BufferReader(frame.text),
            read_options=pa.csv.ReadOptions(
                column_names=self.columns, block_size=max(1 << 20, 2 * frame.longest + 1024)
            ),
            parse_options=pa.csv.ParseOptions(
                delimiter=self._dialect.delimiter.decode(),
                quote_char=self._dialect.quote.decode(),
                ignore_empty_lines=False,
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=schema,
                include_columns=list(columns),
                strings_can_be_null=False,
                check_utf8=False,  # done when the text was decoded
            ),
        )
        if table.num_rows != len(frame.text_lines):
            raise AssertionError("the two readers of a line disagree on its fields")
        return table

    def _careful(self, frame: Frame, columns: Sequence[str]) -> pa.Table:
        at = [self.columns.index(name) for name in columns]
        return pa.table(
            {
                name: pa.array([record[n].decode("utf-8", "replace") for record in frame.records])
                for name, n in zip(columns, at, strict=True)
            },
            schema=pa.schema([(name, pa.string()) for name in columns]),
        )


def _after(blocks: Iterator[bytes], lines: int) -> Iterator[bytes]:
    """Yield what follows the first so many lines."""
    for block in blocks:
        at = 0
        while lines and at < len(block):
            at = block.find(b"\n", at) + 1
            lines -= 1
        if at < len(block):
            yield from chain([block[at:] if at else block], blocks)
            return
