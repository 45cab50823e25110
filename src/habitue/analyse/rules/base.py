"""What every rule miner offers: baskets in, frequent itemsets and association rules out."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sklearn.base import BaseEstimator

from habitue import columns
from habitue.analyse.rules import measures
from habitue.analyse.rules.baskets import Matrix, to_matrix
from habitue.analyse.rules.derive import Candidates, Level, derive
from habitue.errors import HabitueError, UsageError
from habitue.locale import _

__all__ = ["Level", "Matrix", "RuleMiner", "TooManyItemsetsError"]


class TooManyItemsetsError(HabitueError):
    """More frequent itemsets than asked for; a higher support makes fewer."""

    def __init__(self, most: int) -> None:
        super().__init__(
            _(
                "There are more than {most} frequent itemsets. Raise min_support or max_itemsets, "
                "or lower max_length."
            ).format(most=most)
        )


class RuleMiner(BaseEstimator, ABC):
    """Base of all miners of association rules.

    A new miner derives from this, sets ``name`` and finds the itemsets in ``_mine``; input,
    rules and measures are done here.

    Parameters
    ----------
    min_support : float or int
        Share of baskets (below 1) or number of baskets (1 and above) that an itemset needs; a
        share is rounded up to whole baskets.
    min_confidence : float
        Smallest confidence of a rule, 0 to 1.
    max_length : int, optional
        Most items in an itemset; no bound if left out.
    max_itemsets : int, optional
        Give up with an error when there are more.

    Attributes
    ----------
    itemsets_ : pyarrow.Table
        ``items`` (list), ``count`` (baskets), ``support`` (share of baskets).
    rules_ : pyarrow.Table
        Rules with one item on the right, columns as ``columns.RULES`` says. Rules with nothing
        on the left are not listed. ``p_value`` is adjusted over all rules that the itemsets
        give, those below the smallest confidence included.
    productive_ : numpy.ndarray
        For each rule, whether it makes the right side likelier than its best simplification
        (one item less on the left) does: by a tenth or more, and significantly (Fisher's exact
        test, adjusted p < .05; Webb 2007, "Discovering Significant Patterns").
    n_baskets_ : int
        Baskets, empty ones included.
    min_count_ : int
        Baskets that an itemset needed.
    items_ : list
        What the baskets held, sorted.
    """

    name: str = ""

    def __init__(
        self,
        min_support: float = 0.01,
        min_confidence: float = 0.5,
        max_length: int | None = None,
        max_itemsets: int | None = None,
    ) -> None:
        self.min_support = min_support
        self.min_confidence = min_confidence
        self.max_length = max_length
        self.max_itemsets = max_itemsets

    def fit(self, baskets: Any, y: object = None) -> Self:
        """Find the frequent itemsets and the rules.

        Parameters
        ----------
        baskets : list of lists, data frame, or scipy sparse matrix
            Lists of items; or a frame of any library whose first two columns are basket and
            item; or a matrix with one row a basket, one column an item, not zero where held.
        y : ignored
            There for scikit-learn's conventions.

        Raises
        ------
        UsageError
            If a parameter is out of bounds or the baskets are of a kind that is not understood.
        TooManyItemsetsError
            If there are more than ``max_itemsets``.
        """
        self._check()
        matrix, self.items_ = to_matrix(baskets)
        self.n_baskets_ = int(matrix.shape[0])
        self.min_count_ = whole_count(self.min_support, self.n_baskets_)
        longest = self.max_length or max(1, matrix.shape[1])
        self.levels_ = self._mine(matrix, self.min_count_, longest)
        self.itemsets_ = self._itemsets()
        self.rules_ = self._rules()
        return self

    @abstractmethod
    def _mine(self, matrix: Matrix, min_count: int, max_length: int) -> list[Level]:
        """Return all frequent itemsets, level by level from length one."""

    def _check(self) -> None:
        wrong = _("{name} is {value!r}; it must be {bounds}.")
        checks = (
            ("min_support", self.min_support, self.min_support > 0, _("above 0")),
            ("min_confidence", self.min_confidence, 0 <= self.min_confidence <= 1, "0 … 1"),
            ("max_length", self.max_length, _positive(self.max_length), _("1 or more")),
            ("max_itemsets", self.max_itemsets, _positive(self.max_itemsets), _("1 or more")),
        )
        for name, value, fine, bounds in checks:
            if not fine:
                raise UsageError(wrong.format(name=name, value=value, bounds=bounds))

    def _itemsets(self) -> pa.Table:
        parts = [_lists(self.items_, level.sets) for level in self.levels_]
        count = np.concatenate([np.empty(0, np.int64), *(level.counts for level in self.levels_)])
        return pa.table(
            {
                "items": pa.chunked_array(parts, type=pa.list_(pa.string())),
                "count": count,
                "support": measures.support(count, self.n_baskets_),
            }
        )

    def _rules(self) -> pa.Table:
        parts = derive(self.levels_, self.n_baskets_)
        tables = [self._measured(part) for part in parts]
        rules = pa.concat_tables([columns.RULES.schema.empty_table(), *tables])
        productive = np.concatenate([np.empty(0, np.bool_), *map(_productive, parts)])
        adjusted = measures.benjamini_hochberg(rules["p_value"].to_numpy())
        place = rules.schema.get_field_index("p_value")
        rules = rules.set_column(place, rules.schema.field(place), pa.array(adjusted))
        # one part in 10¹²: 0.8 asked for is 4/5 found
        kept = rules["confidence"].to_numpy() >= self.min_confidence - 1e-12
        self.productive_ = productive[kept]
        return rules.filter(pa.array(kept))

    def _measured(self, rules: Candidates) -> pa.Table:
        N, n = self.n_baskets_, rules.count
        sides = (n, rules.antecedent_count, rules.consequent_count)
        values = {
            "antecedent": _lists(self.items_, rules.antecedents),
            "consequent": pa.array(self.items_, pa.string()).take(pa.array(rules.consequent)),
            "count": n,
            "support": measures.support(n, N),
            "confidence": measures.confidence(n, rules.antecedent_count),
            "lift": measures.lift(*sides, N),
            "conviction": measures.conviction(*sides, N),
            "leverage": measures.leverage(*sides, N),
            "p_value": measures.fisher(*sides, N),
        }
        return pa.table(values, schema=columns.RULES.schema)


def _productive(rules: Candidates) -> npt.NDArray[np.bool_]:
    """Tell which rules are better than their best simplification: surely, and worth a word."""
    p = measures.fisher(
        rules.count, rules.antecedent_count, rules.simpler_count, rules.simpler_antecedent
    )
    simpler = measures.confidence(rules.simpler_count, rules.simpler_antecedent)
    better = measures.confidence(rules.count, rules.antecedent_count) >= 1.1 * simpler
    return better & (measures.benjamini_hochberg(p) < 0.05)


def _lists(items: list[str], sets: npt.NDArray[np.int64]) -> pa.ListArray:
    names = pa.array(items, pa.string()).take(pa.array(sets.ravel()))
    offsets = np.arange(len(sets) + 1, dtype=np.int32) * sets.shape[1]
    return pa.ListArray.from_arrays(pa.array(offsets), names)


def _positive(value: int | None) -> bool:
    return value is None or value >= 1


def whole_count(min_support: float, baskets: int) -> int:
    """Return the smallest whole number of baskets that is not below a support.

    >>> whole_count(0.01, 9835), whole_count(0.001, 9835), whole_count(7, 9835)
    (99, 10, 7)
    """
    if min_support >= 1:
        return math.ceil(min_support)
    return max(1, math.ceil(min_support * baskets - 1e-9))
