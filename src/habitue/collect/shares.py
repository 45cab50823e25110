"""Shares an order's amount out over its lines, exact to the cent."""

from __future__ import annotations

import numpy as np

__all__ = ["CENT", "paid", "shared"]

#: Micros in a cent, the step in which amounts are shared out.
CENT = 10_000
_SAFE = 2**62


def shared(total: np.ndarray, weight: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return each row's part of its group's total, in proportion to its weight.

    The parts are whole cents and add up to the total: what rounding down leaves over goes to the
    rows with the largest remainders, the first of equals first (largest-remainder method). A total
    that is no whole number of cents is shared out by micros. Where all weights of a group are
    zero, the rows are equals.

    Parameters
    ----------
    total : ndarray of int64, shape (groups,)
        Micros, zero or above.
    weight : ndarray of int64, shape (rows,)
        Zero or above, for instance the lines' full prices.
    group : ndarray of int64, shape (rows,)
        Each row's group, from 0.

    Returns
    -------
    ndarray of int64, shape (rows,)
        Micros.

    Examples
    --------
    >>> shared(np.array([1_000_000]), np.array([1, 1, 1]), np.array([0, 0, 0])).tolist()
    [340000, 330000, 330000]
    """
    groups = len(total)
    weighed = np.bincount(group, weights=weight, minlength=groups) > 0
    weight = np.where(weighed[group], weight, 1)
    step = np.where(total % CENT == 0, CENT, 1)
    steps = total // step
    largest = int(steps.max(initial=0)) * int(weight.max(initial=0))
    largest = max(largest, int(weight.sum(dtype=float)))
    exact: type = np.int64 if largest < _SAFE else object  # Python's own numbers beyond 64 bits
    whole = _sums(weight.astype(exact), group, groups)
    product = steps.astype(exact)[group] * weight.astype(exact)
    part, rest = product // whole[group], product % whole[group]
    left = steps.astype(exact) - _sums(part, group, groups)
    order = np.lexsort((-rest, group)) if exact is np.int64 else _ordered(rest, group)
    first = np.searchsorted(group[order], np.arange(groups))
    place = np.empty(len(group), np.int64)
    place[order] = np.arange(len(group)) - first[group[order]]
    part = part + (place < left[group])
    result: np.ndarray = (part * step[group]).astype(np.int64)
    return result


def paid(base: np.ndarray, total: np.ndarray, known: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return what was paid for each line: its price, less its share of the order's discount.

    Parameters
    ----------
    base : ndarray of int64, shape (rows,)
        Micros that the lines cost after their own discounts.
    total : ndarray of int64, shape (groups,)
        Micros that the order cost; at or above the sum of its lines it takes nothing off.
    known : ndarray of bool, shape (groups,)
        Where the total is known.
    group : ndarray of int64, shape (rows,)
        Each row's order, from 0. One with a line below zero is left as it is.
    """
    sums = np.zeros(len(total), np.int64)
    np.add.at(sums, group, base)
    refused = np.zeros(len(total), bool)
    np.logical_or.at(refused, group, base < 0)
    shares = known & ~refused & (total >= 0) & (total < sums)
    rows = shares[group]
    result = base.copy()
    if rows.any():
        number = np.cumsum(shares) - 1
        result[rows] = shared(total[shares], base[rows], number[group[rows]])
    return result


def _sums(values: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    sums = np.zeros(groups, values.dtype)
    np.add.at(sums, group, values)
    return sums


def _ordered(rest: np.ndarray, group: np.ndarray) -> np.ndarray:
    keys = sorted(range(len(group)), key=lambda n: (group[n], -rest[n], n))
    return np.array(keys, np.int64)
