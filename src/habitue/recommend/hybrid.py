"""Hybrid: a weighted blend of the other recommenders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from habitue.recommend.again import Again
from habitue.recommend.base import Recommender
from habitue.recommend.heldout import Split, held_out
from habitue.recommend.matrix import Matrix
from habitue.recommend.ranking import Ranking, discounts, place_in_row
from habitue.recommend.reasons import Reason
from habitue.registry import named

__all__ = ["PARTS", "Hybrid", "learn_weights", "normalised"]

#: The parts, in the order in which they are blended.
PARTS = ("popular", "again", "content", "itemknn", "userknn")

_TOGETHER = 200  # customers whose candidates are sought at a time


class Hybrid(Recommender):
    """Ranks by a weighted sum of the parts' scores, each scaled to a customer's highest.

    ``score = sum_p w_p s_p(u, j) / max_j s_p(u, j)``: a weighted hybrid (Burke: Hybrid recommender
    systems, UMUAI 12, 2002, section 3.1). Weights that are not given are learnt on a fifth of the
    purchases, held out for that (`learn_weights`); the parts are then fitted on everything.

    Parameters
    ----------
    weights : mapping of str to float, optional
        Weight of each part by name; parts of weight 0 are not computed. Learnt if left out.
    parts : mapping of str to mapping, optional
        Hyper-parameters of each part by name.
    random_state : int, default 0
        Seed of what is held out.

    Attributes
    ----------
    weights_ : dict of str to float
        The weights in force.
    parts_ : dict of str to Recommender
        The fitted parts.
    """

    name: ClassVar[str] = "hybrid"
    complexity: ClassVar[int] = 9

    parts_: dict[str, Recommender]
    weights_: dict[str, float]
    _last: tuple[np.ndarray, dict[str, np.ndarray]] | None = None

    def __init__(
        self,
        weights: Mapping[str, float] | None = None,
        parts: Mapping[str, Mapping[str, Any]] | None = None,
        random_state: int = 0,
    ) -> None:
        self.weights = weights
        self.parts = parts
        self.random_state = random_state

    @classmethod
    def tuned(cls, split: Split, n: int = 10, others: Sequence[Recommender] = ()) -> Recommender:
        fitted = [part for part in others if part.name in PARTS]
        weights = learn_weights(fitted, split, n)
        used = {part.name: part for part in fitted if weights[part.name] > 0}
        hybrid = cls(weights, {name: part.get_params() for name, part in used.items()})
        hybrid.matrix_ = split.train
        return hybrid.adopt(used)

    def adopt(self, fitted: Mapping[str, Recommender]) -> Hybrid:
        """Take parts that are fitted already with the same hyper-parameters; fit the others."""
        self.weights_ = dict(self.weights or {})
        self.parts_ = self._make()
        for name, part in self.parts_.items():
            ready = fitted.get(name)
            if ready is not None and ready.get_params() == part.get_params():
                self.parts_[name] = ready
                self.matrix_ = ready.matrix_
            else:
                part.fit(self.matrix_)
        return self

    def _make(self) -> dict[str, Recommender]:
        settings = self.parts or {}
        names = [*PARTS, *(name for name in self.weights_ if name not in PARTS)]
        return {
            name: named("habitue.recommend", Recommender, name)(**settings.get(name, {}))
            for name in names
            if self.weights_.get(name, 0) > 0
        }

    def _fit(self, matrix: Matrix) -> None:
        self._last = None
        self.weights_ = dict(self.weights or self._learn(matrix))
        self.parts_ = {name: part.fit(matrix) for name, part in self._make().items()}

    def _learn(self, matrix: Matrix) -> dict[str, float]:
        split = held_out(matrix, 0.2, self.random_state)
        self.weights_ = dict.fromkeys(PARTS, 1.0)
        return learn_weights([part.fit(split.train) for part in self._make().values()], split)

    def _scores(self, rows: np.ndarray) -> np.ndarray:
        return self.combined(self._raw(rows))

    def _raw(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Return each part's scores; the last are kept, because the reasons need them again."""
        if self._last is not None and np.array_equal(self._last[0], rows):
            return self._last[1]
        raw = {name: part._scores(rows) for name, part in self.parts_.items()}
        self._last = (rows.copy(), raw)
        return raw

    def combined(self, raw: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the blend of scores that the parts gave."""
        from habitue.recommend.kernels.ranking import add_normalised

        first = next(iter(raw.values()))
        total = np.zeros(first.shape, dtype=np.float32)
        for name in self.parts_:
            add_normalised(total, raw[name], float(self.weights_[name]))
        return total

    def _reasons(self, rows: np.ndarray, columns: np.ndarray) -> list[Reason | None]:
        """Give the reason of the part that adds most to the score; of the next, if it has none.

        Where a customer buys an item again, that is said first: nothing is plainer.
        """
        shares = np.zeros((len(self.parts_), len(rows)))
        distinct, where = np.unique(rows, return_inverse=True)
        for place, (name, raw) in enumerate(self._raw(distinct).items()):
            highest = np.maximum(raw.max(axis=1), np.float32(1e-30))
            shares[place] = self.weights_[name] * raw[where, columns] / highest[where]
            if name == Again.name:
                shares[place][shares[place] > 0] = np.inf
        found: list[Reason | None] = [None] * len(rows)
        parts = list(self.parts_.values())
        for preference in np.argsort(-shares, axis=0, kind="stable"):
            for place, part in enumerate(parts):
                open_ = [i for i in np.flatnonzero(preference == place) if found[i] is None]
                open_ = [i for i in open_ if shares[place, i] > 0]
                for i, reason in zip(
                    open_, part._reasons(rows[open_], columns[open_]), strict=True
                ):
                    found[i] = reason
        return found

    def _twin(self) -> Hybrid:
        twin = super()._twin()
        twin.parts_ = {name: part._twin() for name, part in self.parts_.items()}
        return twin

    def _alike(self, column: int) -> np.ndarray:
        alike = [part for name, part in self.parts_.items() if name in ("itemknn", "content")]
        blended = [self.weights_[p.name] * normalised(p._alike(column)[None])[0] for p in alike]
        return np.sum(blended, axis=0) if blended else super()._alike(column)

    def _state(self) -> dict[str, Any]:
        state = {f"{n}.{k}": v for n, p in self.parts_.items() for k, v in p._state().items()}
        names = list(self.parts_)
        weights = np.array([self.weights_[name] for name in names])
        return {**state, "parts": np.array(names, dtype=np.str_), "weights": weights}

    def _restore(self, state: dict[str, Any]) -> None:
        self.weights_ = dict(zip(state["parts"].tolist(), state["weights"].tolist(), strict=True))
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
    return np.asarray(scores / np.where(highest > 0, highest, 1))


#: Weights that are tried for a part while the others stand still.
_STEPS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5)


def learn_weights(parts: Sequence[Recommender], split: Split, n: int = 10) -> dict[str, float]:
    """Return the weights of fitted parts with which their blend has the highest mean nDCG.

    Coordinate search from the best single part, taking only what improves: on the split, the blend
    is never worse than its best part. Each customer's candidates are what any part would recommend.

    Parameters
    ----------
    parts : sequence of Recommender
        Fitted on the training part of the split.
    split : Split
        Part of the training data.
    n : int
        Length of the list.
    """
    from habitue.recommend.kernels.ranking import gains_of_blend

    rows, columns, shares = _candidates(parts, split, 3 * n)
    place = place_in_row(rows)
    shape = (len(split.rows), int(place.max(initial=-1)) + 1)
    tables = np.zeros((len(parts), *shape), dtype=np.float32)
    tables[:, rows, place] = shares
    fallback = np.full(shape, -np.inf, dtype=np.float32)
    fallback[rows, place] = split.train.by_popularity.values[columns]
    true = np.zeros(shape, dtype=np.bool_)
    true[rows, place] = split.came_true(rows, columns)
    gains = np.zeros(len(split.rows))
    discount, ideal = discounts(n)
    possible = ideal[np.minimum(split.relevant, n)]

    def quality(weights: np.ndarray) -> float:
        gains_of_blend(tables, weights.astype(np.float32), fallback, true, discount, gains)
        return float((gains / possible).sum())

    found = _climb(quality, len(parts))
    return {part.name: float(weight) for part, weight in zip(parts, found, strict=True)}


def _candidates(
    parts: Sequence[Recommender], split: Split, most: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what any part would recommend: rows, columns, and each part's normalised scores."""
    width = max(split.truth.shape[1], 1)
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((len(parts), 0), np.float32))]
    for start in range(0, len(split.rows), _TOGETHER):
        block = slice(start, start + _TOGETHER)
        raw = [part._scores(split.rows[block]) for part in parts]
        excluded = split.excluded[block]
        best = [p.best_of(scores, excluded, most) for p, scores in zip(parts, raw, strict=True)]
        rows, columns = np.divmod(np.unique(np.concatenate([_keys(b, width) for b in best])), width)
        shares = np.stack([normalised(scores)[rows, columns] for scores in raw])
        found.append((rows + start, columns, shares))
    return (
        np.concatenate([rows for rows, _columns, _shares in found]),
        np.concatenate([columns for _rows, columns, _shares in found]),
        np.concatenate([shares for _rows, _columns, shares in found], axis=1),
    )


def _keys(ranking: Ranking, width: int) -> np.ndarray:
    return np.asarray(ranking.rows * width + ranking.columns)


def _climb(quality: Callable[[np.ndarray], float], size: int, rounds: int = 3) -> np.ndarray:
    """Return weights that no change of a single one improves (or as near as a few rounds get)."""
    single = [(quality(weights), -place) for place, weights in enumerate(np.eye(size))]
    best, place = max(single)
    weights: np.ndarray = np.eye(size)[-place]
    for _round in range(rounds):
        before = best
        for part in range(size):
            for step in _STEPS:
                trial = weights.copy()
                trial[part] = step
                if trial.any() and (reached := quality(trial)) > best:
                    best, weights = reached, trial
        if best <= before:
            break
    return weights
