"""Takes web events: checks them, leaves out what may not be kept, and stores the rest durably."""

from __future__ import annotations

import hmac
import ipaddress
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from habitue.collect.eventlog import EventLog
from habitue.collect.webevents import BATCH, CALLS, Accepted, Rules, unpacked
from habitue.state import disk

__all__ = ["Collector", "write_key"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Collector:
    """Where web events go in.

    Parameters
    ----------
    log : EventLog
        Keeps them.
    rules : Rules
        What may be kept.
    key : str
        What senders must know.
    internal : sequence of networks
        Whose events are left out: the shop's own people.
    """

    #: The calls there are, and the largest body in bytes.
    calls = (*CALLS, "batch")
    largest = BATCH

    def __init__(
        self, log: EventLog, rules: Rules, key: str, internal: Sequence[Network] = ()
    ) -> None:
        self._log, self._rules, self._internal = log, rules, tuple(internal)
        self._key = key.encode()

    def knows(self, key: str) -> bool:
        """Say whether a sender's key is the shop's."""
        return hmac.compare_digest(key.encode(), self._key)

    def unpacked(self, body: bytes) -> bytes | None:
        """Return a gzip body as it was, or None if it is too large.

        Raises
        ------
        InvalidEventsError
            If it is no gzip.
        """
        return unpacked(body)

    def take(
        self,
        body: Any,
        kind: str,
        told: Callable[[OSError | None], None],
        agent: str = "",
        address: str = "",
    ) -> Accepted:
        """Check events and hand them to the log; ``told`` is called once they are on disk.

        If none of them may be kept, ``told`` is not called.

        Parameters
        ----------
        body : object
            The JSON that came.
        kind : str
            One of ``calls``.
        told : callable
            Called from another thread, with what went wrong or None.
        agent, address : str
            The sender's browser and network address.

        Raises
        ------
        InvalidEventsError
            If an event can't be taken; then none is kept.
        BusyError
            If too much waits to be stored.
        """
        found = self._rules.accept(body, kind, agent, address)
        if found.count and self._is_internal(address):
            left_out = found.left_out | {"internal": found.count}
            return Accepted(b"", 0, left_out)
        if found.count:
            self._log.append(found.lines, found.count, told)
        return found

    def close(self) -> None:
        """Store what waits, and let the log go."""
        self._log.close()

    def _is_internal(self, address: str) -> bool:
        if not self._internal:
            return False
        try:
            place = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(place, ipaddress.IPv6Address) and place.ipv4_mapped:
            place = place.ipv4_mapped
        return any(place in network for network in self._internal)


def write_key(path: Path) -> str:
    """Return the key of a file; it is made if it is not there.

    It stands in web pages, so it is no secret; it keeps strangers' noise out, no more.
    """
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        disk.make(path.parent)
    key = secrets.token_urlsafe(18)
    part = path.with_suffix(f".{os.getpid()}")
    part.touch(mode=0o600)
    part.write_text(key + "\n", encoding="ascii")
    disk.sync(part)
    try:
        os.link(part, path)  # who comes second takes the first one's
    except FileExistsError:
        pass
    finally:
        part.unlink()
    disk.sync(path.parent)
    return path.read_text(encoding="ascii").strip()
