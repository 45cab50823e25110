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
        try:
            with pq.ParquetFile(self._path) as parquet:
                self.columns = _flat(parquet.schema_arrow.empty_table()).column_names
                rows = parquet.metadata.num_rows
        except (OSError, pa.ArrowException) as error:
            raise FormatError(
                _("{file} is damaged Parquet: {reason}.").format(file=file.path, reason=error)
            ) from error
        self.facts = [("rows", str(rows))]

    def batches(self, columns: Sequence[str]) -> Iterator[Raw]:
        with pq.ParquetFile(self._path) as parquet:
            top = dict.fromkeys(parquet.schema_arrow.names)
            needed = [n for n in top if any(c == n or c.startswith(f"{n}.") for c in columns)]
            line = 1
            for batch in parquet.iter_batches(batch_size=_ROWS, columns=needed):
                rows = batch.num_rows
                table = _flat(pa.Table.from_batches([batch])).select(list(columns))
                yield Raw(table, np.arange(line, line + rows, dtype=np.int64))
                line += rows


def _flat(table: pa.Table) -> pa.Table:
    while any(pa.types.is_struct(column.type) for column in table.schema):
        table = table.flatten()
    return table
