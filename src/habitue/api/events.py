"""``POST /v1/track|page|screen|identify|group|alias|batch``: web events, as Segment's clients send.

Status 200 means stored: the events are on disk, synced. Anything else means that nothing of the
body was kept.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from habitue.api.answers import failure, success
from habitue.errors import BusyError, InvalidEventsError
from habitue.locale import _
from habitue.progress import log

__all__ = ["Events"]

#: Seconds that a body may take to arrive.
_PATIENCE = 30.0
_LIBRARY = "habitue.js"


class _Taken(Protocol):
    count: int
    left_out: dict[str, int]


class _Collector(Protocol):
    @property
    def calls(self) -> Sequence[str]: ...
    @property
    def largest(self) -> int: ...

    def knows(self, key: str) -> bool: ...
    def unpacked(self, body: bytes) -> bytes | None: ...
    def take(
        self,
        body: Any,
        kind: str,
        told: Callable[[OSError | None], None],
        agent: str = "",
        address: str = "",
    ) -> _Taken: ...


class _Refused(Exception):  # noqa: N818
    """Ends the handling of a request with an answer."""

    def __init__(self, answer: Response) -> None:
        self.answer = answer


class Events:
    """Handles the calls.

    Parameters
    ----------
    collector : Collector
        Where events go.
    origins : sequence of str
        Pages that may send, as browsers name them: ``https://shop.example``; ``*`` for all.
    """

    def __init__(self, collector: _Collector, origins: Sequence[str]) -> None:
        self._collector = collector
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    async def collect(self, request: Request) -> Response:
        """Take the events of one request."""
        headers: dict[str, str] = {}
        try:
            headers = self._cross_origin(request)
            answer = await self._taken(request)
        except _Refused as refused:
            answer = refused.answer
        except ClientDisconnect:
            answer = failure(400, "incomplete", _("The body ended before its time."))
        except Exception as error:
            # Its text and trace may hold what came in: only its kind is told.
            log.error("%s: %s", request.method, type(error).__name__)
            answer = failure(500, "failed", _("Something unexpected went wrong."))
        answer.headers.update(headers)
        return answer

    async def preflight(self, request: Request) -> Response:
        """Tell a browser what it may send from another origin."""
        try:
            headers = self._cross_origin(request)
        except _Refused as refused:
            return refused.answer
        headers |= {
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "authorization, content-type, content-encoding",
            "Access-Control-Max-Age": "86400",
        }
        return Response(status_code=204, headers=headers)

    async def _taken(self, request: Request) -> Response:
        kind = request.path_params["call"]
        if kind not in self._collector.calls:
            raise _refused(404, "unknown", _("There is nothing here by that name."))
        content = await self._content(request)
        self._check_key(request, content)
        loop = asyncio.get_running_loop()
        stored: asyncio.Future[None] = loop.create_future()

        def settle(problem: OSError | None) -> None:
            if not stored.done():
                stored.set_exception(problem) if problem else stored.set_result(None)

        def told(problem: OSError | None) -> None:
            loop.call_soon_threadsafe(settle, problem)

        agent = request.headers.get("user-agent", "") if _is_ours(content) else ""
        address = request.client.host if request.client else ""
        try:
            found = self._collector.take(content, kind, told, agent, address)
            if found.count:
                await stored
        except InvalidEventsError as error:
            text = _("Nothing was stored: some events can't be taken.")
            raise _refused(400, "invalid", text, error.problems) from None
        except BusyError as error:
            raise _refused(429, "busy", str(error), headers={"Retry-After": "1"}) from None
        except OSError:  # the disk: full, or failing; its message would show the path
            text = _("The events can't be stored at the moment. Send them again later.")
            raise _refused(503, "storage", text, headers={"Retry-After": "30"}) from None
        more = {"left_out": found.left_out} if found.left_out else {}
        return success({"stored": found.count, **more})

    async def _content(self, request: Request) -> Any:
        body = await self._body(request)
        encoding = request.headers.get("content-encoding", "identity").lower()
        if encoding == "gzip":
            try:
                plain = self._collector.unpacked(body)
            except InvalidEventsError as error:
                text = _("The body can't be unpacked.")
                raise _refused(400, "invalid", text, error.problems) from None
            if plain is None:
                raise self._too_large()
            body = plain
        elif encoding != "identity":
            raise _refused(415, "encoding", _("Bodies may be packed with gzip only."))
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            text = _("The body is no JSON: line {line}, column {column}.")
            text = text.format(line=error.lineno, column=error.colno)
            raise _refused(400, "json", text) from None

    async def _body(self, request: Request) -> bytes:
        """Read a body as far as it may go; what is larger is not read to its end."""
        limit = self._collector.largest
        declared = request.headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > limit:
            raise self._too_large()
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(_PATIENCE):
                async for part in request.stream():
                    size += len(part)
                    if size > limit:
                        raise self._too_large()
                    parts.append(part)
        except TimeoutError:
            raise _refused(408, "slow", _("The body took too long to arrive.")) from None
        return b"".join(parts)

    def _too_large(self) -> _Refused:
        text = _("The body is larger than {limit} KB. Send fewer events at a time.")
        return _refused(413, "too_large", text.format(limit=self._collector.largest >> 10))

    def _check_key(self, request: Request, content: Any) -> None:
        """Look for the write key: the name of HTTP's basic authorization, or in the body."""
        key = _basic(request.headers.get("authorization", ""))
        if not key and isinstance(content, dict) and isinstance(content.get("writeKey"), str):
            key = content["writeKey"]
        if not self._collector.knows(key):
            text = _("The write key is missing or wrong.")
            headers = {"WWW-Authenticate": 'Basic realm="write key"'}
            raise _refused(401, "write_key", text, headers=headers)

    def _cross_origin(self, request: Request) -> dict[str, str]:
        """Return what a browser needs to see to accept the answer; refuse unknown pages."""
        origin = request.headers.get("origin", "")
        if not origin:
            return {}
        own = f"//{request.headers.get('host', '')}"
        if origin.lower() in self._origins or "*" in self._origins or origin.endswith(own):
            return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
        text = _("Pages of this origin may not send events: name it in [events] origins.")
        raise _Refused(failure(403, "origin", text, headers={"Vary": "Origin"}))


def _refused(
    status: int,
    code: str,
    message: str,
    problems: Sequence[tuple[int, str, str]] = (),
    headers: dict[str, str] | None = None,
) -> _Refused:
    return _Refused(failure(status, code, message, problems, headers))


def _basic(authorization: str) -> str:
    scheme, _space, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _is_ours(content: Any) -> bool:
    """Say whether our own script sends: it leaves the browser's name to the request's header."""
    context = content.get("context") if isinstance(content, dict) else None
    library = context.get("library") if isinstance(context, dict) else None
    return isinstance(library, dict) and library.get("name") == _LIBRARY
