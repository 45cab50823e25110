"""Web servers' logs: pages are views; what is none, and who can't be told, stays out."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from tests.contracts.export_format import ExportFormatContract, imported
from tests.samples import weblog


class TestWeblog(ExportFormatContract):
    samples: ClassVar[ModuleType] = weblog


def request(hour: int, ip: str, agent: str = "Firefox", **more: str) -> dict[str, str]:
    time = f"2024-06-{1 + hour // 24:02}T{hour % 24:02}:00:00Z"
    return {"time": time, "remote_addr": ip, "request": "GET /p/1 HTTP/1.1", "status": "200",
            "http_user_agent": agent, **more}  # fmt: skip


def visits(folder: Path, *requests: dict[str, str]) -> list[Any]:
    path = folder / "access.json"
    path.write_text("".join(json.dumps(r) + "\n" for r in requests))
    return [row["session_id"] for row in imported(path).records["views"]]


def test_without_a_cookie_address_agent_and_day_tell_visits_apart(tmp_path: Path) -> None:
    one, again, other, phone, tomorrow = visits(
        tmp_path,
        request(1, "203.0.113.1"),
        request(2, "203.0.113.1"),
        request(2, "203.0.113.2"),
        request(2, "203.0.113.1", "Mobile"),
        request(26, "203.0.113.1"),
    )
    assert one == again
    assert len({one, other, phone, tomorrow}) == 4


def test_a_visits_name_is_too_short_to_lead_to_an_address(tmp_path: Path) -> None:
    [name] = visits(tmp_path, request(1, "203.0.113.1"))
    assert len(name) * 4 == 24


def test_a_cookies_visit_is_taken_as_it_is(tmp_path: Path) -> None:
    assert visits(tmp_path, request(1, "203.0.113.1", session_id="s1")) == ["s1"]
    assert visits(tmp_path, request(1, "203.0.113.1", visitor_id="v1")) == [None]
