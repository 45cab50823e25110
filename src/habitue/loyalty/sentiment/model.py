"""One judge of tone for comments in several languages, with as much learning as the labels bear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np

from habitue.loyalty.sentiment.base import Sentiment
from habitue.loyalty.sentiment.lexicon import Lexicon
from habitue.loyalty.sentiment.linear import LinearSentiment
from habitue.text import language

__all__ = ["SentimentModel"]

_CLEAR = 0.7  # the words' tone from which a text may teach: two words more on one side
_TEACH = 20_000  # texts that one language is learnt from


class SentimentModel(Sentiment):
    """Tone of comments, learnt in each language from what there is to learn from.

    - *ratings*: at least ``min_labels`` good and as many bad labels: Naive Bayes or a support
      vector machine, the better by cross-validation (``LinearSentiment``);
    - *self_trained*: fewer, but as many comments whose praise or complaint is plain by hand-written
      words: the same models, learnt from those, so that the shop's own words come to count
      (Yarowsky 1995);
    - *lexicon*: else the hand-written words alone (``Lexicon``).

    Nothing is fetched, and no data set is built in.

    Parameters
    ----------
    min_labels : int
        Texts of either tone that a language needs before it is learnt.
    random_state : int
        Seed of the models.

    Attributes
    ----------
    sources_ : dict of str to str
        For ``en`` (all but Chinese) and ``zh``: ratings, self_trained or lexicon.
    parts_ : dict of str to Sentiment
        The model of each language.

    Examples
    --------
    >>> model = SentimentModel().fit(["Lovely mug!", "Broken on arrival."], [1, -1])
    >>> model.sources_["en"], model.predict_score(["lovely", "杯子坏了"]).round(1).tolist()
    ('lexicon', [0.6, -0.6])
    """

    name = "auto"

    def __init__(self, min_labels: int = 100, random_state: int = 0) -> None:
        self.min_labels = min_labels
        self.random_state = random_state

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[int] | np.ndarray,
        unlabelled: Iterable[str] = (),
    ) -> SentimentModel:
        """Learn from texts labelled -1 bad, 0 neither, 1 good, and others without a label."""
        y = np.asarray(labels, dtype=np.int64)
        tongue = _tongues(texts)
        others = list(unlabelled)
        other_tongue = _tongues(others)
        self.sources_: dict[str, str] = {}
        self.parts_: dict[str, Sentiment] = {}
        for code in ("en", "zh"):
            rows = np.flatnonzero(tongue == code)
            own = [texts[i] for i in rows.tolist()]
            free = [others[i] for i in np.flatnonzero(other_tongue == code).tolist()]
            self.sources_[code], self.parts_[code] = self._part(
                "zh" if code == "zh" else "en", own, y[rows], free
            )
        return self

    def predict_score(self, texts: Sequence[str]) -> np.ndarray:
        tongue = _tongues(texts)
        scores = np.zeros(len(texts))
        for code, part in self.parts_.items():
            rows = np.flatnonzero(tongue == code)
            if len(rows):
                scores[rows] = part.predict_score([texts[i] for i in rows.tolist()])
        return scores

    def _part(
        self, code: Literal["en", "zh"], texts: list[str], y: np.ndarray, unlabelled: list[str]
    ) -> tuple[str, Sentiment]:
        model = LinearSentiment(code, self.random_state)
        if self._enough(y):
            kept = _thinned(y if (y == 0).sum() >= self.min_labels else np.where(y == 0, 9, y))
            return "ratings", model.fit([texts[i] for i in kept.tolist()], y[kept])
        everything = texts + unlabelled
        tone = Lexicon().predict_score(everything)
        plain = np.where(np.abs(tone) > _CLEAR, np.sign(tone), 9).astype(np.int64)
        if self._enough(plain):
            kept = _thinned(plain)
            return "self_trained", model.fit([everything[i] for i in kept.tolist()], plain[kept])
        return "lexicon", Lexicon()

    def _enough(self, y: np.ndarray) -> bool:
        return bool(min((y == 1).sum(), (y == -1).sum()) >= self.min_labels)


def _thinned(y: np.ndarray) -> np.ndarray:
    """Return the rows to learn from: those labelled (9 is none), evenly thinned if too many."""
    rows = np.flatnonzero(y != 9)
    return np.asarray(rows[:: max(1, -(-len(rows) // _TEACH))])


def _tongues(texts: Sequence[str]) -> np.ndarray:
    return np.array(["zh" if language(text) == "zh" else "en" for text in texts], dtype="<U2")
