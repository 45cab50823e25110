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

from habitue.recommend.matrix import RECENT_DAYS, Matrix
from habitue.recommend.ranking import largest_per_row

__all__ = [
    "Reason",
    "neighbour_reasons",
    "popular_reasons",
    "strongest",
    "together_reasons",
]

Reason = dict[str, Any]

_PAIRS = 20_000  # recommendations explained at a time, which bounds the memory
_NAMED = 2  # items named in a reason
_CANDIDATES = 6  # items in common that these are picked from


def popular_reasons(matrix: Matrix, columns: np.ndarray, days: float = RECENT_DAYS) -> list[Reason]:
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
    matrix: Matrix,
    neighbours: sp.csr_matrix,
    customers: np.ndarray,
    place: np.ndarray,
    columns: np.ndarray,
) -> list[Reason | None]:
    """Return how many of a customer's neighbours bought an item and something the customer did.

    Parameters
    ----------
    matrix : Matrix
        Who dealt with what.
    neighbours : csr_matrix of shape (n, n_customers)
        The neighbours of some customers.
    customers : ndarray of int of shape (n,)
        Who they are.
    place : ndarray of int of shape (n_reasons,)
        Whom each item is recommended to, as a position in ``customers``.
    columns : ndarray of int of shape (n_reasons,)
        The items.
    """
    buyers = sp.csr_matrix(matrix.purchases.T)
    common, shared = _common(matrix, neighbours, customers, buyers)
    found: list[Reason | None] = []
    for start in range(0, len(place), _PAIRS):
        part = slice(start, start + _PAIRS)
        who = sp.csr_matrix(shared[place[part]].multiply(buyers[columns[part]]))
        owner = np.repeat(np.arange(who.shape[0]), np.diff(who.indptr))
        bits = who.data.astype(np.int64)
        counts = np.stack(
            [np.bincount(owner, bits >> c & 1, who.shape[0]) for c in range(_CANDIDATES)], axis=1
        )
        # That they bought the very item is said already; what else they share is the reason.
        counts[common[place[part]] == columns[part][:, None]] = 0
        order = np.argsort(-counts, axis=1, kind="stable")[:, :_NAMED]
        chosen = np.take_along_axis(counts, order, axis=1) > 0
        masks = ((1 << order) * chosen).sum(axis=1)
        customers_ = np.bincount(owner, (bits & masks[owner]) > 0, who.shape[0]).astype(int)
        items = np.take_along_axis(common[place[part]], order, axis=1)
        names = matrix.items.at(items.ravel()).to_pylist()
        for row, count in enumerate(customers_.tolist()):
            named = [names[row * _NAMED + c] for c in range(_NAMED) if chosen[row, c]]
            reason = {"kind": "neighbours", "customers": count, "items": named}
            found.append(reason if count else None)
    return found


def _common(
    matrix: Matrix, neighbours: sp.csr_matrix, customers: np.ndarray, buyers: sp.csr_matrix
) -> tuple[np.ndarray, sp.csr_matrix]:
    """Return what each customer has in common with the most neighbours, and which have it.

    The first is of shape (n, _CANDIDATES), 0 where there are fewer. The second has a stored value
    for each neighbour, whose bit c is set where the neighbour bought the customer's c-th.
    """
    near = _ones(neighbours)
    own = matrix.purchases[customers]
    best = largest_per_row(sp.csr_matrix((near @ matrix.purchases).multiply(own)), _CANDIDATES)
    counts = np.diff(best.indptr)
    common = np.zeros((len(customers), _CANDIDATES), dtype=np.int64)
    common[np.repeat(np.arange(len(customers)), counts), place_in_rows(counts)] = best.indices
    bits = near * np.float32(1 << _CANDIDATES)
    for c in range(_CANDIDATES):
        have = sp.diags((counts > c) * np.float32(1 << c)) @ buyers[common[:, c]]
        bits = bits + near.multiply(have)
    return common, sp.csr_matrix(bits)


def place_in_rows(counts: np.ndarray) -> np.ndarray:
    """Return 0, 1, … within each row of so many.

    >>> place_in_rows(np.array([2, 0, 1])).tolist()
    [0, 1, 0]
    """
    ends = np.cumsum(counts)
    return np.asarray(np.arange(int(counts.sum())) - np.repeat(ends - counts, counts))


def _ones(matrix: Any) -> sp.csr_matrix:
    ones = sp.csr_matrix(matrix)
    ones.data = np.ones_like(ones.data)
    return ones
