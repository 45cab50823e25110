"""In what company each product is bought: what titles don't say of what belongs together."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import normalize

from habitue.engines import Engine

__all__ = ["company", "factors"]

_FACTORS = 32
_FEWEST, _MOST = 2, 60  # different products of an order; a larger one is a wholesale list
_ORDERS = 200_000  # orders to learn from at most
_STEADY = 5  # orders that hold a product before its company says something


def company(engine: Engine, products: str = "products", lines: str = "lines") -> np.ndarray | None:
    """Return the factors of each product, in the order of their ids; None if orders say nothing.

    Parameters
    ----------
    engine : Engine
        Holds the tables.
    products, lines : str
        Tables with ``item_id``, and with ``order_id`` and ``item_id``.

    Returns
    -------
    ndarray of shape (n_products, n_factors), or None
    """
    engine.create(
        "company_orders",
        f"""
        SELECT order_id, row_number() OVER (ORDER BY order_id NULLS LAST) - 1 AS number
        FROM (
            SELECT order_id FROM {lines}
            WHERE item_id IN (SELECT item_id FROM {products}) AND order_id IS NOT NULL
            GROUP BY order_id HAVING count(DISTINCT item_id) BETWEEN {_FEWEST} AND {_MOST}
        ) AS fitting
        """,
    )
    n_orders = int(engine.query("SELECT count(*) AS n FROM company_orders")["n"][0].as_py())
    step = -(-n_orders // _ORDERS) or 1
    pairs = engine.query(
        f"""
        WITH places AS (
            SELECT item_id, row_number() OVER (ORDER BY item_id NULLS LAST) - 1 AS place
            FROM {products}
        )
        SELECT p.place AS place, o.number / {step} AS number
        FROM {lines} l
        JOIN company_orders o ON o.order_id = l.order_id AND o.number % {step} = 0
        JOIN places p ON p.item_id = l.item_id
        GROUP BY p.place, o.number
        ORDER BY place NULLS LAST, number NULLS LAST
        """
    )
    engine.drop("company_orders")
    n = int(engine.query(f"SELECT count(*) AS n FROM {products}")["n"][0].as_py())
    place = pairs["place"].to_numpy()
    number = np.asarray(np.floor(pairs["number"].to_numpy()), dtype=np.int64)
    held = sparse.csr_matrix(
        (np.ones(len(place), dtype=np.float32), (place, number)),
        shape=(n, int(number.max(initial=-1)) + 1),
    )
    return factors(held)


def factors(held: sparse.csr_matrix, seed: int = 0) -> np.ndarray | None:
    """Return latent factors of which orders hold a product; rows of zeros where too few do.

    The orders' weights are ``1 / ln(1 + products of the order)``, so that a long list says less of
    each pair in it; a product's row has length 1 before the decomposition (``TruncatedSVD``). The
    first factor, which only says how often a product is bought at all, is left out.

    Parameters
    ----------
    held : csr_matrix of shape (n_products, n_orders)

    Examples
    --------
    >>> factors(sparse.csr_matrix((3, 0))) is None
    True
    """
    bought = np.asarray(held.sum(axis=1)).ravel()
    if (bought >= _STEADY).sum() <= 2 * _FACTORS or held.shape[1] <= 2 * _FACTORS:
        return None
    length = np.asarray(held.sum(axis=0)).ravel()
    weighted = normalize(held @ sparse.diags(1.0 / np.log1p(np.maximum(length, 1.0))))
    found = TruncatedSVD(_FACTORS + 1, n_iter=3, random_state=seed).fit_transform(weighted)
    latent = np.where((bought >= _STEADY)[:, None], found[:, 1:], 0.0)
    return np.asarray(latent, dtype=np.float32)
