"""Web events per second that are acknowledged, each on disk and synced before it is.

A server process of its own, and clients that send batches one after another and wait for each
answer. Every acknowledged event is then counted in the files.

    python -m benchmarks.collect --clients 16 --batch 100 --seconds 10 --seed 1
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from tests.api_server import killable

from habitue.shop import Shop


def main() -> None:
    """Run, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the shop is; a file system to measure")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as place:
        shop = Shop.create(Path(place) / "shop")
        print(json.dumps(_measure(shop, given), indent=2))


def _measure(shop: Shop, given: argparse.Namespace) -> dict[str, object]:
    with killable(shop.folder) as (process, port):
        key = base64.b64encode(f"{shop.write_key}:".encode()).decode()
        before = _cpu(process)
        begun = time.perf_counter()
        waits = asyncio.run(_clients(port, key, given))
        wall = time.perf_counter() - begun
        cpu = _cpu(process) - before
    files = (shop.folder / "events").iterdir()
    stored = sum(path.read_bytes().count(b"\n") for path in files)
    acknowledged = len(waits) * given.batch
    milliseconds = np.array(waits) * 1000
    return {
        "clients": given.clients,
        "batch": given.batch,
        "acknowledged": acknowledged,
        "stored": stored,
        "lost": max(0, acknowledged - stored),
        "events_per_second": round(acknowledged / wall),
        "events_per_server_cpu_second": round(acknowledged / cpu),
        "client_cpu_seconds": round(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]), 1),
        "p50_ms": round(float(np.percentile(milliseconds, 50)), 1),
        "p99_ms": round(float(np.percentile(milliseconds, 99)), 1),
    }


def _cpu(process: subprocess.Popen[str]) -> float:
    """Return the seconds of processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def _clients(port: int, key: str, given: argparse.Namespace) -> list[float]:
    deadline = time.perf_counter() + given.seconds
    jobs = (_client(n, port, key, given, deadline) for n in range(given.clients))
    return [wait for waits in await asyncio.gather(*jobs) for wait in waits]


async def _client(
    number: int, port: int, key: str, given: argparse.Namespace, deadline: float
) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    bodies = [_body(given, number, n) for n in range(8)]
    waits: list[float] = []
    while time.perf_counter() < deadline:
        body = bodies[len(waits) % len(bodies)]
        head = (
            f"POST /v1/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        begun = time.perf_counter()
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
        if b" 200 " not in answer[:16]:
            sys.exit(f"not acknowledged: {answer[:40]!r}")
        waits.append(time.perf_counter() - begun)
    writer.close()
    return waits


def _body(given: argparse.Namespace, client: int, number: int) -> bytes:
    seed = random.Random(f"{given.seed} {client} {number}")
    event = {
        "type": "track",
        "event": "Product Viewed",
        "timestamp": "2026-05-01T09:30:00.000Z",
        "context": {"page": {"url": "https://shop.example/p/1", "path": "/p/1", "title": "Tea"}},
    }
    return json.dumps(
        {
            "batch": [
                event
                | {
                    "anonymousId": f"{seed.getrandbits(128):032x}",
                    "messageId": f"{seed.getrandbits(128):032x}",
                    "properties": {"product_id": f"P{seed.randrange(10**4)}", "price": 12.5},
                }
                for _n in range(given.batch)
            ]
        }
    ).encode()


if __name__ == "__main__":
    main()
