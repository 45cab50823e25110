"""Reads a file's rows as typed records, and sets bad ones aside with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Batch, Raw, Source
from habitue.collect.checks import rejected_table
from habitue.collect.consent_words import channel_of, purpose_of, state_of
from habitue.collect.filldown import FillDown
from habitue.collect.kinds import COUNTS
from habitue.collect.mapping import Understanding
from habitue.collect.masked import unmasked
from habitue.collect.values import Typer
from habitue.columns import IDENTIFIERS, IMPORTED

__all__ = ["read"]

_COMPUTED = ("row_key", "repeat", "customer", "amount")


def read(
    source: Source,
    understanding: Understanding,
    timezone: str = "UTC",
    batch_rows: int = 200_000,
    now: datetime | None = None,
) -> Iterator[Batch]:
    r"""Yield a file's rows as typed records.

    ``rows`` has the columns of the record table but those computed later (row_key, repeat,
    customer, amount), the identifiers and ``line_id`` as text. Accepted, set aside and blank
    add up to what was read, in every batch.

    Parameters
    ----------
    source : Source
        The opened file.
    understanding : Understanding
        What its columns mean.
    timezone : str
        Zone of times that name none.
    batch_rows : int
        About so many rows a batch.
    now : datetime, optional
        The present; what is over two days later can't have happened.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from habitue.collect.files import open_source
    >>> from habitue.collect.mapping import understand
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name) / "o.csv"
    >>> _n = path.write_text("order,sku,date,price\n1,A,2024-05-01,2.50\n2,A,2024-02-30,1\n")
    >>> source = open_source(path)
    >>> [batch] = read(source, understand(source))
    >>> batch.rows["unit_price"].to_pylist(), batch.rejected["reason"].to_pylist()
    ([2500000], ['impossible_date'])
    >>> folder.cleanup()
    """
    latest = _micros((now or datetime.now(UTC)) + timedelta(days=2))
    fill = FillDown(understanding)
    for raw in _sized(source.batches(understanding.columns), batch_rows):
        typer = Typer(understanding, fill.apply(raw.table), timezone, latest)
        table = _BUILDERS[understanding.kind](typer)
        yield _batch(understanding, raw, typer, table)


def _micros(time: datetime) -> int:
    return int(time.timestamp() * 1_000_000)


def _sized(raws: Iterator[Raw], rows: int) -> Iterator[Raw]:
    """Join small batches and part large ones."""
    kept: list[Raw] = []
    for raw in raws:
        kept.append(raw)
        if sum(len(r.table) + len(r.rejected) for r in kept) >= rows:
            yield from _parted(_joined(kept), rows)
            kept = []
    if kept:
        yield from _parted(_joined(kept), rows)


def _joined(raws: list[Raw]) -> Raw:
    if len(raws) == 1:
        return raws[0]
    return Raw(
        pa.concat_tables([raw.table for raw in raws]),
        np.concatenate([raw.lines for raw in raws]),
        [rejection for raw in raws for rejection in raw.rejected],
        sum(raw.blank for raw in raws),
    )


def _parted(raw: Raw, rows: int) -> Iterator[Raw]:
    if len(raw.table) <= 2 * rows:
        yield raw
        return
    for start in range(0, len(raw.table), rows):
        first = start == 0
        part = raw.table.slice(start, rows)
        lines = raw.lines[start : start + rows]
        yield Raw(part, lines, raw.rejected if first else [], raw.blank if first else 0)


def _batch(known: Understanding, raw: Raw, typer: Typer, columns: dict[str, pa.Array]) -> Batch:
    columns["line"] = pa.array(raw.lines, pa.int64())
    columns["line_id"] = typer.text("line_id")
    for name in IDENTIFIERS:
        columns[name] = typer.text(name, change=partial(unmasked, name))
    if known.kind in ("customers", "consents"):
        named = np.zeros(typer.rows, bool)
        for name in IDENTIFIERS:
            named |= columns[name].is_valid().to_numpy(zero_copy_only=False)
        typer.checks.add(~named, "missing_customer", "", "", None)
    if known.kind == "views":
        columns["event_id"] = columns["line_id"]
    if known.kind == "comments":
        columns["comment_id"] = columns["line_id"]
    record = IMPORTED[known.kind].schema
    fields = [field for field in record if field.name not in _COMPUTED]
    fields += [pa.field(name, pa.string()) for name in ("line_id", *IDENTIFIERS)]
    rows = pa.table({field.name: columns[field.name] for field in fields}, schema=pa.schema(fields))
    good = typer.checks.good
    if not good.all():
        rows = rows.filter(pa.array(good))
    rejected = rejected_table([*raw.rejected, *typer.checks.rejections(raw.lines)])
    return Batch(rows, rejected, raw.blank)


def _purchases(typer: Typer) -> dict[str, pa.Array]:
    order = typer.text("order_id", "missing_order")
    item = typer.item("missing_item")
    time = typer.time("time", needed=True)
    quantity = typer.quantity()
    price = typer.price(quantity)
    return {
        "order_id": order,
        "time": time,
        "item_id": item,
        "title": typer.text("title"),
        "category": typer.text("category"),
        "brand": typer.text("brand"),
        "quantity": pa.array(quantity, pa.float64()),
        "unit_price": price,
        "discount": typer.discount(),
        "currency": typer.currency(),
        "country": typer.text("country"),
        "status": typer.status(),
    }


def _views(typer: Typer) -> dict[str, pa.Array]:
    return {
        "time": typer.time("time", needed=True),
        "item_id": typer.item(),
        "event": typer.event(),
        "session_id": typer.text("session_id"),
        "agent": typer.text("agent"),
    }


def _comments(typer: Typer) -> dict[str, pa.Array]:
    return {
        "text": typer.text("text", "missing_text"),
        "time": typer.time("time", needed=typer.has("time")),
        "item_id": typer.text("item_id"),
        "platform": typer.platform(),
        "rating": typer.rating(),
        "from_shop": typer.flag("from_shop"),
    }


def _posts(typer: Typer) -> dict[str, pa.Array]:
    names = {name: typer.text(name) for name in ("post_id", "text", "url")}
    nameless = np.ones(typer.rows, bool)
    for column in names.values():
        nameless &= column.is_null().to_numpy(zero_copy_only=False)
    typer.checks.add(nameless, "missing_post", "", "", None)
    return {
        **names,
        "time": typer.time("time", needed=True),
        "platform": typer.platform(),
        "type": typer.text("type"),
        **{name: typer.count(name) for name in COUNTS},
    }


def _items(typer: Typer) -> dict[str, pa.Array]:
    return {
        "item_id": typer.text("item_id", "missing_item"),
        "title": typer.text("title", "missing_title"),
        "category": typer.text("category"),
        "brand": typer.text("brand"),
        "unit_price": typer.price(np.ones(typer.rows), missing=""),
        "currency": typer.currency(),
        "description": typer.text("description"),
    }


def _customers(typer: Typer) -> dict[str, pa.Array]:
    return {
        "country": typer.text("country"),
        "city": typer.text("city"),
        "joined": typer.time("joined", needed=False),
    }


def _consents(typer: Typer) -> dict[str, pa.Array]:
    state = typer.word("state", state_of, "bad_state", needed="missing_state")
    channel = typer.word("channel", channel_of, "other_channel")
    # A "no" without a channel is meant for all of them, a "yes" for the address that it came with.
    yes = pc.is_in(state, value_set=pa.array(("granted", "requested", "confirmed")))
    mailed = pc.if_else(typer.text("email").is_valid(), "email", pa.scalar(None, pa.string()))
    channel = pc.coalesce(channel, pc.if_else(yes, mailed, "any"))
    typer.checks.add(np.asarray(channel.is_null()), "missing_channel", "channel", "", None)
    return {
        "time": typer.time("time", needed=False),
        "purpose": typer.word("purpose", purpose_of, "other_purpose").fill_null("marketing"),
        "channel": channel,
        "state": state,
        "source": typer.text("source"),
    }


_BUILDERS: dict[str, Callable[[Typer], dict[str, pa.Array]]] = {
    "purchases": _purchases,
    "views": _views,
    "comments": _comments,
    "posts": _posts,
    "items": _items,
    "customers": _customers,
    "consents": _consents,
}
