"""What is in each order of the sample shop: taste, staples, bundles, discounts, returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from habitue.collect.demo.catalogue import Catalogue, Ints, Reals, cell
from habitue.collect.demo.process import BARGAIN, DEVOTED, GRAND, REGULAR, TRIAL, Flags, Lives
from habitue.collect.demo.words import CATEGORIES, STYLES

__all__ = ["FAVOURITES", "Lines", "Tastes", "draw_tastes", "fill"]

FAVOURITES = 3
# How popular categories and styles are as such: nobody's taste is independent of fashion.
_CATEGORY_FASHION = 1 / np.arange(2, len(CATEGORIES) + 2) ** 0.6
_STYLE_FASHION = 1 / np.arange(2, len(STYLES) + 2) ** 0.6
_FAVOURITE_WEIGHTS = (0.6, 0.3, 0.1)  # of the favourite categories
_STYLE_WEIGHTS = (0.7, 0.3)
_FAITHFUL = 0.80  # share of choices within a favourite category
_STYLISH = 0.65  # ... and within a favourite style
_BUNDLE = 0.09  # share of orders that hold a bundle
_WHOLE = 0.92  # share of a bundle's products that are really taken
_MEAN_LINES = {REGULAR: 0.4, GRAND: 3.0, BARGAIN: 1.4, DEVOTED: 0.03, TRIAL: 0.5}
_FIRST_LINES = {REGULAR: 1, GRAND: 4, BARGAIN: 1, DEVOTED: 0, TRIAL: 1}
_STAPLES = {REGULAR: 2, GRAND: 1, BARGAIN: 1, DEVOTED: 2}
_RETURN, _RETURN_BAD = 0.015, 0.25  # chance that a line comes back


@dataclass(frozen=True)
class Tastes:
    """What each customer likes.

    Attributes
    ----------
    categories : ndarray of shape (n_customers, FAVOURITES)
        Favourite categories, the dearest first; repeated if there are fewer.
    styles : ndarray of shape (n_customers, 2)
        Favourite styles, the dearest first; repeated if there is one.
    staples : ndarray of shape (n_customers, 3)
        Consumables bought again and again; -1 for none.
    interval : ndarray of shape (n_customers, 3)
        Days after which each staple is used up.
    """

    categories: Ints
    styles: Ints
    staples: Ints
    interval: Reals


@dataclass(frozen=True)
class Lines:
    """Order lines by order: index of the order, product, pieces, pence paid, share taken off."""

    order: Ints
    item: Ints
    quantity: Ints
    pence: Ints
    discount: Reals
    returned: Flags


def draw_tastes(rng: np.random.Generator, catalogue: Catalogue, lives: Lives) -> Tastes:
    """Draw favourites and staples. A devotee's staples are all of one consumable category."""
    n = len(lives.joined)
    used_up = np.flatnonzero([c.consumable for c in CATEGORIES])
    categories = _favourites(rng, n, _CATEGORY_FASHION)[:, :FAVOURITES]
    categories = np.where(
        np.arange(FAVOURITES) < rng.integers(1, FAVOURITES + 1, n)[:, None],
        categories,
        categories[:, :1],
    )
    devoted = lives.habit == DEVOTED
    pantry = rng.choice(used_up, n)
    favourite_consumable = np.isin(categories[:, 0], used_up) & ~devoted
    pantry = np.where(favourite_consumable, categories[:, 0], pantry)
    categories[devoted] = pantry[devoted, None]
    styles = _favourites(rng, n, _STYLE_FASHION)[:, :2]
    styles = np.where(rng.random(n)[:, None] < 0.4, styles[:, :1], styles)
    cells = cell(np.repeat(pantry, 3), styles[:, [0, 1, 0]].ravel())
    staples = catalogue.choose(rng, cells).reshape(n, 3)
    count = np.array([_STAPLES[h] for h in range(4)])[lives.habit]
    staples = np.where(np.arange(3) < count[:, None], staples, -1)
    base = np.where(devoted, 1 / lives.rate, 40.0)[:, None]
    interval = base * np.array([1.0, 1.4, 2.0]) * rng.gamma(9.0, 1 / 9.0, (n, 3))
    return Tastes(categories, styles, staples, interval)


def _favourites(rng: np.random.Generator, n: int, fashion: Reals) -> Ints:
    """Return an order of preference for each of ``n`` customers (Plackett-Luce)."""
    order: Ints = (rng.exponential(size=(n, len(fashion))) / fashion).argsort(axis=1)
    return order


def _fashionable(rng: np.random.Generator, n: int, fashion: Reals) -> Ints:
    return rng.choice(len(fashion), n, p=fashion / fashion.sum()).astype(np.int64)


def fill(rng: np.random.Generator, catalogue: Catalogue, lives: Lives, tastes: Tastes) -> Lines:
    """Fill the orders of some lives."""
    parts = [
        _staple_lines(lives, tastes),
        _taste_lines(rng, catalogue, lives, tastes),
        _bundle_lines(rng, catalogue, lives),
    ]
    order, item = (np.concatenate(part) for part in zip(*parts, strict=True))
    order, item = _once(rng, catalogue, lives, tastes, order, item)
    return _price(rng, catalogue, lives, order, item)


def _habit_of(lives: Lives) -> Ints:
    return np.where(lives.trial, TRIAL, lives.habit[lives.customer])


