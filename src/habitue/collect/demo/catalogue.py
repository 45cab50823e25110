"""The sample shop's products: which there are, what they cost, and which go together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from habitue.collect.demo.words import BRANDS, CATEGORIES, STYLES

__all__ = ["CELLS", "Catalogue", "make_catalogue"]

_N_CATEGORIES, _N_STYLES = len(CATEGORIES), len(STYLES)
#: A cell is one style within one category: what a customer of that taste chooses from.
CELLS = _N_CATEGORIES * _N_STYLES
_PER_CELL = 48  # distinct titles that nouns and style words make
_PAIRS, _TRIPLES = 8, 4
_ZIPF = 0.6

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Catalogue:
    """Products ordered by cell, then by popularity within their cell.

    Attributes
    ----------
    codes, titles, titles_zh, old_titles, brands : list of str
        Per product; ``old_titles`` is empty but where a product was renamed.
    category, style : ndarray of shape (n_items,)
        Indices into ``words.CATEGORIES`` and ``words.STYLES``.
    pence : ndarray of shape (n_items,)
        Full price in hundredths of a pound.
    consumable : ndarray of shape (n_items,)
        Used up and bought again.
    first : ndarray of shape (CELLS + 1,)
        Cell ``c`` holds the products ``first[c]`` to ``first[c + 1]``.
    weight : ndarray of shape (n_items + 1,)
        Cumulated popularity (Zipf within a cell).
    bundles : list of ndarray
        Products that are bought together: 8 pairs, then 4 triples.
    """

    codes: list[str]
    titles: list[str]
    titles_zh: list[str]
    old_titles: list[str]
    brands: list[str]
    category: Ints
    style: Ints
    pence: Ints
    consumable: npt.NDArray[np.bool_]
    first: Ints
    weight: Reals
    bundles: list[Ints]

    @property
    def size(self) -> int:
        """How many products there are."""
        return len(self.codes)

    def choose(self, rng: np.random.Generator, cells: Ints) -> Ints:
        """Draw one product from each given cell by popularity."""
        low, high = self.weight[self.first[cells]], self.weight[self.first[cells + 1]]
        drawn = np.searchsorted(self.weight, low + (high - low) * rng.random(len(cells)), "right")
        return np.clip(drawn - 1, self.first[cells], self.first[cells + 1] - 1)


def cell(category: Ints, style: Ints) -> Ints:
    """Return the cell of a category and a style."""
    return category * _N_STYLES + style


def make_catalogue(rng: np.random.Generator, customers: int) -> Catalogue:
    """Make a catalogue of a size that suits so many customers: 8.5 times their square root."""
    size = int(np.clip(round(8.5 * customers**0.5), 2 * CELLS, _PER_CELL * CELLS))
    place = np.arange(size) // CELLS  # how many of its cell come before it
    cells = np.arange(size) % CELLS
    order = np.lexsort((place, cells))
    cells, place = cells[order], place[order]
    category, style = cells // _N_STYLES, cells % _N_STYLES
    titles, titles_zh = _titles(category, style, place)
    median = np.array([words.price for words in CATEGORIES])[category]
    consumable = np.array([words.consumable for words in CATEGORIES])[category]
    spread = np.where(consumable, 0.15, 0.35)
    pounds = median * np.exp(spread * rng.standard_normal(size))
    codes = rng.choice(90_000, size, replace=False) + 10_000
    weight = np.exp(0.25 * rng.standard_normal(size)) / (place + 1.0) ** _ZIPF
    renamed = rng.random(size) < 0.03
    return Catalogue(
        codes=[f"H{code}" for code in codes],
        titles=titles,
        titles_zh=titles_zh,
        old_titles=[
            title.upper() + " (NEW)" if flag else ""
            for title, flag in zip(titles, renamed, strict=True)
        ],
        brands=[BRANDS[i] for i in (category * 3 + rng.integers(0, 2, size)) % len(BRANDS)],
        category=category,
        style=style,
        pence=(np.round(pounds * 20) * 5).astype(np.int64),
        consumable=consumable,
        first=np.searchsorted(cells, np.arange(CELLS + 1)).astype(np.int64),
        weight=np.concatenate([[0.0], np.cumsum(weight)]),
        bundles=_bundles(rng, category, style, consumable, place),
    )


def _titles(category: Ints, style: Ints, place: Ints) -> tuple[list[str], list[str]]:
    english, chinese = [], []
    for c, s, p in zip(category.tolist(), style.tolist(), place.tolist(), strict=True):
        noun = CATEGORIES[c].nouns[(p + s) % 8]
        word = STYLES[s][(p % 8 + p // 8) % 6]
        english.append(f"{word[0]} {noun[0]}")
        chinese.append(f"{word[1]}{noun[1]}")
    return english, chinese


def _bundles(
    rng: np.random.Generator,
    category: Ints,
    style: Ints,
    consumable: npt.NDArray[np.bool_],
    place: Ints,
) -> list[Ints]:
    """Pick products of different categories and styles, none the favourite of its cell."""
    candidates = rng.permutation(np.flatnonzero(~consumable & (place >= 1)))
    bundles: list[Ints] = []
    used: set[int] = set()
    for length in [2] * _PAIRS + [3] * _TRIPLES:
        chosen: list[int] = []
        for item in candidates.tolist():
            apart = all(category[item] != category[o] and style[item] != style[o] for o in chosen)
            if item not in used and apart:
                chosen.append(item)
                used.add(item)
            if len(chosen) == length:
                break
        bundles.append(np.array(chosen, dtype=np.int64))
    return bundles
