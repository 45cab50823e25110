"""Web events as they come in: which are calls by Segment's specification, and which may be kept.

A body is taken as a whole or not at all, and who sent it is told which event and field is wrong.
What may not be kept is left out before anything is written: events without the consent that the
shop asks for, events of the shop's own people, network addresses.
"""

from __future__ import annotations

import hashlib
import re
import uuid
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from habitue.collect.webnames import Names
from habitue.errors import InvalidEventsError

__all__ = ["BATCH", "CALLS", "EVENT", "Accepted", "Problem", "Rules", "unpacked"]

#: Segment's calls. https://segment.com/docs/connections/spec/
CALLS = ("track", "page", "screen", "identify", "group", "alias")
#: The largest event and the largest body, in bytes, as Segment has them.
EVENT, BATCH = 32 << 10, 500 << 10

_OBJECTS = ("properties", "traits", "context", "integrations")
_TIMES = ("timestamp", "sentAt", "originalTimestamp")
_IDS = ("userId", "anonymousId", "previousId", "groupId", "messageId")
_ID = 256
_TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?")
#: The event that says how somebody has chosen. It is kept, as evidence, even where it withdraws.
_CHOICE = "Segment Consent Preference Updated"
#: What an event about a choice is cut down to.
_EVIDENCE = ("type", "event", "userId", "anonymousId", "messageId", "timestamp", "sentAt")


class Problem(NamedTuple):
    """What is wrong with one event: its place in the batch, the field, and why, as a key.

    Reasons: missing, unknown, not_text, not_object, not_list, not_time, not_gzip, too_long,
    too_large.
    """

    event: int
    field: str
    reason: str


@dataclass
class Accepted:
    """Lines to be kept, how many, and how many were left out for which reason."""

    lines: bytes
    count: int
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Rules:
    """What may be kept.

    Attributes
    ----------
    category : str
        The consent category that an event needs (``context.consent.categoryPreferences``).
    need_consent : bool
        Whether an event that says nothing of it is left out.
    keep_address : bool
        Whether network addresses are kept.
    names : Names
        Under which names they may say things.
    """

    category: str = "analytics"
    need_consent: bool = False
    keep_address: bool = False
    names: Names = field(default_factory=Names, repr=False)

    def accept(
        self,
        body: Any,
        kind: str,
        agent: str = "",
        address: str = "",
        now: datetime | None = None,
    ) -> Accepted:
        """Check a body and make lines of it.

        Parameters
        ----------
        body : object
            The JSON that came: a call, or for ``batch`` an object that lists them.
        kind : str
            One of ``CALLS``, or ``batch``.
        agent : str
            The browser's own name, for events that don't say it.
        address : str
            The network address it came from.
        now : datetime, optional
            When it came.

        Raises
        ------
        InvalidEventsError
            If an event can't be taken; then none is.

        Examples
        --------
        >>> call = {"type": "track", "event": "Product Viewed", "anonymousId": "a1"}
        >>> Rules().accept({"batch": [call]}, "batch").count
        1
        >>> Rules().accept({"event": "Product Viewed"}, "track")
        Traceback (most recent call last):
        ...
        habitue.errors.InvalidEventsError: event 0: userId: missing
        """
        events, common = _events(body, kind)
        received = _written(now or datetime.now(UTC))
        problems, lines = list[Problem](), list[bytes]()
        left_out: Counter[str] = Counter()
        for number, event in enumerate(events):
            found = _problem(number, event, kind)
            if found is not None:
                problems.append(found)
                continue
            whole = self._complete(event, common, kind, agent, address)
            named, dropped = self.names.kept(whole)
            line = orjson.dumps(named | {"receivedAt": received}, option=orjson.OPT_APPEND_NEWLINE)
            if len(line) > EVENT:
                problems.append(Problem(number, "", "too_large"))
            elif not self._consented(whole):
                left_out["consent"] += 1
            else:
                lines.append(line)
                left_out["names"] += dropped
        if problems:
            raise InvalidEventsError(problems)
        return Accepted(b"".join(lines), len(lines), dict(+left_out))

    def _complete(
        self, event: dict[str, Any], common: dict[str, Any], kind: str, agent: str, address: str
    ) -> dict[str, Any]:
        whole = {name: value for name, value in event.items() if value is not None}
        whole.setdefault("type", kind)
        if "sentAt" in common:
            whole.setdefault("sentAt", common["sentAt"])
        for name in _IDS:
            if name in whole:
                whole[name] = str(whole[name])
        context = {**common.get("context", {}), **whole.get("context", {})}
        context.pop("ip", None)
        if self.keep_address and address:
            context["ip"] = address
        if agent and "userAgent" not in context:
            context["userAgent"] = agent
        whole["context"] = context
        if not whole.get("messageId"):
            whole["messageId"] = _message_id(whole)
        if whole.get("event") == _CHOICE:
            whole = {name: whole[name] for name in _EVIDENCE if name in whole}
            whole["context"] = {"consent": context.get("consent", {})}
        return whole

    def _consented(self, event: Mapping[str, Any]) -> bool:
        """Say whether an event may be kept, by what it says of the person's choice."""
        if event.get("event") == _CHOICE:
            return True
        consent = event["context"].get("consent")
        said = consent.get("categoryPreferences") if isinstance(consent, dict) else None
        if not isinstance(said, dict) or not said:
            return not self.need_consent
        wanted = self.category.casefold()
        chosen = next((v for k, v in said.items() if k.casefold() == wanted), None)
        if chosen is None:  # nothing is said of ours: who refuses all the others refuses it too
            return not self.need_consent and any(v is True for v in said.values())
        return chosen is True


