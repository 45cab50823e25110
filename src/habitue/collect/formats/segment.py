"""Segment: events by its specification, version 2, as JSON or as flat tables of a warehouse.

The same shape comes from RudderStack, Jitsu and our own collection of web events.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Raw, Source
from habitue.collect.clocks import corrected
from habitue.collect.events import EventLog, EventPart, Views, each, event_parts, first_of
from habitue.collect.export import ExportFormat, Part
from habitue.collect.nested import Listed, listed
from habitue.collect.orders import Purchases
from habitue.columns import IDENTIFIERS
from habitue.text import normalise

__all__ = ["Segment"]

_CALLS = {"track", "page", "screen", "identify", "group", "alias"}

#: Events by the words in their names, sorted: "Viewed Product" (version 1) is "Product Viewed".
_EVENTS = {
    "completed order": "order",
    "order refunded": "refund",
    "cancelled order": "cancel",
    "canceled order": "cancel",
    "product viewed": "view",
    "added product to wishlist": "view",
    "added product": "cart",
    "added cart product to wishlist": "cart",
    "products searched": "search",
    "product searched": "search",
    "product reviewed": "review",
}
#: Events of the specification that say nothing which is kept.
_UNUSED = {
    "clicked product", "list product viewed", "filtered list product", "category product viewed",
    "promotion viewed", "clicked promotion", "product removed", "cart viewed", "checkout started",
    "checkout step viewed", "checkout completed step", "entered info payment", "order updated",
    "coupon entered", "applied coupon", "coupon denied", "coupon removed",
    "from product removed wishlist", "product shared", "cart shared",
    "application installed", "application opened", "application backgrounded",
    "application updated", "application crashed", "application uninstalled",
}  # fmt: skip

_KEYS = {
    "item_id": ("product_id", "productId", "sku", "item_id", "id"),
    "title": ("name", "title", "product_name"),
    "category": ("category",),
    "brand": ("brand",),
    "quantity": ("quantity",),
    "unit_price": ("price",),
}
#: Where a fact may stand, the surest place first; P is any property, T any trait of a person.
_PLACES: dict[str, tuple[str, ...]] = {
    "type": ("type",),
    "event": ("event", "event_text"),
    "event_id": ("messageId", "message_id", "id"),
    "customer_id": ("userId", "user_id"),
    "visitor": ("anonymousId", "anonymous_id"),
    "previous": ("previousId", "previous_id"),
    "timestamp": ("timestamp",),
    "original": ("originalTimestamp", "original_timestamp"),
    "sent": ("sentAt", "sent_at"),
    "received": ("receivedAt", "received_at"),
    "agent": ("context.userAgent", "context_user_agent", "context_useragent", "user_agent"),
    "url": ("P url", "context.page.url", "context_page_url"),
    "path": ("P path", "context.page.path", "context_page_path"),
    "session_id": ("context.sessionId", "context_session_id", "P session_id"),
    "order_id": ("P order_id", "P orderId", "P checkout_id"),
    "currency": ("P currency",),
    "products": ("P products",),
    "email": ("T email", "P email"),
    "phone": ("T phone",),
    "first": ("T firstName", "T first_name"),
    "last": ("T lastName", "T last_name"),
    "full": ("T name",),
    "country": ("T address.country", "T country", "T address_country"),
    "city": ("T address.city", "T city", "T address_city"),
    "joined": ("T createdAt", "T created_at"),
    "review": ("P review_id",),
    "text": ("P review_body", "P review", "P body", "P text"),
    "rating": ("P rating",),
}


def _columns(*places: str) -> list[str]:
    names: list[str] = []
    for place in places:
        if place.startswith("P "):
            names += [f"properties.{place[2:]}", place[2:]]
        elif place.startswith("T "):
            trait, flat = place[2:], place[2:].replace(".", "_")
            names += [f"traits.{trait}", f"context.traits.{trait}", f"context_traits_{flat}", trait]
        else:
            names.append(place)
    return names


class Segment(ExportFormat):
    """Events by Segment's specification."""

    name = "segment"
    title = "Segment events"
    rank = 40

    @classmethod
    def recognises(cls, source: Source) -> bool:
        names = set(source.columns)
        who = names & {"userId", "user_id", "anonymousId", "anonymous_id", "previousId"}
        if "type" in names and who and names & {"messageId", "message_id", "timestamp", "sentAt"}:
            types = set(pc.unique(first_of(source.sample, "type").drop_null()).to_pylist())
            return bool(types) and len(types & _CALLS) * 2 > len(types)
        clocks = names & {"original_timestamp", "sent_at", "received_at"}
        return len(clocks) >= 2 and bool(who) and bool(names & {"id", "event_text", "context_ip"})

    def parts(self, source: Source) -> list[Part]:
        return event_parts(_SegmentLog(source), (Purchases, Views, _Reviews, _People))


