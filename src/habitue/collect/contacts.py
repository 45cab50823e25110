"""Lists of contacts as mailing systems export them: who people are, and what they agreed to.

Silence is a no. A yes counts only with the time at which it was given; a no counts always, whatever
its date looks like.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Raw, Rejection
from habitue.collect.dates import DateForm, parse
from habitue.collect.export import Part
from habitue.collect.texts import as_text, cleaned

__all__ = ["Consents", "People", "Statement", "utc"]

_EARLIEST = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp()) * 10**6


@dataclass(frozen=True)
class Statement:
    """What an export says of one channel.

    Attributes
    ----------
    channel : str
        email or sms.
    state : str
        ``granted`` or ``suppressed`` if the file as a whole is a list of those; else the column
        that says so for each row.
    times : sequence of str
        Columns of when it was said; the first that is filled counts.
    suppressed : sequence of str
        Columns that suppress the channel when they hold anything.
    named : sequence of str
        Columns of the channel's own address, where it is not the contact's.
    """

    channel: str
    state: str
    times: Sequence[str] = ()
    suppressed: Sequence[str] = ()
    named: Sequence[str] = ()


class People(Part):
    """Who the contacts are.

    Parameters
    ----------
    columns : mapping of str to sequence of str
        Field to columns, the first filled one counts; ``name`` joins all of its columns.
    """

    kind = "customers"
    fields = ("customer_id", "email", "phone", "name", "country", "city", "joined")

    def __init__(self, columns: Mapping[str, Sequence[str]]) -> None:
        self._columns = columns

    def needs(self) -> Sequence[str]:
        return list(dict.fromkeys(name for names in self._columns.values() for name in names))

    def reshape(self, raw: Raw) -> Raw:
        cells = {
            field: _first(raw.table, self._columns.get(field, ()))
            for field in self.fields
            if field != "name"
        }
        cells["name"] = _joined(raw.table, self._columns.get("name", ()))
        cells["joined"] = utc(cells["joined"])
        return Raw(pa.table({name: cells[name] for name in self.fields}), raw.lines)


class Consents(Part):
    """What the contacts agreed to, and what they must not get any more.

    Parameters
    ----------
    columns : mapping of str to sequence of str
        Field to columns, of the identifiers.
    statements : sequence of Statement
        One for each channel.
    source : str
        Where it was said.
    """

    kind = "consents"
    fields = ("customer_id", "email", "phone", "channel", "purpose", "state", "time", "source")

    def __init__(
        self,
        columns: Mapping[str, Sequence[str]],
        statements: Sequence[Statement],
        source: str,
    ) -> None:
        self._who = {name: columns.get(name, ()) for name in ("customer_id", "email", "phone")}
        self._statements, self._source = statements, source

    def needs(self) -> Sequence[str]:
        names = [name for columns in self._who.values() for name in columns]
        for said in self._statements:
            names += [*said.times, *said.suppressed, *said.named]
            names += [] if said.state in _WHOLE else [said.state]
        return [name for name in dict.fromkeys(names) if name]

    def reshape(self, raw: Raw) -> Raw:
        made = [self._said(raw, said) for said in self._statements]
        return Raw(
            pa.concat_tables([part.table for part in made]),
            np.concatenate([part.lines for part in made]),
            [rejection for part in made for rejection in part.rejected],
        )

    def _said(self, raw: Raw, said: Statement) -> Raw:
        rows = len(raw.table)
        state = _states(raw.table, said)
        times = utc(_first(raw.table, said.times))
        no = np.asarray(pc.fill_null(pc.equal(state, "suppressed"), False))
        # A no is never lost for its date's sake.
        times = pc.if_else(pa.array(no), _plausible(times), times)
        yes = np.asarray(pc.fill_null(pc.equal(state, "granted"), False))
        undated = yes & np.asarray(times.is_null())
        kept = np.flatnonzero((yes | no) & ~undated)
        cells = {name: _first(raw.table, columns) for name, columns in self._who.items()}
        if said.named:
            cells["phone"] = pc.coalesce(_first(raw.table, said.named), cells["phone"])
        cells |= {"state": state, "time": times}
        fixed = {"channel": said.channel, "purpose": "marketing", "source": self._source}
        cells |= {name: pa.array([value] * rows, pa.string()) for name, value in fixed.items()}
        table = pa.table({name: cells[name] for name in self.fields}).take(pa.array(kept))
        aside = [
            Rejection(line, "consent_without_time")
            for line in raw.lines[np.flatnonzero(undated)].tolist()
        ]
        return Raw(table, raw.lines[kept], aside)


_WHOLE = ("granted", "suppressed")
_YES = pa.array(["subscribed", "subscribe", "true", "yes", "opted in", "opted_in"])
_NO = pa.array(["unsubscribed", "unsubscribe", "suppressed", "opted out", "opted_out", "cleaned"])
#: What an empty list of reasons for a suppression looks like.
_NONE = pa.array(["[]", "{}", "false", "no", "0"])


def _states(table: pa.Table, said: Statement) -> pa.Array:
    """Return granted, suppressed, or nothing for each row."""
    if said.state in _WHOLE:
        state = pa.array([said.state] * len(table), pa.string())
    else:
        words = pc.utf8_lower(_first(table, [said.state]))
        no = pc.if_else(pc.is_in(words, value_set=_NO), "suppressed", None)
        state = pc.coalesce(pc.if_else(pc.is_in(words, value_set=_YES), "granted", None), no)
    for name in said.suppressed:
        cells = pc.utf8_lower(_first(table, [name]))
        stop = pc.and_(cells.is_valid(), pc.invert(pc.is_in(cells, value_set=_NONE)))
        state = pc.if_else(stop, pa.scalar("suppressed"), state)
    return state.cast(pa.string())


def utc(texts: pa.Array) -> pa.Array:
    """Return moments with their zone said, UTC where none was; other texts as they are.

    >>> utc(pa.array(["2024-05-01 10:00:00", "soon", None])).to_pylist()
    ['2024-05-01 10:00:00.000000Z', 'soon', None]
    """
    encoded = texts.dictionary_encode()
    if not len(encoded.dictionary):
        return texts
    found = parse(encoded.dictionary, DateForm("ymd"))
    bad = found.unreadable | found.impossible
    moments = pa.array(found.micros, pa.int64(), mask=bad).cast(pa.timestamp("us"))
    written = pc.binary_join_element_wise(pc.cast(moments, pa.string()), "Z", "")
    return pc.coalesce(written, encoded.dictionary).take(encoded.indices)


def _plausible(times: pa.Array) -> pa.Array:
    """Return the times that may be true; the others become null."""
    found = parse(times.fill_null(""), DateForm("ymd")) if len(times) else None
    if found is None:
        return times
    latest = int((datetime.now(UTC) + timedelta(days=1)).timestamp()) * 10**6
    good = ~(found.unreadable | found.impossible)
    good &= (found.micros >= _EARLIEST) & (found.micros <= latest)
    return pc.if_else(pa.array(good), times, pa.scalar(None, pa.string()))


def _first(table: pa.Table, names: Sequence[str]) -> pa.Array:
    there = [cleaned(as_text(table[name])) for name in names if name]
    return pc.coalesce(*there) if there else pa.nulls(len(table), pa.string())


def _joined(table: pa.Table, names: Sequence[str]) -> pa.Array:
    cells = [_first(table, [name]) for name in names if name]
    if not cells:
        return pa.nulls(len(table), pa.string())
    # Not null_handling="skip": Arrow 26 leaves rows out whose parts are all null.
    joined = pc.binary_join_element_wise(*cells, " ", null_handling="replace", null_replacement="")
    joined = pc.utf8_trim_whitespace(joined)
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)
