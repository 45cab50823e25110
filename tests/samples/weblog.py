"""Access logs: JSON Lines of nginx, Caddy, Traefik, Cloudflare and Elastic, and plain text."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.samples.base import Sample

__all__ = ["VARIANTS", "write"]

VARIANTS = ("nginx", "Caddy", "Traefik", "Cloudflare", "Elastic", "combined", "common")
AGENT = 'Mozilla/5.0 (Windows NT 10.0; "x64") Gecko/20100101 Firefox/125.0'
#: Method, address and status of a request, and the view that it is or why it is none.
_REQUESTS: tuple[tuple[str, str, int, tuple[str, str | None] | str], ...] = (
    ("GET", "/products/mug-7?utm_source=x", 200, ("view", "mug-7")),
    ("GET", "/", 304, ("view", None)),
    ("GET", "/search?q=mug", 200, ("search", None)),
    ("POST", "/cart/add?id=A12", 302, ("cart", "A12")),
    ("GET", "/assets/app.3f2.js", 200, "no_page"),
    ("GET", "/robots.txt", 200, "no_page"),
    ("HEAD", "/products/mug-7", 200, "no_page"),
    ("POST", "/api/login", 200, "no_page"),
    ("GET", "/old", 301, "failed_request"),
    ("GET", "/products/none", 404, "failed_request"),
)


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    random = Random(f"{variant}{seed}")
    time = datetime(2024, 6, 1, 10, tzinfo=UTC)
    views: list[dict[str, Any]] = []
    rejected: dict[str, int] = {}
    lines: list[str] = []
    for n in range(max(rows, 4)):
        time += timedelta(seconds=random.randint(1, 3000))
        method, url, status, made = _REQUESTS[n] if n < 4 else random.choice(_REQUESTS)
        user = f"u{n}" if n % 4 == 0 else None
        lines.append(_line(variant, time, method, url, status, user, f"203.0.113.{n % 7}"))
        if isinstance(made, str):
            rejected[made] = rejected.get(made, 0) + 1
        else:
            views.append(
                {
                    "time": time,
                    "event": made[0],
                    "item_id": made[1],
                    "agent": None if variant == "common" else AGENT.replace('"', "'"),
                    "customer_id": user if variant != "Cloudflare" else None,
                }
            )
    path = folder / "access.log"
    path.write_text("".join(line + "\n" for line in lines))
    return Sample(path, {"views": views}, rejected)


def _line(variant: str, time: datetime, method: str, url: str, status: int, user: str | None,
          ip: str) -> str:  # fmt: skip
    agent = AGENT.replace('"', "'")
    if variant in ("combined", "common"):
        rest = f' "-" "{agent}"' if variant == "combined" else ""
        there = time + timedelta(hours=2)
        when = f"{there:%d/%b/%Y:%H:%M:%S} +0200"
        return f'{ip} - {user or "-"} [{when}] "{method} {url} HTTP/1.1" {status} 512{rest}'
    return json.dumps(_object(variant, time, method, url, status, user, ip, agent))


def _object(variant: str, time: datetime, method: str, url: str, status: int, user: str | None,
            ip: str, agent: str) -> dict[str, Any]:  # fmt: skip
    iso = time.isoformat().replace("+00:00", "Z")
    if variant == "nginx":
        return {
            "time_iso8601": iso, "remote_addr": ip, "remote_user": user or "",
            "request": f"{method} {url} HTTP/2.0", "status": str(status), "body_bytes_sent": "5",
            "http_referer": "", "http_user_agent": agent,
        }  # fmt: skip
    if variant == "Caddy":
        return {
            "level": "info", "ts": time.timestamp() + 0.0, "logger": "http.log.access",
            "request": {"remote_ip": ip, "method": method, "uri": url, "proto": "HTTP/2.0",
                        "headers": {"User-Agent": [agent], "Accept": ["*/*"]}},
            "user_id": user or "", "status": status, "size": 5, "msg": "handled request",
        }  # fmt: skip
    if variant == "Traefik":
        return {
            "StartUTC": iso, "ClientHost": ip, "ClientUsername": user or "-",
            "RequestMethod": method, "RequestPath": url, "DownstreamStatus": status,
            "request_User-Agent": agent, "time": iso,
        }  # fmt: skip
    if variant == "Cloudflare":
        return {
            "EdgeStartTimestamp": iso, "ClientIP": ip, "ClientRequestMethod": method,
            "ClientRequestURI": url, "EdgeResponseStatus": status, "RayID": f"r{iso}",
            "ClientRequestUserAgent": agent,
        }  # fmt: skip
    return {
        "@timestamp": iso, "source": {"ip": ip}, "user": {"name": user},
        "http": {"request": {"method": method}, "response": {"status_code": status}},
        "url": {"original": url}, "user_agent": {"original": agent},
    }  # fmt: skip
