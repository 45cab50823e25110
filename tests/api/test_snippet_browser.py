"""The script in a real browser, on a page of another origin."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.api_server import serving

from habitue.shop import Shop

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
Page = Any


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if not CHROMIUM:
        pytest.skip("needs chromium")
    with playwright.sync_playwright() as started:
        window = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield window
        window.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A web site of its own origin."""
    folder = tmp_path / "site"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def shop(tmp_path: Path, site: tuple[Path, str]) -> Shop:
    shop = Shop.create(tmp_path / "shop")
    path = shop.folder / "habitue.toml"
    settings = f"[events]\nwrite_key = 'key'\norigins = ['{site[1]}']"
    path.write_text(path.read_text().replace("[events]", settings))
    return Shop.open(shop.folder)


@pytest.fixture
def visit(browser: Any, site: tuple[Path, str], shop: Shop) -> Iterator[Callable[..., Page]]:
    """Open a page that loads the script; a call is queued before it is there."""
    folder, origin = site
    context = browser.new_context()
    with serving(shop) as port:

        def visited(attributes: str = "") -> Page:
            (folder / "shop.html").write_text(
                "<!doctype html><title>Tea</title><script>habitue = [['page']]</script>"
                f'<script src="http://127.0.0.1:{port}/habitue.js" data-key="key" {attributes}'
                " async></script>"
            )
            page = context.new_page()
            page.goto(f"{origin}/shop.html?email=ann@example.com")
            page.wait_for_function("!Array.isArray(window.habitue)")
            return page

        yield visited
        context.close()


def _stored(shop: Shop, count: int) -> list[dict[str, Any]]:
    """Return what is on disk once there are so many events."""
    deadline = time.monotonic() + 15
    while True:
        files = sorted((shop.folder / "events").glob("*"))
        events = [json.loads(line) for file in files for line in file.read_text().splitlines()]
        if len(events) >= count or time.monotonic() > deadline:
            return events
        time.sleep(0.05)


_KEPT = "[document.cookie, localStorage.length, sessionStorage.length]"


def test_events_arrive_and_nothing_is_kept_in_the_browser(
    visit: Callable[..., Page], shop: Shop
) -> None:
    page = visit()
    page.evaluate("habitue.track('Product Viewed', {product_id: 'P1'})")
    page.evaluate("habitue.push(['identify', 'u7', {email: 'ann@example.com'}])")
    seen, viewed, who = _stored(shop, 3)
    assert (seen["type"], seen["properties"]["url"]) == ("page", page.url.split("?")[0])
    assert (viewed["event"], viewed["properties"]) == ("Product Viewed", {"product_id": "P1"})
    assert (who["userId"], who["traits"]) == ("u7", {"email": "ann@example.com"})
    assert len({event["anonymousId"] for event in (seen, viewed, who)}) == 1
    assert "Chrome" in viewed["context"]["userAgent"]
    assert "ann@" not in json.dumps([seen, viewed])
    assert page.evaluate(_KEPT) == ["", 0, 0]


def test_with_consent_the_visitor_is_known_again_and_without_no_more(
    visit: Callable[..., Page], shop: Shop
) -> None:
    page = visit()
    page.evaluate("habitue.consent({analytics: true})")
    first = _stored(shop, 2)
    assert [event.get("event") for event in first] == [None, "Segment Consent Preference Updated"]
    known = {event["anonymousId"] for event in first}
    page.close()
    page = visit()
    page.evaluate("habitue.consent({analytics: true})")
    assert {event["anonymousId"] for event in _stored(shop, 4)} == known
    page.evaluate("habitue.consent({analytics: false})")
    events = _stored(shop, 5)
    assert events[4]["context"]["consent"]["categoryPreferences"] == {"analytics": False}
    page.evaluate("habitue.track('Product Viewed')")
    page.evaluate("habitue.flush()")
    page.wait_for_timeout(300)
    assert len(_stored(shop, 5)) == 5
    assert page.evaluate(_KEPT) == ["", 0, 0]


def test_where_consent_is_required_nothing_leaves_before_it(
    visit: Callable[..., Page], shop: Shop
) -> None:
    page = visit('data-consent="required"')
    page.evaluate("habitue.track('Product Viewed')")
    page.evaluate("habitue.flush()")
    page.wait_for_timeout(300)
    assert _stored(shop, 0) == []
    page.evaluate("habitue.consent({analytics: true})")
    events = _stored(shop, 3)
    assert all(event["context"]["consent"] for event in events)
    page.close()
    page = visit('data-consent="required"')
    page.evaluate("habitue.track('Product Viewed')")
    page.close(run_before_unload=True)
    time.sleep(0.3)
    # What was under way when the page was closed may be there twice, told by its message's id.
    assert {event["messageId"] for event in _stored(shop, 3)} == {e["messageId"] for e in events}


def test_what_waits_is_sent_when_the_page_is_left(visit: Callable[..., Page], shop: Shop) -> None:
    page = visit()
    _stored(shop, 1)
    page.evaluate("for (let n = 0; n < 45; n++) habitue.track('Added', {n, text: 'x'.repeat(99)})")
    page.goto("about:blank")
    events = _stored(shop, 46)
    assert len({event["messageId"] for event in events}) == 46


def test_without_a_network_events_wait_in_memory(visit: Callable[..., Page], shop: Shop) -> None:
    page = visit()
    _stored(shop, 1)
    page.context.set_offline(True)
    page.evaluate("habitue.track('Product Viewed')")
    page.evaluate("habitue.flush()")
    page.wait_for_timeout(200)
    assert len(_stored(shop, 1)) == 1
    page.context.set_offline(False)
    assert len(_stored(shop, 2)) == 2
