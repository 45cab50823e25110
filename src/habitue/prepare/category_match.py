"""Names that go on: which new group is the one that bore a name before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

__all__ = ["inherited", "matched"]

_SAME = 0.5  # part of the smaller group that both must share to be the same group


def matched(new: np.ndarray, old: np.ndarray) -> np.ndarray:
    """Return for each new group the old one that is matched to it, -1 if none is.

    Groups are matched one to one such that as many products as possible stay with theirs.

    Parameters
    ----------
    new, old : ndarray of shape (n_products,)
        Group of each product, -1 is none.

    Returns
    -------
    ndarray of shape (n_new_groups,)
    """
    n_new, n_old = int(new.max(initial=-1)) + 1, int(old.max(initial=-1)) + 1
    both = (new >= 0) & (old >= 0)
    shared = np.zeros((n_new, n_old))
    np.add.at(shared, (new[both], old[both]), 1)
    answer = np.full(n_new, -1)
    rows, columns = linear_sum_assignment(-shared)
    answer[rows] = np.where(shared[rows, columns] > 0, columns, -1)
    return answer


def inherited(labels: np.ndarray, names: Sequence[str], before: Sequence[str]) -> list[str]:
    """Return the names of groups, the former one where a group goes on.

    Parameters
    ----------
    labels : ndarray of shape (n_products,)
        Group of each product, -1 is none.
    names : sequence of str
        What each group would be called without a past.
    before : sequence of str, length n_products
        The former category of each product, empty if it had none.
    """
    former = sorted(set(before) - {""})
    number = {name: i for i, name in enumerate(former)}
    old = np.array([number.get(name, -1) for name in before], dtype=np.int64)
    if not former or not len(names):
        return list(names)
    answer = [""] * len(names)
    for group, match in enumerate(matched(labels, old).tolist()):
        here, there = labels == group, old == match
        smaller = min(int(here.sum()), int(there.sum()))
        if match >= 0 and int((here & there).sum()) >= _SAME * smaller:
            answer[group] = former[match]
    used = set(answer)
    for group, name in enumerate(names):
        if answer[group]:
            continue
        new, place = name, 2
        while new in used:
            new, place = f"{name} {place}", place + 1
        used.add(new)
        answer[group] = new
    return answer
