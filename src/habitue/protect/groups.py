"""Numbers about groups that tell nothing of few people, however they are combined.

Three rules, each against one way of singling people out:

- A group below the minimum has no number, and where all parts of a known whole are shown, as many
  more parts are hidden as it takes for the rest not to give it away (``suppressed``).
- Two groups that differ by few people have the same number (``Answers``): the one that was asked
  for first is answered for both. Whoever asks for a group, and then for the same group without one
  person, learns nothing.
- A number is rounded up or down at random to a multiple of five, so that its mean is right
  (unbiased random rounding: Nargundkar and Saveland 1972, "Random-rounding to prevent statistical
  disclosures"), and several numbers can't be added up to a small one. The same group always has
  the same number: asking again does not average the rounding away.

Both borders of ``Answers`` are blurred: a sharp one tells who knows all but one person on which
side of it that person puts a group. Whether a group near a border has a number, or another group's,
is drawn with a chance that changes by a factor of at most e^0.9 a person (``_STEEP``), and is one
in 3,000 where a person more or less would otherwise be seen for certain. The draw is keyed by the
group, so that asking again draws nothing anew.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from habitue.protect.difference import Sketch, sketch
from habitue.protect.keyring import KeyRing
from habitue.state import Answer

__all__ = ["BASE", "MIN_GROUP", "Answers", "groups_key", "suppressed"]

#: Fewer people than this are never counted out: a group of three is three people one knows.
MIN_GROUP = 10
#: Numbers of people are multiples of this.
BASE = 5

#: By how much, on log-odds, one person moves the draws at the borders; how many people a border is
#: wide on either side, beyond which the draw is all but certain.
_STEEP, _WIDE = 0.9, 9

Customers = npt.NDArray[np.int64]


def suppressed(counts: Sequence[int], min_group: int = MIN_GROUP) -> npt.NDArray[np.bool_]:
    """Say which parts of a known whole must not be shown.

    All below the minimum, and of the others, the smallest first, as many as it takes for the
    hidden parts to be two at least and to hold ``min_group`` people together. Empty parts say
    nothing of anybody and are shown.

    Examples
    --------
    >>> suppressed([120, 4, 33, 0, 15]).tolist()
    [False, True, False, False, True]
    >>> suppressed([120, 33]).tolist()
    [False, False]
    """
    people = np.asarray(counts, dtype=np.int64)
    hidden = (people > 0) & (people < min_group)
    if not hidden.any():
        return hidden
    for part in np.argsort(people, kind="stable"):
        if hidden.sum() >= 2 and people[hidden].sum() >= min_group:
            break
        if people[part] >= min_group:
            hidden[part] = True
    return hidden


def groups_key(ring: KeyRing) -> bytes:
    """Return the key of the shop's answers about groups."""
    return hmac.digest(ring.key("tombstone"), b"numbers about groups", "sha256")


class Answers:
    """Answers the question how many people a group has, and remembers what it answered.

    Groups below the minimum never have a number, and of those somewhat above it, few: at nine
    people more, half.

    Parameters
    ----------
    key : bytes
        Keys the rounding and the notes (``groups_key``): who does not have it can't foresee them.
    session : Session
        The caller's transaction: what is answered is noted in it.
    min_group : int
        Smallest group that has a number.
    """

    def __init__(self, key: bytes, session: Session, min_group: int = MIN_GROUP) -> None:
        self._key = key
        self._session = session
        self._min = min_group

    def count(self, customers: Customers) -> int | None:
        """Return about how many people a group has, a multiple of 5; None below the minimum.

        Parameters
        ----------
        customers : array of int, shape (people,)
            The group: one number a person.
        """
        people = np.unique(customers)
        if len(people) < self._min:
            return None
        asked = sketch(people, self._key)
        if not self._drawn(len(people) - self._min - _WIDE, asked.digest, b"least"):
            return None
        before = self._session.get(Answer, asked.digest)
        if before is not None:
            return before.answer
        near = self._near(asked)
        answer = self._rounded(len(people), asked.digest) if near is None else near
        # What was answered for another group has no note: nothing is near to it in its turn.
        note = asked.table() if near is None else b""
        self._session.add(
            Answer(digest=asked.digest, people=asked.people, table=note, answer=answer)
        )
        self._session.flush()
        return answer

    def _near(self, asked: Sketch) -> int | None:
        """Return the answer for the nearest group that was asked for, if it is near enough."""
        reach = self._min + _WIDE
        low, high = asked.people - reach, asked.people + reach
        earlier = self._session.execute(
            select(Answer.people, Answer.table, Answer.digest, Answer.answer)
            .where(Answer.people > low, Answer.people < high, Answer.table != b"")
            .order_by(Answer.asked, Answer.digest)
        )
        found: tuple[int, int, bytes] | None = None
        for people, table, digest, answer in earlier:
            apart = asked.distance(Sketch.of(people, table, asked.salt, digest), reach)
            if apart is not None and (found is None or apart < found[0]):
                found = apart, answer, digest
        if found is None:
            return None
        apart, answer, digest = found
        return None if self._drawn(apart - self._min, asked.digest + digest, b"near") else answer

    def _drawn(self, people: int, digest: bytes, border: bytes) -> bool:
        """Draw on which side of a border a group is that is so many people beyond it."""
        chance = 1 / (1 + math.exp(-_STEEP * people))
        return self._draw(digest, border) < chance

    def _draw(self, digest: bytes, what: bytes = b"") -> float:
        """Return what is drawn for a group, between 0 and 1, always the same."""
        drawn = hmac.digest(self._key, what + digest, hashlib.sha256)
        return int.from_bytes(drawn[:8]) / 2**64

    def _rounded(self, people: int, digest: bytes) -> int:
        """Move by a few people, then round: up with the probability that makes the mean right.

        Rounding alone leaves multiples of the base as they are, and so tells them for certain.
        """
        share = self._draw(digest, b"moved")
        side = 1 if share < 0.5 else -1
        # Two-sided geometric: k people more or less with a chance in proportion to e^(-0.9 k).
        tail = 2 * min(share, 1 - share) or 2.0**-64
        stay = math.expm1(_STEEP) / (math.exp(_STEEP) + 1)
        moved = 0 if tail > 1 - stay else 1 + math.floor(math.log((1 - stay) / tail) / _STEEP)
        down, rest = divmod(people + side * moved, BASE)
        number = BASE * (down + (self._draw(digest) < rest / BASE))
        return max(number, -(-self._min // BASE) * BASE)
