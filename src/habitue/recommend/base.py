"""What a recommender is: fit, recommend, similar items, explain, save, load."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import orjson
import pyarrow as pa
import scipy.sparse as sp
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from habitue.cores import cores
from habitue.errors import UsageError
from habitue.locale import _
from habitue.recommend.heldout import Split
from habitue.recommend.matrix import Matrix
from habitue.recommend.ranges import Range
from habitue.recommend.ranking import Ranking, joined, ndcg, top_n
from habitue.recommend.reasons import Reason, popular_reasons
from habitue.recommend.sparse import shared_out

__all__ = ["Recommender", "load"]

_CELLS = 1 << 21  # scores of a block of customers: 8 MB
_SHARED_OUT = 1_000  # customers from which on threads share the work


class Recommender(BaseEstimator, ABC):
    """Ranks products for customers.

    A new one is one file in this folder: give it a ``name``, hyper-parameters in ``__init__``, and
    `_fit` and `_scores`. Scores above zero rank first; where a model knows nothing (zero), products
    follow by how many customers bought them lately, with scores from -1 up to 0.

    Attributes
    ----------
    matrix_ : Matrix
        What it was fitted on.
    """

    name: ClassVar[str] = ""
    #: Of two models that are equally good the one with the lower number is chosen.
    complexity: ClassVar[int] = 10
    #: Attributes that `_fit` makes (arrays and sparse matrices), to be saved.
    fitted: ClassVar[tuple[str, ...]] = ()

    matrix_: Matrix

    @abstractmethod
    def _fit(self, matrix: Matrix) -> None:
        """Learn from a matrix."""

    @abstractmethod
    def _scores(self, rows: np.ndarray) -> np.ndarray:
        """Return float32 scores of some rows of the matrix for all items; 0: nothing known."""

    def _reasons(self, rows: np.ndarray, columns: np.ndarray) -> list[Reason | None]:
        """Return why each item is recommended to each row; None: no reason of this kind."""
        return [None] * len(rows)

    @classmethod
    def candidates(cls) -> list[dict[str, Any]]:
        """Return the few hyper-parameter settings that are worth trying, the plainest first."""
        return [{}]

    @classmethod
    def ranges(cls) -> dict[str, Range]:
        """Return the settings that a search may choose, with their ranges."""
        return {}

    def fit(self, interactions: Any, items: Any = None, as_of: datetime | None = None) -> Self:
        """Learn from who dealt with what.

        Parameters
        ----------
        interactions : frame, csr_matrix or Matrix
            ``customer, item_id`` and, if there are, ``weight``, ``bought`` and times.
        items : frame, optional
            ``item_id`` and, if there are, ``title, category, brand, unit_price, repeatable``.
        as_of : datetime, optional
            The moment of the recommendation; the latest time in it if left out.

        Raises
        ------
        UsageError
            If a column is missing.
        """
        self.matrix_ = Matrix.of(interactions, items, as_of)
        self._fit(self.matrix_)
        return self

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Return what ranks the items for some rows of the matrix; -1 is an unknown customer.

        Returns
        -------
        ndarray of float32 of shape (n_rows, n_items)
            Minus infinity for items that nobody bought and the model knows nothing of.
        """
        check_is_fitted(self, "matrix_")
        rows = np.asarray(rows, dtype=np.int64)
        block = np.zeros((len(rows), self.matrix_.shape[1]), dtype=np.float32)
        known = rows >= 0
        if known.all():
            block = self._scores(rows)
        elif known.any():
            block[known] = self._scores(rows[known])
        return np.where(block > 0, block, self.matrix_.by_popularity.values)

    def best_of(self, raw: np.ndarray, exclude: sp.csr_matrix, n: int) -> Ranking:
        """Return the ranking that scores of `_scores`, computed before, come to."""
        return top_n(raw, n, 0.0, exclude, self.matrix_.by_popularity)

    @classmethod
    def tuned(cls, split: Split, n: int = 10, others: Sequence[Recommender] = ()) -> Recommender:
        """Return the candidate that does best on a split, fitted on its training part.

        Parameters
        ----------
        split : Split
            Part of the training data; never what the model is judged by in the end.
        n : int
            The length of the list whose mean nDCG is to be high.
        others : sequence of Recommender
            The other models, tuned on the same split before.
        """
        best: tuple[float, Recommender] | None = None
        for parameters in cls.candidates():
            model = cls(**parameters).fit(split.train)
            hits = split.hits(model.rank(split.rows, n, split.excluded), n)
            quality = float(ndcg(hits, split.relevant).mean()) if len(hits) else 0.0
            if best is None or quality > best[0]:
                best = quality, model
        if best is None:
            text = _("{model} has no candidate settings.")
            raise UsageError(text.format(model=cls.__name__))
        return best[1]

    def rank(self, rows: np.ndarray, n: int = 10, exclude: sp.csr_matrix | None = None) -> Ranking:
        """Return the best items of some rows of the matrix, as positions.

        Parameters
        ----------
        rows : ndarray of int
            Positions of customers; -1 is an unknown one.
        n : int
            How many each; fewer where fewer are left.
        exclude : csr_matrix of shape (n_rows, n_items), optional
            What to leave out; by default what was bought and is not repeatable.
        """
        check_is_fitted(self, "matrix_")
        rows = np.asarray(rows, dtype=np.int64)
        exclude = self._left_out(rows, n, exclude)

        if len(rows) == 1:
            return self._ranked(rows, n, exclude)

        def block(start: int, end: int) -> Ranking:
            found = self._twin()._ranked(rows[start:end], n, exclude[start:end])
            return Ranking(found.rows + start, found.columns, found.scores)

        return joined(shared_out(block, len(rows), self._together()))

    def _left_out(self, rows: np.ndarray, n: int, exclude: sp.csr_matrix | None) -> sp.csr_matrix:
        """Return what to leave out, once it is known that it can be asked for."""
        if n < 1:
            raise UsageError(_("n must be 1 or more, not {n}.").format(n=n))
        if exclude is None:
            return self.matrix_.excluded(rows)
        if exclude.shape != (len(rows), self.matrix_.shape[1]):
            text = _("exclude must have the shape {wanted}, not {shape}.")
            wanted = (len(rows), self.matrix_.shape[1])
            raise UsageError(text.format(wanted=wanted, shape=exclude.shape))
        return exclude

    def _together(self) -> int:
        """Return how many customers are scored at a time."""
        return max(_CELLS // max(self.matrix_.shape[1], 1), 1)

    def _ranked(self, rows: np.ndarray, n: int, exclude: sp.csr_matrix) -> Ranking:
        """Return the best items of a block of customers."""
        raw = np.zeros((len(rows), self.matrix_.shape[1]), dtype=np.float32)
        known = rows >= 0
        if known.all():
            raw = self._scores(rows)
        elif known.any():
            raw[known] = self._scores(rows[known])
        return self.best_of(raw, exclude, n)

    def recommend(
        self, customers: Any, n: int = 10, exclude: sp.csr_matrix | None = None
    ) -> pa.Table:
        """Return the best items for some customers: ``customer, rank, item_id, score``.

        Customers that the model does not know get what is popular.

        Parameters
        ----------
        customers : sequence of ids
            Whom to recommend to.
        n : int
            How many each; fewer where fewer are left.
        exclude : csr_matrix of shape (n_customers, n_items), optional
            What to leave out, in the order of ``matrix_.items``; by default what the customer
            bought and nobody comes back for.
        """
        check_is_fitted(self, "matrix_")
        ids = customers if isinstance(customers, pa.Array) else pa.array(customers)
        ranking = self.rank(self.matrix_.customers.positions(ids), n, exclude)
        return self._table(ids, ranking)

    def _table(self, ids: pa.Array, ranking: Ranking) -> pa.Table:
        return pa.table(
            {
                "customer": ids.take(pa.array(ranking.rows, pa.int64())),
                "rank": pa.array(ranking.ranks, pa.int64()),
                "item_id": self.matrix_.items.at(ranking.columns),
                "score": pa.array(ranking.scores.astype(np.float64)),
            }
        )

    def with_reasons(self, customers: Any, n: int = 10) -> pa.Table:
        """Return `recommend` with a column ``reason``, JSON that is true of the data."""
        check_is_fitted(self, "matrix_")
        ids = customers if isinstance(customers, pa.Array) else pa.array(customers)
        size = -(-len(ids) // cores()) if len(ids) >= _SHARED_OUT else max(len(ids), 1)
        parts = [ids.slice(start, size) for start in range(0, max(len(ids), 1), size)]
        with ThreadPoolExecutor(len(parts)) as pool:  # NumPy and SciPy let go of the lock
            tables = list(pool.map(lambda part: self._twin()._explained(part, n), parts))
        return pa.concat_tables(tables)

    def _explained(self, ids: pa.Array, n: int) -> pa.Table:
        rows = self.matrix_.customers.positions(ids)
        exclude = self._left_out(rows, n, None)
        rankings, reasons = [], []
        for start in range(0, len(rows), self._together()):
            part = slice(start, start + self._together())
            found = self._ranked(rows[part], n, exclude[part])
            rankings.append(Ranking(found.rows + start, found.columns, found.scores))
            why = self.reasons(rows[part][found.rows], found.columns)
            reasons += [orjson.dumps(reason).decode() for reason in why]
        table = self._table(ids, joined(rankings))
        return table.append_column("reason", pa.array(reasons, pa.string()))

    def _twin(self) -> Self:
        """Return this model to another thread: what is fitted is shared, what is kept is not."""
        return copy.copy(self)

    def reasons(self, rows: np.ndarray, columns: np.ndarray) -> list[Reason]:
        """Return why each item (column) is recommended to each customer (row), row by row.

        Where the model has no reason of its own kind, it is that the item is popular.
        """
        found: list[Reason | None] = [None] * len(rows)
        known = np.flatnonzero(rows >= 0)
        own = self._reasons(rows[known], columns[known])
        for place, reason in zip(known.tolist(), own, strict=True):
            found[place] = reason
        rest = [place for place, reason in enumerate(found) if reason is None]
        general = popular_reasons(self.matrix_, columns[rest])
        for place, popular in zip(rest, general, strict=True):
            found[place] = popular
        return [reason for reason in found if reason is not None]

    def explain(self, customer: Any, item: Any) -> Reason:
        """Return why an item would be recommended to a customer, as data.

        Raises
        ------
        UsageError
            If the item is unknown.
        """
        check_is_fitted(self, "matrix_")
        row = self.matrix_.customers.positions([customer])
        return self.reasons(row, np.array([self._column(item)]))[0]

    def similar_items(self, item: Any, n: int = 10) -> pa.Table:
        """Return the items most like one: ``rank, item_id, score``.

        Unless a model knows better, alike is what the same customers dealt with (cosine).

        Raises
        ------
        UsageError
            If the item is unknown.
        """
        check_is_fitted(self, "matrix_")
        strengths = self._alike(self._column(item))
        ranking = top_n(np.where(strengths > 0, strengths, -np.inf)[None, :], n)
        return pa.table(
            {
                "rank": pa.array(ranking.ranks, pa.int64()),
                "item_id": self.matrix_.items.at(ranking.columns),
                "score": pa.array(ranking.scores.astype(np.float64)),
            }
        )

    def _alike(self, column: int) -> np.ndarray:
        """Return how alike all items are to one; the item itself has 0."""
        columns = self.matrix_.by_item
        norms = np.sqrt(np.asarray(columns.multiply(columns).sum(axis=1)).ravel())
        dots = np.asarray((columns @ columns[[column]].T).todense()).ravel()
        strengths: np.ndarray = dots / np.maximum(norms * norms[column], 1e-30)
        strengths[column] = 0.0
        return strengths

    def _column(self, item: Any) -> int:
        column = int(self.matrix_.items.positions([item])[0])
        if column < 0:
            raise UsageError(_("There is no item {item!r} in the model.").format(item=item))
        return column

    def save(self, folder: Path | str) -> None:
        """Write the fitted model to a folder: JSON, NumPy arrays and Arrow; no code in it."""
        from habitue.recommend.storage import save

        save(self, Path(folder))

    def _state(self) -> dict[str, Any]:
        """Return what `_fit` made, to be saved."""
        return {name: getattr(self, name) for name in self.fitted}

    def _restore(self, state: dict[str, Any]) -> None:
        """Take back what `_state` gave."""
        for name, value in state.items():
            setattr(self, name, value)


def load(folder: Path | str) -> Recommender:
    """Return a model that `Recommender.save` wrote.

    Raises
    ------
    FormatError
        If the folder holds no model that this version can read.
    """
    from habitue.recommend.storage import load as read

    return read(Path(folder))
