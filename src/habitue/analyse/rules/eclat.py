"""Eclat: frequent itemsets depth first, by intersecting the sets of baskets that hold them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from habitue.analyse.rules.base import Level, Matrix, RuleMiner, TooManyItemsetsError

__all__ = ["Eclat", "pair_counts"]

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

_GATHER = 2_000_000  # basket entries looked at in one step
_WORDS = 4_000_000  # 64-bit words of intersections held in one step (32 MB)


class Eclat(RuleMiner):
    """Find every frequent itemset by depth-first search over vertical bit sets.

    For each item, from the rarest, the baskets that hold it are cut out (its *conditional*
    database), restricted to the more frequent items, and turned into one row of bits an item.
    Itemsets of that item's class then grow level by level: the count of ``P + {a, b}`` is the
    number of bits in ``bits(P + a) & bits(P + b)``, computed for thousands of candidates at once.
    Exact; memory is bounded by cutting a level into parts (Zaki 2000; conditional databases as
    in Borgelt 2003).

    Parameters
    ----------
    min_support : float or int
        Share of baskets (below 1) or number of baskets (1 and above) that an itemset needs;
        a share is rounded up to whole baskets.
    min_confidence : float
        Smallest confidence of a rule.
    max_length : int, optional
        Most items in an itemset; no bound if left out.
    max_itemsets : int, optional
        Give up with an error when there are more, rather than fill the memory.

    Examples
    --------
    >>> miner = Eclat(min_support=2, min_confidence=0.6)
    >>> miner.fit([["tea", "cup"], ["tea", "cup", "milk"], ["tea"]]).itemsets_.to_pylist()
    [{'items': ['cup'], 'count': 2, 'support': 0.66...}, {'items': ['tea'], 'count': 3, ...},
     {'items': ['cup', 'tea'], 'count': 2, 'support': 0.66...}]
    >>> rule = miner.rules_.to_pylist()[1]
    >>> rule["antecedent"], rule["consequent"], rule["confidence"]
    (['cup'], 'tea', 1.0)
    """

    name = "eclat"

    def _mine(self, matrix: Matrix, min_count: int, max_length: int) -> list[Level]:
        database = _Database.of(matrix, min_count)
        found = _Found(self.max_itemsets)
        found.add(np.arange(len(database.items))[:, None], database.counts)
        if max_length > 1:
            for item, pairs in database.pairs(min_count):
                found.add(_prefixed(item, pairs.items), pairs.counts)
                if len(pairs.items) > 1 and max_length > 2:
                    start = _Node(pairs.items[:, None], pairs.bits(), np.zeros_like(pairs.items))
                    for node, counts in _grow(start, min_count, max_length - 1):
                        found.add(_prefixed(item, node), counts)
        return found.levels(database.items)


def pair_counts(matrix: Matrix, min_count: int) -> Ints:
    """Return in how many baskets each pair of items is, for the pairs that reach a count.

    >>> from habitue.analyse.rules.baskets import to_matrix
    >>> pair_counts(to_matrix([["a", "b"], ["a", "b", "c"], ["a"]])[0], 2).tolist()
    [2]
    """
    found = [pairs.counts for _item, pairs in _Database.of(matrix, min_count).pairs(min_count)]
    return np.concatenate([np.empty(0, dtype=np.int64), *found])


@dataclass
class _Database:
    """Baskets of frequent items only; items are ranks, from the rarest to the most frequent."""

    items: Ints  # the matrix's column of each rank
    counts: Ints
    indptr: Ints
    ranks: npt.NDArray[np.int32]  # sorted within a basket
    places: Ints  # where in `ranks` each item stands, item after item
    starts: Ints  # where an item's places begin

    @classmethod
    def of(cls, matrix: Matrix, min_count: int) -> _Database:
        counts = np.bincount(matrix.indices, minlength=matrix.shape[1])
        items = np.flatnonzero(counts >= min_count)
        items = items[np.argsort(counts[items], kind="stable")]
        rank = np.full(matrix.shape[1], -1, dtype=np.int32)
        rank[items] = np.arange(len(items), dtype=np.int32)
        ranks = rank[matrix.indices]
        kept = ranks >= 0
        rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[kept]
        ranks = ranks[kept]
        codes = np.sort(rows * max(len(items), 1) + ranks)
        ranks = (codes % max(len(items), 1)).astype(np.int32)
        indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=matrix.shape[0]))])
        starts = np.concatenate([[0], np.cumsum(counts[items])])
        places = np.argsort(ranks, kind="stable")
        return cls(items, counts[items], indptr, ranks, places, starts)

    def pairs(self, min_count: int) -> Iterator[tuple[int, _Class]]:
        """Yield each item with the more frequent items that it is often enough bought with."""
        n = len(self.items)
        ends = np.repeat(self.indptr[1:], np.diff(self.indptr))
        tails = ends[self.places] - self.places - 1  # later items in the same basket
        reach = np.concatenate([[0], np.cumsum(tails)])[self.starts]
        first = 0
        while first < n:
            last = int(np.searchsorted(reach, reach[first] + _GATHER, side="right")) - 1
            last = min(max(last, first + 1), first + max(1, _WORDS // n), n)
            entries = slice(int(self.starts[first]), int(self.starts[last]))
            lengths = tails[entries]
            baskets = np.repeat(np.arange(len(lengths)), lengths)
            others = self.ranks[_ranges(self.places[entries] + 1, lengths)]
            owners = np.repeat(np.arange(last - first), np.diff(self.starts[first : last + 1]))
            counts = np.bincount(owners[baskets] * n + others, minlength=(last - first) * n)
            counts = counts.reshape(last - first, n)
            bounds = np.concatenate([[0], np.cumsum(lengths)])
            offsets = self.starts[first : last + 1] - self.starts[first]
            for item in range(first, last):
                frequent = np.flatnonzero(counts[item - first] >= min_count)
                if len(frequent):
                    begin, end = offsets[item - first], offsets[item - first + 1]
                    part = slice(int(bounds[begin]), int(bounds[end]))
                    size = int(end - begin)
                    yield (
                        item,
                        _Class(
                            frequent,
                            counts[item - first][frequent],
                            size,
                            n,
                            others[part],
                            baskets[part] - begin,
                        ),
                    )
            first = last


@dataclass
class _Class:
    """The items that may follow one item, and the baskets (of that item) that hold them."""

    items: Ints
    counts: Ints
    baskets: int
    n: int
    others: npt.NDArray[np.int32]
    rows: Ints

    def bits(self) -> Words:
        """Return one row of bits an item, one bit a basket."""
        local = np.full(self.n, -1, dtype=np.int64)
        local[self.items] = np.arange(len(self.items))
        place = local[self.others]
        kept = place >= 0
        width = -(-self.baskets // 64) * 64
        dense = np.zeros((len(self.items), width), dtype=np.bool_)
        dense[place[kept], self.rows[kept]] = True
        return np.packbits(dense, axis=1).view(np.uint64)


@dataclass
class _Node:
    """Itemsets of one length; those of the same group share all items but the last."""

    sets: Ints  # (n, length), sorted by group
    bits: Words  # (n, words)
    groups: Ints  # (n,)


def _grow(node: _Node, min_count: int, max_length: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield the frequent supersets of a level's itemsets, part by part."""
    length = node.sets.shape[1]
    if length >= max_length:
        return
    step = max(1, _WORDS // max(1, node.bits.shape[1]))
    for left, right in _siblings(node.groups, step):
        both = node.bits[left] & node.bits[right]
        counts = np.bitwise_count(both).sum(axis=1, dtype=np.int64)
        frequent = np.flatnonzero(counts >= min_count)
        if not len(frequent):
            continue
        left, right = left[frequent], right[frequent]
        sets = np.column_stack([node.sets[left], node.sets[right, -1]])
        yield sets, counts[frequent]
        yield from _grow(_Node(sets, both[frequent], left), min_count, max_length)


def _siblings(groups: Ints, step: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield about `step` pairs (a, b), a before b, of the same group; no a is cut in two."""
    n = len(groups)
    end = np.searchsorted(groups, groups, side="right")
    later = end - np.arange(n) - 1
    reach = np.concatenate([[0], np.cumsum(later)])
    first = 0
    while first < n:
        last = int(np.searchsorted(reach, reach[first] + step, side="right")) - 1
        last = min(max(last, first + 1), n)
        lengths = later[first:last]
        if lengths.any():
            left = np.repeat(np.arange(first, last), lengths)
            yield left, _ranges(np.arange(first, last) + 1, lengths)
        first = last


def _ranges(starts: Ints, lengths: Ints) -> Ints:
    """Return the numbers from each start, as many as its length says, one after the other.

    >>> _ranges(np.array([5, 1]), np.array([2, 3])).tolist()
    [5, 6, 1, 2, 3]
    """
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts - ends + lengths, lengths)


def _prefixed(item: int, sets: Ints) -> Ints:
    sets = sets[:, None] if sets.ndim == 1 else sets
    return np.column_stack([np.full(len(sets), item), sets])


class _Found:
    """Collects itemsets by length."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self.total = 0
        self.parts: dict[int, list[tuple[Ints, Ints]]] = {}

    def add(self, sets: Ints, counts: Ints) -> None:
        self.total += len(sets)
        if self.most is not None and self.total > self.most:
            raise TooManyItemsetsError(self.most)
        self.parts.setdefault(sets.shape[1], []).append((sets, counts))

    def levels(self, items: Ints) -> list[Level]:
        levels = []
        for _length, parts in sorted(self.parts.items()):
            sets = np.sort(items[np.concatenate([part[0] for part in parts])], axis=1)
            counts: Any = np.concatenate([part[1] for part in parts])
            order = np.lexsort(sets.T[::-1])
            levels.append(Level(sets[order], counts[order]))
        return levels
