"""What must not be shown of several tables about the same people, so that nothing small follows.

A group below the minimum is not shown. Neither is as much more as it takes for it not to follow
from what is shown: not from a whole less its parts, and not from several tables together. The
second is linear algebra: each number that is shown is a sum over the finest groups there are, and
a group follows from them when its own sum is a combination of theirs (the linear case of
disclosure auditing: Chin and Özsoyoğlu 1982, "Auditing and inference control in statistical
databases", IEEE TSE 8(6)).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from habitue.protect.groups import MIN_GROUP

__all__ = ["Family", "linked"]

#: A whole and the parts that add up to it, by their numbers.
Family = tuple[int, Sequence[int]]
Flags = npt.NDArray[np.bool_]
_NOTHING = 1e-7  # a remainder of a combination that is none


def linked(
    member: Flags,
    people: npt.NDArray[np.int64],
    families: Sequence[Family],
    min_group: int = MIN_GROUP,
    unseen: Flags | None = None,
) -> Flags:
    """Say which cells of linked tables must not be shown.

    Parameters
    ----------
    member : array of bool, shape (cells, atoms)
        Which of the finest groups each cell is the sum of.
    people : array of int, shape (atoms,)
        How many people each of the finest groups has.
    families : sequence of (int, sequence of int)
        Wholes and their parts. Nothing is shown of a whole that is not shown.
    min_group : int
        Smallest group that may be shown.
    unseen : array of bool, shape (cells,), optional
        Cells that no table shows anyway, but that follow if all else is shown.

    Examples
    --------
    A whole of 40 with the parts 25, 12 and 3:

    >>> member = np.array([[1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=bool)
    >>> linked(member, np.array([25, 12, 3]), [(0, [1, 2, 3])]).tolist()
    [False, False, True, True]
    """
    counts = member @ people
    small = (counts > 0) & (counts < min_group)
    hidden = small.copy() if unseen is None else small | (unseen & (counts > 0))
    empty = member[(counts == 0) & ~hidden].any(axis=0)  # known to hold nobody
    live = member[:, ~empty].astype(float)
    while True:
        while any(_close(family, counts, hidden, small, min_group) for family in families):
            pass
        told = _told(live, counts, hidden, small, min_group)
        if told is None:
            return hidden
        hidden[told] = True


def _close(
    family: Family, counts: npt.NDArray[np.int64], hidden: Flags, small: Flags, min_group: int
) -> bool:
    """Hide as many parts of a whole as its small parts need; say whether any was hidden."""
    whole, numbers = family
    parts = np.asarray(numbers, dtype=np.int64)
    parts = parts[counts[parts] > 0]
    before = int(hidden[parts].sum()) + int(hidden[whole])
    if hidden[whole]:
        hidden[parts] = True
    elif small[parts].any() or _rest_is_small(counts[parts], hidden[parts], min_group):
        for part in parts[np.argsort(counts[parts], kind="stable")]:
            mine = parts[hidden[parts]]
            if len(mine) >= 2 and counts[mine].sum() >= min_group:
                break
            hidden[part] = True
        mine = parts[hidden[parts]]
        if len(mine) < 2 or counts[mine].sum() < min_group:
            hidden[whole] = True
    return int(hidden[parts].sum()) + int(hidden[whole]) > before


def _rest_is_small(counts: npt.NDArray[np.int64], hidden: Flags, min_group: int) -> bool:
    """Say whether what is hidden of a whole, which is known in sum, is too few people."""
    return bool(hidden.any() and counts[hidden].sum() < min_group)


def _told(
    live: npt.NDArray[np.float64],
    counts: npt.NDArray[np.int64],
    hidden: Flags,
    small: Flags,
    min_group: int,
) -> int | None:
    """Return a cell that gives a small group away together with others, or None.

    Looked at are the small groups, and the pairs of them that are small together.
    """
    targets = np.flatnonzero(small)
    shown = np.flatnonzero(~hidden & (counts > 0))
    if not len(targets) or not len(shown):
        return None
    _left, sizes, rows = np.linalg.svd(live[shown], full_matrices=False)
    basis = rows[sizes > _NOTHING * sizes[0]]
    rest = live[targets] - live[targets] @ basis.T @ basis
    gram = rest @ rest.T
    alone = gram.diagonal()
    together = alone[:, None] + alone[None, :] + 2 * gram
    few = counts[targets][:, None] + counts[targets][None, :] < min_group
    np.fill_diagonal(together, alone)
    np.fill_diagonal(few, True)
    found = np.argwhere(few & (together < _NOTHING))
    if not len(found):
        return None
    one, other = targets[found[0]]
    wanted = live[one] if one == other else live[one] + live[other]
    weights = np.linalg.lstsq(live[shown].T, wanted, rcond=None)[0]
    used = shown[np.abs(weights) > _NOTHING]
    return int(min(used, key=lambda cell: (counts[cell], cell)))
