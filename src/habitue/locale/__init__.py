"""Both languages of every face: English is the source, ``zh_Hans`` is complete.

``_("text")`` gives the text in the language in force; ``use(lang)`` puts one in force for a
block, so that one process can render a report in both.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

__all__ = [
    "LANGUAGES",
    "_",
    "current",
    "from_environment",
    "match",
    "ngettext",
    "set_language",
    "use",
]

LANGUAGES = {"en": "English", "zh": "简体中文"}
_CATALOGUES = {"en": None, "zh": "zh_Hans"}
_language: ContextVar[str] = ContextVar("habitue_language", default="en")


def match(tag: str | None) -> str | None:
    """Return the language that serves a locale tag, or None.

    >>> match("zh_CN.UTF-8"), match("en-GB"), match("fr_FR"), match(None)
    ('zh', 'en', None, None)
    """
    primary = (tag or "").replace("-", "_").split("_")[0].split(".")[0].lower()
    if primary in ("c", "posix"):
        return "en"
    return primary if primary in LANGUAGES else None


def from_environment() -> str:
    """Return the language that the environment asks for; English if it asks for none of ours."""
    for name in ("HABITUE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return match(value) or "en"
    return "en"


def current() -> str:
    """Return the language in force: ``en`` or ``zh``."""
    return _language.get()


def set_language(language: str) -> None:
    """Put a language in force from here on."""
    _language.set(language if language in LANGUAGES else "en")


@contextmanager
def use(language: str) -> Iterator[None]:
    """Put a language in force for a block.

    >>> with use("zh"):
    ...     current()
    'zh'
    """
    token = _language.set(language if language in LANGUAGES else "en")
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _catalogue(language: str) -> NullTranslations:
    folder = _CATALOGUES[language]
    if folder is None:
        return NullTranslations()
    compiled = Path(__file__).parent / folder / "LC_MESSAGES" / "habitue.mo"
    source = compiled.with_suffix(".po")  # in a checkout only: a wheel holds what is compiled
    if source.exists() and not _fresh(compiled, source):
        _compile(source, compiled)
    with compiled.open("rb") as file:
        return GNUTranslations(file)


def _fresh(compiled: Path, source: Path) -> bool:
    return compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns


def _compile(source: Path, target: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file)
    part = target.with_suffix(f".{os.getpid()}.part")  # several processes may compile at once
    with part.open("wb") as file:
        write_mo(file, catalogue)
    part.replace(target)


def _(message: str) -> str:
    """Return a message in the language in force."""
    return _catalogue(_language.get()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the form of a message that fits a number."""
    return _catalogue(_language.get()).ngettext(singular, plural, n)
