"""Titles as weighted terms, in which what a product is counts for more than how it looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import sparse
from sklearn.preprocessing import normalize

from habitue.prepare.category_goods import kind_of, long_words
from habitue.prepare.category_words import (
    ATTRIBUTES,
    BOUNDARIES,
    FUNCTION_WORDS,
    GENERAL,
    HAN_ATTRIBUTES,
)
from habitue.text import han_runs, pieces, singular

__all__ = ["SUFFIX", "TermSpace", "Terms", "parse"]

#: Marks a term that is the last character of a Chinese run: 马克杯 and 保温杯 share ``…杯``.
SUFFIX = "…"

_ATTRIBUTE_WEIGHT = 0.15
_GENERAL_WEIGHT = 0.5
_GOODS_WEIGHT = 1.3


@dataclass(frozen=True)
class Terms:
    """What a title says: its terms in order, which of them stands first, and which is the head.

    A title of nothing but colours and sizes has no terms.
    """

    content: tuple[str, ...]
    attributes: tuple[str, ...]
    first: str
    head: str


def parse(title: str) -> Terms:
    """Return the terms of a title.

    >>> parse("SET OF 3 RED CAKE TINS WITH LIDS")
    Terms(content=('cake', 'tin', 'lid'), attributes=('set', 'red'), first='cake', head='tin')
    >>> parse("红色薰衣草手工皂 三块装").content
    ('薰衣', '手工皂', '衣草', '草手', '手工', '工皂', '…皂')
    """
    content: list[str] = []
    attributes: list[str] = []
    head = ""
    closed = False
    for piece in pieces(title):
        if han_runs(piece):
            grams = _grams(piece)
            content += grams
            head = head if closed or not grams else grams[max(-2, -len(grams))]
            continue
        if piece in FUNCTION_WORDS:
            closed = closed or (piece in BOUNDARIES and bool(content))
            continue
        word = singular(piece)
        if len(word) < 2:
            continue
        if word in ATTRIBUTES:
            attributes.append(word)
            continue
        content.append(word)
        head = head if closed else word
    first = content[0] if content else ""
    return Terms(tuple(content), tuple(attributes), first, head)


@lru_cache(maxsize=65_536)
def _grams(run: str) -> tuple[str, ...]:
    """Return the terms of a Chinese run less its attributes.

    They are its character pairs, the longer words that are known to name goods, and the mark of
    its last character.
    """
    grams: list[str] = []
    kept = han_runs(HAN_ATTRIBUTES.sub(" ", run))
    for part in kept:
        pairs = [part[i : i + 2] for i in range(max(1, len(part) - 1))]
        grams += [*pairs[:1], *long_words(part), *pairs[1:]]
    if kept and len(kept[-1]) > 1:
        grams.append(SUFFIX + kept[-1][-1])
    return tuple(grams)


class TermSpace:
    """Weights terms by how rare they are, and by where in a title a shop names the product.

    "LUNCH BAG" names it last, "BREAD: ITALIAN" first. Which of both is a shop's way is seen from
    where fewer different words stand. The weight of a term is its place's weight times
    ``1 + ln((1 + n) / (1 + df))``, more if it is known to name goods, less if it is as general as
    "products"; a title's weights have length 1.

    Attributes
    ----------
    vocabulary_ : dict of str to int
        Column of each term.
    """

    def fit(self, titles: Sequence[Terms], counts: np.ndarray) -> TermSpace:
        """Learn the terms of titles; ``counts`` says how many products bear each."""
        frequency: Counter[str] = Counter()
        for terms, count in zip(titles, counts.tolist(), strict=True):
            for term in {*terms.content, *terms.attributes}:
                frequency[term] += count
        n_first = len({terms.first for terms in titles})
        n_head = len({terms.head for terms in titles})
        ratio = max(n_first, 1) / max(n_head, 1)
        self.first_weight_ = float(np.clip(1.5 / ratio, 1.0, 2.0))
        self.head_weight_ = float(np.clip(1.5 * ratio, 1.2, 2.5))
        # A term that a single product has joins it to no other.
        kept = sorted(term for term, df in frequency.items() if df > 1)
        self.vocabulary_ = {term: column for column, term in enumerate(kept)}
        df = np.array([frequency[term] for term in kept], dtype=np.float64)
        self.idf_ = 1.0 + np.log((1.0 + counts.sum()) / (1.0 + df))
        self.idf_ *= [_standing(term) for term in kept]
        return self

    def transform(self, titles: Sequence[Terms]) -> sparse.csr_matrix:
        """Return the titles' weights, shape (n_titles, n_terms); unknown terms have no column."""
        columns: list[int] = []
        values: list[float] = []
        starts = [0]
        for terms in titles:
            row = self._row(terms)
            columns += row.keys()
            values += row.values()
            starts.append(len(columns))
        weights = np.array(values, dtype=np.float64) * self.idf_[columns]
        shape = (len(titles), len(self.vocabulary_))
        rows = sparse.csr_matrix((weights, columns, starts), shape=shape)
        return sparse.csr_matrix(normalize(rows)) if rows.nnz else rows

    def _row(self, terms: Terms) -> dict[int, float]:
        row: dict[int, float] = {}
        for term in terms.content:
            weight = 1.0
            if term == terms.first:
                weight = self.first_weight_
            if term == terms.head:
                weight = max(weight, self.head_weight_)
            column = self.vocabulary_.get(term)
            if column is not None:
                row[column] = max(weight, row.get(column, 0.0))
        for term in terms.attributes:
            column = self.vocabulary_.get(term)
            if column is not None:
                row[column] = _ATTRIBUTE_WEIGHT
        return row


def _standing(term: str) -> float:
    if term in GENERAL:
        return _GENERAL_WEIGHT
    return _GOODS_WEIGHT if kind_of(term) >= 0 else 1.0