def _staple_lines(lives: Lives, tastes: Tastes) -> tuple[Ints, Ints]:
    """A staple is in the first order after each of its intervals has passed."""
    order = np.arange(len(lives.day))
    orders, items = [], []
    devoted = lives.habit[lives.customer] == DEVOTED
    first = np.concatenate([[True], lives.customer[1:] != lives.customer[:-1]])
    for j in range(tastes.staples.shape[1]):
        passed = np.floor(lives.day / tastes.interval[lives.customer, j] + 0.37 * j)
        due = first | (passed != np.concatenate([[0.0], passed[:-1]]))
        staple = tastes.staples[lives.customer, j]
        bought = due & (staple >= 0) & (~lives.trial | devoted)
        orders.append(order[bought])
        items.append(staple[bought])
    return np.concatenate(orders), np.concatenate(items)


def _taste_lines(
    rng: np.random.Generator, catalogue: Catalogue, lives: Lives, tastes: Tastes
) -> tuple[Ints, Ints]:
    habit = _habit_of(lives)
    first = np.array([_FIRST_LINES[h] for h in range(5)])[habit]
    mean = np.array([_MEAN_LINES[h] for h in range(5)])[habit]
    count = np.where(lives.trial & (lives.habit[lives.customer] == DEVOTED), 0, first)
    order = np.repeat(np.arange(len(habit)), count + rng.poisson(mean))
    customer = lives.customer[order]
    item = _by_taste(rng, catalogue, tastes, customer, _STYLISH)
    other = _by_taste(rng, catalogue, tastes, customer, _STYLISH)
    dearer = (habit[order] == GRAND) & (catalogue.pence[other] > catalogue.pence[item])
    return order, np.where(dearer, other, item)


def _by_taste(
    rng: np.random.Generator, catalogue: Catalogue, tastes: Tastes, customer: Ints, stylish: float
) -> Ints:
    n = len(customer)
    rank = rng.choice(FAVOURITES, n, p=_FAVOURITE_WEIGHTS)
    favourite = tastes.categories[customer, rank]
    category = np.where(
        rng.random(n) < _FAITHFUL, favourite, _fashionable(rng, n, _CATEGORY_FASHION)
    )
    liked = tastes.styles[customer, rng.choice(2, n, p=_STYLE_WEIGHTS)]
    style = np.where(rng.random(n) < stylish, liked, _fashionable(rng, n, _STYLE_FASHION))
    return catalogue.choose(rng, cell(category, style))


def _bundle_lines(
    rng: np.random.Generator, catalogue: Catalogue, lives: Lives
) -> tuple[Ints, Ints]:
    devoted = lives.habit[lives.customer] == DEVOTED
    holds = np.flatnonzero((rng.random(len(lives.day)) < _BUNDLE) & ~devoted)
    which = rng.integers(0, len(catalogue.bundles), len(holds))
    width = max(len(bundle) for bundle in catalogue.bundles)
    table = np.array(
        [np.pad(b, (0, width - len(b)), constant_values=-1) for b in catalogue.bundles]
    )
    order, item = np.repeat(holds, width), table[which].ravel()
    taken = (item >= 0) & (rng.random(len(item)) < _WHOLE)
    return order[taken], item[taken]


def _once(
    rng: np.random.Generator,
    catalogue: Catalogue,
    lives: Lives,
    tastes: Tastes,
    order: Ints,
    item: Ints,
) -> tuple[Ints, Ints]:
    """Replace what a customer can't want again, so that a durable is bought once by a person.

    A second time it becomes another product of their taste, then of any style, then is left out;
    an order that would be empty holds a consumable instead.
    """
    for stylish in (_STYLISH, 0.3):
        again = _repeated(catalogue, lives, order, item)
        customer = lives.customer[order[again]]
        item = item.copy()
        item[again] = _by_taste(rng, catalogue, tastes, customer, stylish)
    keep = ~_repeated(catalogue, lives, order, item)
    order, item = order[keep], item[keep]
    empty = np.flatnonzero(np.bincount(order, minlength=len(lives.day)) == 0)
    customer = lives.customer[empty]
    used_up = np.flatnonzero([c.consumable for c in CATEGORIES])
    random = cell(rng.choice(used_up, len(empty)), tastes.styles[customer, 0])
    staple = tastes.staples[customer, 0]
    filler = np.where(staple >= 0, staple, catalogue.choose(rng, random))
    order, item = np.concatenate([order, empty]), np.concatenate([item, filler])
    by_order = np.lexsort((item, order))
    return order[by_order], item[by_order]


def _repeated(catalogue: Catalogue, lives: Lives, order: Ints, item: Ints) -> Flags:
    """Say which lines hold a durable that the customer had, or a product twice in one order."""
    customer = lives.customer[order]
    sequence = np.lexsort((order, item, customer))
    same = np.zeros(len(order), dtype=bool)
    c, i, o = customer[sequence], item[sequence], order[sequence]
    repeat = (c[1:] == c[:-1]) & (i[1:] == i[:-1])
    repeat &= ~catalogue.consumable[i[1:]] | (o[1:] == o[:-1])
    same[sequence[1:]] = repeat
    return same


def _price(
    rng: np.random.Generator, catalogue: Catalogue, lives: Lives, order: Ints, item: Ints
) -> Lines:
    n = len(order)
    habit = _habit_of(lives)[order]
    more = np.where(habit == GRAND, 2.0, np.where(habit == DEVOTED, 0.35, 0.12))
    quantity = 1 + rng.poisson(more)
    hunting = (habit == BARGAIN) & (rng.random(n) < 0.97)
    lucky = rng.random(n) < 0.03
    discount = np.where(hunting, rng.choice([0.3, 0.4, 0.5], n), np.where(lucky, 0.1, 0.0))
    pence = np.round(catalogue.pence[item] * (1 - discount)).astype(np.int64)
    chance = np.where(lives.bad[order], _RETURN_BAD, _RETURN)
    return Lines(order, item, quantity, pence, discount, rng.random(n) < chance)
