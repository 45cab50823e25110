"""Categories: the shop's own where it has them, else similar titles, as a tree of two levels.

What a person has said (``habitue.prepare.category_edits``) stands above what the export says, that
above the tree in force, and that above what titles suggest. A tree in force stays: its products
keep their places and new ones join those most like them, until more than half of the products
have joined so. Then all are grouped afresh, and groups that go on keep their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from scipy import sparse

from habitue.prepare import category_departments, category_paths
from habitue.prepare.category_edits import LIKENESS, NONE, PERSON, SHOP, TITLES, Edits
from habitue.prepare.category_match import inherited
from habitue.prepare.category_names import name_groups
from habitue.prepare.title_groups import TitleGroups
from habitue.prepare.title_index import TitleIndex

__all__ = ["OTHER", "group"]

#: Category of a product that is like no others; a key, worded at the edge.
OTHER = "other"

_MERGING = 3.0  # what departments count when groups are merged, against when they form


def group(
    items: pa.Table,
    n_groups: int = 24,
    seed: int = 0,
    *,
    n_departments: int | None = None,
    previous: pa.Table | None = None,
    edits: Edits | None = None,
    company: np.ndarray | None = None,
) -> pa.Table:
    """Give each product a department and a category.

    If at least half of the products have a category of the shop's own, each of the others takes
    that of the products whose titles are most like its own. Otherwise those without are grouped
    among themselves: words are weighted by what they say of the kind of product, each group starts
    from the word that explains most titles, and the nearest groups are merged
    (``habitue.prepare.title_groups``).

    Parameters
    ----------
    items : Table
        Columns item_id, title and, where known, category.
    n_groups : int
        Groups to make at most, besides ``other``.
    seed : int
        Seed of the latent topics.
    n_departments : int, optional
        Departments to make at most; a third of ``n_groups``, but no more than 20, if left out.
    previous : Table, optional
        The tree in force: columns item_id, department, category, placed.
    edits : Edits, optional
        What a person has said.
    company : ndarray of shape (n_items, n_factors), optional
        In what company each product is bought (``habitue.prepare.category_company``).

    Returns
    -------
    Table
        Columns item_id, department, category and placed, one row a product, in the order given.

    Examples
    --------
    >>> names = ["Red Mug", "Tea Mug", "Blue mugs", "Rose Soap", "Mint Soap", "Olive Soap", "?"]
    >>> table = pa.table({"item_id": list("abcdefg"), "title": names})
    >>> group(table, n_groups=2)["category"].to_pylist()
    ['Mugs', 'Mugs', 'Mugs', 'Soap', 'Soap', 'Soap', 'other']
    """
    if n_departments is None:
        n_departments = max(2, min(20, n_groups // 3))
    if not items.num_rows:
        return _table([], [], [], [])
    tree = _Tree(items, edits or Edits(), previous, company, seed)
    tree.take_known()
    tree.take_rest(n_groups)
    tree.take_departments(n_departments)
    return tree.table()


class _Tree:
    """The places of products while they are being found, from the surest source to the least."""

    def __init__(
        self,
        items: pa.Table,
        edits: Edits,
        previous: pa.Table | None,
        company: np.ndarray | None,
        seed: int,
    ) -> None:
        self.ids: list[str] = items["item_id"].to_pylist()
        self.n = len(self.ids)
        self.edits = edits
        self.before = _before(previous)
        own = items["category"].to_pylist() if "category" in items.column_names else []
        self.own = category_paths.split(own or [None] * self.n)
        self.index = TitleIndex(
            [title or "" for title in items["title"].to_pylist()], company, seed
        )
        self.category: list[str | None] = [None] * self.n
        self.placed = [NONE] * self.n
        self.department: dict[str, str] = {}

    # --- what is known ---------------------------------------------------------------------
    def take_known(self) -> None:
        """Take what a person says, and what the shop's export says."""
        said: dict[str, Counter[str]] = {}
        for i, item in enumerate(self.ids):
            own = self.own[i]
            if place := self.edits.items.get(item):
                self._put(i, place.category, PERSON)
                if place.department:
                    said.setdefault(place.category, Counter())[place.department] += 1
            elif own is not None:
                self._put(i, self._called(own[1]), SHOP)
                if own[0]:
                    said.setdefault(self._called(own[1]), Counter())[own[0]] += 1
        for category, votes in said.items():
            self.department[category] = max(votes, key=lambda name: (votes[name], name))

    def _called(self, category: str) -> str:
        place = self.edits.groups.get(category)
        return place.category if place else category

    def _put(self, i: int, category: str | None, placed: str) -> None:
        self.category[i] = category
        self.placed[i] = placed if category is not None else NONE

    # --- the rest --------------------------------------------------------------------------
    def take_rest(self, n_groups: int) -> None:
        """Keep the tree in force and let new products join it, or group titles."""
        rest = [i for i in range(self.n) if self.category[i] is None]
        if not rest:
            return
        mostly_own = 2 * len(rest) <= self.n
        settled = sum(self._before(i)[1] == TITLES for i in rest)
        if not mostly_own and 2 * settled < len(rest):
            self._group(rest, n_groups)
            return
        for i in rest:
            category, placed = self._before(i)
            if placed in (TITLES, LIKENESS):
                self._put(i, self._called(category), placed)
        self._join([i for i in rest if self.category[i] is None and self._before(i)[1] != NONE])

    def _before(self, i: int) -> tuple[str, str]:
        category, _department, placed = self.before.get(self.ids[i], ("", "", ""))
        return category, placed

    def _join(self, new: Sequence[int]) -> None:
        """Place new products with those that are most like them."""
        if not new:
            return
        votes: dict[int, Counter[str]] = {}
        for i, title in enumerate(self.index.place.tolist()):
            if (category := self.category[i]) is not None:
                votes.setdefault(title, Counter())[category] += 1
        asked = np.unique(self.index.place[new])
        answers = self.index.nearest(asked, votes)
        found = dict(zip(asked.tolist(), answers, strict=True))
        for i in new:
            self._put(i, found[int(self.index.place[i])], LIKENESS)

    def _group(self, rest: Sequence[int], n_groups: int) -> None:
        """Group products by their titles; groups that go on keep their names."""
        index = self.index
        counts = np.bincount(index.place[rest], minlength=len(index.titles)).astype(np.float64)
        rows = np.flatnonzero(counts)
        learn = np.intersect1d(index.learn, rows)
        groups = TitleGroups(n_groups).fit(
            index.points(learn), index.X[learn], counts[learn], index.points(learn, _MERGING)
        )
        labels = np.full(len(counts), -1, dtype=np.int64)
        for part in index.blocks(rows):
            labels[part] = groups.predict(index.points(part))
        labels[rows] = _without_singles(labels[rows], counts[rows])
        named = name_groups(
            [index.titles[i] for i in rows], labels[rows], index.X[rows], counts[rows], index.terms
        )
        of_product = labels[index.place]
        before = [
            self._before(i)[0] if self._before(i)[1] in (TITLES, LIKENESS) else "" for i in rest
        ]
        names = inherited(of_product[rest], named, before)
        for i in rest:
            label = int(of_product[i])
            self._put(i, self._called(names[label]) if label >= 0 else None, TITLES)

    # --- departments -----------------------------------------------------------------------
    def take_departments(self, n_departments: int) -> None:
        """Give every category one department."""
        known = {self._called(c): d for c, d, placed in self.before.values() if placed != NONE}
        known |= self.department
        known |= {p.category: p.department for p in self.edits.groups.values() if p.department}
        categories = sorted({category for category in self.category if category is not None})
        if not categories:
            return
        number = {category: i for i, category in enumerate(categories)}
        placed = [i for i in range(self.n) if self.category[i] is not None]
        rows = [number[str(self.category[i])] for i in placed]
        shape = (len(categories), len(self.index.titles))
        members = sparse.csr_matrix(
            (np.ones(len(placed)), (rows, self.index.place[placed])), shape=shape
        )
        known = {name: known[name] for name in categories if known.get(name)}
        self.department = category_departments.place(
            self.index, members, categories, known, n_departments
        )

    def table(self) -> pa.Table:
        """Return item_id, department, category and placed."""
        categories = [category or OTHER for category in self.category]
        departments = [self.department.get(category or "", OTHER) for category in self.category]
        return _table(self.ids, departments, categories, self.placed)


def _table(*columns: list[str]) -> pa.Table:
    names = ("item_id", "department", "category", "placed")
    return pa.table(
        {name: pa.array(c, pa.string()) for name, c in zip(names, columns, strict=True)}
    )


def _before(previous: pa.Table | None) -> Mapping[str, tuple[str, str, str]]:
    if previous is None:
        return {}
    columns = (
        previous[name].to_pylist() for name in ("item_id", "category", "department", "placed")
    )
    return {item: (c or "", d or "", p or "") for item, c, d, p in zip(*columns, strict=True)}


def _without_singles(labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Number the groups of at least two products from 0; a product alone is in none."""
    found = labels >= 0
    size = np.bincount(labels[found], weights[found], minlength=int(labels.max(initial=-1)) + 1)
    number = np.where(size >= 2, np.cumsum(size >= 2) - 1, -1)
    return np.where(found, np.append(number, -1)[labels], -1)
