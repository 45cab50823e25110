"""The peer's recommenders: scikit-learn's cosine similarity, TF-IDF, popularity, and a blend."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

MODELS = ("popular", "userknn", "itemknn", "content", "hybrid")
NEIGHBOURS = (50, 100, 200, 300)


class Data:
    """Customers by items, and the titles' vectors."""

    def __init__(self, sales: pd.DataFrame, items: pd.DataFrame) -> None:
        known = sales.dropna(subset=["customer"])
        self.customers = np.sort(known["customer"].unique())
        self.items = np.sort(items.index.to_numpy())
        self.text = TfidfVectorizer().fit_transform(items["title"].reindex(self.items))

    def matrix(self, sales: pd.DataFrame) -> sparse.csr_matrix:
        """Log counts of orders, shape (n_customers, n_items)."""
        pairs = sales.dropna(subset=["customer"]).groupby(["customer", "item"])["order"].nunique()
        rows = np.searchsorted(self.customers, pairs.index.get_level_values(0))
        columns = np.searchsorted(self.items, pairs.index.get_level_values(1))
        shape = (len(self.customers), len(self.items))
        kept = pairs.index.get_level_values(1).isin(self.items)
        values = np.log1p(pairs.to_numpy())[kept]
        return sparse.csr_matrix((values, (rows[kept], columns[kept])), shape=shape)


def nearest(similarity: np.ndarray, k: int) -> sparse.csr_matrix:
    """The k largest values of each row, itself left out where it is square."""
    k = min(k, similarity.shape[1])
    best = np.argpartition(-similarity, k - 1, axis=1)[:, :k]
    rows = np.repeat(np.arange(len(similarity)), k)
    values = np.take_along_axis(similarity, best, axis=1).ravel()
    return sparse.csr_matrix((values, (rows, best.ravel())), shape=similarity.shape)


def scores(
    name: str, X: sparse.csr_matrix, rows: np.ndarray, data: Data, settings: dict[str, int]
) -> np.ndarray:
    """Scores of every item for some customers, shape (n_rows, n_items)."""
    if name == "popular":
        popularity = np.asarray((X > 0).sum(axis=0), dtype=np.float64).ravel()
        return np.tile(popularity, (len(rows), 1))
    if name == "userknn":
        similarity = cosine_similarity(X[rows], X)
        similarity[np.arange(len(rows)), rows] = 0.0
        return np.asarray((nearest(similarity, settings["userknn"]) @ X).toarray())
    if name == "itemknn":
        similarity = cosine_similarity(X.T)
        np.fill_diagonal(similarity, 0.0)
        return np.asarray((X[rows] @ nearest(similarity, settings["itemknn"])).toarray())
    if name == "content":
        return np.asarray(cosine_similarity(X[rows] @ data.text, data.text))
    parts = ("popular", "userknn", "itemknn", "content")
    return blend([scores(part, X, rows, data, settings) for part in parts])


def blend(parts: list[np.ndarray]) -> np.ndarray:
    """A weighted sum of scores, each divided by its row's greatest."""
    weights = (0.1, 0.5, 0.3, 0.1)
    total = np.zeros_like(parts[0])
    for weight, part in zip(weights, parts, strict=True):
        total += weight * part / np.maximum(part.max(axis=1, keepdims=True), 1e-12)
    return total


def top(values: np.ndarray, seen: sparse.csr_matrix, n: int) -> np.ndarray:
    """The n best items of each row that the customer has not bought yet."""
    values = values.copy()
    values[seen.nonzero()] = -np.inf
    best = np.argpartition(-values, n, axis=1)[:, :n]
    order = np.argsort(-np.take_along_axis(values, best, axis=1), axis=1)
    return np.take_along_axis(best, order, axis=1)


def ndcg(ranked: np.ndarray, truth: sparse.csr_matrix) -> np.ndarray:
    """NDCG at the length of the list, customer by customer."""
    n = ranked.shape[1]
    dense = truth.toarray() > 0
    hits = np.take_along_axis(dense, ranked, axis=1)
    discount = 1 / np.log2(np.arange(2, n + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discount)])
    return np.asarray((hits * discount).sum(axis=1) / ideal[np.minimum(dense.sum(axis=1), n)])


