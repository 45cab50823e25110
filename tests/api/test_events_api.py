"""The collection over HTTP: what is answered, and what is then on disk."""

from __future__ import annotations

import base64
import gzip
import json
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api_server import call, killable, serving

from habitue.collect.eventlog import EventLog
from habitue.shop import Shop

TRACK = {"event": "Product Viewed", "anonymousId": "a1", "properties": {"product_id": "P1"}}


def _settings(shop: Shop, text: str) -> Shop:
    path = shop.folder / "habitue.toml"
    whole = path.read_text().replace("[events]", f"[events]\nwrite_key = 'key'\n{text}")
    path.write_text(whole)
    return Shop.open(shop.folder)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop.create(tmp_path / "shop")
    return _settings(made, "origins = ['https://shop.example']\ninternal = ['192.0.2.0/24']")


@pytest.fixture
def port(shop: Shop) -> Iterator[int]:
    with serving(shop, proxy_headers=True, forwarded_allow_ips="127.0.0.1") as found:
        yield found


def _stored(shop: Shop) -> list[dict[str, Any]]:
    files = sorted((shop.folder / "events").glob("*"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def _auth(key: str = "key") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def test_what_is_answered_with_200_is_on_disk(shop: Shop, port: int) -> None:
    status, answer, _headers = call(port, "/v1/track", TRACK, _auth())
    assert (status, answer) == (200, {"success": True, "stored": 1})
    [event] = _stored(shop)
    assert event["event"] == "Product Viewed"
    assert event["type"] == "track"
    assert event["messageId"]
    assert event["receivedAt"].endswith("Z")
    for place in (shop.folder / "events").iterdir():
        assert place.stat().st_mode & 0o077 == 0
    assert (shop.folder / "events").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/page", {"userId": 7, "name": "Home"}),
        ("/v1/screen", {"userId": "7", "name": "Home"}),
        ("/v1/identify", {"userId": "7", "traits": {"email": "ann@example.com"}}),
        ("/v1/alias", {"userId": "7", "previousId": "a1"}),
        ("/v1/group", {"userId": "7", "groupId": "g"}),
        ("/v1/batch", {"batch": [TRACK | {"type": "track"}], "context": {"locale": "en"}}),
    ],
)
def test_every_call_of_segment_is_taken(shop: Shop, port: int, path: str, body: Any) -> None:
    assert call(port, path, body, _auth())[0] == 200
    [event] = _stored(shop)
    assert event["type"] == (path[4:] if path != "/v1/batch" else "track")
    assert isinstance(event.get("userId", ""), str)


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ({"event": "X"}, "userId", "missing"),
        ({"anonymousId": "a"}, "event", "missing"),
        ({"anonymousId": "a", "event": 7}, "event", "not_text"),
        ({"anonymousId": ["a"], "event": "X"}, "anonymousId", "not_text"),
        ({"anonymousId": "a" * 300, "event": "X"}, "anonymousId", "too_long"),
        ({"anonymousId": "a", "event": "X", "properties": []}, "properties", "not_object"),
        ({"anonymousId": "a", "event": "X", "timestamp": "now"}, "timestamp", "not_time"),
        ({"anonymousId": "a", "event": "X", "type": "page"}, "type", "unknown"),
        ({"anonymousId": "a", "event": "X", "properties": {"x": "y" * 33_000}}, "", "too_large"),
        ([], "", "not_object"),
    ],
)
def test_a_bad_event_is_told_with_its_field(
    shop: Shop, port: int, body: Any, field: str, reason: str
) -> None:
    status, answer, _headers = call(port, "/v1/track", body, _auth())
    [problem] = answer["error"]["problems"]
    assert (status, problem["event"], problem["field"], problem["reason"]) == (
        400,
        0,
        field,
        reason,
    )
    assert problem["message"] != reason
    assert _stored(shop) == []


def test_of_a_batch_with_a_bad_event_nothing_is_kept(shop: Shop, port: int) -> None:
    good = TRACK | {"type": "track"}
    bad = [{"type": "track"}, good, {"type": "nothing"}, "text", good, {}]
    status, answer, _headers = call(port, "/v1/batch", {"batch": bad}, _auth())
    assert status == 400
    told = [(p["event"], p["field"], p["reason"]) for p in answer["error"]["problems"]]
    assert told == [(0, "userId", "missing"), (2, "type", "unknown"), (3, "", "not_object"),
                    (5, "type", "missing")]  # fmt: skip
    wrong: list[Any] = [{"batch": {}}, {"batch": [], "context": 1}, {"batch": [], "sentAt": "x"}]
    for broken in wrong:
        assert call(port, "/v1/batch", broken, _auth())[0] == 400
    assert call(port, "/v1/batch", {"batch": []}, _auth())[1]["stored"] == 0
    assert _stored(shop) == []


