"""What customers of the sample shop write, and in which tone.

Whoever had a bad order comments more often, and mostly badly; a good order mostly brings praise.
The tone that is written to the truth is the text's own, good (1), mixed or none (0), or bad (-1).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from habitue.collect.demo.baskets import Lines
from habitue.collect.demo.catalogue import Catalogue, Ints, Reals
from habitue.collect.demo.people import People
from habitue.collect.demo.process import Flags, Lives
from habitue.collect.demo.text import moments
from habitue.collect.demo.voice_words import QUESTIONS, SAID
from habitue.collect.demo.words import CATEGORIES

__all__ = ["Comments", "comment", "comment_lines"]

_OFTEN, _OFTEN_BAD = 0.055, 0.30
#: Chances of a good, mixed, questioning and bad comment after a good and after a bad order.
_TONES, _TONES_BAD = (0.80, 0.09, 0.07, 0.04), (0.07, 0.13, 0.03, 0.77)
_GOOD, _MIXED, _ASKS, _BAD = range(4)
_TRUE = np.array([1, 0, 0, -1])
_STARS = ((5, 4, 5, 5), (3, 3, 4, 2), (4, 5, 3, 4), (1, 2, 1, 1))
_RATED, _MISRATED, _HASTY = 0.75, 0.04, 0.12


@dataclass(frozen=True)
class Comments:
    """Comments before the end, by time; ``kind`` is good, mixed, question or bad."""

    identifier: list[str]
    customer: Ints
    day: Reals
    item: Ints
    kind: Ints
    platform: list[str]
    chinese: Flags
    stars: Ints
    text: list[str]

    @property
    def tone(self) -> Ints:
        """True tone: 1, 0 or -1."""
        tone: Ints = _TRUE[self.kind]
        return tone

    @property
    def questions(self) -> Flags:
        """Whether each asks something, and judges nothing."""
        asks: Flags = self.kind == _ASKS
        return asks


def comment(
    rng: np.random.Generator,
    catalogue: Catalogue,
    people: People,
    lives: Lives,
    lines: Lines,
    end: float,
    chunk: str,
) -> Comments:
    """Write what some customers say about what they bought."""
    bad = lives.bad[lines.order] | lines.returned
    first = np.concatenate([[True], lines.order[1:] != lines.order[:-1]])
    often = np.where(bad, _OFTEN_BAD, _OFTEN)
    day = lives.day[lines.order] + 1 + rng.gamma(2.0, 3.0, len(lines.order))
    said = np.flatnonzero(first & (day < end) & (rng.random(len(first)) < often))
    said = said[np.argsort(day[said], kind="stable")]
    n = len(said)
    customer, item = lives.customer[lines.order[said]], lines.item[said]
    throw = rng.random(n)
    kind = np.where(
        bad[said],
        np.searchsorted(np.cumsum(_TONES_BAD), throw * 0.999999),
        np.searchsorted(np.cumsum(_TONES), throw * 0.999999),
    )
    chinese = people.chinese[customer] & (rng.random(n) < 0.95)
    stars = np.array(_STARS)[kind, rng.integers(0, 4, n)]
    stars = np.where(rng.random(n) < _MISRATED, rng.integers(1, 6, n), stars)
    stars = np.where((rng.random(n) < _RATED) & (kind != _ASKS), stars, 0)
    social = np.array([bool(handle) for handle in people.handle])[customer]
    where = np.where(social & (rng.random(n) < 0.5), rng.integers(1, 3, n), 0)
    return Comments(
        identifier=[f"c{chunk}{i:06d}" for i in range(n)],
        customer=customer,
        day=day[said],
        item=item,
        kind=kind,
        platform=[("shop", "facebook", "instagram")[w] for w in where.tolist()],
        chinese=chinese,
        stars=stars,
        text=_texts(rng, catalogue, kind, item, chinese),
    )


def _texts(
    rng: np.random.Generator, catalogue: Catalogue, kind: Ints, item: Ints, chinese: Flags
) -> list[str]:
    noun = catalogue.category[item]
    dice = rng.integers(0, 1 << 30, (len(kind), 6))
    return [
        _text(int(k), CATEGORIES[c].nouns[0][int(zh)], "zh" if zh else "en", throw)
        for k, c, zh, throw in zip(
            kind.tolist(), noun.tolist(), chinese.tolist(), dice.tolist(), strict=True
        )
    ]


def _text(kind: int, product: str, language: str, throw: list[int]) -> str:
    if language == "en":
        product = product.split(",")[0].lower()
    if kind == _ASKS:
        asked = QUESTIONS[language]
        return asked[throw[0] % len(asked)].format(p=product)
    tone = {_GOOD: 1, _BAD: -1}.get(kind, 1 if throw[5] % 2 else -1)
    said, other = SAID[tone, language], SAID[-tone, language]
    opener = said.openers[throw[0] % len(said.openers)]
    judged = said.judgements[throw[1] % len(said.judgements)]
    detail = said.details[throw[2] % len(said.details)]
    closer = said.closers[throw[3] % len(said.closers)]
    if kind == _MIXED:
        but = other.judgements[throw[4] % len(other.judgements)]
        # The second half is about something else: the first product was judged already.
        joint, thing = (", but ", "box") if language == "en" else ("，但是", "包装")
        judged, detail, closer = judged + joint + but.replace("{p}", thing), "", ""
    text = _sentence(language, opener, judged, detail, closer).format(p=product)
    return _hasty(text) if language == "en" and throw[5] % 100 < 100 * _HASTY else text


def _sentence(language: str, opener: str, judged: str, detail: str, closer: str) -> str:
    if language == "zh":
        return f"{opener}{judged}。{detail}{closer}"
    sentence = f"{opener} {judged}.".strip()
    return " ".join(part for part in (sentence[0].upper() + sentence[1:], detail, closer) if part)


def _hasty(text: str) -> str:
    """Return a text as typed in a hurry: no capitals, no apostrophes, a letter too few."""
    typed = text.lower().replace("'", "")
    half = len(typed) // 2
    return typed[:half] + typed[half + 1 :] if len(typed) % 3 == 0 else typed


def comment_lines(catalogue: Catalogue, people: People, comments: Comments, start: datetime) -> str:
    """Return comments as JSON lines: shop comments bear the customer's number, others a handle."""
    stamps = np.datetime_as_string(moments(start, comments.day), timezone="UTC").tolist()
    lines = []
    for i, who in enumerate(comments.customer.tolist()):
        row: dict[str, object] = {
            "comment_id": comments.identifier[i],
            "created_at": stamps[i],
            "platform": comments.platform[i],
        }
        if comments.platform[i] == "shop":
            row["customer_id"] = people.customer_id[who]
        else:
            row["handle"] = people.handle[who]
        row["product_id"] = catalogue.codes[int(comments.item[i])]
        row["text"] = comments.text[i]
        if comments.stars[i]:
            row["rating"] = int(comments.stars[i])
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    return "".join(lines)