class _SegmentLog(EventLog):
    """Where Segment's facts stand."""

    def columns(self) -> list[str]:
        names = [name for places in _PLACES.values() for name in _columns(*places)]
        names += [name for keys in _KEYS.values() for key in keys for name in _columns(f"P {key}")]
        return self.present(names)

    def _of(self, table: pa.Table, fact: str) -> pa.Array:
        return first_of(table, *_columns(*_PLACES[fact]))

    def name(self, table: pa.Table) -> pa.Array:
        return pc.coalesce(self._of(table, "event"), self._call(table))

    def _call(self, table: pa.Table) -> pa.Array:
        """Return the kind of call; a warehouse's tables are one kind each and don't say it."""
        track = pc.if_else(self._of(table, "event").is_valid(), "track", None)
        seen = pc.if_else(self._of(table, "path").is_valid(), "page", "identify")
        return pc.coalesce(self._of(table, "type"), track, seen)

    def what(self, table: pa.Table) -> pa.Array:
        both = pc.binary_join_element_wise(
            self._call(table), self._of(table, "event"), "\n",
            null_handling="replace", null_replacement="",
        )  # fmt: skip
        return each(both, _kind)

    def items(self, table: pa.Table) -> Listed:
        found = listed(self._products(table), _KEYS)
        own = {
            name: first_of(table, *(c for key in keys for c in _columns(f"P {key}") if c != "id"))
            for name, keys in _KEYS.items()
        }
        # A view names its product among its own properties; an order has a list.
        alone = own["item_id"].is_valid()
        alone = pc.or_(alone, pc.and_(own["title"].is_valid(), own["unit_price"].is_valid()))
        at = np.setdiff1d(np.flatnonzero(np.asarray(alone)), found.parent)
        parent = np.concatenate((found.parent, at))
        order = np.argsort(parent, kind="stable")
        index = pa.array(order)
        fields = {
            name: pa.concat_arrays([found.fields[name], own[name].take(pa.array(at))]).take(index)
            for name in _KEYS
        }
        fields["item_id"] = pc.coalesce(fields["item_id"], each(fields["title"], _folded))
        place = np.concatenate((found.place, np.zeros(len(at), np.int64)))
        return Listed(parent[order], place[order], fields)

    def _products(self, table: pa.Table) -> pa.Array:
        names = [n for n in _columns(*_PLACES["products"]) if n in table.column_names]
        nested = [n for n in names if pa.types.is_nested(table[n].type)]
        return table[nested[0]] if nested else first_of(table, *names)

    def facts(self, table: pa.Table) -> dict[str, pa.Array]:
        simple = ("event_id", "visitor", "agent", "session_id", "currency", "phone")
        facts = {name: self._of(table, name) for name in simple}
        user, given = self._of(table, "customer_id"), self._of(table, "email")
        mailed = pc.fill_null(pc.match_substring(user, "@"), False)
        none = pa.scalar(None, pa.string())
        facts["customer_id"] = pc.if_else(mailed, none, user)
        facts["email"] = pc.coalesce(given, pc.if_else(mailed, user, none))
        facts["url"] = pc.coalesce(self._of(table, "url"), self._of(table, "path"))
        facts["order_id"] = pc.coalesce(self._of(table, "order_id"), facts["event_id"])
        facts["time"] = self._time(table)
        return facts

    def _time(self, table: pa.Table) -> pa.Array:
        names = ("timestamp", "original", "sent", "received")
        return corrected({name: self._of(table, name) for name in names})


class _Reviews(EventPart):
    """What people wrote of products."""

    kind = "comments"
    fields = ("line_id", "time", "item_id", "platform", "text", "rating", *IDENTIFIERS)
    takes = ("review",)

    def reshape(self, raw: Raw) -> Raw:
        raw, _what = self.chosen(raw)
        columns = self.log.facts(raw.table)
        item = first_of(raw.table, *_columns(*(f"P {key}" for key in _KEYS["item_id"][:-1])))
        review, text, rating = (
            first_of(raw.table, *_columns(*_PLACES[name])) for name in ("review", "text", "rating")
        )
        columns |= {
            "line_id": pc.coalesce(review, columns["event_id"]),
            "item_id": item,
            "text": text,
            "rating": rating,
            "platform": pa.array(["shop"] * len(item), pa.string()),
        }
        return self.made(columns, raw.lines, raw.rejected)


class _People(EventPart):
    """Who people are: their traits, and which visitor they were before they said so."""

    kind = "customers"
    fields = (*IDENTIFIERS, "country", "city", "joined")
    takes = ("person",)

    def reshape(self, raw: Raw) -> Raw:
        raw, _what = self.chosen(raw)
        columns = self.log.facts(raw.table)
        found = {
            name: first_of(raw.table, *_columns(*_PLACES[name]))
            for name in ("country", "city", "joined", "previous", "full", "first", "last")
        }
        both = pc.binary_join_element_wise(
            found["first"], found["last"], " ", null_handling="replace", null_replacement=""
        )
        both = pc.utf8_trim_whitespace(both)
        both = pc.if_else(pc.equal(both, ""), pa.scalar(None, pa.string()), both)
        columns |= {name: found[name] for name in ("country", "city", "joined")}
        columns["name"] = pc.coalesce(found["full"], both)
        columns["visitor"] = pc.coalesce(found["previous"], columns["visitor"])
        return self.made(columns, raw.lines, raw.rejected)


def _kind(call_and_event: str | None) -> str:
    call, _line, event = (call_and_event or "").partition("\n")
    if call in ("page", "screen"):
        return "page"
    if call in ("identify", "alias"):
        return "person"
    if call != "track":
        return "unused_event" if call == "group" else "unknown_event"
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-.]+", " ", event)
    words = " ".join(sorted(normalise(spaced).split()))
    return _EVENTS.get(words) or ("unused_event" if words in _UNUSED else "unknown_event")


def _folded(title: str | None) -> str | None:
    return None if title is None else normalise(title)