def test_a_wrong_key_is_refused_wherever_it_stands(port: int) -> None:
    assert call(port, "/v1/track", TRACK)[0] == 401
    assert call(port, "/v1/track", TRACK, _auth("other"))[0] == 401
    assert call(port, "/v1/track", TRACK, {"Authorization": "Basic !"})[0] == 401
    assert call(port, "/v1/track", TRACK | {"writeKey": "other"})[0] == 401
    status, _answer, headers = call(port, "/v1/track", TRACK | {"writeKey": 7})
    assert (status, "www-authenticate" in headers) == (401, True)


def test_a_beacon_needs_no_header(shop: Shop, port: int) -> None:
    body = TRACK | {"writeKey": "key"}
    headers = {"Content-Type": "text/plain;charset=UTF-8", "Origin": "https://shop.example"}
    status, _answer, told = call(port, "/v1/track", body, headers)
    assert status == 200
    assert told["access-control-allow-origin"] == "https://shop.example"
    assert "writeKey" not in _stored(shop)[0]


def test_only_named_pages_may_send(port: int) -> None:
    for origin in ("https://evil.example", "https://shop.example.evil.example", "null"):
        headers = {"Origin": origin, **_auth()}
        status, answer, told = call(port, "/v1/track", TRACK, headers)
        assert (status, answer["error"]["code"]) == (403, "origin")
        assert "access-control-allow-origin" not in told
        assert call(port, "/v1/track", None, headers, "OPTIONS")[0] == 403
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    status, _answer, told = call(port, "/v1/track", None, asked, "OPTIONS")
    assert (status, told["access-control-allow-methods"]) == (204, "POST")
    own = {"Origin": f"http://127.0.0.1:{port}", **_auth()}
    assert call(port, "/v1/track", TRACK, own)[0] == 200
    # An error is readable for the page that made it.
    bad = call(port, "/v1/track", {}, {"Origin": "https://shop.example", **_auth()})
    assert (bad[0], bad[2]["access-control-allow-origin"]) == (400, "https://shop.example")


def test_packed_bodies_are_unpacked_but_not_without_end(shop: Shop, port: int) -> None:
    packed = {"Content-Encoding": "gzip", **_auth()}
    assert call(port, "/v1/track", gzip.compress(json.dumps(TRACK).encode()), packed)[0] == 200
    bomb = gzip.compress(b"[" + b" " * (64 << 20))
    assert call(port, "/v1/track", bomb, packed)[0] == 413
    for broken in (b"not gzip", gzip.compress(b"{}" * 100)[:-9]):
        assert call(port, "/v1/track", broken, packed)[0] == 400
    assert call(port, "/v1/track", b"{}", {"Content-Encoding": "br", **_auth()})[0] == 415
    assert len(_stored(shop)) == 1


