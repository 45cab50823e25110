"""By how many people two groups differ, told from a note of fixed size on each.

An invertible Bloom look-up table (Eppstein, Goodrich, Uyeda and Varghese 2011, "What's the
difference? Efficient set reconciliation without prior context", SIGCOMM): each member is added to
three cells of a small table. Taking one group's table from another's leaves the members that only
one of them has; when they are few, they can be peeled off one by one and counted exactly. Members
are put in as keyed hashes, so that the note holds nobody.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["CELLS", "Sketch", "sketch"]

#: Cells of a table, in three parts: enough to peel off some sixty members.
CELLS = 180
_PARTS = 3

Words = npt.NDArray[np.uint64]


@dataclass
class Sketch:
    """A note on a group: how many, and a table that tells small differences.

    Attributes
    ----------
    people : int
        How many there are.
    counts, keys, checks : arrays, shape (CELLS,)
        The table: members of each cell, and the XOR of their hashes and of their check-sums.
    salt : numpy.uint64
        What the check-sums were made with.
    digest : bytes
        A hash of the whole group.
    """

    people: int
    counts: npt.NDArray[np.int64]
    keys: Words
    checks: Words
    salt: np.uint64
    digest: bytes

    def table(self) -> bytes:
        """Return the table as it is stored."""
        return self.counts.tobytes() + self.keys.tobytes() + self.checks.tobytes()

    @classmethod
    def of(cls, people: int, table: bytes, salt: np.uint64, digest: bytes) -> Sketch:
        """Return the note that was stored."""
        counts, keys, checks = np.frombuffer(table, np.uint64).reshape(3, -1)
        return cls(people, counts.astype(np.int64), keys, checks, salt, digest)

    def distance(self, other: Sketch, limit: int) -> int | None:
        """Return by how many members two groups differ; None if by ``limit`` or more."""
        if abs(self.people - other.people) >= limit or len(self.counts) != len(other.counts):
            return None
        counts, keys = self.counts - other.counts, self.keys ^ other.keys
        checks = self.checks ^ other.checks
        # A difference of d members touches at most 3 d cells.
        if np.count_nonzero(counts | (keys != 0)) >= _PARTS * limit:
            return None
        return _peeled(counts, keys, checks, self.salt, limit)


def sketch(people: npt.NDArray[np.int64], key: bytes) -> Sketch:
    """Return the note on a group; pseudonyms must be unique.

    Examples
    --------
    >>> one = sketch(np.arange(1000), b"key")
    >>> one.distance(sketch(np.arange(3, 1001), b"key"), 10)
    4
    >>> one.distance(sketch(np.arange(500), b"key"), 10) is None
    True
    """
    seed = np.frombuffer(hmac.digest(key, b"sketch", hashlib.sha256)[:16], np.uint64)
    keys = _mixed(people.astype(np.uint64) ^ seed[0], seed[1])
    checks = _mixed(keys, seed[0])
    counts = np.zeros(CELLS, np.int64)
    held, sums = np.zeros(CELLS, np.uint64), np.zeros(CELLS, np.uint64)
    for part in range(_PARTS):
        cells = _cells(keys, part)
        counts += np.bincount(cells, minlength=CELLS)
        np.bitwise_xor.at(held, cells, keys)
        np.bitwise_xor.at(sums, cells, checks)
    digest = hmac.digest(key, np.sort(keys).tobytes(), hashlib.sha256)
    return Sketch(len(people), counts, held, sums, seed[0], digest)


def _cells(keys: Words, part: int) -> npt.NDArray[np.int64]:
    width = CELLS // _PARTS
    cells: npt.NDArray[np.int64] = (
        part * width + (keys >> np.uint64(20 * part)) % np.uint64(width)
    ).astype(np.int64)
    return cells


def _mixed(values: Words, salt: np.uint64) -> Words:
    """Mix 64 bits (the finaliser of SplitMix64: Steele, Lea and Flood 2014, section 5)."""
    with np.errstate(over="ignore"):
        z = values + salt + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed: Words = z ^ (z >> np.uint64(31))
    return mixed


def _peeled(
    counts: npt.NDArray[np.int64], keys: Words, checks: Words, salt: np.uint64, limit: int
) -> int | None:
    """Peel members off a difference until nothing is left; None if that does not end."""
    for found in range(limit + 1):
        # A cell holds one member alone if its check-sum is that of its hash.
        alone = np.flatnonzero((np.abs(counts) == 1) & (_mixed(keys, salt) == checks))
        if len(alone) == 0:
            empty = not (counts.any() or keys.any() or checks.any())
            return found if empty and found < limit else None
        member, check, sign = keys[alone[0]], checks[alone[0]], counts[alone[0]]
        for part in range(_PARTS):
            cell = int(_cells(np.array([member]), part)[0])
            counts[cell] -= sign
            keys[cell] ^= member
            checks[cell] ^= check
    return None
