"""Keeps pseudonyms apart that were said not to be one person, at the cost of the weakest evidence.

The components that hold such a pair are joined once more, the most trusted evidence first, and what
would join the pair is left out; so who comes later goes to the one whose evidence is stronger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["keep_apart"]

Ints = npt.NDArray[np.int64]


class _Step(Protocol):
    @property
    def who(self) -> Ints: ...
    @property
    def group(self) -> Ints: ...


def keep_apart(person: Ints, steps: Sequence[_Step], apart: Ints) -> Ints:
    """Return who is one person when pairs are kept apart.

    Parameters
    ----------
    person : ndarray of shape (n_pseudonyms,)
        The first pseudonym of each one's person.
    steps : sequence of Step
        What joined them, the most trusted first.
    apart : ndarray of shape (n_pairs, 2)
        Who is not one person.
    """
    broken = np.unique(person[apart[person[apart[:, 0]] == person[apart[:, 1]], 0]])
    if not len(broken):
        return person
    inside = np.isin(person, broken)
    groups: list[list[int]] = []
    for step in steps:
        kept = inside[step.who]
        members: dict[int, list[int]] = defaultdict(list)
        for who, group in zip(step.who[kept].tolist(), step.group[kept].tolist(), strict=True):
            members[group].append(who)
        groups += [sorted(members[group]) for group in sorted(members)]
    people = _Partition(np.flatnonzero(inside).tolist(), apart.tolist())
    for group in groups:
        for k, who in enumerate(group):
            # To the first of the group with whom nothing forbids it.
            next((True for other in group[:k] if people.join(other, who)), None)
    result = person.copy()
    for who in np.flatnonzero(inside).tolist():
        result[who] = people.find(who)
    return result


class _Partition:
    """Sets that can be joined unless a pair forbids it (union-find)."""

    def __init__(self, members: Iterable[int], apart: Iterable[Sequence[int]]) -> None:
        self._parent = {who: who for who in members}
        self._enemies: dict[int, set[int]] = defaultdict(set)
        for a, b in apart:
            if a in self._parent and b in self._parent:
                self._enemies[a].add(b)
                self._enemies[b].add(a)

    def find(self, who: int) -> int:
        """Return the first of the set that somebody is in."""
        while self._parent[who] != who:
            self._parent[who] = self._parent[self._parent[who]]
            who = self._parent[who]
        return who

    def join(self, a: int, b: int) -> bool:
        """Make one set of two, unless that is forbidden."""
        a, b = sorted((self.find(a), self.find(b)))
        if a == b:
            return True
        if any(self.find(enemy) == b for enemy in self._enemies[a]):
            return False
        self._parent[b] = a
        self._enemies[a] |= self._enemies.pop(b, set())
        for enemy in self._enemies[a]:
            self._enemies[enemy].add(a)
        return True
