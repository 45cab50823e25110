"""Which language to speak, found before anything else is built.

``--lang`` wins over ``HABITUE_LANG``, that over the shop's own setting, that over the locale.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from habitue.locale import LANGUAGES, from_environment

__all__ = ["choose"]


def choose(words: Sequence[str]) -> str:
    """Return the language that the words of a command, the shop or the environment ask for.

    >>> choose(["--lang", "zh", "segments"]), choose(["segments", "--lang=en"])
    ('zh', 'en')
    """
    asked = _value(words, "--lang")
    if asked in LANGUAGES:
        return asked
    if not os.environ.get("HABITUE_LANG"):
        written = _of_shop(Path(_value(words, "--shop") or "."))
        if written in LANGUAGES:
            return written
    return from_environment()


def _value(words: Sequence[str], option: str) -> str:
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word == "--":
            break
        if word == option:
            return following
        if word.startswith(option + "="):
            return word.partition("=")[2]
    return ""


def _of_shop(folder: Path) -> str:
    import tomllib

    for place in (folder, *folder.absolute().parents):
        file = place / "habitue.toml"
        if file.is_file():
            try:
                settings = tomllib.loads(file.read_text(encoding="utf-8"))
            except (OSError, ValueError):  # said properly when the shop is opened
                return ""
            shop = settings.get("shop")
            return str(shop.get("language", "")) if isinstance(shop, dict) else ""
    return ""