def test_large_bodies_are_refused_unread(port: int) -> None:
    assert call(port, "/v1/batch", b" " * (501 << 10), _auth())[0] == 413
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(
            b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        block = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        for _n in range(9):
            connection.sendall(block)
        assert b" 413 " in connection.recv(100)


def test_what_is_no_json_or_no_call_is_said(port: int) -> None:
    status, answer, _headers = call(port, "/v1/track", b'{"a": \n?}', _auth())
    assert (status, answer["error"]["code"]) == (400, "json")
    assert "line 2" in answer["error"]["message"]
    for path, method, expected in (
        ("/v1/pixel.gif", "POST", 404),
        ("/v1/track", "GET", 405),
        ("/other", "GET", 404),
    ):
        status, answer, _headers = call(
            port, path, {} if method == "POST" else None, _auth(), method
        )
        assert (status, answer["success"]) == (expected, False)
    assert call(port, "/health", None, {}, "GET")[1]["status"] == "ok"


def test_addresses_are_not_kept_and_our_own_people_are_left_out(shop: Shop, port: int) -> None:
    visitor = {"X-Forwarded-For": "198.51.100.7", **_auth()}
    body = TRACK | {"context": {"ip": "198.51.100.7", "userAgent": "Browser"}}
    assert call(port, "/v1/track", body, visitor)[1] == {"success": True, "stored": 1}
    office = {"X-Forwarded-For": "192.0.2.9", **_auth()}
    answer = call(port, "/v1/track", TRACK, office)[1]
    assert answer == {"success": True, "stored": 0, "left_out": {"internal": 1}}
    [event] = _stored(shop)
    assert event["context"] == {"userAgent": "Browser"}
    assert "198.51.100.7" not in json.dumps(event)


def test_our_own_script_leaves_the_browser_s_name_to_the_header(shop: Shop, port: int) -> None:
    body = {"batch": [TRACK | {"type": "track"}], "context": {"library": {"name": "habitue.js"}}}
    call(port, "/v1/batch", body, {"User-Agent": "Firefox", **_auth()})
    call(port, "/v1/track", TRACK, {"User-Agent": "server-side", **_auth()})
    agents = {event["context"].get("userAgent") for event in _stored(shop)}
    assert agents == {"Firefox", None}


def test_a_thousand_names_in_an_event_do_not_become_a_thousand_columns(
    shop: Shop, port: int
) -> None:
    noise = {f"n{n}": {"deep": n} for n in range(800)}
    body = {"type": "track", "event": "X", "anonymousId": "a", "properties": noise, "context": None}
    answers = [
        call(port, "/v1/batch", {"batch": [body], "context": {"x": 1}}, _auth())[1],
        call(port, "/v1/track", TRACK | {"context": {"y": 1}, "writeKey": "key"}, _auth())[1],
    ]
    assert [answer["left_out"]["names"] for answer in answers] == [301, 1]
    first, second = _stored(shop)
    assert len(first["properties"]) == 500
    assert second["properties"] == {"product_id": "P1"}


@pytest.mark.parametrize(
    ("preferences", "need", "kept"),
    [
        (None, False, True),
        (None, True, False),
        ({"Analytics": True}, True, True),
        ({"analytics": False, "Advertising": True}, False, False),
        ({"Advertising": False}, False, False),
        ({"Advertising": True}, False, True),
        ({"Advertising": True}, True, False),
        ({"analytics": "yes"}, False, False),
        ({}, False, True),
        ({}, True, False),
        ("all", True, False),
    ],
)
def test_events_without_consent_are_left_out(
    tmp_path: Path, preferences: Any, need: bool, kept: bool
) -> None:
    shop = _settings(Shop.create(tmp_path / "s"), f"need_consent = {str(need).lower()}")
    consent = {} if preferences is None else {"consent": {"categoryPreferences": preferences}}
    with serving(shop) as port:
        answer = call(port, "/v1/track", TRACK | {"context": consent}, _auth())[1]
    assert answer["stored"] == kept
    assert answer.get("left_out", {}) == ({} if kept else {"consent": 1})
    assert len(_stored(shop)) == kept


def test_a_withdrawal_is_kept_as_evidence_and_nothing_more_of_it(shop: Shop, port: int) -> None:
    said = {"consent": {"categoryPreferences": {"analytics": False}}, "page": {"url": "/private"}}
    body = {"event": "Segment Consent Preference Updated", "userId": "7", "context": said,
            "properties": {"x": 1}}  # fmt: skip
    assert call(port, "/v1/track", body, _auth())[1]["stored"] == 1
    [event] = _stored(shop)
    assert event["context"] == {"consent": said["consent"]}
    assert "properties" not in event


def test_when_too_much_waits_senders_are_asked_to_wait(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    first = threading.Event()

    def slow(handle: int) -> None:
        first.set()
        gate.wait(20)

    def small(folder: Path) -> EventLog:
        return EventLog(folder, waiting=1000, sync=slow)

    monkeypatch.setattr("habitue.collect.eventlog.EventLog", small)
    with serving(shop) as port:
        answers: list[Any] = []
        waiting = threading.Thread(
            target=lambda: answers.append(call(port, "/v1/track", TRACK, _auth()))
        )
        waiting.start()
        first.wait(20)
        statuses = [429]
        big = TRACK | {"properties": {"x": "y" * 900}}
        status, _answer, headers = call(port, "/v1/track", big, _auth())
        assert (status, headers["retry-after"]) == (statuses[0], "1")
        gate.set()
        waiting.join()
        assert answers[0][0] == 200
        assert call(port, "/v1/track", TRACK, _auth())[0] == 200
    assert len(_stored(shop)) == 2


def test_a_disk_that_fails_is_told_and_nothing_false_is_acknowledged(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [True, False]

    def sync(handle: int) -> None:
        if broken.pop(0) if broken else False:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(
        "habitue.collect.eventlog.EventLog", lambda folder: EventLog(folder, sync=sync)
    )
    with serving(shop) as port:
        status, answer, headers = call(port, "/v1/track", TRACK, _auth())
        assert (status, answer["error"]["code"], headers["retry-after"]) == (503, "storage", "30")
        assert str(shop.folder) not in json.dumps(answer)
        assert call(port, "/v1/track", TRACK, _auth())[0] == 200
    assert len(_stored(shop)) == 1


def test_the_unforeseen_shows_nothing_of_what_came_in(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*given: Any, **more: Any) -> None:
        raise KeyError("ann@example.com")

    monkeypatch.setattr("habitue.collect.collector.Collector.take", fails)
    with serving(shop, log_config=None) as port:
        status, answer, _headers = call(port, "/v1/track", TRACK, _auth())
    assert (status, answer["error"]["code"]) == (500, "failed")
    assert "ann@" not in json.dumps(answer)
    assert "ann@" not in "".join(f"{r.getMessage()} {r.exc_text}" for r in caplog.records)


def test_the_script_is_small_and_may_be_kept_for_a_day(port: int) -> None:
    status, script, headers = call(port, "/habitue.js", None, {}, "GET")
    assert status == 200
    assert len(script) < 3000
    assert headers["content-type"].startswith("text/javascript")
    assert "max-age=86400" in headers["cache-control"]
    again = call(port, "/habitue.js", None, {"If-None-Match": headers["etag"]}, "GET")
    assert again[0] == 304


def test_collected_events_become_records_once(shop: Shop) -> None:
    order = {
        "type": "track", "event": "Order Completed", "userId": "u7", "messageId": "m1",
        "timestamp": "2026-05-01T09:30:00Z",
        "properties": {"order_id": "O1", "currency": "EUR", "products": [
            {"product_id": "P1", "name": "Tea", "price": 2.5, "quantity": 2},
            {"product_id": "P1", "name": "Tea", "price": 2.5, "quantity": 2}]},
    }  # fmt: skip
    view = TRACK | {"type": "track", "messageId": "m2", "timestamp": "2026-05-01T09:00:00Z"}
    who = {"type": "identify", "userId": "u7", "anonymousId": "a1", "messageId": "m3",
           "traits": {"email": "ann@example.com"}}  # fmt: skip
    with serving(shop) as port:
        for sent in ("2026-05-01T09:30:01Z", "2026-05-01T09:31:02Z"):  # a retry
            body = {"batch": [order, view, who], "sentAt": sent}
            assert call(port, "/v1/batch", body, _auth())[0] == 200
        shop.import_events()  # while the server runs
        assert call(port, "/v1/batch", {"batch": [order, view]}, _auth())[0] == 200
    shop.import_events()
    assert shop.import_events() == []
    assert len(shop.records("purchases")) == 2
    assert len(shop.records("views")) == 1
    buyer = shop.records("purchases").to_pylist()[0]["customer"]
    assert shop.find(buyer) == shop.find("ann@example.com")
    assert list((shop.folder / "events").iterdir()) == []


def test_after_kills_nothing_acknowledged_is_lost_and_nothing_doubled(shop: Shop) -> None:
    """Clients retry with the same message id until they are told that it is stored."""
    seed = random.Random(11)
    acknowledged: set[str] = set()
    sent = 0
    for kill in range(5):
        with killable(shop.folder) as (process, port):
            timer = threading.Timer(seed.uniform(0.05, 0.5), process.send_signal, [signal.SIGKILL])
            timer.start()
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                ids = [f"m{sent + n}" for n in range(seed.randrange(1, 30))]
                batch = [
                    {"type": "track", "event": "Product Viewed", "anonymousId": "a",
                     "messageId": m, "timestamp": "2026-05-01T09:00:00Z",
                     "properties": {"product_id": m}}
                    for m in ids
                ]  # fmt: skip
                try:
                    status = call(port, "/v1/batch", {"batch": batch}, _auth())[0]
                except OSError:
                    break
                except Exception:  # the answer was cut off
                    break
                assert status == 200
                acknowledged |= set(ids)
                sent += len(ids)
            timer.join()
        if kill % 2:
            shop.import_events()
    shop.import_events()
    events = [row["event_id"] for row in shop.records("views").to_pylist()]
    assert len(events) == len(set(events))
    assert acknowledged <= set(events)
    assert len(acknowledged) > 50
