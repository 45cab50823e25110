"""Hybrid: a weighted blend of the other recommenders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from habitue.recommend.base import Recommender
from habitue.recommend.matrix import Matrix
from habitue.recommend.reasons import Reason
from habitue.registry import named

__all__ = ["Hybrid", "normalised"]

#: The parts, in the order in which they are blended.
PARTS = ("popular", "again", "content", "itemknn", "userknn")


class Hybrid(Recommender):
    """Ranks by a weighted sum of the parts' scores, each scaled to a customer's highest.

    ``score = sum_p w_p s_p(u, j) / max_j s_p(u, j)``: a weighted hybrid (Burke: Hybrid recommender
    systems, UMUAI 12, 2002, section 3.1). The weights are learnt on purchases held out from the
    training data (`habitue.recommend.blend`); without that, all parts weigh the same.

    Parameters
    ----------
    weights : mapping of str to float, optional
        Weight of each part by name; parts of weight 0 are not computed.
    parts : mapping of str to mapping, optional
        Hyper-parameters of each part by name.

    Attributes
    ----------
    parts_ : dict of str to Recommender
        The fitted parts.
    """

    name: ClassVar[str] = "hybrid"
    complexity: ClassVar[int] = 9

    parts_: dict[str, Recommender]

    def __init__(
        self,
        weights: Mapping[str, float] | None = None,
        parts: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.weights = weights
        self.parts = parts

    @classmethod
    def blend(cls, parts: Sequence[Recommender], weights: Mapping[str, float]) -> Hybrid:
        """Return the hybrid of fitted parts, without fitting them again."""
        names = {part.name: part.get_params() for part in parts if weights.get(part.name)}
        hybrid = cls(dict(weights), names)
        hybrid.matrix_ = parts[0].matrix_
        hybrid.parts_ = {part.name: part for part in parts if weights.get(part.name)}
        return hybrid

    def weight_of(self, name: str) -> float:
        """Return the weight of a part."""
        return 1.0 if self.weights is None else float(self.weights.get(name, 0.0))

    def _make(self) -> dict[str, Recommender]:
        settings = self.parts or {}
        names = [*PARTS, *(n for n in {**(self.weights or {}), **settings} if n not in PARTS)]
        return {
            name: named("habitue.recommend", Recommender, name)(**settings.get(name, {}))
            for name in names
            if self.weight_of(name) > 0
        }

    def _fit(self, matrix: Matrix) -> None:
        self.parts_ = {name: part.fit(matrix) for name, part in self._make().items()}

    def _scores(self, rows: np.ndarray) -> np.ndarray:
        total = np.zeros((len(rows), self.matrix_.shape[1]), dtype=np.float32)
        for name, part in self.parts_.items():
            total += np.float32(self.weight_of(name)) * normalised(part._scores(rows))
        return total

    def _reasons(self, rows: np.ndarray, columns: np.ndarray) -> list[Reason | None]:
        """Give the reason of the part that adds most to the score; of the next, if it has none."""
        shares = np.zeros((len(self.parts_), len(rows)))
        distinct, where = np.unique(rows, return_inverse=True)
        for place, (name, part) in enumerate(self.parts_.items()):
            scores = normalised(part._scores(distinct))
            shares[place] = self.weight_of(name) * scores[where, columns]
        found: list[Reason | None] = [None] * len(rows)
        parts = list(self.parts_.values())
        for preference in np.argsort(-shares, axis=0, kind="stable"):
            for place, part in enumerate(parts):
                open_ = [i for i in np.flatnonzero(preference == place) if found[i] is None]
                open_ = [i for i in open_ if shares[place, i] > 0]
                for i, reason in zip(open_, part._reasons(rows[open_], columns[open_]), strict=True):
                    found[i] = reason
        return found

    def _alike(self, column: int) -> np.ndarray:
        alike = [part for name, part in self.parts_.items() if name in ("itemknn", "content")]
        blended = [self.weight_of(p.name) * normalised(p._alike(column)[None])[0] for p in alike]
        return np.sum(blended, axis=0) if blended else super()._alike(column)

    def _state(self) -> dict[str, Any]:
        return {f"{n}.{k}": v for n, part in self.parts_.items() for k, v in part._state().items()}

    def _restore(self, state: dict[str, Any]) -> None:
        self.parts_ = self._make()
        for name, part in self.parts_.items():
            part.matrix_ = self.matrix_
            mine = {k.partition(".")[2]: v for k, v in state.items() if k.startswith(f"{name}.")}
            part._restore(mine)


def normalised(scores: np.ndarray) -> np.ndarray:
    """Return scores as shares of each row's highest; rows of zeros stay so.

    >>> normalised(np.array([[1.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.25, 1.0], [0.0, 0.0]]
    """
    highest = scores.max(axis=1, initial=0, keepdims=True)
    result: np.ndarray = scores / np.where(highest > 0, highest, 1)
    return result
