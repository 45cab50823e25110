"""Web servers' access logs: JSON Lines of nginx, Caddy, Traefik, Cloudflare and others, or text."""

from __future__ import annotations

import hashlib
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Source
from habitue.collect.dates import find_style, parse
from habitue.collect.events import EventLog, Survey, Views, each, event_parts, first_of
from habitue.collect.export import ExportFormat, Part
from habitue.collect.nested import Listed, listed

__all__ = ["WebLog"]

_PLACES: dict[str, tuple[str, ...]] = {
    "request": ("request", "httpRequest.requestLine"),
    "method": ("request_method", "method", "request.method", "RequestMethod",
               "http.request.method", "ClientRequestMethod", "httpRequest.requestMethod", "verb"),
    "url": ("request_uri", "uri", "request.uri", "RequestPath", "url.original", "url.path",
            "ClientRequestURI", "ClientRequestPath", "httpRequest.requestUrl", "path", "url"),
    "status": ("status", "DownstreamStatus", "OriginStatus", "http.response.status_code",
               "EdgeResponseStatus", "httpRequest.status", "response", "status_code"),
    "time": ("time_iso8601", "@timestamp", "StartUTC", "EdgeStartTimestamp", "ts", "msec",
             "time_local", "timestamp", "time"),
    "agent": ("http_user_agent", "request.headers.User-Agent", "request_User-Agent",
              "user_agent.original", "ClientRequestUserAgent", "httpRequest.userAgent",
              "user_agent", "agent"),
    "address": ("remote_addr", "request.client_ip", "request.remote_ip", "ClientHost", "source.ip",
                "client.ip", "ClientIP", "httpRequest.remoteIp", "remote_ip", "client_ip", "ip",
                "clientip"),
    "customer_id": ("remote_user", "user_id", "ClientUsername", "user.name", "user.id"),
    "visitor": ("visitor", "visitor_id", "uid_got", "uid_set", "cookie_visitor", "cookie_uid"),
    "session_id": ("session_id", "sessionid", "cookie_session", "cookie_sessionid",
                   "cookie_phpsessid"),
    "event_id": ("request_id", "RayID", "insertId", "http.request.id", "trace_id"),
}  # fmt: skip
_ASSET = re.compile(
    r"\.(css|js|mjs|map|json|xml|txt|png|jpe?g|gif|svg|webp|avif|ico|bmp|woff2?|ttf|otf|eot|mp4|"
    r"webm|mp3|zip|gz|webmanifest)$|^/(\.well-known|health|healthz|ping|metrics|status|favicon)\b",
    re.IGNORECASE,
)
_CART = re.compile(
    r"/(cart|basket|bag)/(add|items?)\b|add[-_]?to[-_]?(cart|basket|bag)", re.IGNORECASE
)
_SEARCH = re.compile(r"/search\b|[?&](q|query|keyword|search|wd|s)=", re.IGNORECASE)
#: Bits of a visit's name: enough to tell a day's visits apart, too few to lead to an address.
_BITS = 24


class WebLog(ExportFormat):
    """Requests that a web server answered."""

    name = "weblog"
    title = "web server log"
    rank = 70

    @classmethod
    def recognises(cls, source: Source) -> bool:
        names = set(source.columns)
        has = {fact: bool(names & set(places)) for fact, places in _PLACES.items()}
        asked = has["request"] or (has["method"] and has["url"])
        # Caddy's "request" is an object, and so no column of its own.
        return asked and has["status"] and has["time"] and (has["agent"] or has["address"])

    def parts(self, source: Source) -> list[Part]:
        return event_parts(_Requests(source), (Views,))


