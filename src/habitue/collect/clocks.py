"""Puts events on the server's clock: what a device's clock is off cancels out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.dates import DateForm, parse

__all__ = ["corrected"]


def corrected(texts: Mapping[str, pa.Array]) -> pa.Array:
    """Return when events happened, by the server's clock, as ISO 8601 in UTC.

    ``timestamp = receivedAt - (sentAt - originalTimestamp)`` (Segment specification, common
    fields). Where one of the three is missing, ``timestamp`` is believed. What was sent before it
    happened counts as happened when it was received. A text that is no moment stays as it is.

    Parameters
    ----------
    texts : mapping of str to pa.Array
        ``timestamp``, ``original``, ``sent`` and ``received``. Raw events have no ``original``:
        their ``timestamp`` is the device's own.

    Examples
    --------
    >>> row = {"timestamp": None, "original": "2024-05-01T09:00:00Z",
    ...        "sent": "2024-05-01T09:00:05Z", "received": "2024-05-01T12:00:05Z"}
    >>> corrected({k: pa.array([v], pa.string()) for k, v in row.items()}).to_pylist()
    ['2024-05-01 12:00:00.000000Z']
    """
    original = pc.coalesce(texts["original"], texts["timestamp"])
    happened, known = _micros(original)
    sent, was_sent = _micros(texts["sent"])
    received, was_received = _micros(texts["received"])
    said, readable = _micros(texts["timestamp"])
    known = known & was_sent & was_received
    right = np.minimum(received - (sent - happened), received)
    micros = np.where(known, right, said)
    moments = pa.array(micros, pa.int64(), mask=~(known | readable)).cast(pa.timestamp("us"))
    written = pc.binary_join_element_wise(pc.cast(moments, pa.string()), "Z", "")
    return pc.coalesce(written, texts["timestamp"], original, texts["sent"], texts["received"])


def _micros(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return moments in microseconds, and where a text is one; UTC where no zone is said."""
    encoded = texts.fill_null("").dictionary_encode()
    if not len(encoded.dictionary):
        return np.zeros(0, np.int64), np.zeros(0, bool)
    found = parse(encoded.dictionary, DateForm("ymd"))
    at = encoded.indices.to_numpy(zero_copy_only=False)
    return found.micros[at], ~(found.unreadable | found.impossible)[at]
