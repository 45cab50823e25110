"""Rules with one item on the right, from frequent itemsets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Candidates", "Level", "derive"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Level:
    """The frequent itemsets of one length.

    ``sets`` is (n, length): columns of the basket matrix, ascending within a set, the sets in
    lexicographic order; ``counts`` is (n,).
    """

    sets: Ints
    counts: Ints


@dataclass(frozen=True)
class Candidates:
    """All rules of one length; row by row.

    ``antecedents`` is (n, length - 1); the others are (n,). The last two count, for the
    simplification of the rule (one item less on the left) that is the most confident, the
    baskets of its left side and of both its sides. For rules with one item on the left the
    simplification is the empty left side: all baskets.
    """

    antecedents: Ints
    consequent: Ints
    count: Ints
    antecedent_count: Ints
    consequent_count: Ints
    simpler_antecedent: Ints
    simpler_count: Ints


def derive(levels: list[Level], baskets: int) -> list[Candidates]:
    """Return every rule that the itemsets give, from two items upwards.

    Every part of a frequent itemset is frequent, so all counts are looked up, never counted
    again.

    Parameters
    ----------
    levels : list of Level
        All frequent itemsets by length.
    baskets : int
        Baskets in all.
    """
    rules = []
    parts: list[Ints] = []
    for number, level in enumerate(levels):
        length = level.sets.shape[1]
        if length == 1:
            parts.append(np.zeros((len(level.sets), 1), dtype=np.int64))
            continue
        parts.append(_parts(levels[:number], parts, level.sets))
        rules.append(_of_length(levels, parts, number, baskets))
    return rules


def _parts(shorter: list[Level], parts: list[Ints], sets: Ints) -> Ints:
    """Return, for each itemset and each of its items, the place of the itemset without it."""
    found = np.empty_like(sets)
    for gone in range(sets.shape[1]):
        found[:, gone] = _places(shorter, parts, np.delete(sets, gone, axis=1))
    return found


def _places(levels: list[Level], parts: list[Ints], sets: Ints) -> Ints:
    """Return where each itemset stands in its level, walking from prefix to prefix."""
    singles = levels[0].sets[:, 0]
    base = int(singles[-1]) + 1
    place = np.searchsorted(singles, sets[:, 0])
    for depth in range(1, sets.shape[1]):
        # ascending, as the itemsets are in lexicographic order
        codes = parts[depth][:, -1] * base + levels[depth].sets[:, -1]
        place = np.searchsorted(codes, place * base + sets[:, depth])
    return place


def _of_length(levels: list[Level], parts: list[Ints], number: int, baskets: int) -> Candidates:
    level, below = levels[number], levels[number - 1]
    n, length = level.sets.shape
    rows = []
    for right in range(length):
        left = parts[number][:, right]  # the antecedent's place one level below
        antecedent = np.delete(level.sets, right, axis=1)
        simpler_left = np.full(n, baskets, dtype=np.int64)
        simpler_both = _single_counts(levels[0], level.sets[:, right])
        if length > 2:
            best = np.full(n, -1.0)
            for dropped in range(length - 1):
                inner = levels[number - 2].counts[parts[number - 1][left, dropped]]
                place = dropped if dropped < right else dropped + 1
                both = below.counts[parts[number][:, place]]
                better = both / inner > best
                best = np.where(better, both / inner, best)
                simpler_left = np.where(better, inner, simpler_left)
                simpler_both = np.where(better, both, simpler_both)
        rows.append(
            (
                antecedent,
                level.sets[:, right],
                level.counts,
                below.counts[left],
                _single_counts(levels[0], level.sets[:, right]),
                simpler_left,
                simpler_both,
            )
        )
    return Candidates(*(np.concatenate(column) for column in zip(*rows, strict=True)))


def _single_counts(singles: Level, items: Ints) -> Ints:
    counts: Ints = singles.counts[np.searchsorted(singles.sets[:, 0], items)]
    return counts
