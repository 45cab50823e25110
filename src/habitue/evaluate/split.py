"""Learn from one part, test on the other: through time, and by random folds.

Through time is how a model will be used: it learns from everything before a cut-off and is judged
by what customers buy after it. Random folds judge by purchases of any time, so the model may have
seen what came later; the gap between the two is a finding, not noise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from habitue.engines import Engine, time_literal
from habitue.recommend import Matrix, matrix_of
from habitue.recommend.heldout import Split, fold_numbers, held_out, without

__all__ = ["Split", "deal", "fold_numbers", "held_out", "horizon_that_fits", "through_time"]


def horizon_that_fits(engine: Engine, as_of: datetime, horizon_days: float) -> timedelta:
    """Return the horizon, or a quarter of the shop's history where that is shorter.

    A test of the last horizon then leaves half of the history to learn from even where another
    horizon before it is held out for choosing hyper-parameters.
    """
    first = engine.query(
        f"SELECT min(time) AS first FROM sales "
        f"WHERE customer IS NOT NULL AND time < {time_literal(as_of)}"
    )["first"][0].as_py()
    wanted = timedelta(days=horizon_days)
    return wanted if first is None else min(wanted, (as_of - first) / 4)


def through_time(
    engine: Engine,
    cut: datetime,
    until: datetime,
    most: int = 5_000,
    seed: int = 0,
    cart_weight: float = 0.5,
    view_weight: float = 0.2,
) -> Split:
    """Return the split that learns before a cut-off and tests what is bought from it on.

    Tested are customers known before the cut who bought something until the end. What they had
    bought before, unless it is repeatable (judged as of the cut), is recommended to nobody and is
    taken out of the truth as well.

    Reads ``sales``, ``views`` and ``catalogue``.
    """
    train = matrix_of(engine, cut, cart_weight, view_weight)
    bought = engine.query(
        f"""
        SELECT customer, item_id FROM sales
        WHERE customer IS NOT NULL AND item_id IS NOT NULL AND quantity > 0
          AND time >= {time_literal(cut)} AND time < {time_literal(until)}
        GROUP BY customer, item_id
        """
    )
    truth = _positions(train, bought)
    return Split.of(train, truth, train.excluded(np.arange(train.shape[0])), most, seed)


def _positions(matrix: Matrix, bought: pa.Table) -> sp.csr_matrix:
    rows = matrix.customers.positions(bought["customer"])
    columns = matrix.items.positions(bought["item_id"])
    known = (rows >= 0) & (columns >= 0)
    ones = np.ones(int(known.sum()), dtype=np.float32)
    return sp.csr_matrix((ones, (rows[known], columns[known])), shape=matrix.shape)


def deal(
    matrix: Matrix, k: int, seed: int, most: int = 600, spared: Split | None = None
) -> Iterator[Callable[[], Split]]:
    """Yield k splits to be made: each learns from all but a k-th of each customer's purchases.

    What a customer bought in the training part is left out of the candidates, repeatable or not,
    because it can't be in the test part. Views and carts without a purchase stay in training. A
    customer whose only purchase is tested has no past and is left out; of more than ``most``
    customers a sample is tested, another in each fold.

    Parameters
    ----------
    matrix : Matrix
        All the data.
    k : int
        Number of folds.
    seed : int
        Of folds and samples.
    most : int
        Customers tested in each fold.
    spared : Split, optional
        What hyper-parameters were chosen on: its truth is never tested, but always learnt from.
    """
    testable = matrix.bought if spared is None else matrix.bought & ~_within(matrix, spared)
    numbers = np.full(len(testable), -1)
    numbers[testable] = fold_numbers(matrix.entry_rows()[testable], k, seed)
    for fold in range(k):
        yield partial(_fold, matrix, numbers, fold, seed, most)


def _fold(matrix: Matrix, numbers: np.ndarray, fold: int, seed: int, most: int) -> Split:
    return without(matrix, numbers == fold, most, seed + fold)


def _within(matrix: Matrix, split: Split) -> np.ndarray:
    """Return which stored values of a matrix are in the truth of a split of earlier data."""
    owners = matrix.customers.positions(split.train.customers.at(split.rows))
    items = matrix.items.positions(split.train.items.ids)
    rows = np.repeat(owners, split.relevant)
    keys = rows * matrix.shape[1] + items[split.truth.indices]
    return np.isin(matrix.entry_rows() * matrix.shape[1] + matrix.weights.indices, keys)
