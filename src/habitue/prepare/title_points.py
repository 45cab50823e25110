"""Titles as points: their words, latent topics, the goods they name, and what is bought with them.

Two titles are alike in four ways, each a block of a point and each with its share of the squared
length: the words they share, the topics that their words have in common with other titles, the
kinds of goods and departments that their words name by general knowledge
(``habitue.prepare.category_goods``), and where orders are known, the company they are bought in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import normalize

from habitue.prepare.category_goods import departments, kind_of, kinds
from habitue.prepare.category_words import ATTRIBUTES

__all__ = ["TitlePoints", "goods"]

_TOPICS = 100
_WORDS, _LATENT, _DEPARTMENTS, _KINDS = 0.5, 0.2, 0.1, 0.2  # shares; flat around these
_COMPANY = 0.1  # of what is bought together, on top


class TitlePoints:
    """Makes points of titles' weighted terms.

    Parameters
    ----------
    random_state : int
        Seed of the topics' decomposition.
    """

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, X: sparse.csr_matrix, terms: Sequence[str]) -> TitlePoints:
        """Learn the topics of titles.

        Parameters
        ----------
        X : csr_matrix of shape (n_titles, n_terms)
            Weights of terms, rows of length 1.
        terms : sequence of str, length n_terms
        """
        self.departments_, self.kinds_ = goods(terms)
        self.svd_: TruncatedSVD | None = None
        if min(X.shape) > _TOPICS:
            self.svd_ = TruncatedSVD(_TOPICS, n_iter=3, random_state=self.random_state).fit(X)
        return self

    def transform(
        self, X: sparse.csr_matrix, company: np.ndarray | None = None, departments: float = 1.0
    ) -> sparse.csr_matrix:
        """Return the titles' points.

        Parameters
        ----------
        X : csr_matrix of shape (n_titles, n_terms)
        company : ndarray of shape (n_titles, n_factors), optional
            In what company each title is bought; rows of zeros where nothing is known.
        departments : float
            What departments count against their usual share.
        """
        squares = sparse.csr_matrix(X.multiply(X))
        parts = [
            X * _WORDS**0.5,
            normalize(squares @ self.departments_) * (departments * _DEPARTMENTS) ** 0.5,
            normalize(squares @ self.kinds_) * _KINDS**0.5,
        ]
        if self.svd_ is not None:
            parts.append(sparse.csr_matrix(normalize(self.svd_.transform(X)) * _LATENT**0.5))
        if company is not None:
            parts.append(sparse.csr_matrix(normalize(company) * _COMPANY**0.5))
        return sparse.csr_matrix(sparse.hstack(parts))


def goods(terms: Sequence[str]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Return which department's goods, and which kind, each term names; a colour names none.

    Returns
    -------
    csr_matrix of shape (n_terms, n_departments), csr_matrix of shape (n_terms, n_kinds)
    """
    number = np.array(
        [-1 if term in ATTRIBUTES else kind_of(term) for term in terms], dtype=np.int64
    )
    known = np.flatnonzero(number >= 0)
    department = np.array([kind.department for kind in kinds()], dtype=np.int64)[number[known]]
    ones = np.ones(len(known))
    return (
        sparse.csr_matrix((ones, (known, department)), shape=(len(terms), len(departments()))),
        sparse.csr_matrix((ones, (known, number[known])), shape=(len(terms), len(kinds()))),
    )
