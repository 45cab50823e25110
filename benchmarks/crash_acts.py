"""Does acts in forked children: the command's own code, without the time it takes to import it.

Who forks must not use Habitué itself: a fork of a process with threads at work may hang.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.crash_world import Act

__all__ = ["Child", "checking", "command", "free_port", "load", "prepare", "serve"]

#: What a command that is killed at a step counts: each changes what is on the disk.
_STEPS = ("fsync", "fdatasync", "rename", "replace", "link", "unlink", "rmdir", "mkdir")


@dataclass
class Child:
    """A process that was forked to do something, in a process group of its own.

    Attributes
    ----------
    out : Path
        What it wrote to the standard output.
    """

    process: int
    out: Path
    status: int | None = None

    @classmethod
    def of(cls, work: Callable[[], int], out: Path) -> Child:
        """Fork a process that does the work and ends with what that returns."""
        sys.stdout.flush()
        sys.stderr.flush()
        process = os.fork()
        if process:
            with suppress(OSError):  # both do it: whoever comes first, it can be killed as a group
                os.setpgid(process, process)
            return cls(process, out)
        status = 70
        try:
            os.setpgid(0, 0)
            for number, path in ((1, out), (2, out.with_suffix(".err"))):
                handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
                os.dup2(handle, number)
                os.close(handle)
            status = work()
            sys.stdout.flush()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; say whether it has come within the time."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while self.status is None:
            if deadline is None:
                self._ended(os.waitpid(self.process, 0))
                break
            self._ended(os.waitpid(self.process, os.WNOHANG))
            if self.status is not None or time.monotonic() >= deadline:
                break
            time.sleep(0.001)
        return self.status is not None

    def kill(self) -> bool:
        """Kill it and all that it started; say whether it was still alive."""
        if self.status is None:
            os.killpg(self.process, signal.SIGKILL)
            self.wait()
        return self.killed

    @property
    def killed(self) -> bool:
        """Whether it ended by a kill."""
        return self.status is not None and os.WIFSIGNALED(self.status)

    @property
    def told(self) -> Any:
        """The JSON document that it printed, if it did so to the end."""
        try:
            return json.loads(self.out.read_text(encoding="utf-8"))
        except (ValueError, FileNotFoundError):
            return None

    def complaint(self) -> str:
        """Return the end of what it wrote to the standard error."""
        return self.out.with_suffix(".err").read_text(encoding="utf-8", errors="replace")[-600:]

    def _ended(self, waited: tuple[int, int]) -> None:
        process, status = waited
        if process:
            self.status = status


def prepare(names: Path | None = None) -> None:
    """Import all of Habitué, or what a command imported that was done and wrote it down."""
    if names is None:
        import habitue

        walked = pkgutil.walk_packages(habitue.__path__, "habitue.")
        apart = ("__main__", ".env")  # run what they are, instead of offering something
        modules = [one.name for one in walked if not one.name.endswith(apart)]
    else:
        modules = names.read_text(encoding="utf-8").split()
    for name in modules:
        if not name.startswith(("_", "encodings.")) and name not in sys.modules:
            try:
                importlib.import_module(name)
            except ImportError:
                continue  # an extra, or a module that another made by hand


def command(words: list[str], step: int = 0, *, after: bool = False) -> Callable[[], int]:
    """Return a command as work of a child.

    Parameters
    ----------
    words : list of str
        What follows ``habitue``.
    step : int
        The process kills itself at that step that changes the disk; 0 for never.
    after : bool
        After that step rather than before it.
    """

    def work() -> int:
        os.environ["HABITUE_ACTOR"] = "crash"
        from habitue.cli import main

        counted = _counting(step, after) if step else None
        status = main(words)
        sys.stdout.flush()
        if counted:
            counted.uninstall()
        return status

    return work


class _counting:  # noqa: N801
    """Counts the steps that change the disk, and kills the process at one of them."""

    def __init__(self, step: int, after: bool) -> None:
        from sqlalchemy.engine.default import DefaultDialect

        self._left, self._after = step, after
        self._lock = threading.Lock()
        self._were: list[tuple[Any, str, Any]] = []
        for place, name in [(os, name) for name in _STEPS] + [(DefaultDialect, "do_commit")]:
            was = getattr(place, name)
            self._were.append((place, name, was))
            setattr(place, name, self._counted(was))

    def uninstall(self) -> None:
        for place, name, was in self._were:
            setattr(place, name, was)

    def _counted(self, was: Any) -> Any:
        def counted(*args: Any, **named: Any) -> Any:
            with self._lock:
                self._left -= 1
                now = self._left == 0
            if now and not self._after:
                os.killpg(0, signal.SIGKILL)
            answer = was(*args, **named)
            if now:
                os.killpg(0, signal.SIGKILL)
            return answer

        return counted


def checking(shop: Path, expected: dict[str, Any], out: Path) -> Callable[[], int]:
    """Return a look at a shop as work of a child; what is found is written to ``out``."""

    def work() -> int:
        from benchmarks.crash_check import check

        out.write_text(json.dumps(check(shop, expected)), encoding="utf-8")
        return 0

    return work


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(act: Act, port: int) -> Callable[[], int]:
    """Return ``habitue serve`` as work of a child."""
    return command([*act.words, "serve", "--port", str(port)])


def load(
    shop: Path, act: Act, port: int, seed: str, notes: Path, most: int = 3000
) -> Callable[[], int]:
    """Return work of a child: send events to a server until it is gone, or so many are sent.

    What is sent and what was acknowledged stands in ``notes``, a line each, written at once.
    """

    def work() -> int:
        handle = os.open(notes, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        deadline = time.monotonic() + 20
        while True:  # until the server listens
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    return 1
                time.sleep(0.005)
        key = (shop / "state" / "write_key").read_text().strip()
        senders = [
            threading.Thread(
                target=_sends, args=(handle, f"{act.events}-{n}", port, key, seed, most)
            )
            for n in range(3)
        ]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        return 0

    return work


def _sends(handle: int, prefix: str, port: int, key: str, seed: str, most: int) -> None:
    import http.client
    import random

    rng = random.Random(f"{seed} {prefix}")
    auth = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"Authorization": f"Basic {auth}", "Content-Type": "application/json"}
    number, ids = 0, list[str]()
    while number < most:
        repeat = ids and rng.random() < 0.1  # a client that did not hear the answer sends again
        if not repeat:
            ids = [f"{prefix}-{number + n}" for n in range(rng.randrange(1, 15))]
            number += len(ids)
            os.write(handle, f"sent {' '.join(ids)}\n".encode())
        body = {"batch": [_event(message) for message in ids]}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("POST", "/v1/batch", json.dumps(body), headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()
        if answer.status == 200:
            os.write(handle, f"stored {' '.join(ids)}\n".encode())


def _event(message: str) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "Product Viewed",
        "anonymousId": f"visitor {hash(message) % 50}",
        "messageId": message,
        "timestamp": "2025-05-01T09:00:00Z",
        "properties": {"product_id": f"S{hash(message) % 8}"},
    }
