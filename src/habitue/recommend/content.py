"""Content: what reads like the things a customer dealt with, sold before or not."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from habitue.recommend.linear import Linear
from habitue.recommend.matrix import Details, Matrix
from habitue.recommend.ranking import largest_per_row
from habitue.recommend.reasons import Reason, sources
from habitue.recommend.similarity import Association, nearest
from habitue.text import tokens

__all__ = ["Content"]

_TERMS = 3  # words named in a reason
_MICROS = 1_000_000


class Content(Linear):
    """Ranks items by how much their words, category, brand and price are like the customer's items.

    Each item is a vector of TF-IDF terms: the tokens of its title, and one term each for category,
    brand and price band (a band is as wide as a doubling). The score of item j is
    ``sum_i x_ui cos(i, j)`` over the customer's items i (Lops, de Gemmis, Semeraro: Content-based
    recommender systems, in Recommender Systems Handbook, 2011, equations 3.1 to 3.3). It serves
    items that nobody bought yet and customers with a single view.

    Parameters
    ----------
    neighbours : int, default 50
        Most similar items to keep of each.
    category_weight, brand_weight, price_weight : float
        How much these terms count against a word of the title.

    Attributes
    ----------
    similarity_ : csr_matrix of shape (n_items, n_items)
        Targets by sources.
    terms_ : csr_matrix of shape (n_items, n_terms)
        The items' vectors; the title's terms come first.
    vocabulary_ : ndarray of str
        The title's terms.

    Examples
    --------
    >>> import pyarrow as pa
    >>> items = pa.table({"item_id": ["a", "b", "c"], "title": ["red mug", "red cup", "soap"]})
    >>> model = Content().fit(pa.table({"customer": [1], "item_id": ["a"]}), items)
    >>> model.recommend([1], n=1)["item_id"].to_pylist(), model.explain(1, "b")
    (['b'], {'kind': 'alike', 'items': ['a'], 'terms': ['red'], 'category': None})
    """

    name: ClassVar[str] = "content"
    complexity: ClassVar[int] = 2
    fitted: ClassVar[tuple[str, ...]] = ("similarity_", "terms_", "vocabulary_")

    similarity_: sp.csr_matrix
    #: The similarity turned round, sources by targets: made when the first scores are asked for.
    _turned: sp.csr_matrix | None = None
    terms_: sp.csr_matrix
    vocabulary_: np.ndarray

    def __init__(
        self,
        neighbours: int = 50,
        category_weight: float = 1.0,
        brand_weight: float = 0.5,
        price_weight: float = 0.3,
    ) -> None:
        self.neighbours = neighbours
        self.category_weight = category_weight
        self.brand_weight = brand_weight
        self.price_weight = price_weight

    def _fit(self, matrix: Matrix) -> None:
        self._turned = None
        parameters = tuple(sorted(self.get_params().items()))
        key = f"content {parameters}"
        if key not in matrix.details.cache:  # folds differ in who bought, not in what things are
            terms, vocabulary = self._terms(matrix.details)
            matrix.details.cache[key] = (
                nearest(terms, None, self.neighbours, Association()),
                terms,
                vocabulary,
            )
        self.similarity_, self.terms_, self.vocabulary_ = matrix.details.cache[key]

    def _terms(self, details: Details) -> tuple[sp.csr_matrix, np.ndarray]:
        words = [tokens(title) for title in details.texts("title")]
        vocabulary, title = _counted(words)
        prices = [_band(price) for price in details.texts("unit_price")]
        others = (
            ([[c] if c else [] for c in details.texts("category")], self.category_weight),
            ([[b] if b else [] for b in details.texts("brand")], self.brand_weight),
            (prices, self.price_weight),
        )
        parts = [_tfidf(title), *(_tfidf(_counted(lists)[1]) * w for lists, w in others)]
        return sp.csr_matrix(sp.hstack(parts, format="csr"), dtype=np.float32), vocabulary

    def _sides(self, rows: np.ndarray) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        if self._turned is None:
            self._turned = sp.csr_matrix(self.similarity_.T)
        return self.matrix_.weights[rows], self._turned

    def _reasons(self, rows: np.ndarray, columns: np.ndarray) -> list[Reason | None]:
        found = sources(self.similarity_, self.matrix_, rows, columns)
        titles = self.terms_[:, : len(self.vocabulary_)]
        shared = titles[columns].multiply(titles[np.maximum(found, 0)])
        best = largest_per_row(sp.csr_matrix(shared), _TERMS)
        category = self.matrix_.details.texts("category")
        ids = self.matrix_.items.at(np.maximum(found, 0)).to_pylist()
        reasons: list[Reason | None] = []
        for place, (column, source) in enumerate(zip(columns, found, strict=True)):
            part = slice(best.indptr[place], best.indptr[place + 1])
            order = np.argsort(-best.data[part], kind="stable")
            terms = self.vocabulary_[best.indices[part][order]].tolist()
            same = (category[column] == category[source] and category[column]) or None
            told = source >= 0 and (terms or same)
            reason = {"kind": "alike", "items": [ids[place]], "terms": terms, "category": same}
            reasons.append(reason if told else None)
        return reasons

    def _alike(self, column: int) -> np.ndarray:
        return self.similarity_[[column]].toarray().ravel()


def _band(price: str) -> list[str]:
    """Return a price's band; none where it is unknown or zero."""
    value = float(price) / _MICROS if price else 0.0
    return [str(round(math.log2(value)))] if value > 0 else []


def _counted(lists: list[list[str]]) -> tuple[np.ndarray, sp.csr_matrix]:
    """Return the sorted terms, and how often each list holds each."""
    number = {term: i for i, term in enumerate(sorted({t for terms in lists for t in terms}))}
    columns = [number[term] for terms in lists for term in terms]
    indptr = np.cumsum([0, *map(len, lists)])
    counts = sp.csr_matrix(
        (np.ones(len(columns)), columns, indptr), shape=(len(lists), len(number))
    )
    counts.sum_duplicates()
    return np.array(list(number), dtype=np.str_), counts


def _tfidf(counts: sp.csr_matrix) -> sp.csr_matrix:
    """Return rows of length one: counts times ``ln((1 + n) / (1 + df)) + 1`` (smooth idf)."""
    held = np.bincount(counts.indices, minlength=counts.shape[1])
    weighted = counts @ sp.diags(np.log((1 + counts.shape[0]) / (1 + held)) + 1)
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    return sp.csr_matrix(sp.diags(1 / lengths) @ weighted)
