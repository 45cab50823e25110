"""Takes the README's picture: the sample shop's report, as a browser shows it.

Usage: ``make screenshot``. Uses the system's own Chromium.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from habitue import Shop
from habitue.cli import main as habitue

__all__ = ["main", "take"]

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT = 1440, 1600


def take(report: Path, picture: Path) -> None:
    """Write a picture of the top of a report.

    Raises
    ------
    SystemExit
        If there is no Chromium.
    """
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    if browser_path is None:
        raise SystemExit("The screenshot needs Chromium; tools/system.sh installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB", color_scheme="light"
        )
        page.goto(report.resolve().as_uri())
        page.screenshot(path=picture)
        browser.close()


def main(arguments: list[str]) -> int:
    """Make the sample shop unless it is there, and take its report's picture."""
    shop = ROOT / "demo"
    status = habitue(["demo", str(shop), "--quiet", "--lang", "en"])
    if status == 0:
        take(Shop.open(shop).current.report, Path(arguments[0]))
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
