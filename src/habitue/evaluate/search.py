"""Search for the neighbour model and the settings that suit some data, within a budget.

Everything is learnt from the data given: a part of some customers' items is held out, settings
spread evenly over their ranges are tried on few of these customers, the better ones on more
(successive halving; Jamieson, Talwalkar: AISTATS 2016), and then those that promise most by a
Gaussian process through what is known. The budget is counted in work, not by a clock: the same
seed gives the same answer on a busy machine too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.stats import norm, qmc
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Matern

from habitue.errors import UsageError
from habitue.evaluate.metrics import recall
from habitue.locale import _
from habitue.recommend import ItemKNN, Matrix, Recommender, UserKNN
from habitue.recommend.heldout import Split, fold_numbers
from habitue.recommend.ranges import Range
from habitue.recommend.ranking import ndcg, place_in_row

__all__ = ["FAST", "Found", "Tried", "sample", "search"]

#: The neighbour models: what the fast tier searches.
FAST: tuple[type[Recommender], ...] = (ItemKNN, UserKNN)

_RATE = 6e7  # steps of work in a second: see `steps`
_TRIAL = 2e6  # steps that every trial takes, however small
_SHARE = 0.2  # of a tested customer's items that is held out
_RUNGS = (500, 3_000)  # customers tested at first, and in the end
_LEARN = 1e8  # sum of squared sizes from which on the first rung learns from a sample
_SPREAD = 7  # settings of each model that are tried at first, besides the defaults
_KEPT = 3  # settings of each model that reach the last rung
_NEAR = 0.985  # of the best quality: a model that does not reach it is given up
_KERNEL = Matern(0.6, nu=2.5)  # of shares of ranges: how far one result tells of others
_NOISE = 1e-3  # of qualities, as a share of their variance
_DRAWN, _NEARBY = 512, 0.12  # settings to pick from, and how far from the best they are spread
_PATIENCE = 15  # trials without gain after which a model is left as it is


@dataclass(frozen=True)
class Tried:
    """A model with its settings, how good it is and on how many customers that was found."""

    model: type[Recommender]
    settings: dict[str, Any]
    quality: float
    customers: int


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes
    ----------
    best : Recommender
        The best model with its settings, not fitted.
    tried : list of Tried
        Everything that was tried, in that order.
    steps : float
        The part of the budget that was used, as steps of the inner loops.
    """

    best: Recommender
    tried: list[Tried] = field(default_factory=list)
    steps: float = 0.0

    def ranked(self) -> list[Tried]:
        """Return what was tried on the most customers, the best first."""
        most = max((t.customers for t in self.tried), default=0)
        last = [t for t in self.tried if t.customers == most]
        return sorted(last, key=lambda t: -t.quality)


def sample(matrix: Matrix, customers: int, seed: int) -> Split:
    """Return a split that holds out a part of everybody's items and tests some customers on it.

    Held out are each customer's latest items where times are known, else random ones: what comes
    next differs from what came before (more popular things, as a rule), and settings chosen on
    random items suit it less. Held out of everybody, not only of those tested: what comes true is
    then as thin in the data that is learnt from as it will be when it is asked for. Customers with
    one item keep it.
    """
    rows = matrix.entry_rows()
    sizes = np.diff(matrix.weights.indptr)[rows]
    if np.isnan(matrix.history_days):
        numbers = np.full(len(rows), -1)
        numbers[sizes >= 2] = fold_numbers(rows[sizes >= 2], round(1 / _SHARE), seed)
        held = numbers == 0
    else:
        ages = np.nan_to_num(matrix.last, nan=np.inf)
        order = np.lexsort((np.random.default_rng(seed).random(len(rows)), ages, rows))
        held = np.zeros(len(rows), dtype=bool)
        held[order] = place_in_row(rows) < np.floor(sizes * _SHARE + 0.5)
        held &= sizes >= 2
    train, truth = matrix.keep(~held), matrix.keep(held).weights
    some = np.flatnonzero((np.diff(truth.indptr) > 0) & (np.diff(train.weights.indptr) > 0))
    if len(some) > customers:
        some = np.sort(np.random.default_rng(seed).choice(some, customers, replace=False))
    return Split(train, some, truth[some], train.weights[some])


def search(
    matrix: Matrix,
    models: tuple[type[Recommender], ...] = FAST,
    budget: float = 20.0,
    n: int = 20,
    seed: int = 0,
) -> Found:
    """Return the model and settings with the best mean of nDCG and recall on held-out items.

    Parameters
    ----------
    matrix : Matrix
        All that may be learnt from.
    models : tuple of Recommender classes
        What to choose from; each says the ranges of its settings.
    budget : float
        Seconds that two cores may take, more or less.
    n : int
        Length of the lists that are judged.
    seed : int
        Of what is held out.

    Raises
    ------
    UsageError
        If no customer has two items.
    """
    run = _Search(matrix, budget * _RATE, n, seed)
    for model in models:
        few = sorted((run.at(model, s, 0) for s in _spread(model)), key=_worst_first)[-_KEPT:]
        for tried in few:
            run.at(model, tried.settings, 1)
    best = {model: run.best(model).quality for model in models}
    near = [model for model in models if best[model] >= _NEAR * max(best.values())]
    for place, model in enumerate(near):
        left = run.budget - run.steps
        run.improve(model, run.steps + left / (len(near) - place))
    top = max((run.best(model) for model in models), key=_worst_first)
    return Found(top.model(**top.settings), run.tried, run.steps)


def _worst_first(tried: Tried) -> float:
    return tried.quality


