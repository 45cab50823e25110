"""Recommend: neighbours, content, hybrids, with reasons."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
from sklearn.base import clone

from habitue.columns import RECOMMENDATIONS
from habitue.engines import Engine
from habitue.prepare.interactions import interactions
from habitue.recommend.again import Again
from habitue.recommend.base import Recommender, load
from habitue.recommend.content import Content
from habitue.recommend.hybrid import Hybrid
from habitue.recommend.itemknn import ItemKNN
from habitue.recommend.matrix import Matrix
from habitue.recommend.popular import Popular
from habitue.recommend.userknn import UserKNN

__all__ = [
    "Again",
    "Content",
    "Hybrid",
    "ItemKNN",
    "Matrix",
    "Popular",
    "Recommender",
    "UserKNN",
    "load",
    "matrix_of",
    "recommend",
]


def matrix_of(
    engine: Engine, as_of: datetime, cart_weight: float = 0.5, view_weight: float = 0.2
) -> Matrix:
    """Return who dealt with what before a moment, with what is known of the items then.

    Reads ``sales``, ``views`` and ``catalogue``. Which items are repeatable is found from what was
    sold before the moment, whatever the catalogue says.
    """
    items = engine.query(
        """
        SELECT item_id, title, category, brand, unit_price FROM catalogue
        WHERE item_id IS NOT NULL ORDER BY item_id NULLS LAST
        """
    )
    found = Matrix.of(interactions(engine, as_of, cart_weight, view_weight), items, as_of)
    return found.with_repeatable()


def recommend(
    engine: Engine,
    model: Recommender,
    as_of: datetime,
    n: int = 10,
    cart_weight: float = 0.5,
    view_weight: float = 0.2,
    matrix: Matrix | None = None,
) -> pa.Table:
    """Fit a model on everything before a moment and return every customer's best items.

    What a customer bought is left out unless customers come back for it (`repeatable`).

    Parameters
    ----------
    engine : Engine
        Holds ``sales``, ``views`` and ``catalogue``.
    model : Recommender
        The model with its hyper-parameters; it is cloned, not changed.
    as_of : datetime
        The cut-off.
    n : int
        Items each; fewer where fewer are left.
    cart_weight, view_weight : float
        What a cart and a view count against a purchase.
    matrix : Matrix, optional
        What `matrix_of` gives, where it is at hand.

    Returns
    -------
    pa.Table
        columns.RECOMMENDATIONS, by customer and rank; empty for a shop without known customers.
    """
    if matrix is None:
        matrix = matrix_of(engine, as_of, cart_weight, view_weight)
    if matrix.shape[0] == 0:
        return RECOMMENDATIONS.schema.empty_table()
    fitted = clone(model).fit(matrix)
    table = fitted.with_reasons(matrix.customers.ids, n)
    named = table.append_column("model", pa.array([model.name] * table.num_rows, pa.string()))
    return named.select(RECOMMENDATIONS.names).cast(RECOMMENDATIONS.schema)
