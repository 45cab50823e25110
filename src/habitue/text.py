"""Language and tokens of short texts: Latin scripts and Chinese, for titles and comments."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["language", "normalise", "tokens", "words"]

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", re.UNICODE)


def normalise(text: str) -> str:
    """Return a text folded for comparison: full-width to half-width, lower case, one space.

    >>> normalise("ＲＥＤ　Ｍug ")
    'red mug'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def language(text: str) -> str:
    """Return ``zh`` if a text is written in Chinese characters, ``en`` if in Latin, else ``other``.

    >>> language("很好吃"), language("Love it"), language("🙂")
    ('zh', 'en', 'other')
    """
    han = len(_HAN.findall(text))
    latin = sum(1 for character in text if character.isalpha() and character.isascii())
    if han == 0 and latin == 0:
        return "other"
    return "zh" if han * 2 >= latin else "en"


def words(text: str) -> list[str]:
    """Return the words of the Latin parts of a text, folded.

    >>> words("RED Hanging-Heart, 12 pcs")
    ['red', 'hanging-heart', 'pcs']
    """
    return [word for word in _WORD.findall(normalise(text)) if not _HAN.search(word)]


def tokens(text: str) -> list[str]:
    """Return words of the Latin parts and character pairs of the Chinese parts of a text.

    Character n-grams serve models as well as segmented words do, several times faster.

    >>> tokens("手工皂 lavender")
    ['lavender', '手工', '工皂']
    """
    pairs: list[str] = []
    for run in _HAN_RUN.findall(normalise(text)):
        pairs += [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
    return words(text) + pairs
