"""General knowledge of goods: which words name what, and to which department it belongs.

Necklaces and earrings share no word, yet a shop keeps them together; merlot is a wine. Titles
don't say so. The list (``category_goods.txt``) only pulls groups of titles towards each other and
names departments; categories are formed and named by the shop's own words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from habitue.text import han_runs, singular

__all__ = ["Department", "Kind", "departments", "kind_of", "kinds", "long_words", "plural"]


@dataclass(frozen=True)
class Department:
    """A part of a shop, as people call it."""

    key: str
    en: str
    zh: str


@dataclass(frozen=True)
class Kind:
    """A kind of goods, its department, and the words that name it."""

    department: int
    en: str
    zh: str
    words: tuple[str, ...]


@cache
def _read() -> tuple[tuple[Department, ...], tuple[Kind, ...]]:
    departments: list[Department] = []
    kinds: list[Kind] = []
    text = files("habitue.prepare").joinpath("category_goods.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            key, en, zh = (part.strip() for part in line.strip("[]").split("|"))
            departments.append(Department(key, en, zh))
        elif line and not line.startswith("#"):
            names, _colon, listed = line.partition(":")
            en, _bar, zh = (part.strip() for part in names.partition("|"))
            kinds.append(Kind(len(departments) - 1, en, zh, tuple(listed.split())))
    return tuple(departments), tuple(kinds)


def departments() -> tuple[Department, ...]:
    """Return all departments; a place among them is a department's number."""
    return _read()[0]


def kinds() -> tuple[Kind, ...]:
    """Return all kinds of goods; a place among them is a kind's number."""
    return _read()[1]


@cache
def _numbers() -> dict[str, int]:
    return {singular(word): number for number, kind in enumerate(kinds()) for word in kind.words}


@lru_cache(maxsize=65_536)
def kind_of(term: str) -> int:
    """Return the number of the kind of goods that a term names, -1 if it names none.

    >>> kind = kinds()[kind_of("earring")]
    >>> kind.en, departments()[kind.department].en, kinds()[kind_of("…杯")].zh
    ('Earrings', 'Jewellery', '杯子')
    """
    return _numbers().get(term.removeprefix("…"), -1)


@cache
def _long() -> re.Pattern[str]:
    words = (word for word in _numbers() if len(word) > 2 and han_runs(word))
    return re.compile("|".join(sorted(words, key=lambda word: (-len(word), word))))


def long_words(run: str) -> list[str]:
    """Return the known words of three characters or more in a run of Chinese characters.

    Shorter ones are the pairs and the last character that every run is parted into.

    >>> long_words("玫瑰马克杯")
    ['马克杯']
    """
    return _long().findall(run)


@cache
def _plurals() -> dict[str, str]:
    named = [word.lower().strip(",") for kind in kinds() for word in kind.en.split()]
    return {singular(word): word for word in named if singular(word) != word}


def plural(term: str) -> str:
    """Return the plural of an English word that names a kind of goods; empty if none is known.

    >>> plural("necklace"), plural("jewellery")
    ('necklaces', '')
    """
    return _plurals().get(term, "")
