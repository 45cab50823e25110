"""Reasons for recommendations as data: counts over the matrix that anyone can recount.

``{"kind": "popular", "customers": 412, "days": 90, "category": null}``
    412 customers bought it in the last 90 days.
``{"kind": "together", "items": ["A"], "customers": 120}``
    120 customers bought both A, which this customer dealt with, and it.
``{"kind": "neighbours", "customers": 31, "items": ["A", "B"]}``
    31 of the customers most like this one bought it, and A or B too, as this one did.
``{"kind": "alike", "items": ["C"], "terms": ["soap"], "category": "Bath"}``
    its title shares these words (and its category) with C, which this customer dealt with.
``{"kind": "again", "times": 5, "gap_days": 28.0, "since_days": 30.0}``
    this customer bought it on 5 days, 28 days apart in the mean, the last 30 days ago.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.sparse as sp

from habitue.recommend.matrix import Matrix
from habitue.recommend.ranking import largest_per_row

__all__ = [
    "RECENT_DAYS",
    "Reason",
    "neighbour_reasons",
    "popular_reasons",
    "strongest",
    "together_reasons",
]

Reason = dict[str, Any]

#: Days that count as lately when popularity is told.
RECENT_DAYS = 90

_PAIRS = 20_000  # recommendations explained at a time, which bounds the memory
_NAMED = 2  # items named in a reason


def popular_reasons(
    matrix: Matrix, columns: np.ndarray, days: float = RECENT_DAYS
) -> list[Reason]:
    """Return how many customers bought each item lately, or ever if none did lately."""
    recent, ever, span = matrix.buyers(days), matrix.total_buyers, matrix.history_days
    whole = None if math.isnan(span) else max(math.ceil(span), 1)
    told = None if whole is None else min(round(days), whole)
    return [
        {"kind": "popular", "customers": int(recent[c]), "days": told, "category": None}
        if recent[c]
        else {"kind": "popular", "customers": int(ever[c]), "days": whole, "category": None}
        for c in columns
    ]


def strongest(evidence: sp.csr_matrix) -> np.ndarray:
    """Return the column of the largest stored value of each row; -1 for an empty row."""
    best = largest_per_row(evidence, 1)
    result = np.full(evidence.shape[0], -1)
    result[np.repeat(np.arange(best.shape[0]), np.diff(best.indptr))] = best.indices
    return result


def sources(
    similarity: sp.csr_matrix, matrix: Matrix, rows: np.ndarray, columns: np.ndarray
) -> np.ndarray:
    """Return the item of each customer that speaks the most for each item; -1 if none does.

    Parameters
    ----------
    similarity : csr_matrix of shape (n_items, n_items)
        Target items by source items.
    matrix : Matrix
        Who dealt with what.
    rows, columns : ndarray of int
        The customers and the items recommended to them.
    """
    found = [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(rows), _PAIRS):
        part = slice(start, start + _PAIRS)
        evidence = similarity[columns[part]].multiply(matrix.weights[rows[part]])
        found.append(strongest(sp.csr_matrix(evidence)))
    return np.concatenate(found)


def together_reasons(
    matrix: Matrix, columns: np.ndarray, source: np.ndarray
) -> list[Reason | None]:
    """Return how many customers bought both an item and its source; None where nobody did."""
    keys, where = np.unique(
        np.stack([columns, source]).astype(np.int64), axis=1, return_inverse=True
    )
    buyers = sp.csr_matrix(matrix.purchases.T)
    counts = np.zeros(keys.shape[1], dtype=np.int64)
    for start in range(0, keys.shape[1], _PAIRS):
        item, other = keys[:, start : start + _PAIRS]
        both = buyers[item].multiply(buyers[np.maximum(other, 0)])
        counts[start : start + _PAIRS] = np.diff(sp.csr_matrix(both).indptr) * (other >= 0)
    ids = matrix.items.at(np.maximum(source, 0)).to_pylist()
    return [
        {"kind": "together", "items": [item], "customers": count} if count else None
        for item, count in zip(ids, counts[where.ravel()].tolist(), strict=True)
    ]


def neighbour_reasons(
    matrix: Matrix, neighbours: sp.csr_matrix, rows: np.ndarray, columns: np.ndarray
) -> list[Reason | None]:
    """Return how many of a customer's neighbours bought an item and something the customer did.

    Parameters
    ----------
    matrix : Matrix
        Who dealt with what.
    neighbours : csr_matrix of shape (n_rows, n_customers)
        The neighbours of each of ``rows``.
    rows, columns : ndarray of int
        The customers and the items recommended to them.
    """
    found: list[Reason | None] = []
    purchases, buyers = matrix.purchases, sp.csr_matrix(matrix.purchases.T)
    for start in range(0, len(rows), _PAIRS):
        part = slice(start, start + _PAIRS)
        who = _ones(neighbours[part].multiply(buyers[columns[part]]))
        common = sp.csr_matrix((who @ purchases).multiply(purchases[rows[part]]))
        named = largest_per_row(common, _NAMED)
        sharing = _ones(_ones(named) @ buyers).multiply(who)
        counts = np.diff(sp.csr_matrix(sharing).indptr)
        ids = matrix.items.at(named.indices).to_pylist()
        for row, count in enumerate(counts.tolist()):
            first, end = named.indptr[row], named.indptr[row + 1]
            order = np.argsort(-named.data[first:end], kind="stable")
            items = [ids[first + place] for place in order]
            found.append(
                {"kind": "neighbours", "customers": count, "items": items} if count else None
            )
    return found


def _ones(matrix: Any) -> sp.csr_matrix:
    ones = sp.csr_matrix(matrix)
    ones.data = np.ones_like(ones.data)
    return ones
