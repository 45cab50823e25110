"""The application: its routes, and what becomes of what goes wrong."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from habitue.api.answers import failure, success
from habitue.api.events import Events
from habitue.locale import _
from habitue.progress import log
from habitue.shop import Shop

__all__ = ["SNIPPET", "application"]

#: The script that web pages load.
SNIPPET = Path(__file__).with_name("habitue.js")
_DAY = 86_400


def application(shop: Shop, import_minutes: float | None = None) -> Starlette:
    """Return the application of a shop.

    Parameters
    ----------
    shop : Shop
        Whose events are collected.
    import_minutes : float, optional
        Minutes between imports of what was collected, 0 for none; else as the settings say.
    """
    minutes = shop.config.events.import_minutes if import_minutes is None else import_minutes
    collector = shop.collector()
    events = Events(collector, shop.config.events.origins)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        importing = asyncio.create_task(_import_now_and_then(shop.folder, minutes))
        yield
        importing.cancel()
        with suppress(asyncio.CancelledError):
            await importing
        collector.close()

    return Starlette(
        routes=[
            Route("/v1/{call}", events.collect, methods=["POST"]),
            Route("/v1/{call}", events.preflight, methods=["OPTIONS"]),
            Route("/habitue.js", _snippet, methods=["GET"]),
            Route("/health", _health, methods=["GET"]),
        ],
        exception_handlers={404: _unknown, 405: _unknown},
        lifespan=lifespan,
    )


async def _import_now_and_then(folder: Path, minutes: float) -> None:
    """Import what was collected, in a process of its own: it must not slow the collection down."""
    while minutes:
        await asyncio.sleep(60 * minutes)
        command = ("-m", "habitue", "--shop", str(folder), "--quiet", "import", "@events")
        process = await asyncio.create_subprocess_exec(sys.executable, *command)
        if status := await process.wait():
            text = _("Importing the collected events ended with status {status}.")
            log.error(text.format(status=status))


@cache
def _script() -> bytes:
    """Return the script without its comments and indentation: a page's visitors load it."""
    text = re.sub(r"/\*.*?\*/", "", SNIPPET.read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line).encode()


async def _snippet(request: Request) -> Response:
    script = _script()
    tag = f'"{sha256(script).hexdigest()[:20]}"'
    headers = {
        "Cache-Control": f"public, max-age={_DAY}",
        "ETag": tag,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(script, media_type="text/javascript", headers=headers)


async def _health(request: Request) -> Response:
    return success({"status": "ok"})


async def _unknown(request: Request, error: Any) -> Response:
    """Answer a path or method that there is not; the path isn't repeated."""
    return failure(error.status_code, "unknown", _("There is nothing here by that name."))
