"""The different titles of a catalogue, each once, as terms and as points."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

from habitue.prepare.title_points import TitlePoints
from habitue.prepare.title_terms import TermSpace, parse
from habitue.text import normalise

__all__ = ["TitleIndex"]

_LEARN = 20_000  # different titles that topics and groups are learnt from
_NEIGHBOURS = 5
_LIKE = 0.25  # a neighbour less like than this says nothing
_BLOCK = 8192
_ASKED = 512  # titles whose neighbours are looked for at once


class TitleIndex:
    """Titles, folded, each once.

    Parameters
    ----------
    texts : sequence of str, length n_products
        The products' titles.
    company : ndarray of shape (n_products, n_factors), optional
        In what company each product is bought (``habitue.prepare.category_company``).
    seed : int
        Seed of the latent topics.

    Attributes
    ----------
    titles : list of str
        The different titles, sorted.
    place : ndarray of shape (n_products,)
        The title of each product.
    X : csr_matrix of shape (n_titles, n_terms)
        Weights of terms, rows of length 1.
    terms : list of str, length n_terms
    learn : ndarray
        The titles that groups are learnt from: all, or the same sample whatever is added.
    """

    def __init__(
        self, texts: Sequence[str], company: np.ndarray | None = None, seed: int = 0
    ) -> None:
        folded = [normalise(text) for text in texts]
        self.titles = sorted(set(folded))
        number = {title: i for i, title in enumerate(self.titles)}
        self.place = np.array([number[title] for title in folded], dtype=np.int64)
        self.counts = np.bincount(self.place, minlength=len(self.titles))
        parsed = [parse(title) for title in self.titles]
        hashed = sorted(range(len(parsed)), key=lambda i: (zlib.crc32(self.titles[i].encode()), i))
        self.learn = np.array(sorted(hashed[:_LEARN]), dtype=np.int64)
        space = TermSpace().fit([parsed[i] for i in self.learn], self.counts[self.learn])
        self.terms = list(space.vocabulary_)
        self.X = space.transform(parsed)
        self._points = TitlePoints(seed).fit(self.X[self.learn], self.terms)
        self._company = None if company is None else self._of_titles(company)

    def points(self, rows: np.ndarray, departments: float = 1.0) -> sparse.csr_matrix:
        """Return the points of some titles; departments may count for more than usual."""
        company = None if self._company is None else self._company[rows]
        return self._points.transform(self.X[rows], company, departments)

    def blocks(self, rows: np.ndarray) -> Iterator[np.ndarray]:
        """Yield titles in parts whose points fit in little memory."""
        for start in range(0, len(rows), _BLOCK):
            yield rows[start : start + _BLOCK]

    def sums(self, members: sparse.csr_matrix, departments: float = 1.0) -> sparse.csr_matrix:
        """Return each group's sum of points; ``members`` has shape (n_groups, n_titles)."""
        parts = [
            members[:, rows] @ self.points(rows, departments)
            for rows in self.blocks(np.arange(len(self.titles), dtype=np.int64))
        ]
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return sparse.csr_matrix(total)

    def nearest(self, asked: np.ndarray, votes: dict[int, Counter[str]]) -> list[str | None]:
        """Return for each asked title the category that the titles most like it vote for.

        Parameters
        ----------
        asked : ndarray of shape (n_asked,)
            Numbers of titles.
        votes : dict of int to Counter
            The categories that the products of a title are in.

        Returns
        -------
        list of str or None
            None where no title with a vote is like it.
        """
        bearers = np.array(sorted(votes), dtype=np.int64)
        if not len(bearers) or not self.terms:
            return [None] * len(asked)
        reference = sparse.csc_matrix(self.X[bearers].T)
        answer: list[str | None] = []
        for start in range(0, len(asked), _ASKED):
            likeness = (self.X[asked[start : start + _ASKED]] @ reference).tocsr()
            answer += [_vote(likeness[row], bearers, votes) for row in range(likeness.shape[0])]
        return answer

    def _of_titles(self, company: np.ndarray) -> np.ndarray:
        shape = (len(self.titles), len(self.place))
        ones = np.ones(len(self.place), dtype=np.float32)
        bearers = sparse.csr_matrix((ones, (self.place, np.arange(len(self.place)))), shape=shape)
        return np.asarray(bearers @ company)


def _vote(
    row: sparse.csr_matrix, bearers: np.ndarray, votes: dict[int, Counter[str]]
) -> str | None:
    best = np.lexsort((row.indices, -row.data))[:_NEIGHBOURS]
    total: dict[str, float] = {}
    for like, column in zip(row.data[best], row.indices[best], strict=True):
        if like < _LIKE:
            break
        vote = votes[int(bearers[column])]
        for category, n in vote.items():
            total[category] = total.get(category, 0.0) + like**2 * n / vote.total()
    return max(total, key=lambda category: (total[category], category)) if total else None
