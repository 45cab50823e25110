"""The tone of a shop's comments, and which of them someone should answer."""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np
import pyarrow as pa

from habitue.columns import SENTIMENT
from habitue.engines import Engine
from habitue.loyalty.sentiment.model import SentimentModel
from habitue.text import language, normalise

__all__ = ["is_question", "score_comments"]

_STARS = 2 / 3  # what stars weigh against words in a comment that has both
_ANSWER = -0.4  # a tone below this should be answered

_QUESTION = re.compile(
    r"[?？]"
    r"|吗|怎么[办样才会能用]?|如何|什么时候|几时|几点|多久|多少|为什么|为何|哪里|哪儿|能不能|可不可以"
    r"|有没有|是不是|请问|求助"
    r"|(?:^|[.!,;] )(?:please )?(?:when|where|why|who|can (?:i|you|we|someone)|could (?:i|you|we)"
    r"|do (?:you|i|they)|does (?:it|this|anyone)|is there|are there|will (?:you|it|there)"
    r"|how (?:do|can|long|much|many|to|often|is|are|soon)|has anyone|any (?:idea|chance|news))\b"
)


def is_question(text: str) -> bool:
    """Tell whether a comment asks something, in English or Chinese.

    >>> is_question("When will it be back"), is_question("请问有货吗"), is_question("How lovely!")
    (True, True, False)
    """
    return _QUESTION.search(normalise(text)) is not None


def score_comments(engine: Engine, as_of_fit: datetime, seed: int = 0) -> pa.Table:
    """Return each comment's tone (columns.SENTIMENT).

    The model learns only from comments before a time: from rated ones (1 and 2 stars are bad, 3
    neither, 4 and 5 good) where there are enough, else from words (``SentimentModel``). A comment
    that has stars itself is scored two thirds by them and one third by its words; one with
    neither stars nor words has no tone. It should be answered if its tone is below -0.4 or it asks
    something.

    Parameters
    ----------
    engine : Engine
        Knows the table ``comments``.
    as_of_fit : datetime
        Comments from then on are judged, but not learnt from.
    seed : int
        Seed of the models.
    """
    comments = engine.query(
        """
        SELECT row_key, customer, time, item_id, coalesce(text, '') AS text, rating
        FROM comments
        ORDER BY time NULLS LAST, row_key NULLS LAST, repeat NULLS LAST, line NULLS LAST
        """
    )
    distinct, place = _distinct(comments["text"].to_pylist())
    stars = np.array(comments["rating"].to_numpy(zero_copy_only=False), dtype=np.float64)
    known = np.array(
        [time is not None and time < as_of_fit for time in comments["time"].to_pylist()], dtype=bool
    )
    model = _learn(distinct, place[known], stars[known], seed)
    words = model.predict_score(distinct)[place] if distinct else np.empty(0)
    written = np.array([bool(text.strip()) for text in distinct], dtype=bool)
    asks = np.array([is_question(text) for text in distinct], dtype=bool)
    tone = _tone(words, written[place], stars)
    language_of = [language(text) for text in distinct]
    return pa.table(
        {
            "row_key": comments["row_key"],
            "customer": comments["customer"],
            "time": comments["time"],
            "item_id": comments["item_id"],
            "language": pa.array([language_of[i] for i in place.tolist()], pa.string()),
            "sentiment": pa.array(tone, pa.float64(), from_pandas=True),
            "answer": pa.array((tone < _ANSWER) | asks[place], pa.bool_()),
        }
    ).cast(SENTIMENT.schema)


def _learn(distinct: list[str], place: np.ndarray, stars: np.ndarray, seed: int) -> SentimentModel:
    rated = (stars >= 1) & (stars <= 5)
    labels = np.sign(np.where(rated, np.round(stars), 3) - 3).astype(int)
    # A text that many wrote word for word teaches once with either label.
    pairs = sorted(set(zip(place[rated].tolist(), labels[rated].tolist(), strict=True)))
    unlabelled = sorted({*place.tolist()} - {text for text, _label in pairs})
    return SentimentModel(random_state=seed).fit(
        [distinct[text] for text, _label in pairs],
        [label for _text, label in pairs],
        [distinct[text] for text in unlabelled],
    )


def _tone(words: np.ndarray, written: np.ndarray, stars: np.ndarray) -> np.ndarray:
    rated = (stars >= 1) & (stars <= 5)
    value = np.where(rated, (stars - 3) / 2, np.nan)
    both = _STARS * value + (1 - _STARS) * words
    tone = np.where(rated, np.where(written, both, value), np.where(written, words, np.nan))
    return np.clip(tone, -1.0, 1.0)


def _distinct(texts: list[str]) -> tuple[list[str], np.ndarray]:
    """Return the different texts, and the place of each text among them."""
    number: dict[str, int] = {}
    place = [number.setdefault(text, len(number)) for text in texts]
    return list(number), np.array(place, dtype=np.int64)
