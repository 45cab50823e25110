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
    and a threshold becomes the roundest number between the two values that it lies between, so
    that nobody's membership changes. Precision and recall are measured on customers held out.

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
        self.rule_ = [self._simplified(path, matrix) for path in self._leaves(tree, matrix[learn])]
        fits = self.predict(matrix[test])
        right = int((fits & member[test]).sum())
        self.precision_ = right / int(fits.sum()) if fits.any() else 0.0
        self.recall_ = right / int(member[test].sum()) if member[test].any() else 0.0
        return self

    def predict(self, X: Any) -> Flags:
        """Return who fits the rule."""
        matrix = np.asarray(X, dtype=np.float64)
        fits = np.zeros(len(matrix), dtype=bool)
        for alternative in self.rule_:
            holds = np.ones(len(matrix), dtype=bool)
            for condition in alternative:
                values = matrix[:, self.features_.index(condition.feature)]
                within = values <= condition.value
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

    def _leaves(self, tree: DecisionTreeClassifier, X: Reals) -> list[list[tuple[int, str, float]]]:
        """Return the paths to the leaves where the group is the majority, the largest first."""
        inner = tree.tree_
        paths: dict[int, list[tuple[int, str, float]]] = {0: []}
        leaves = []
        yes = list(tree.classes_).index(True) if True in tree.classes_ else None
        for node in range(inner.node_count):
            path = paths[node]
            left, right = inner.children_left[node], inner.children_right[node]
            if left != right:
                where, at = int(inner.feature[node]), float(inner.threshold[node])
                paths[int(left)] = [*path, (where, "<=", at)]
                paths[int(right)] = [*path, (where, ">", at)]
            elif yes is not None and inner.value[node][0][yes] > 0.5:
                leaves.append((-float(inner.weighted_n_node_samples[node]), node))
        return [paths[node] for _size, node in sorted(leaves)[: self.max_alternatives]]

    def _simplified(self, path: list[tuple[int, str, float]], X: Reals) -> list[Condition]:
        """Keep the tightest bound of each feature and side, at a readable number."""
        tightest: dict[tuple[int, str], float] = {}
        for where, op, at in path:
            known = tightest.get((where, op), at)
            tightest[where, op] = min(known, at) if op == "<=" else max(known, at)
        conditions = []
        for (where, op), at in sorted(tightest.items(), key=lambda bound: bound[0]):
            values = X[:, where]
            # the tree compares in single precision; so does the border here
            below = values.astype(np.float32) <= at
            low = float(values[below].max()) if below.any() else at
            high = float(values[~below].min()) if not below.all() else at
            conditions.append(Condition(self.features_[where], op, readable(low, high)))
        return conditions


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
