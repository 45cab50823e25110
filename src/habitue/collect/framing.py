"""Cuts delimited text into records: good lines in bulk, odd ones with care, broken ones aside.

Every line is looked at on its own, so a quote that is never closed harms its own line only.
A record may still go over several lines when its quotes say so; it is put together only if the
whole is well-formed and the lines inside don't look like records themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from habitue.collect.base import Rejection
from habitue.collect.encoding import BAD
from habitue.collect.record import split

__all__ = ["Frame", "Framer", "whole_lines"]

_MAX_LINES = 100
_MAX_BYTES = 64 << 10
_MAX_LINE = 16 << 20
_TOO_LONG = "\ufdd1".encode()

_ORDINARY, _NEWLINE, _DELIMITER, _QUOTE, _CONTROL, _RETURN = range(6)
_BULK, _BLANK, _CAREFUL, _EMPTY, _FEW, _MANY, _BYTES, _CODE, _LONG, _DONE = range(10)
_REASONS = {
    _EMPTY: "empty_row",
    _FEW: "few_fields",
    _MANY: "many_fields",
    _BYTES: "control_characters",
    _CODE: "undecodable",
    _LONG: "line_too_long",
}


@dataclass
class Frame:
    """A block's records: whole good lines as text, records read with care, and the rest."""

    text: bytes
    text_lines: np.ndarray
    longest: int
    records: list[list[bytes]]
    record_lines: list[int]
    rejected: list[Rejection]
    blank: int


def whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a text in blocks that end with a line; a line beyond 16 MB becomes a mark."""
    kept: list[bytes] = []
    size, dropping = 0, False
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        if cut:
            if dropping:
                first = block.find(b"\n")
                yield _TOO_LONG + block[first:cut]
            else:
                yield b"".join([*kept, block[:cut]])
            kept, size, dropping = [block[cut:]], len(block) - cut, False
        elif not dropping:
            kept.append(block)
            size += len(block)
        if size > _MAX_LINE:
            kept, size, dropping = [], 0, True
    if dropping:
        yield _TOO_LONG + b"\n"
    elif last := b"".join(kept):
        yield last + b"\n"


class Framer:
    """Cuts blocks of whole lines into records of a known number of fields.

    Parameters
    ----------
    delimiter, quote : bytes
        One byte each.
    width : int
        Fields of a record.
    line : int
        Number of the first line.
    looks_like_record : callable
        Says whether a line's fields, split without regard to quotes, look like a record.
    """

    def __init__(
        self,
        delimiter: bytes,
        quote: bytes,
        width: int,
        line: int,
        looks_like_record: Callable[[list[bytes]], bool],
    ) -> None:
        self._delimiter, self._quote, self._width = delimiter, quote, width
        self._line = line
        self._looks = looks_like_record
        classes = np.zeros(256, np.uint8)
        classes[[c for c in range(32) if c not in (9, 11, 12)]] = _CONTROL
        classes[10], classes[13] = _NEWLINE, _RETURN
        classes[delimiter[0]], classes[quote[0]] = _DELIMITER, _QUOTE
        self._classes = classes.tobytes()
        self._opens = np.isin(np.arange(256), (delimiter[0], 10, quote[0]))
        self._closes = np.isin(np.arange(256), (delimiter[0], 10, 13, quote[0]))

    def frames(self, blocks: Iterable[bytes]) -> Iterator[Frame]:
        """Yield the records of blocks that each end with a whole line."""
        kept = b""
        for block in blocks:
            data = kept + block if kept else block
            frame, kept = self._frame(data, final=False)
            yield frame
        if kept:
            yield self._frame(kept, final=True)[0]

    def _frame(self, block: bytes, final: bool) -> tuple[Frame, bytes]:
        data = np.frombuffer(block, np.uint8)
        starts, ends, status = self._classify(block, data)
        records: list[list[bytes]] = []
        lines: list[int] = []
        rejected: list[Rejection] = []
        stop = len(starts)
        for n in np.flatnonzero(status == _CAREFUL).tolist():
            if status[n] != _CAREFUL:
                continue
            fields, used = self._careful(block, starts, ends, n)
            if used < 0 and not final and len(block) - starts[n] <= 2 * _MAX_BYTES:
                stop = n
                break
            status[n] = _DONE
            if isinstance(fields, str):
                rejected.append(Rejection(self._line + n, fields, "", ""))
            else:
                status[n + 1 : n + used] = _DONE
                records.append(fields)
                lines.append(self._line + n)
        status = status[:stop]
        for code, reason in _REASONS.items():
            at = np.flatnonzero(status == code).tolist()
            rejected += [Rejection(self._line + n, reason) for n in at]
        good = status == _BULK
        text = _chosen(block, np.append(starts, len(block)), good)
        longest = int((ends[:stop] - starts[:stop]).max(initial=0))
        text_lines = np.flatnonzero(good).astype(np.int64) + self._line
        blank = int((status == _BLANK).sum())
        self._line += stop
        rest = block[starts[stop] :] if stop < len(starts) else b""
        rejected.sort(key=lambda r: r.line)
        return Frame(text, text_lines, longest, records, lines, rejected, blank), rest

    def _classify(
        self, block: bytes, data: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return each line's start, end (without its break) and state."""
        translated = block.translate(self._classes)
        has_quotes, has_returns, has_controls = (
            bytes([kind]) in translated for kind in (_QUOTE, _RETURN, _CONTROL)
        )
        classes = np.frombuffer(translated, np.uint8)
        at = np.flatnonzero(classes != _ORDINARY)  # of a truth value: many times faster
        kind = classes[at]
        breaks = np.flatnonzero(kind == _NEWLINE)
        newlines = at[breaks]
        starts = np.concatenate(([0], newlines[:-1] + 1))
        ends = newlines - ((newlines > starts) & (data[newlines - 1] == 13))

        odd = np.zeros(len(newlines), bool)
        if has_quotes:
            fields = self._quoted(data, at, kind, breaks, odd)
        elif has_controls or has_returns:
            fields = _totals(kind == _DELIMITER, breaks) + 1
        else:  # between two breaks there is nothing but delimiters
            fields = np.diff(breaks, prepend=-1)

        status = np.full(len(newlines), _BULK, np.uint8)
        status[fields < self._width] = _FEW
        status[fields > self._width] = _MANY
        if has_returns:
            returns = at[kind == _RETURN]
            lines = np.searchsorted(newlines, returns)
            odd[lines[returns != newlines[lines] - 1]] = True
        status[odd] = _CAREFUL
        self._blanks(block, data, starts, ends, status)
        if has_controls:
            status[np.searchsorted(newlines, at[kind == _CONTROL])] = _BYTES
        if not block.isascii():  # told at once; a search is slower
            _mark(block, BAD, newlines, status, _CODE)
            _mark(block, _TOO_LONG, newlines, status, _LONG)
        return starts, ends, status

    def _quoted(
        self,
        data: np.ndarray,
        at: np.ndarray,
        kind: np.ndarray,
        breaks: np.ndarray,
        odd: np.ndarray,
    ) -> np.ndarray:
        """Return each line's number of fields, and mark those whose quotes are not in order."""
        quotes = kind == _QUOTE
        within = np.cumsum(quotes, dtype=np.int32) & 1
        parity = within[breaks]
        odd |= np.diff(parity, prepend=0) != 0
        if odd.any():  # a line begins outside of quotes, whatever the lines before it were
            carried = np.concatenate(([0], parity[:-1])).astype(np.int32)
            within ^= np.repeat(carried, np.diff(breaks, prepend=-1))
        at_quotes = np.flatnonzero(quotes)
        places = at[at_quotes]
        opened = self._opens[np.where(places > 0, data[places - 1], 10)]
        closed = self._closes[data[np.minimum(places + 1, len(data) - 1)]]
        wrong = np.where(within[at_quotes] == 1, ~opened, ~closed)
        if wrong.any():
            odd[np.searchsorted(breaks, at_quotes[wrong])] = True
        return _totals((kind == _DELIMITER) & (within == 0), breaks) + 1

    def _blanks(
        self,
        block: bytes,
        data: np.ndarray,
        starts: np.ndarray,
        ends: np.ndarray,
        status: np.ndarray,
    ) -> None:
        """Tell blank lines, and rows of nothing but delimiters, from rows."""
        length = ends - starts
        status[length == 0] = _BLANK
        first = data[np.minimum(starts, len(data) - 1)]
        idle = (first <= 32) | (first == self._delimiter[0])
        for n in np.flatnonzero(idle & (length > 0) & (length < 4096)).tolist():
            line = block[starts[n] : ends[n]]
            if not line.strip(b" \t\r\x0b\x0c\x1a" + self._delimiter):
                empty = self._delimiter in line and self._delimiter != b"\t"
                status[n] = _EMPTY if empty or line.count(b"\t") + 1 == self._width > 1 else _BLANK

    def _careful(
        self, block: bytes, starts: np.ndarray, ends: np.ndarray, n: int
    ) -> tuple[list[bytes] | str, int]:
        """Return a record's fields, or the reason why not, and how many lines it takes.

        The number is -1 when only lines beyond the block could tell.
        """
        start = int(starts[n])
        first = block[start : ends[n]]
        fields = split(first, self._delimiter, self._quote)
        if fields is None:
            return self._joined(block, starts, ends, n)
        return self._checked(fields, first), 1

    def _checked(self, fields: list[bytes], record: bytes) -> list[bytes] | str:
        if not fields:
            return "unbalanced_quote"
        if BAD in record:
            return "undecodable"
        if len(fields) != self._width:
            return "few_fields" if len(fields) < self._width else "many_fields"
        if b"\r" in record and self._quote not in record:
            return "control_characters"
        if any(c < 32 and c not in (9, 10, 11, 12, 13) for c in record):
            return "control_characters"
        return fields

    def _joined(
        self, block: bytes, starts: np.ndarray, ends: np.ndarray, n: int
    ) -> tuple[list[bytes] | str, int]:
        start = int(starts[n])
        head_alone = self._alone(block[start : ends[n]])
        last = min(n + _MAX_LINES, len(starts))
        for m in range(n + 1, last):
            line = block[starts[m] : ends[m]]
            if int(ends[m]) - start > _MAX_BYTES:
                return "unbalanced_quote", 1
            if self._quote not in line:
                if self._alone(line):
                    return "unbalanced_quote", 1
                continue
            fields = split(block[start : ends[m]], self._delimiter, self._quote)
            if fields is None:
                continue
            broken = len(fields) != self._width or (head_alone and self._alone(line))
            checked = (
                "unbalanced_quote" if broken else self._checked(fields, block[start : ends[m]])
            )
            return checked, m - n + 1
        return "unbalanced_quote", -1 if last == len(starts) else 1

    def _alone(self, line: bytes) -> bool:
        """Say whether a line looks like a record when its quotes mean nothing."""
        fields = line.split(self._delimiter)
        return len(fields) == self._width and self._looks(fields)


def _totals(marks: np.ndarray, breaks: np.ndarray) -> np.ndarray:
    """Return how many marks each line has, of all marks up to its break."""
    totals: np.ndarray = np.diff(np.cumsum(marks, dtype=np.int32)[breaks], prepend=0)
    return totals


def _mark(block: bytes, mark: bytes, newlines: np.ndarray, status: np.ndarray, code: int) -> None:
    at = block.find(mark)
    while at >= 0:
        line = int(np.searchsorted(newlines, at))
        status[line] = code
        at = block.find(mark, int(newlines[line]))


def _chosen(block: bytes, limits: np.ndarray, good: np.ndarray) -> bytes:
    """Return the good lines one after the other."""
    if len(good) == len(limits) - 1 and good.all():
        return block
    if not good.any():
        return b""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], good.view(np.int8), [0]))))
    return b"".join(block[limits[a] : limits[b]] for a, b in edges.reshape(-1, 2))
