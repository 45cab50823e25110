"""Parquet: typed columns, read a group of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from habitue.collect.base import Container, Raw
from habitue.collect.bytestream import ByteFile
from habitue.errors import FormatError
from habitue.locale import _

__all__ = ["Parquet"]

_ROWS = 100_000


class Parquet(Container):
    """A Parquet file; fields of structures become columns with dotted names."""

    name = "parquet"
    rank = 100

    @classmethod
    def recognises(cls, file: ByteFile) -> bool:
        return file.head.startswith(b"PAR1")

    def __init__(self, file: ByteFile) -> None:
        self._path = file.local_path()
        self._keep = file
        with self._opened() as parquet:
            self.columns = _flat(parquet.schema_arrow.empty_table()).column_names
            rows = parquet.metadata.num_rows
        self.facts = [("rows", str(rows))]

    def batches(self, columns: Sequence[str]) -> Iterator[Raw]:
        with self._opened() as parquet:
            top = dict.fromkeys(parquet.schema_arrow.names)
            needed = [n for n in top if any(c == n or c.startswith(f"{n}.") for c in columns)]
            line = 1
            batches = parquet.iter_batches(batch_size=_ROWS, columns=needed)
            while (batch := self._next(batches)) is not None:
                rows = batch.num_rows
                table = _flat(pa.Table.from_batches([batch])).select(list(columns))
                yield Raw(table, np.arange(line, line + rows, dtype=np.int64))
                line += rows

    def _opened(self) -> pq.ParquetFile:
        try:
            return pq.ParquetFile(self._path)
        except (OSError, pa.ArrowException, UnicodeError) as error:
            raise self._damaged(error) from error

    def _next(self, batches: Iterator[pa.RecordBatch]) -> pa.RecordBatch | None:
        """Return the next rows, once they are seen to be sound: pages bear no checksum."""
        try:
            batch = next(batches, None)
            if batch is not None:
                batch.validate(full=True)
        except (OSError, pa.ArrowException, UnicodeError) as error:
            raise self._damaged(error) from error
        return batch

    def _damaged(self, error: Exception) -> FormatError:
        text = _("{file} is damaged Parquet: {reason}.")
        return FormatError(text.format(file=self._keep.path, reason=error))


def _flat(table: pa.Table) -> pa.Table:
    while any(pa.types.is_struct(column.type) for column in table.schema):
        table = table.flatten()
    return table
