"""The peer's recommenders: popularity, habit, content and cosine neighbours with SciPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import OneHotEncoder

__all__ = ["CANDIDATES", "PARTS", "Data", "Model", "Train", "normalised", "ranked"]

DAY = 86_400.0  # seconds
PARTS = ("popular", "again", "content", "itemknn", "userknn")
SETTINGS: dict[str, float] = {
    "days": 90,
    "k": 100,
    "shared": 0.0,
    "power": 1.0,
    "source": 0.5,
    "target": 0.5,
    "popularity": 0.0,
}
ASYMMETRIC = {"source": 0.75, "target": 0.25}
CANDIDATES: dict[str, list[dict[str, float]]] = {
    "popular": [{"days": 90}, {"days": 30}, {"days": 365}],
    "again": [{}],
    "content": [{}],
    "itemknn": [{}, ASYMMETRIC, {**ASYMMETRIC, "shared": 0.5}],
    "userknn": [{}, {"k": 300}, {"k": 300, "shared": 0.5, "power": 1.2, "popularity": 0.1}],
}


@dataclass
class Train:
    """Who bought what, how often and when, before a cut; pairs are sorted as in the matrix."""

    pairs: pd.DataFrame
    X: sparse.csr_matrix
    repeatable: np.ndarray

    @classmethod
    def of(cls, pairs: pd.DataFrame, shape: tuple[int, int], repeatable: np.ndarray) -> Train:
        """Make the matrix of pairs."""
        pairs = pairs.sort_values(["row", "column"])
        cells = (pairs["row"].to_numpy(), pairs["column"].to_numpy())
        values = pairs["weight"].to_numpy(dtype=np.float32)
        return cls(pairs, sparse.csr_matrix((values, cells), shape=shape), repeatable)

    def popularity(self, days: float = 90) -> np.ndarray:
        """Return buyers in the last days, ties by buyers ever."""
        ever = np.bincount(self.pairs["column"], minlength=self.X.shape[1])
        lately = self.pairs.loc[self.pairs["last"] <= days, "column"]
        return np.asarray(np.bincount(lately, minlength=self.X.shape[1]) + ever / (ever.max() + 1))

    def fallback(self) -> np.ndarray:
        """Return scores below zero by popularity for items that a model knows nothing of."""
        popularity = self.popularity()
        share = popularity / (popularity.max() + 1) - 1
        return np.where(popularity > 0, share, -np.inf).astype(np.float32)

    def excluded(self) -> sparse.csr_matrix:
        """Return what was bought and nobody comes back for."""
        once = self.X.copy()
        once.data = (~self.repeatable[once.indices]).astype(np.float32)
        once.eliminate_zeros()
        return once


class Data:
    """Customers and items of the shop, and what the items' texts, categories and prices say."""

    def __init__(self, sales: pd.DataFrame, items: pd.DataFrame) -> None:
        self.sales = sales[sales["customer"].notna() & sales["item"].isin(items.index)].copy()
        self.items = items.sort_index()
        self.customers = np.sort(self.sales["customer"].unique())
        self.sales["row"] = np.searchsorted(self.customers, self.sales["customer"])
        self.sales["column"] = self.items.index.get_indexer(pd.Index(self.sales["item"]))
        self.shape = (len(self.customers), len(self.items))
        vectorizer = TfidfVectorizer()
        self.titles = vectorizer.fit_transform(self.items["title"])
        self.words = vectorizer.get_feature_names_out()
        band = np.log2(self.items["unit_price"].clip(lower=1e-6)).round().to_frame()
        terms = sparse.hstack(
            [
                self.titles,
                OneHotEncoder().fit_transform(self.items[["category"]]),
                0.3 * OneHotEncoder().fit_transform(band),
            ],
            format="csr",
            dtype=np.float32,
        )
        self.content = associated(terms, terms.T.tocsr(), {**SETTINGS, "k": 50})

    def train(self, cut: pd.Timestamp) -> Train:
        """Return what was bought before a moment."""
        sales = self.sales[self.sales["time"] < cut]
        keys = ["row", "column"]
        held = sales.assign(day=sales["time"].dt.normalize())
        held = held.drop_duplicates([*keys, "order", "day"])
        pairs = held.groupby(keys).agg(
            orders=("order", "size"),
            days=("day", "nunique"),
            last=("time", "max"),
            first=("time", "min"),
        )
        for name in ("first", "last"):
            pairs[name] = (cut - pairs[name]).dt.total_seconds() / DAY
        pairs["weight"] = np.log2(1 + pairs["orders"])
        pairs = pairs.reset_index()
        return Train.of(pairs, self.shape, self.repeatable(pairs))

    def bought(self, start: pd.Timestamp, end: pd.Timestamp) -> sparse.csr_matrix:
        """Return who bought what in a time, as ones."""
        sales = self.sales[(self.sales["time"] >= start) & (self.sales["time"] < end)]
        pairs = sales[["row", "column"]].drop_duplicates()
        ones = np.ones(len(pairs), dtype=np.float32)
        return sparse.csr_matrix((ones, (pairs["row"], pairs["column"])), shape=self.shape)

    def repeatable(self, pairs: pd.DataFrame, threshold: float = 0.2) -> np.ndarray:
        """Tell which items a fifth of the buyers come back for, pooled with category and shop."""
        by_item = pairs["days"].ge(2).groupby(pairs["column"]).agg(["sum", "size"])
        again, buyers = by_item["sum"], by_item["size"]
        shop = again.sum() / buyers.sum()
        much = buyers >= 20
        spread = shop * (1 - shop)
        shares = again[much] / buyers[much]
        between = ((shares - shop) ** 2).mean() - spread * (1 / buyers[much]).mean()
        m = float(np.clip(spread / max(between, 1e-9) - 1, 2, 1000))
        category = self.items["category"].to_numpy()[by_item.index]
        group = by_item.groupby(category).transform("sum")
        above = (group["sum"] + m * shop) / (group["size"] + m)
        share = (again + m * above) / (buyers + m)
        return np.asarray(share.reindex(range(self.shape[1])).fillna(0).to_numpy() >= threshold)


