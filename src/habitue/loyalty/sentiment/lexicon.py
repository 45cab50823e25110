"""The default for shops without ratings: counts words of praise and complaint, with negation."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from habitue.loyalty.sentiment.base import Sentiment
from habitue.loyalty.sentiment.words import (
    BAD,
    BAD_HAN,
    GOOD,
    GOOD_HAN,
    INTENSIFIERS_HAN,
    NEGATIONS,
    NEGATIONS_HAN,
)
from habitue.text import language, normalise

__all__ = ["Lexicon"]

_REACH = 3  # words that a negation turns round
_STEEP = 0.7

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[.!?,;:]|[☀-➿\U0001f300-\U0001faff]")
_HAN_WORD = re.compile("|".join(sorted(GOOD_HAN | BAD_HAN, key=lambda w: (-len(w), w))))
_TURNED = re.compile(f"(?:{'|'.join(NEGATIONS_HAN)})[{INTENSIFIERS_HAN}]{{0,3}}$")


class Lexicon(Sentiment):
    """Tone by hand-written words: ``tanh(0.7 (praise - complaint))``, negations turned round.

    Nothing is learnt, so it serves from the first comment on.

    Examples
    --------
    >>> Lexicon().predict_score(["Lovely mug", "not good", "很好吃", "不是很好", "A mug"]).round(1)
    array([ 0.6, -0.6,  0.6, -0.6,  0. ])
    """

    name = "lexicon"

    def fit(self, texts: Sequence[str] = (), labels: Sequence[int] | np.ndarray = ()) -> Lexicon:
        """Learn nothing."""
        return self

    def predict_score(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([np.tanh(_STEEP * _balance(text)) for text in texts], dtype=np.float64)


def _balance(text: str) -> int:
    folded = normalise(text)
    return _han(folded) + _latin(folded) if language(folded) == "zh" else _latin(folded)


def _latin(text: str) -> int:
    total = 0
    turned = 0
    for token in _TOKEN.findall(text.replace("’", "'")):
        if token in NEGATIONS:
            turned = _REACH + 1
        elif token in ".!?,;:" or token in ("but", "however"):
            turned = 0
        sign = (token in GOOD) - (token in BAD)
        total += -sign if turned > 0 else sign
        turned -= 1
    return total


def _han(text: str) -> int:
    total = 0
    end = 0
    for match in _HAN_WORD.finditer(text):
        sign = 1 if match.group() in GOOD_HAN else -1
        before = text[max(end, match.start() - 5) : match.start()]
        total += -sign if _TURNED.search(before) else sign
        end = match.end()
    return total
