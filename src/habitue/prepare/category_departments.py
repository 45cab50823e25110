"""Departments: categories that are alike put together, and called what people call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import sparse
from sklearn.preprocessing import normalize

from habitue.prepare.category_goods import Department, departments
from habitue.prepare.title_groups import merge
from habitue.prepare.title_index import TitleIndex
from habitue.prepare.title_points import goods
from habitue.text import language

__all__ = ["place"]

_DEPARTMENTS = 2.0  # what general knowledge of departments counts here
_KNOWN = 0.3  # part of a department's words that must name goods for these to name it
_MOST = 0.5  # part of these that one kind of department must have


def place(
    index: TitleIndex,
    members: sparse.csr_matrix,
    categories: Sequence[str],
    known: Mapping[str, str],
    n_departments: int,
) -> dict[str, str]:
    """Return each category's department.

    Where most categories have a known one, the others join that of the category most like them.
    Otherwise categories are merged until ``n_departments`` are left. A department is named after
    the goods that its titles speak of, in the titles' language, else after its largest category.

    Parameters
    ----------
    index : TitleIndex
    members : csr_matrix of shape (n_categories, n_titles)
        How many products of each title are in each category.
    categories : sequence of str
    known : mapping of str to str
        Departments that stand.
    n_departments : int
        Departments to make at most.
    """
    unknown = [i for i, name in enumerate(categories) if name not in known]
    if not unknown:
        return dict(known)
    sums = index.sums(members, _DEPARTMENTS)
    if 2 * len(unknown) <= len(categories):
        return {**known, **_joined(sums, categories, unknown, known)}
    if len(categories) <= n_departments:
        return {name: known.get(name, name) for name in categories}
    size = np.asarray(members.sum(axis=1)).ravel()
    group = merge(sums, size, n_departments)
    names = _names(index, members, categories, group)
    return {
        name: known.get(name) or names[number]
        for name, number in zip(categories, group.tolist(), strict=True)
    }


def _joined(
    sums: sparse.csr_matrix,
    categories: Sequence[str],
    unknown: Sequence[int],
    known: Mapping[str, str],
) -> dict[str, str]:
    standing = [i for i, name in enumerate(categories) if name in known]
    unit = normalize(sums)
    likeness = (unit[unknown] @ unit[standing].T).toarray()
    return {
        categories[i]: known[categories[standing[int(row.argmax())]]]
        for i, row in zip(unknown, likeness, strict=True)
    }


def _names(
    index: TitleIndex,
    members: sparse.csr_matrix,
    categories: Sequence[str],
    group: np.ndarray,
) -> list[str]:
    """Return a distinct name for each group of categories, the largest first served."""
    n = int(group.max()) + 1
    to_group = sparse.csr_matrix((np.ones(len(group)), (group, np.arange(len(group)))))
    titles = to_group @ members
    squares = index.X.multiply(index.X)
    words = np.asarray((titles @ squares).sum(axis=1)).ravel()
    shares = (titles @ sparse.csr_matrix(squares @ goods(index.terms)[0])).toarray()
    chinese = _chinese(index)
    size = np.asarray(members.sum(axis=1)).ravel()
    names = [""] * n
    taken = set()
    for number in np.argsort(-np.asarray(titles.sum(axis=1)).ravel(), kind="stable").tolist():
        places = np.flatnonzero(group == number)
        inside: list[int] = places[np.argsort(-size[places], kind="stable")].tolist()
        department = _best(shares[number], words[number])
        name = (department.zh if chinese else department.en) if department else ""
        if not name or name in taken:
            name = categories[inside[0]]
        if name in taken:
            name = " & ".join(categories[i] for i in inside[:2])
        names[number] = name
        taken.add(name)
    return names


def _best(shares: np.ndarray, words: float) -> Department | None:
    best = int(shares.argmax())
    enough = shares.sum() >= _KNOWN * words and shares[best] >= _MOST * shares.sum() > 0
    return departments()[best] if enough else None


def _chinese(index: TitleIndex) -> bool:
    """Return whether most titles of a sample are written in Chinese."""
    sample = [index.titles[i] for i in index.learn[:2000].tolist()]
    return 2 * sum(language(title) == "zh" for title in sample) > len(sample)