def _spread(model: type[Recommender]) -> list[dict[str, Any]]:
    """Return settings spread evenly over their ranges, the defaults first."""
    ranges = model.ranges()
    points = qmc.Sobol(len(ranges), scramble=False).random(_SPREAD + 1)[1:]
    spread = [
        {name: r.at(float(x)) for (name, r), x in zip(ranges.items(), point, strict=True)}
        for point in points
    ]
    defaults = model().get_params(deep=False)
    return [{name: defaults[name] for name in ranges}, *spread]


class _Search:
    """Tries settings on samples of growing size, and counts what that costs."""

    def __init__(self, matrix: Matrix, budget: float, n: int, seed: int) -> None:
        self.budget, self.n, self.seed = budget, n, seed
        self.steps = 0.0
        self.tried: list[Tried] = []
        last = sample(matrix, _RUNGS[1], seed)
        if not len(last.rows):
            text = _("A search needs customers with two items or more; of {n} there is none.")
            raise UsageError(text.format(n=matrix.shape[0]))
        self.rungs = [fewer(last, _RUNGS[0], _LEARN, seed), last]

    def at(self, model: type[Recommender], settings: dict[str, Any], rung: int) -> Tried:
        """Return how good settings are on a rung's customers; what is known is not tried again."""
        split = self.rungs[rung]
        for known in self.tried:
            same = known.model is model and known.settings == settings
            if same and known.customers == len(split.rows):
                return known
        fitted = model(**settings).fit(split.train)
        hits = split.hits(fitted.rank(split.rows, self.n, split.excluded), self.n)
        quality = float(np.mean(ndcg(hits, split.relevant) + recall(hits, split.relevant)) / 2)
        self.steps += steps(fitted, split)
        self.tried.append(Tried(model, settings, quality, len(split.rows)))
        return self.tried[-1]

    def best(self, model: type[Recommender]) -> Tried:
        """Return the best that was tried of a model on the last rung."""
        most = len(self.rungs[-1].rows)
        mine = [t for t in self.tried if t.model is model and t.customers == most]
        return max(mine, key=_worst_first)

    def improve(self, model: type[Recommender], until: float) -> None:
        """Try the settings that promise most by what is known so far, until nothing is gained."""
        ranges = model.ranges()
        rng = np.random.default_rng(self.seed)
        idle = 0
        while self.steps < until and idle < _PATIENCE:
            best = self.best(model)
            tried = self.at(model, self._promising(model, ranges, rng), 1)
            idle = 0 if tried.quality > best.quality else idle + 1

    def _promising(
        self, model: type[Recommender], ranges: dict[str, Range], rng: np.random.Generator
    ) -> dict[str, Any]:
        """Return the settings with the largest expected improvement by a Gaussian process.

        (Jones, Schonlau, Welch: Journal of Global Optimization 13, 1998, equation 15.)
        """
        most = len(self.rungs[-1].rows)
        mine = [t for t in self.tried if t.model is model and t.customers == most]
        X = np.array([[r.share(t.settings[name]) for name, r in ranges.items()] for t in mine])
        y = np.array([t.quality for t in mine])
        scale = max(float(y.std()), 1e-9)
        y = (y - y.max()) / scale
        surface = GaussianProcessRegressor(_KERNEL, alpha=_NOISE, optimizer=None).fit(X, y)
        centres = X[np.argsort(-y, kind="stable")[:_KEPT]]
        around = rng.normal(0, _NEARBY, (len(centres), _DRAWN, len(ranges)))
        drawn = np.clip(centres[:, None] + around, 0, 1).reshape(-1, len(ranges))
        mean, deviation = surface.predict(drawn, return_std=True)
        above = mean / deviation
        gain = deviation * (above * norm.cdf(above) + norm.pdf(above))
        chosen = drawn[int(gain.argmax())]
        return {name: r.at(float(x)) for (name, r), x in zip(ranges.items(), chosen, strict=True)}


def fewer(split: Split, customers: int, most: float, seed: int) -> Split:
    """Return a split of fewer customers, that learns from fewer where all take too many steps."""
    rng = np.random.default_rng(seed)
    some = np.arange(len(split.rows))
    if len(some) > customers:
        some = np.sort(rng.choice(len(some), customers, replace=False))
    train = split.train
    sizes = np.diff(train.weights.indptr).astype(float)
    total = float((sizes**2).sum())
    if total > most:
        kept = rng.random(train.shape[0]) < most / total
        kept[split.rows[some]] = True
        train = train.keep(kept[train.entry_rows()])
    rows = split.rows[some]
    return Split(train, rows, split.truth[some], split.excluded[some])


def steps(model: Recommender, split: Split) -> float:
    """Return about how much work it took to fit and to rank, in steps of 10 ns of two cores.

    Adding to a dot product takes a few hundredths of a step, each pair that shares anything
    some tenths, each kept neighbour of a fitted model two.
    """
    matrix = split.train.weights
    sizes = np.diff(matrix.indptr).astype(float)
    held = np.bincount(matrix.indices, minlength=matrix.shape[1]).astype(float)
    neighbours = float(model.get_params()["neighbours"])
    ranked = _TRIAL + 0.02 * len(split.rows) * matrix.shape[1]
    if isinstance(model, UserKNN):
        reach = matrix[split.rows] @ held
        found = 0.5 * np.minimum(reach, len(sizes)).sum() + 0.1 * reach.sum()
        return float(ranked + found + 0.3 * len(split.rows) * neighbours * sizes.mean())
    reach = split.train.by_item @ sizes
    found = 0.6 * np.minimum(reach, len(held)).sum() + 0.1 * reach.sum()
    scored = 2 * len(held) * neighbours + 0.15 * sizes[split.rows].sum() * neighbours
    return float(ranked + found + scored)
