"""The explaining tree: in a few conditions, who is in a group and who is not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.tree import DecisionTreeClassifier

from habitue.errors import UsageError
from habitue.locale import _

__all__ = ["Condition", "RuleTree", "readable"]

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_LEARNT = 20_000  # customers that a tree is learnt from


@dataclass(frozen=True)
class Condition:
    """One comparison: ``feature op value``, op being ``<=`` or ``>``."""

    feature: str
    op: str
    value: float


class RuleTree(BaseEstimator):
    """A shallow decision tree for one group against the rest, read as a rule.

    The rule is a list of alternatives, each a list of conditions that hold together: the leaves
    where the group is the majority, the largest first. Conditions on one feature are merged,
    those that hardly matter are left out, and a threshold becomes the roundest number between
    the two values that it lies between, so that nobody's membership changes. Precision and
    recall are measured on customers held out.

    Parameters
    ----------
    max_depth : int
        Most conditions in an alternative.
    max_alternatives : int
        Most alternatives; a small leaf that is left out costs recall, which is measured.
    held_out : float
        Share of the customers that the rule is measured on, not learnt from.
    random_state : int
        Seed of that choice.

    Attributes
    ----------
    rule_ : list of list of Condition
    precision_, recall_ : float
        Share of those who fit the rule that are in the group; share of the group that fits.

    Examples
    --------
    >>> X = np.array([[days] for days in range(100)], dtype=float)
    >>> tree = RuleTree().fit(X, X[:, 0] < 31, features=["recency"])
    >>> tree.rule_, tree.precision_, tree.recall_
    ([[Condition(feature='recency', op='<=', value=30.0)]], 1.0, 1.0)
    """

    def __init__(
        self,
        max_depth: int = 3,
        max_alternatives: int = 3,
        held_out: float = 0.3,
        random_state: int = 0,
    ) -> None:
        self.max_depth = max_depth
        self.max_alternatives = max_alternatives
        self.held_out = held_out
        self.random_state = random_state

    def fit(self, X: Any, y: Any, features: list[str] | None = None) -> Self:
        """Learn the rule.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features in their own units.
        y : array-like of shape (n_samples,)
            True for those in the group.
        features : list of str, optional
            Names of the features; ``x0``, ``x1``, … if left out.

        Raises
        ------
        UsageError
            If X is no matrix of finite numbers, or y or the names don't fit it.
        """
        matrix, member = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=bool)
        if matrix.ndim != 2 or len(matrix) != len(member) or not np.isfinite(matrix).all():
            raise UsageError(
                _("The tree needs a matrix of finite numbers and one label a row; got {x} and {y}.")
                .format(x=matrix.shape, y=member.shape)
            )  # fmt: skip
        self.features_ = features or [f"x{i}" for i in range(matrix.shape[1])]
        if len(self.features_) != matrix.shape[1]:
            raise UsageError(
                _("There are {n} names for {m} features.").format(
                    n=len(self.features_), m=matrix.shape[1]
                )
            )
        learn, test = self._split(member)
        tree = DecisionTreeClassifier(
            max_depth=self.max_depth,
            min_samples_leaf=max(1, min(20, int(member[learn].sum()) // 20)),
            random_state=self.random_state,
        ).fit(matrix[learn], member[learn])
        paths = self._leaves(tree)
        self.rule_ = self._shortened(paths, matrix[learn], member[learn])
        self.rule_ = [self._readable(alternative, matrix) for alternative in self.rule_]
        fits = self.predict(matrix[test])
        right = int((fits & member[test]).sum())
        self.precision_ = right / int(fits.sum()) if fits.any() else 0.0
        self.recall_ = right / int(member[test].sum()) if member[test].any() else 0.0
        return self

    def predict(self, X: Any) -> Flags:
        """Return who fits the rule."""
        return self._fits(self.rule_, np.asarray(X, dtype=np.float64))

    def _fits(self, rule: list[list[Condition]], X: Reals) -> Flags:
        fits = np.zeros(len(X), dtype=bool)
        for alternative in rule:
            holds = np.ones(len(X), dtype=bool)
            for condition in alternative:
                within = X[:, self.features_.index(condition.feature)] <= condition.value
                holds &= within if condition.op == "<=" else ~within
            fits |= holds
        return fits

    def _split(self, member: Flags) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return who is learnt from and who is held out; everyone is both in a tiny group."""
        n = len(member)
        order = np.random.default_rng(self.random_state).permutation(n)
        cut = n - round(n * self.held_out)
        learn, test = order[:cut], order[cut:]
        few = min(member[part].sum() for part in (learn, test)) < 5
        if few or not self.held_out:
            return order[:_LEARNT], order
        return learn[:_LEARNT], test

    def _leaves(self, tree: DecisionTreeClassifier) -> list[list[Condition]]:
        """Return the paths to the leaves where the group is the majority, the largest first."""
        inner = tree.tree_
        paths: dict[int, list[Condition]] = {0: []}
        leaves = []
        yes = list(tree.classes_).index(True) if True in tree.classes_ else None
        for node in range(inner.node_count):
            path = paths[node]
            left, right = int(inner.children_left[node]), int(inner.children_right[node])
            if left != right:
                name, at = self.features_[inner.feature[node]], float(inner.threshold[node])
                paths[left] = _tightened(path, Condition(name, "<=", at))
                paths[right] = _tightened(path, Condition(name, ">", at))
            elif yes is not None and inner.value[node][0][yes] > 0.5:
                leaves.append((-float(inner.weighted_n_node_samples[node]), node))
        return [paths[node] for _size, node in sorted(leaves)]

    def _shortened(
        self, rule: list[list[Condition]], X: Reals, member: Flags
    ) -> list[list[Condition]]:
        """Leave out, one by one, the condition or alternative whose loss costs the least F1.

        It goes on while that costs less than half a point, and while there are too many
        alternatives. Leaves that were cut apart become one again by this (C4.5's rule
        generalisation, Quinlan 1987, with F1 as the criterion).
        """
        score = self._f1(rule, X, member)
        while True:
            fewer = [rule[:i] + rule[i + 1 :] for i in range(len(rule)) if len(rule) > 1]
            shorter = [
                [*rule[:i], alternative[:c] + alternative[c + 1 :], *rule[i + 1 :]]
                for i, alternative in enumerate(rule)
                for c in range(len(alternative))
                if len(alternative) > 1
            ]
            tried = [(self._f1(one, X, member), one) for one in fewer + shorter]
            if not tried:
                return rule
            best, simpler = max(tried, key=lambda pair: pair[0])
            if best < score - 0.005 and len(rule) <= self.max_alternatives:
                return rule
            rule, score = simpler, best

    def _f1(self, rule: list[list[Condition]], X: Reals, member: Flags) -> float:
        fits = self._fits(rule, X)
        return float(2 * (fits & member).sum() / max(1, int(fits.sum() + member.sum())))

    def _readable(self, alternative: list[Condition], X: Reals) -> list[Condition]:
        order = sorted(alternative, key=lambda c: (self.features_.index(c.feature), c.op))
        readable_ones = []
        for condition in order:
            values = X[:, self.features_.index(condition.feature)]
            below = values <= condition.value
            low = float(values[below].max()) if below.any() else condition.value
            high = float(values[~below].min()) if not below.all() else condition.value
            at = readable(low, high)
            readable_ones.append(Condition(condition.feature, condition.op, at))
        return readable_ones


def _tightened(path: list[Condition], new: Condition) -> list[Condition]:
    """Add a condition in the place of a looser one on the same feature and side."""
    return [*(c for c in path if (c.feature, c.op) != (new.feature, new.op)), new]


def readable(low: float, high: float) -> float:
    """Return the number with the fewest digits in ``low <= x < high``; low if there is none.

    >>> readable(30.2, 31.7), readable(4, 5), readable(8_437_120, 8_611_000)
    (31.0, 4.0, 8500000.0)
    """
    if not low < high:
        return float(low)
    size = max(abs(low), abs(high))
    for digits in range(-math.floor(math.log10(size)) - 1, 16 - math.floor(math.log10(size))):
        number = round(math.ceil(round(low * 10.0**digits, 9)) / 10.0**digits, max(digits, 0))
        if low <= number < high:
            return float(number)
    return float(low)
