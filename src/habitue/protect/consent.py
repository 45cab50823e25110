"""What a person's words come to: the state of a consent as a pure function of the ledger.

The rule, for one purpose and one channel, over all entries of all pseudonyms of the person:

1. Without an entry it is *no*.
2. ``suppressed`` and ``objected`` hold until the person expressly says yes later. A list that is
   imported lifts neither, whatever it says and whenever it was made.
3. Otherwise the latest word counts, by the time it was said; at the same time, a no goes first.
4. Where double opt-in is asked for, only ``confirmed`` is a yes.
5. A yes of an unknown time is the oldest of all words; a no of an unknown time was said when it
   was recorded.
6. An entry for ``any`` channel counts for each. To be allowed on *any* channel, a yes must be for
   any, and a no to one of them is a no.
7. An objection to direct marketing covers profiling, personalisation and audiences (GDPR 21(2));
   one to profiling or personalisation covers both. Each is lifted by an express yes to itself.

It rests on the latest time of each kind of word, so a million people are judged by six columns.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

__all__ = ["KINDS", "NEVER", "STATES", "Times", "judge", "latest_times", "place_of"]

Times = npt.NDArray[np.int64]

#: What a consent can be. Only the first is a yes.
STATES: tuple[str, ...] = ("granted", "requested", "withdrawn", "suppressed", "objected", "none")

#: The kinds of word whose latest time decides: a yes, the person's own yes, and the others.
KINDS: tuple[str, ...] = (
    "granted",
    "express",
    "requested",
    "withdrawn",
    "suppressed",
    "objected",
)

#: The time of a word that was never said; a yes of unknown time is at 0, after it.
NEVER = -1


def judge(latest: Mapping[str, Times]) -> npt.NDArray[np.int8]:
    """Return each person's state as a position in ``STATES``.

    Parameters
    ----------
    latest : mapping of str to array, shape (n_persons,)
        For each of ``KINDS`` the latest time, in microseconds since 1970; ``NEVER`` for none.

    Examples
    --------
    >>> times = {kind: np.array([NEVER, NEVER]) for kind in KINDS}
    >>> times["granted"] = times["express"] = np.array([5, 9])
    >>> times["suppressed"] = np.array([5, 8])
    >>> [STATES[state] for state in judge(times)]
    ['suppressed', 'granted']
    """
    granted, withdrawn, requested = latest["granted"], latest["withdrawn"], latest["requested"]
    objected = (latest["objected"] > NEVER) & (latest["express"] <= latest["objected"])
    suppressed = (latest["suppressed"] > NEVER) & (latest["express"] <= latest["suppressed"])
    states = np.select(
        [
            objected,
            suppressed,
            granted > withdrawn,
            requested > withdrawn,
            withdrawn > NEVER,
        ],
        [STATES.index(name) for name in ("objected", "suppressed", "granted", "requested",
                                         "withdrawn")],
        STATES.index("none"),
    )  # fmt: skip
    return states.astype(np.int8)


def latest_times(persons: Times, kinds: Times, times: Times) -> tuple[Times, dict[str, Times]]:
    """Return each person's latest time of each kind of word.

    Parameters
    ----------
    persons, kinds, times : array, shape (n_words,)
        Who said it, what it was as a position in ``KINDS``, and when.

    Returns
    -------
    tuple
        The persons in ascending order, and for each of ``KINDS`` their times.

    Examples
    --------
    >>> told, latest = latest_times(np.array([7, 7, 3]), np.array([0, 0, 3]), np.array([5, 9, 2]))
    >>> told.tolist(), latest["granted"].tolist(), latest["withdrawn"].tolist()
    ([3, 7], [-1, 9], [2, -1])
    """
    order = np.argsort(persons, kind="stable")
    ordered, kinds, times = persons[order], kinds[order], times[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)])
    found = {}
    for at, kind in enumerate(KINDS):
        of_kind = np.where(kinds == at, times, NEVER)
        found[kind] = np.maximum.reduceat(of_kind, starts) if len(starts) else of_kind
    found["granted"] = np.maximum(found["granted"], found["express"])
    return ordered[starts], found


def place_of(customers: Times, persons: Mapping[str, Times]) -> Times:
    """Return the pseudonym that stands for each pseudonym's person."""
    known, stands = persons["customer"], persons["person"]
    if not len(known):
        return customers
    order = np.argsort(known)
    at = np.searchsorted(known[order], customers)
    at = np.minimum(at, len(known) - 1)
    linked = known[order][at] == customers
    return np.where(linked, stands[order][at], customers)
