"""Product categories: the shop's own where it has them, else similar titles as one category."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from scipy import sparse

from habitue.prepare.category_names import name_groups
from habitue.prepare.title_groups import TitleGroups
from habitue.prepare.title_terms import Terms, TermSpace, parse
from habitue.prepare.titles import titles
from habitue.text import normalise

__all__ = ["OTHER", "group", "titles"]

#: Category of a product that is like no others; a key, worded at the edge.
OTHER = "other"

_LEARN = 20_000  # different titles that groups are learnt from
_NEIGHBOURS = 5
_LIKE = 0.25  # a neighbour less like than this says nothing


def group(items: pa.Table, n_groups: int = 24, seed: int = 0) -> pa.Table:
    """Give each product a category by its title, if it has none of its own.

    If at least half of the products have a category, each of the others takes that of the
    products whose titles are most like its own. Otherwise those without are grouped among
    themselves: words are weighted by what they say of the kind of product, each group starts from
    the word that explains most titles, and the nearest groups are merged
    (``habitue.prepare.title_groups``).

    Parameters
    ----------
    items : Table
        Columns item_id, title and, where known, category.
    n_groups : int
        Groups to make at most, besides ``other``.
    seed : int
        Seed of the latent topics.

    Returns
    -------
    Table
        Columns item_id and category, one row a product, in the order given.

    Examples
    --------
    >>> names = ["Red Mug", "Tea Mug", "Blue mugs", "Rose Soap", "Mint Soap", "Olive Soap", "?"]
    >>> table = pa.table({"item_id": list("abcdefg"), "title": names})
    >>> group(table, n_groups=2)["category"].to_pylist()
    ['Mugs', 'Mugs', 'Mugs', 'Soap', 'Soap', 'Soap', 'other']
    """
    texts = [title or "" for title in items["title"].to_pylist()]
    if "category" in items.column_names:
        own = [(category or "").strip() for category in items["category"].to_pylist()]
    else:
        own = [""] * len(texts)
    missing = [i for i, category in enumerate(own) if not category]
    if missing and 2 * len(missing) <= len(own):
        known = [i for i, category in enumerate(own) if category]
        found = _nearest(
            [texts[i] for i in missing], [texts[i] for i in known], [own[i] for i in known]
        )
    else:
        found = _grouped([texts[i] for i in missing], n_groups, seed)
    for i, category in zip(missing, found, strict=True):
        own[i] = category
    return pa.table({"item_id": items["item_id"], "category": pa.array(own, pa.string())})


def _grouped(texts: Sequence[str], n_groups: int, seed: int) -> list[str]:
    distinct, inverse, counts = _distinct(texts)
    if not distinct:
        return []
    # The same titles are learnt from, whatever is added to them.
    order = sorted(range(len(distinct)), key=lambda i: (zlib.crc32(distinct[i].encode()), i))
    learn = np.array(sorted(order[:_LEARN]))
    parsed = [parse(title) for title in distinct]
    space = TermSpace().fit([parsed[i] for i in learn], counts[learn])
    if not space.vocabulary_:
        return [OTHER] * len(texts)
    X = space.transform(parsed)
    weights = counts.astype(np.float64)
    terms = list(space.vocabulary_)
    groups = TitleGroups(n_groups, random_state=seed).fit(X[learn], weights[learn], terms)
    labels = groups.predict(X)
    labels = _without_singles(labels, weights)
    names = [*name_groups(distinct, labels, X, weights, terms), OTHER]
    return [names[labels[i]] for i in inverse.tolist()]


def _without_singles(labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Number the groups of at least two products from 0; a product alone is in none."""
    kept = [
        label
        for label in np.unique(labels).tolist()
        if label >= 0 and weights[labels == label].sum() >= 2
    ]
    number = {label: i for i, label in enumerate(kept)}
    return np.array([number.get(label, -1) for label in labels.tolist()])


def _nearest(texts: Sequence[str], known: Sequence[str], categories: Sequence[str]) -> list[str]:
    """Return for each title the category that its most similar known titles vote for."""
    distinct, inverse, counts = _distinct([*known, *texts])
    parsed: list[Terms] = [parse(title) for title in distinct]
    space = TermSpace().fit(parsed, counts)
    if not space.vocabulary_:
        return [OTHER] * len(texts)
    votes: list[Counter[str]] = [Counter() for _title in distinct]
    for i, category in zip(inverse[: len(known)].tolist(), categories, strict=True):
        votes[i][category] += 1
    bearers = np.array([i for i, vote in enumerate(votes) if vote])
    X = space.transform(parsed)
    asked = np.unique(inverse[len(known) :])
    answer: dict[int, str] = {}
    reference = X[bearers].T.tocsc()
    for start in range(0, len(asked), 2048):
        part = asked[start : start + 2048]
        likeness = (X[part] @ reference).tocsr()
        for row, i in enumerate(part.tolist()):
            answer[i] = _vote(likeness[row], bearers, votes)
    return [answer[i] for i in inverse[len(known) :].tolist()]


def _vote(row: sparse.csr_matrix, bearers: np.ndarray, votes: list[Counter[str]]) -> str:
    best = np.lexsort((row.indices, -row.data))[:_NEIGHBOURS]
    total: dict[str, float] = {}
    for like, column in zip(row.data[best], row.indices[best], strict=True):
        if like < _LIKE:
            break
        vote = votes[bearers[column]]
        for category, n in vote.items():
            total[category] = total.get(category, 0.0) + like**2 * n / vote.total()
    return max(total, key=lambda category: (total[category], category)) if total else OTHER


def _distinct(texts: Sequence[str]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return the different titles in order, the place of each text among them, and how many."""
    folded = [normalise(text) for text in texts]
    distinct = sorted(set(folded))
    place = {title: i for i, title in enumerate(distinct)}
    inverse = np.array([place[title] for title in folded], dtype=np.int64)
    return distinct, inverse, np.bincount(inverse, minlength=len(distinct))
