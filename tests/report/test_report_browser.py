"""The report in a real browser: nothing overflows, nothing complains, the switch works."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.report.sample import sample, tiny

from habitue.report import build

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""


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


@pytest.fixture(scope="module", params=["full", "tiny"])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / f"{request.param}.html"
    path.write_text(build(tiny() if request.param == "tiny" else sample()), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [390, 1440])
def test_it_fits_its_window_without_a_word_on_the_console(
    browser: Any, file: Path, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    for language in ("en", "zh"):
        page.click(f"label[for=language-{language}]")
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert said == []
    assert asked == [file.as_uri()]
    page.close()


def test_the_switches_need_no_script(browser: Any, file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.locator("article.en").is_visible()
    assert not page.locator("article.zh").is_visible()
    page.focus("#language-en")
    page.keyboard.press("ArrowRight")
    assert page.locator("article.zh").is_visible()
    assert not page.locator("article.en").is_visible()
    context.close()


def test_dark_and_light_are_chosen_by_hand_or_by_the_system(browser: Any, file: Path) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(file.as_uri())
    colour = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(colour)
    page.click("label[for=theme-light]")
    assert page.evaluate(colour) != dark
    page.click("label[for=theme-dark]")
    assert page.evaluate(colour) == dark
    page.close()


def test_text_stands_out_from_its_ground_in_both_schemes(browser: Any, file: Path) -> None:
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto(file.as_uri())
        assert page.evaluate(CONTRAST) == []
        page.close()


def test_print_opens_every_table(browser: Any, file: Path) -> None:
    page = browser.new_page()
    page.goto(file.as_uri())
    page.emulate_media(media="print")
    assert not page.locator(".controls").is_visible()
    for table in page.locator("article.en details table").all():
        assert table.bounding_box()["height"] > 0
    page.close()


# WCAG 2: 4.5 to 1 for text. The ground is the nearest ancestor's colour.
CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = c => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c;
    canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; }
    return [255, 255, 255, 255]; };
  const bad = [];
  for (const e of document.querySelectorAll('article.en *, .controls *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || e.tagName === 'title' || !e.checkVisibility()) continue;
    const style = getComputedStyle(e);
    const ink = light(rgb(e.ownerSVGElement ? style.fill : style.color));
    const back = light(ground(e));
    const ratio = (Math.max(ink, back) + 0.05) / (Math.min(ink, back) + 0.05);
    if (ratio < 4.5) bad.push([e.className.baseVal ?? e.className, e.textContent, ratio]);
  }
  return bad;
}"""