def evaluate(
    train: sparse.csr_matrix, test: sparse.csr_matrix, data: Data, settings: dict[str, int]
) -> dict[str, np.ndarray]:
    """nDCG@10 of every model for the customers with a past and new purchases."""
    new = test - test.multiply(train > 0)
    new.eliminate_zeros()
    rows = np.flatnonzero((np.diff(new.indptr) > 0) & (np.diff(train.indptr) > 0))
    made: dict[str, np.ndarray] = {}
    for name in MODELS:
        if name == "hybrid":
            made[name] = blend([made[part] for part in MODELS[:-1]])
        else:
            made[name] = scores(name, train, rows, data, settings)
    return {name: ndcg(top(value, train[rows], 10), new[rows]) for name, value in made.items()}


def tune(train: sparse.csr_matrix, test: sparse.csr_matrix, data: Data) -> dict[str, int]:
    """The number of neighbours that does best for each model, on at most 800 customers."""
    new = test - test.multiply(train > 0)
    new.eliminate_zeros()
    rows = np.flatnonzero((np.diff(new.indptr) > 0) & (np.diff(train.indptr) > 0))
    rows = np.sort(np.random.default_rng(0).permutation(rows)[:800])
    best = {}
    for name in ("userknn", "itemknn"):
        reached = {
            k: ndcg(
                top(scores(name, train, rows, data, {name: k}), train[rows], 10), new[rows]
            ).mean()
            for k in NEIGHBOURS
        }
        best[name] = max(reached, key=lambda k: reached[k])
    return best


def interval(values: np.ndarray) -> dict[str, float]:
    """Mean and bootstrap interval."""
    rng = np.random.default_rng(0)
    means = [rng.choice(values, len(values)).mean() for _sample in range(1000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return {"mean": float(values.mean()), "low": float(low), "high": float(high)}


def compare(
    sales: pd.DataFrame, items: pd.DataFrame, now: pd.Timestamp, horizon: pd.Timedelta
) -> tuple[dict[str, Any], tuple[str, dict[str, int]]]:
    """Every model through time and by five folds; the best through time and its settings."""
    data = Data(sales, items)
    cut = now - horizon

    def between(start: pd.Timestamp | None, end: pd.Timestamp) -> sparse.csr_matrix:
        inside = sales["time"] < end
        if start is not None:
            inside &= sales["time"] >= start
        return data.matrix(sales[inside])

    settings = tune(between(None, cut - horizon), between(cut - horizon, cut), data)
    through = evaluate(between(None, cut), between(cut, now), data, settings)
    everything = between(None, now).tocoo()
    fold = np.random.default_rng(0).integers(0, 5, everything.nnz)
    by_fold: dict[str, list[np.ndarray]] = {name: [] for name in MODELS}
    for number in range(5):
        parts = []
        for inside in (fold != number, fold == number):
            cells = (everything.row[inside], everything.col[inside])
            parts.append(
                sparse.csr_matrix((everything.data[inside], cells), shape=everything.shape)
            )
        for name, values in evaluate(parts[0], parts[1], data, settings).items():
            by_fold[name].append(values)
    result = {
        name: {
            "time": interval(through[name]),
            "kfold": interval(np.concatenate(by_fold[name])),
        }
        for name in MODELS
    }
    chosen = max(MODELS, key=lambda name: result[name]["time"]["mean"])
    return result, (chosen, settings)


def recommend(
    sales: pd.DataFrame, items: pd.DataFrame, chosen: tuple[str, dict[str, int]], n: int
) -> pd.DataFrame:
    """The n best new items of every customer, by the chosen model."""
    data = Data(sales, items)
    X = data.matrix(sales)
    rows = np.arange(X.shape[0])
    best = top(scores(chosen[0], X, rows, data, chosen[1]), X, n)
    return pd.DataFrame(
        {
            "customer": np.repeat(data.customers, n),
            "rank": np.tile(np.arange(1, n + 1), len(rows)),
            "item": data.items[best.ravel()],
        }
    )
