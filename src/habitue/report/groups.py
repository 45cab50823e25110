"""Which groups of people the report may show, over all of its tables together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from habitue.protect.linked import Family, linked

__all__ = ["LATE", "Groups"]

#: Those who can still be kept: not yet gone, and later than their own rhythm.
LATE = ("wavering", "leaving")

Atom = tuple[Hashable, Hashable, Hashable]  # segment, RFM group, band


class Groups:
    """Says of each group of customers whether it may be shown.

    Groups are named by what they share: ``shown(segment=2)``, ``shown(segment=2, band="loyal")``,
    ``shown(group="new", late=True)``; everyone by ``shown()``.

    Parameters
    ----------
    people : sequence of (segment, RFM group, band)
        One a customer; None where it is not known.
    min_group : int
        Smallest group that may be shown.
    """

    def __init__(self, people: Sequence[Atom], min_group: int) -> None:
        counted = Counter(people)
        values = [sorted({atom[at] for atom in counted}, key=str) for at in range(3)]
        self._segments, self._groups, self._bands = values
        self._atoms = [(s, g, b) for s in values[0] for g in values[1] for b in values[2]]
        self._member: list[list[bool]] = []
        self._cells: dict[Any, int] = {}
        self._unseen: list[bool] = []
        self.main: dict[Hashable, Hashable] = self._mains(counted)
        families = self._families()
        self._hidden = linked(
            np.array(self._member, dtype=bool),
            np.array([counted[atom] for atom in self._atoms], dtype=np.int64),
            families,
            min_group,
            np.array(self._unseen, dtype=bool),
        )

    def shown(self, **what: Hashable) -> bool:
        """Say whether a group may be shown; one of nobody always may."""
        cell = self._cells.get(frozenset(what.items()))
        return cell is None or not self._hidden[cell]

    @staticmethod
    def _mains(counted: Counter[Atom]) -> dict[Hashable, Hashable]:
        """Return each segment's largest RFM group."""
        sizes: Counter[tuple[Hashable, Hashable]] = Counter()
        for (segment, group, _band), n in counted.items():
            sizes[segment, group] += n
        mains: dict[Hashable, Hashable] = {}
        for (segment, group), _n in sorted(sizes.items(), key=lambda x: (-x[1], str(x[0]))):
            mains.setdefault(segment, group)
        return mains

    def _cell(self, **what: Hashable) -> int:
        """Return the number of the cell of those who have this in common."""
        key = frozenset(what.items())
        if key not in self._cells:
            self._cells[key] = len(self._member)
            self._member.append([_has(atom, what) for atom in self._atoms])
            # No table shows those whose segment, group or band is not known.
            self._unseen.append(None in what.values())
        return self._cells[key]

    def _families(self) -> list[Family]:
        """Make all cells and say how they add up."""
        everyone = self._cell()
        segments = {s: self._cell(segment=s) for s in self._segments}
        groups = {g: self._cell(group=g) for g in self._groups}
        families: list[Family] = [
            (everyone, list(segments.values())),
            (everyone, list(groups.values())),
        ]
        for s, cell in segments.items():
            main = self.main[s]  # its share is on the segment's card
            part = self._cell(segment=s, group=main)
            families += [
                (cell, [part, self._cell(segment=s, other_than=main)]),
                (groups[main], [part, self._cell(group=main, outside=s)]),
            ]
        if self._bands != [None]:
            families += self._banded(everyone, segments, groups)
        return families

    def _banded(
        self, everyone: int, segments: dict[Hashable, int], groups: dict[Hashable, int]
    ) -> list[Family]:
        """Loyalty bands, of all, of each segment, and who is late of each RFM group."""
        bands = {b: self._cell(band=b) for b in self._bands}
        cross = {(s, b): self._cell(segment=s, band=b) for s in segments for b in bands}
        families: list[Family] = [(everyone, list(bands.values()))]
        families += [(cell, [cross[s, b] for b in bands]) for s, cell in segments.items()]
        families += [(cell, [cross[s, b] for s in segments]) for b, cell in bands.items()]
        sides = {late: self._cell(late=late) for late in (True, False)}
        families.append((everyone, list(sides.values())))
        for late, side in sides.items():
            families += [
                (side, [cell for band, cell in bands.items() if (band in LATE) == late]),
                (side, [self._cell(group=g, late=late) for g in groups]),
            ]
        for g, cell in groups.items():
            families.append((cell, [self._cell(group=g, late=late) for late in sides]))
        return families


def _has(atom: Atom, what: Mapping[str, Hashable]) -> bool:
    segment, group, band = atom
    has = {
        "segment": segment,
        "group": group,
        "band": band,
        "late": band in LATE,
        "outside": segment,
        "other_than": group,
    }
    return all(
        (has[key] != value) if key in ("outside", "other_than") else (has[key] == value)
        for key, value in what.items()
    )