def unpacked(body: bytes, limit: int = BATCH) -> bytes | None:
    """Return a gzip body as it was, or None if that is larger than allowed.

    Raises
    ------
    InvalidEventsError
        If it is no gzip, or cut off.

    Examples
    --------
    >>> import gzip
    >>> unpacked(gzip.compress(b"{}")), unpacked(gzip.compress(bytes(1 << 20)))
    (b'{}', None)
    """
    machine = zlib.decompressobj(wbits=31)
    try:
        plain = machine.decompress(body, limit + 1)
    except zlib.error:
        raise InvalidEventsError([Problem(0, "", "not_gzip")]) from None
    if len(plain) > limit:
        return None
    if not machine.eof:
        raise InvalidEventsError([Problem(0, "", "not_gzip")])
    return plain


def _events(body: Any, kind: str) -> tuple[list[Any], dict[str, Any]]:
    """Return the events of a body, and what is said of all of them."""
    if not isinstance(body, dict):
        raise InvalidEventsError([Problem(0, "", "not_object")])
    if kind != "batch":
        return [body], {}
    events = body.get("batch")
    if not isinstance(events, list):
        raise InvalidEventsError([Problem(0, "batch", "not_list")])
    context, sent = body.get("context"), body.get("sentAt")
    if context is not None and not isinstance(context, dict):
        raise InvalidEventsError([Problem(0, "context", "not_object")])
    if sent is not None and not _is_time(sent):
        raise InvalidEventsError([Problem(0, "sentAt", "not_time")])
    common = {"context": context or {}} | ({"sentAt": sent} if sent else {})
    return events, common


def _problem(number: int, event: Any, kind: str) -> Problem | None:
    """Return the first thing that is wrong with an event."""
    if not isinstance(event, dict):
        return Problem(number, "", "not_object")
    call = event.get("type") or (kind if kind != "batch" else None)
    if call is None:
        return Problem(number, "type", "missing")
    if call not in CALLS or (kind != "batch" and call != kind):
        return Problem(number, "type", "unknown")
    for name in _IDS:
        value = event.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, str | int)):
            return Problem(number, name, "not_text")
        if isinstance(value, str) and len(value) > _ID:
            return Problem(number, name, "too_long")
    for name in _OBJECTS:
        if event.get(name) is not None and not isinstance(event[name], dict):
            return Problem(number, name, "not_object")
    for name in _TIMES:
        if event.get(name) is not None and not _is_time(event[name]):
            return Problem(number, name, "not_time")
    return _needed(number, event, call)


def _needed(number: int, event: dict[str, Any], call: str) -> Problem | None:
    needs = {"alias": ("userId", "previousId"), "group": ("groupId",)}.get(call, ())
    for name in needs:
        if event.get(name) in (None, ""):
            return Problem(number, name, "missing")
    if all(event.get(name) in (None, "") for name in ("userId", "anonymousId")):
        return Problem(number, "userId", "missing")
    if call == "track":
        named = event.get("event")
        if named in (None, ""):
            return Problem(number, "event", "missing")
        if not isinstance(named, str):
            return Problem(number, "event", "not_text")
    return None


def _written(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _message_id(event: Mapping[str, Any]) -> str:
    """Return an id for an event without one: what says when it happened is the same if sent twice.

    Without a time, equal events are taken for different ones.
    """
    parts = [event.get(name) for name in ("type", "event", "userId", "anonymousId", "timestamp",
                                          "properties", "traits")]  # fmt: skip
    if event.get("timestamp") is None:
        parts.append(uuid.uuid4().hex)
    digest = hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return f"habitue-{digest[:32]}"
