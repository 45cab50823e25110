"""The application on a real socket, in this process or in one of its own that can be killed."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from habitue.shop import Shop

__all__ = ["Answer", "call", "killable", "serving"]

#: Status, JSON, headers.
Answer = tuple[int, Any, dict[str, str]]


@contextmanager
def serving(shop: Shop, **given: Any) -> Iterator[int]:
    """Serve a shop from a thread; yield the port."""
    uvicorn = pytest.importorskip("uvicorn", reason="needs uvicorn")
    from habitue.api import application

    config = uvicorn.Config(
        application(shop, import_minutes=0), port=0, access_log=False, log_level="error", **given
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()


_SERVE = """
import sys, uvicorn
from habitue.api import application
from habitue.shop import Shop
app = application(Shop.open(sys.argv[1]), import_minutes=0)
server = uvicorn.Server(uvicorn.Config(app, port=0, access_log=False, log_level="error"))
class Told(type(server)):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)
server.__class__ = Told
server.run()
"""


@contextmanager
def killable(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve a shop from a process; yield it and the port. It is killed at the end."""
    command = [sys.executable, "-c", _SERVE, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def call(
    port: int,
    path: str,
    body: Any = None,
    headers: dict[str, str] | None = None,
    method: str = "POST",
) -> Answer:
    """Ask the server; a body that is no bytes is sent as JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, path, sent if body is not None else None, headers or {})
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, _json(text), {k.lower(): v for k, v in answer.getheaders()}
    finally:
        connection.close()


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text.decode()
