"""When each customer of the sample shop orders, and when they leave.

A life has two stages. For 35 days after joining, everyone *tries* the shop (few small orders).
Then most stay, under one of four habits, and the others are gone; a bad experience while trying
makes leaving likelier. Under a habit, orders are a renewal process: the time to the next order is
gamma distributed around a personal mean. After each order the customer may leave for good, more
probably if something went wrong with it. (Leaving after an order, not in between, is the
assumption of BG/NBD too: Fader, Hardie and Lee 2005, section 3.)

So whoever has not left at a moment, with ``a`` days since the latest order, orders within ``h``
days with probability ``1 - S(a + h) / S(a)``, ``S`` being the gamma survival function: the latent
probability that is written to the truth is exact, not estimated.

Customers join in quarterly campaigns, and sales last the last week of every 30 days, both counted
back from the end: windows of 90 days before the end are alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc

from habitue.collect.demo.catalogue import Ints, Reals

__all__ = [
    "BARGAIN",
    "DEVOTED",
    "GRAND",
    "HABITS",
    "HORIZON",
    "REGULAR",
    "TRIAL",
    "TYPES",
    "Lives",
    "live",
    "on_sale",
]

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Habit:
    """How a kind of customer orders.

    Parameters
    ----------
    name : str
        The customer type's name.
    share : float
        Share of those who stay after trying.
    gap : float
        Mean days between orders, over the customers of this habit.
    shape : float
        Gamma shape of the times between orders: the higher, the more regular.
    leave, leave_bad : float
        Chance of leaving after a good and after a bad order.
    """

    name: str
    share: float
    gap: float
    shape: float
    leave: float
    leave_bad: float


REGULAR, GRAND, BARGAIN, DEVOTED, TRIAL = range(5)
HABITS = (
    Habit("regular", 0.25, 14.0, 2.0, 0.0004, 0.008),
    Habit("big_spender", 0.25, 80.0, 2.2, 0.001, 0.02),
    Habit("bargain_hunter", 0.25, 55.0, 2.2, 0.001, 0.015),
    Habit("devotee", 0.25, 28.0, 4.0, 0.0007, 0.012),
)
#: Names of the customer types, by the number that the truth is computed with.
TYPES = (*(habit.name for habit in HABITS), "newcomer", "lapsed")

HORIZON = 90.0
_QUARTER = 90.0
_WAVE = (3.0, 32.0)  # days before a quarter's end in which a campaign brings customers
_WAVE_SHARE = 0.95
_TRIAL_DAYS = 35.0
_TRIAL_GAP, _TRIAL_SHAPE = 16.0, 1.6
_STAY, _STAY_BAD = 0.71, 0.40
_FIRST = 0.15  # the first order after trying comes sooner, by this factor
_PERSONAL = 18.0  # gamma shape of personal mean gaps: a spread of 24 %
_BAD = 0.10
_CYCLE, _SALE = 30.0, 7.0
_WAITS = 0.9  # share of a bargain hunter's orders that wait for a sale
_LAPSED_AFTER = 100.0


@dataclass(frozen=True)
class Lives:
    """What happened to some customers, until ``HORIZON`` days after the end.

    Attributes
    ----------
    joined, left : ndarray of shape (n_customers,)
        Day of the first order; day of leaving, nan while still a customer at the end.
    habit, type : ndarray of shape (n_customers,)
        Index into ``HABITS``; type as of the end, index into ``TYPES``.
    rate : ndarray of shape (n_customers,)
        Orders a day under the habit.
    probability : ndarray of shape (n_customers,)
        Chance of an order within ``HORIZON`` days after the end, given the latent state.
    customer, day, trial, bad : ndarray of shape (n_orders,)
        Orders by customer, then time: whose, when (days since the start), whether they were
        still trying the shop, whether something went wrong.
    """

    joined: Reals
    left: Reals
    habit: Ints
    type: Ints
    rate: Reals
    probability: Reals
    customer: Ints
    day: Reals
    trial: Flags
    bad: Flags


def on_sale(day: Reals, end: float) -> Flags:
    """Say which moments fall into a sale: the last 7 of every 30 days, counted from the end."""
    return np.mod(end - day, _CYCLE) <= _SALE


def live(rng: np.random.Generator, n: int, end: float) -> Lives:
    """Simulate ``n`` lives that begin within ``end`` days."""
    joined = _join(rng, n, end)
    habit = rng.choice(4, n, p=[h.share for h in HABITS]).astype(np.int64)
    gap = np.array([h.gap for h in HABITS])[habit] * rng.gamma(_PERSONAL, 1 / _PERSONAL, n)
    fate = _Fate(rng, end, joined, habit, gap)
    customer, day, trial, bad = fate.orders()
    left = np.where(fate.left < end, fate.left, np.nan)
    trying = joined > end - _TRIAL_DAYS
    kind = np.where(trying, TRIAL, habit)
    kind = np.where(fate.left < end - _LAPSED_AFTER, len(TYPES) - 1, kind)
    quit_trial = ~fate.stays & ~trying
    kind = np.where(quit_trial, len(TYPES) - 1, kind)
    return Lives(
        joined=joined,
        left=left,
        habit=habit,
        type=kind,
        rate=1 / gap,
        probability=fate.probability(customer, day, bad),
        customer=customer,
        day=day,
        trial=trial,
        bad=bad,
    )


def _join(rng: np.random.Generator, n: int, end: float) -> Reals:
    quarters = max(1, int(end // _QUARTER))
    within = np.where(
        rng.random(n) < _WAVE_SHARE, rng.uniform(*_WAVE, n), rng.uniform(0, _QUARTER, n)
    )
    before = _QUARTER * rng.integers(0, quarters, n) + within
    return np.clip(end - before, 0.0, end - 0.01)


def _survival(days: Reals, gap: Reals, shape: Reals) -> Reals:
    survival: Reals = gammaincc(shape, np.maximum(days, 0) * shape / gap)
    return survival


class _Fate:
    """The state of the simulation: one entry a customer."""

    def __init__(
        self, rng: np.random.Generator, end: float, joined: Reals, habit: Ints, gap: Reals
    ) -> None:
        self._rng, self._end = rng, end
        self._joined, self._habit, self._gap = joined, habit, gap
        self._shape = np.array([h.shape for h in HABITS])[habit]
        self.left = np.full(len(joined), np.inf)
        self.stays = np.ones(len(joined), dtype=bool)

    def orders(self) -> tuple[Ints, Reals, Flags, Flags]:
        """Return customer, day, trial and bad of each order, by customer and day."""
        who = np.arange(len(self._joined))
        now, trial = self._joined.copy(), np.ones(len(who), dtype=bool)
        spoilt = np.zeros(len(self._joined), dtype=bool)
        found: list[tuple[Ints, Reals, Flags, Flags]] = []
        while len(who):
            bad = self._rng.random(len(who)) < _BAD
            found.append((who, now, trial, bad))
            spoilt[who[trial & bad]] = True
            goes_on = trial | ~self._leaves(who, bad)
            self.left[who[~goes_on]] = now[~goes_on]
            who, now, trial = who[goes_on], now[goes_on], trial[goes_on]
            now, trial, stays = self._next(who, now, trial, spoilt)
            self.stays[who[~stays]] = False
            self.left[who[~stays]] = self._joined[who[~stays]] + _TRIAL_DAYS
            keep = stays & (now < self._end + HORIZON)
            who, now, trial = who[keep], now[keep], trial[keep]
        customer, day, tried, went_bad = (np.concatenate(part) for part in zip(*found, strict=True))
        order = np.lexsort((day, customer))
        return customer[order], day[order], tried[order], went_bad[order]

    def _leaves(self, who: Ints, bad: Flags) -> Flags:
        habit = self._habit[who]
        good = np.array([h.leave for h in HABITS])[habit]
        spoilt = np.array([h.leave_bad for h in HABITS])[habit]
        return self._rng.random(len(who)) < np.where(bad, spoilt, good)

    def _next(
        self, who: Ints, now: Reals, trial: Flags, spoilt: Flags
    ) -> tuple[Reals, Flags, Flags]:
        """Return when each orders next, whether that is still trying, and who stays at all."""
        rng, joined = self._rng, self._joined[who]
        wait = rng.gamma(_TRIAL_SHAPE, _TRIAL_GAP / _TRIAL_SHAPE, len(who))
        still = trial & (now + wait < joined + _TRIAL_DAYS)
        decides = trial & ~still
        chance = np.where(spoilt[who], _STAY_BAD, _STAY)
        stays = ~decides | (rng.random(len(who)) < chance)
        since = np.where(decides, joined + _TRIAL_DAYS, now)
        shape = self._shape[who]
        gap = self._gap[who] * np.where(decides, _FIRST, 1.0)
        later = since + rng.gamma(shape, gap / shape)
        hunts = (self._habit[who] == BARGAIN) & (rng.random(len(who)) < _WAITS)
        later = np.where(hunts & ~on_sale(later, self._end), self._sale_after(later), later)
        return np.where(still, now + wait, later), still, stays

    def _sale_after(self, day: Reals) -> Reals:
        left_of_cycle = np.mod(self._end - day, _CYCLE)
        return day + left_of_cycle - _SALE * self._rng.random(len(day))

    def probability(self, customer: Ints, day: Reals, bad: Flags) -> Reals:
        """Return the exact chance of an order within the horizon, given the state at the end."""
        n, end = len(self._joined), self._end
        past = day < end
        latest, spoilt = np.zeros(n), np.zeros(n, dtype=bool)
        np.maximum.at(latest, customer[past], day[past])
        np.logical_or.at(spoilt, customer[past], bad[past])
        decision = self._joined + _TRIAL_DAYS
        trying = decision > end
        since = end - np.maximum(latest, np.minimum(decision, end))

        first = self._gap * np.where(latest < decision, _FIRST, 1.0)

        def habit_survival(days: Reals) -> Reals:
            return _survival(days, first, self._shape)

        settled = 1 - habit_survival(since + HORIZON) / np.maximum(habit_survival(since), 1e-300)
        gone = self.left < end
        elapsed, rest = end - latest, np.maximum(decision - end, 0)
        gap, shape = np.full(n, _TRIAL_GAP), np.full(n, _TRIAL_SHAPE)
        silent = _survival(elapsed + rest, gap, shape) / _survival(elapsed, gap, shape)
        starts = 1 - habit_survival(HORIZON - rest)
        stays = np.where(spoilt, _STAY_BAD, _STAY)
        return np.where(trying, 1 - silent * (1 - stays * starts), np.where(gone, 0.0, settled))