class _Requests(EventLog):
    """Where a request's facts stand."""

    def columns(self) -> list[str]:
        return self.present([name for places in _PLACES.values() for name in places])

    def _of(self, table: pa.Table, fact: str) -> pa.Array:
        texts = first_of(table, *_PLACES[fact])
        return pc.if_else(pc.equal(texts, "-"), pa.scalar(None, pa.string()), texts)

    def _request(self, table: pa.Table) -> tuple[pa.Array, pa.Array]:
        """Return the method and the address, from ``GET /x HTTP/1.1`` if need be."""
        line = self._of(table, "request")
        parts = pc.extract_regex(line, r"^(?P<method>[A-Za-z]+) (?P<url>\S+)")
        method, url = (pc.struct_field(parts, name) for name in ("method", "url"))
        return pc.coalesce(self._of(table, "method"), method), pc.coalesce(
            self._of(table, "url"), url
        )

    def name(self, table: pa.Table) -> pa.Array:
        return self._request(table)[0]

    def what(self, table: pa.Table) -> pa.Array:
        method, url = self._request(table)
        cells = (method, self._of(table, "status"), url)
        joined = pc.binary_join_element_wise(
            *cells, " ", null_handling="replace", null_replacement="-"
        )
        return each(joined, _kind)

    def by_address(self, found: Survey) -> frozenset[str]:
        return frozenset({"page", "cart"})

    def items(self, table: pa.Table) -> Listed:
        return listed(pa.nulls(len(table), pa.string()), {"item_id": ()})

    def facts(self, table: pa.Table) -> dict[str, pa.Array]:
        names = ("event_id", "customer_id", "visitor", "session_id", "address", "agent")
        facts = {name: self._of(table, name) for name in names}
        facts["agent"] = _unlisted(facts["agent"])
        facts["url"] = self._request(table)[1]
        facts["time"] = _spaced(self._of(table, "time"))
        known = facts["visitor"].is_valid()
        visit = pc.if_else(known, pa.scalar(None, pa.string()), _visits(facts))
        facts["session_id"] = pc.coalesce(facts["session_id"], visit)
        del facts["address"]
        return facts


def _kind(request: str | None) -> str:
    method, status, url = (request or "- - -").split(" ", 2)
    path = re.sub(r"^\w+://[^/]*", "", url).partition("?")[0] or "/"
    cart = _CART.search(url)
    if method.upper() not in ("GET", "POST") or _ASSET.search(path) or path == "-":
        return "no_page"
    sent_on = status in ("302", "303") and cart is not None  # a form that was taken
    if not (status.startswith("2") or status == "304" or sent_on):
        return "failed_request"
    if cart:
        return "cart"
    if method.upper() == "POST":
        return "no_page"
    return "search" if _SEARCH.search(url) else "page"


def _spaced(times: pa.Array) -> pa.Array:
    """Return ``10/Oct/2000:13:55:36 -0700`` as ``10/Oct/2000 13:55:36 -0700``."""
    return pc.replace_substring_regex(times, r"^(\d+/\w+/\d{4}):", r"\1 ")


def _unlisted(agents: pa.Array) -> pa.Array:
    """Take a header's text out of the list that Caddy writes."""
    return pc.replace_substring_regex(agents, r'^\["(.*)"\]$', r"\1")


def _visits(facts: dict[str, pa.Array]) -> pa.Array:
    """Return a name for each visitor's day, where no cookie tells visitors apart."""
    encoded = facts["time"].fill_null("").dictionary_encode()
    if not len(encoded.dictionary):
        return pa.nulls(0, pa.string())
    form, _share = find_style(encoded.dictionary, month_first=False)
    days = (parse(encoded.dictionary, form).micros // 86_400_000_000)[np.asarray(encoded.indices)]
    who = pc.binary_join_element_wise(
        facts["address"], facts["agent"], pa.array(days).cast(pa.string()), "\x1f",
        null_handling="replace", null_replacement="",
    )  # fmt: skip
    names = each(who, _short)
    return pc.if_else(facts["address"].is_valid(), names, pa.scalar(None, pa.string()))


def _short(text: str | None) -> str:
    digest = hashlib.sha256((text or "").encode()).digest()
    return f"{int.from_bytes(digest[:8], 'big') >> (64 - _BITS):06x}"
