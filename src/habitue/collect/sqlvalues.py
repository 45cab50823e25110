"""What databases call a value, as the text that an export would hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["arrow_texts", "is_number", "text_of"]

_EPOCH_RANGE = 250_000_000_000_000_000  # µs: the years up to 9,800, all that text can be read from


def text_of(value: Any, moment: bool = False) -> str | None:
    r"""Return a value from a driver as text; numbers exact, times as ISO 8601.

    Parameters
    ----------
    value : object
        What the driver gives: numbers, times, bytes, UUIDs, lists, objects.
    moment : bool
        A time without a zone is one in UTC.

    Examples
    --------
    >>> text_of(Decimal("12.50")), text_of(True), text_of({"a": [1]}), text_of(b"caf\xc3\xa9")
    ('12.50', 'true', '{"a": [1]}', 'café')
    >>> text_of(datetime(2024, 5, 1, 8), moment=True), text_of(1e-7)
    ('2024-05-01 08:00:00Z', '0.0000001')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _plain(Decimal(repr(value)))
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, datetime):
        text = value.isoformat(sep=" ")
        return f"{text}Z" if moment and value.tzinfo is None else text
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return _of_bytes(bytes(value))
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=text_of)
    return str(value)


def _plain(value: Decimal) -> str:
    """Write a number without an exponent, which would look like a spreadsheet's damage."""
    return format(value, "f") if value.is_finite() else str(value)


def _of_bytes(value: bytes) -> str:
    """Read bytes as text where they are text; a key in binary is its hexadecimal digits."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return value.hex()
    return text if text.isprintable() else value.hex()


def arrow_texts(batches: Sequence[pa.RecordBatch], schema: pa.Schema) -> pa.RecordBatch:
    """Return batches as one whose columns are text, but times, which keep their type.

    >>> batch = pa.record_batch({"id": [1, 2], "ok": [True, None]})
    >>> arrow_texts([batch], batch.schema).to_pydict()
    {'id': ['1', '2'], 'ok': ['true', None]}
    """
    table = pa.Table.from_batches(batches, schema)
    arrays = [_column(column.combine_chunks()) for column in table.columns]
    return pa.RecordBatch.from_arrays(arrays, names=table.column_names)


def is_number(column: pa.Field) -> bool:
    """Say whether a column holds numbers; PostgreSQL's numeric comes as text that bears its name.

    >>> is_number(pa.field("n", pa.decimal128(12, 2))), is_number(pa.field("n", pa.string()))
    (True, False)
    """
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return "type_name=numeric" in str(kind)
    return any((pa.types.is_integer(kind), pa.types.is_floating(kind), pa.types.is_decimal(kind)))


def _column(array: pa.Array) -> pa.Array:
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks() if array.num_chunks != 1 else array.chunk(0)
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        named = str(kind)
        if "uuid" in named:
            return pa.array([text_of(value) for value in array.to_pylist()], pa.string())
        return _column(array.storage)
    if pa.types.is_timestamp(kind):
        return _times(array)
    if pa.types.is_string(kind):
        return array
    exact = pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_date(kind)
    if exact or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pc.cast(array, pa.string())
    if pa.types.is_dictionary(kind):
        return _column(pc.cast(array, kind.value_type))
    if pa.types.is_null(kind):
        return pa.nulls(len(array), pa.string())
    return pa.array([text_of(value) for value in array.to_pylist()], pa.string())


def _times(array: pa.Array) -> pa.Array:
    """Return times to the microsecond; infinity, which PostgreSQL knows, is in the far future."""
    zone = array.type.tz
    micros = pc.cast(pc.cast(array, pa.timestamp("us", zone), safe=False), pa.int64())
    clipped = pc.max_element_wise(
        pc.min_element_wise(micros, _EPOCH_RANGE, skip_nulls=False),
        -_EPOCH_RANGE // 10,
        skip_nulls=False,
    )
    return clipped.cast(pa.timestamp("us", "UTC" if zone else None))
