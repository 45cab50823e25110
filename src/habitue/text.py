"""Language and tokens of short texts: Latin scripts and Chinese, for titles and comments."""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "FUNCTION_WORDS",
    "han_runs",
    "language",
    "normalise",
    "pieces",
    "singular",
    "tokens",
    "words",
]

_HAN_LETTER = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN = re.compile(f"[{_HAN_LETTER}]")
_HAN_RUN = re.compile(f"[{_HAN_LETTER}]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", re.UNICODE)
_LETTERS = f"[^\\W\\d_{_HAN_LETTER}]"
# A single letter belongs to what follows its hyphen: t-shirt is a word, gift-box is two.
_PIECE = re.compile(
    f"[{_HAN_LETTER}]+|(?<!\\w){_LETTERS}-{_LETTERS}+|{_LETTERS}+(?:['’]{_LETTERS}+)*"
)

#: Words that join others and name nothing. Chinese particles are letters of longer words too
#: (的 in 的确), so Chinese text is never stripped of them.
FUNCTION_WORDS = frozenset(
    "a an and are as at be by for from in into is it its of on or our per the this that to up "
    "was we with w without you your".split()
)


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


def han_runs(text: str) -> list[str]:
    """Return the unbroken runs of Chinese characters of a text.

    >>> han_runs("薰衣草 手工皂 100g 两块")
    ['薰衣草', '手工皂', '两块']
    """
    return _HAN_RUN.findall(normalise(text))


def pieces(text: str) -> list[str]:
    """Return the words and the runs of Chinese characters of a text, in the order they stand.

    >>> pieces("Aroma香薰蜡烛 T-light gift-box 2pcs")
    ['aroma', '香薰蜡烛', 't-light', 'gift', 'box', 'pcs']
    """
    return _PIECE.findall(normalise(text))


def tokens(text: str) -> list[str]:
    """Return words of the Latin parts and character pairs of the Chinese parts of a text.

    Character n-grams serve models as well as segmented words do, several times faster.

    >>> tokens("手工皂 lavender")
    ['lavender', '手工', '工皂']
    """
    pairs: list[str] = []
    for run in han_runs(text):
        pairs += [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
    return words(text) + pairs


def singular(word: str) -> str:
    """Return an English word without its plural ending, by rule: a key to count by, not to show.

    >>> [singular(word) for word in ("bags", "boxes", "candies", "glass", "ties", "gas")]
    ['bag', 'box', 'candy', 'glass', 'tie', 'gas']
    """
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses", "zzes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