def associated(
    targets: sparse.csr_matrix,
    columns: sparse.csr_matrix,
    settings: dict[str, float],
    own: np.ndarray | None = None,
) -> sparse.csr_matrix:
    """Return the k rows most like each target by a generalised cosine; ``own`` is left out."""
    norms = np.asarray(columns.power(2).sum(axis=0)).ravel()
    if settings["shared"]:
        held = np.maximum(np.asarray(columns.power(2).sum(axis=1)).ravel(), 1e-9)
        weights = sparse.diags(held ** -settings["shared"], dtype=np.float32)
        targets = sparse.csr_matrix(targets @ weights)
    own = np.arange(targets.shape[0]) if own is None else own
    norms = np.where(norms > 0, norms, 1).astype(np.float32)
    likeness = (targets @ columns).toarray()
    if settings["power"] != 1:
        likeness **= settings["power"]
    likeness *= norms[own, None] ** -settings["target"]
    likeness *= norms[None, :] ** -settings["source"]
    likeness[np.arange(len(own)), own] = 0
    return nearest(likeness, int(settings["k"]))


def nearest(likeness: np.ndarray, k: int) -> sparse.csr_matrix:
    """Return the k largest values of each row."""
    k = min(k, likeness.shape[1])
    best = np.argpartition(likeness, -k, axis=1)[:, -k:]
    values = np.take_along_axis(likeness, best, axis=1).ravel()
    indptr = np.arange(len(likeness) + 1) * k
    found = sparse.csr_matrix((values, best.ravel(), indptr), shape=likeness.shape)
    found.eliminate_zeros()
    return found


class Model:
    """One recommender with its settings."""

    def __init__(self, name: str, **settings: float) -> None:
        self.name = name
        self.given = settings
        self.settings = SETTINGS | settings

    def fit(self, train: Train, data: Data) -> Model:
        """Learn from what was bought."""
        self.train = train
        self.similarity: Any = None
        if self.name == "again":
            self.due = habit(train)
        elif self.name == "content":
            self.similarity = data.content
        elif self.name == "itemknn":
            self.similarity = associated(train.X.T.tocsr(), train.X, self.settings)
        return self

    def neighbours(self, rows: np.ndarray) -> sparse.csr_matrix:
        """Return the customers most like some."""
        X = self.train.X
        return associated(X[rows], X.T.tocsr(), self.settings, rows)

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Return scores of every item for some customers, shape (n_rows, n_items)."""
        X = self.train.X
        if self.name == "popular":
            popularity = self.train.popularity(self.settings["days"]).astype(np.float32)
            return np.tile(popularity, (len(rows), 1))
        if self.name == "again":
            return np.asarray(self.due[rows].toarray())
        if self.name == "userknn":
            self.near = self.neighbours(rows)
            found = np.asarray((self.near @ X).toarray())
            if self.settings["popularity"]:
                held = np.maximum(np.bincount(X.indices, minlength=X.shape[1]), 1)
                found *= (held ** -self.settings["popularity"]).astype(np.float32)
            return found
        return np.asarray((X[rows] @ self.similarity.T).toarray())


def habit(train: Train) -> sparse.csr_matrix:
    """Return how due each repeatable item is that a customer bought."""
    pairs = train.pairs
    gaps = pairs["days"] - 1
    span = pairs["first"] - pairs["last"]
    middle = (span[gaps > 0] / gaps[gaps > 0]).median() if (gaps > 0).any() else 90.0
    expected = ((span + max(middle, 1.0)) / (gaps + 1)).clip(lower=1)
    late = (pairs["last"] / expected - 1).clip(0, 60)
    due = train.X.copy()
    due.data = (pairs["days"] / (pairs["days"] + 1) * 2.0**-late).to_numpy(dtype=np.float32)
    due.data *= train.repeatable[due.indices]
    return due


def normalised(scores: np.ndarray) -> np.ndarray:
    """Return scores as shares of each row's highest."""
    highest = scores.max(axis=1, keepdims=True)
    return np.asarray(scores / np.where(highest > 0, highest, 1))


def ranked(
    scores: np.ndarray, fallback: np.ndarray, excluded: sparse.csr_matrix, n: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the n best items of each row, and their scores (minus infinity: none left)."""
    values = np.where(scores > 0, scores, fallback)
    values[excluded.nonzero()] = -np.inf
    best = np.argpartition(-values, n, axis=1)[:, :n]
    reached = np.take_along_axis(values, best, axis=1)
    order = np.argsort(-reached, axis=1, kind="stable")
    return np.take_along_axis(best, order, axis=1), np.take_along_axis(reached, order, axis=1)
