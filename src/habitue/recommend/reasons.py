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
from habitue.recommend.sparse import arrays, pattern

__all__ = [
    "Reason",
    "neighbour_reasons",
    "popular_reasons",
    "sources",
    "together_reasons",
]

Reason = dict[str, Any]

_NAMED = 2  # items named in a reason


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
    from habitue.recommend.kernels.evidence import strongest_sources

    found = np.empty(len(rows), dtype=np.int64)
    strongest_sources(
        arrays(similarity), arrays(matrix.weights),
        rows.astype(np.int64), columns.astype(np.int64), found,
    )  # fmt: skip
    return found


def together_reasons(
    matrix: Matrix, columns: np.ndarray, source: np.ndarray
) -> list[Reason | None]:
    """Return how many customers bought both an item and its source; None where nobody did."""
    from habitue.recommend.kernels.evidence import in_common

    counts = np.zeros(len(columns), dtype=np.int64)
    in_common(pattern(matrix.buyers_of), columns.astype(np.int64), source, counts)
    ids = matrix.items.at(np.maximum(source, 0)).to_pylist()
    return [
        {"kind": "together", "items": [item], "customers": count} if count else None
        for item, count in zip(ids, counts.tolist(), strict=True)
    ]


def neighbour_reasons(
    matrix: Matrix,
    neighbours: sp.csr_matrix,
    customers: np.ndarray,
    starts: np.ndarray,
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
    starts : ndarray of int of shape (n + 1,)
        Where the items of each customer start.
    columns : ndarray of int of shape (n_reasons,)
        The items, customer after customer.
    """
    from habitue.recommend.kernels.evidence import common_of_neighbours

    named = np.empty((len(columns), _NAMED), dtype=np.int32)
    counts = np.zeros(len(columns), dtype=np.int64)
    common_of_neighbours(
        pattern(neighbours), pattern(matrix.purchases), customers.astype(np.int64),
        starts.astype(np.int64), columns.astype(np.int64), matrix.shape[1], named, counts,
    )  # fmt: skip
    names = matrix.items.at(np.maximum(named, 0).ravel()).to_pylist()
    return [
        {
            "kind": "neighbours",
            "customers": count,
            "items": names[_NAMED * place : _NAMED * place + held],
        }
        if count
        else None
        for place, (count, held) in enumerate(
            zip(counts.tolist(), (named >= 0).sum(axis=1).tolist(), strict=True)
        )
    ]
