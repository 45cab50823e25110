"""Plain, slow methods that a data scientist would try first, to see what the sample shop yields."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler

from habitue.collect.demo.catalogue import Catalogue
from habitue.collect.demo.process import TYPES
from habitue.collect.demo.world import catalogue_of, chunks

DAYS = 730
Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """A shop as one table of lines (order, customer, day, item, …), its types, its catalogue."""

    lines: pd.DataFrame
    types: npt.NDArray[np.int64]
    catalogue: Catalogue

    def before(self, day: float) -> pd.DataFrame:
        return self.lines[self.lines.day < day]

    def during(self, first: float, last: float) -> pd.DataFrame:
        return self.lines[(self.lines.day >= first) & (self.lines.day < last)]


def world(customers: int, seed: int) -> World:
    catalogue = catalogue_of(customers, seed)
    tables, types = [], []
    for chunk in chunks(catalogue, customers, seed, DAYS):
        lines, lives = chunk.lines, chunk.lives
        columns = {
            "order": lines.order + chunk.index * 10_000_000,
            "customer": lives.customer[lines.order] + chunk.first,
            "day": lives.day[lines.order],
            "item": lines.item,
            "amount": lines.pence * lines.quantity,
            "full": lines.pence * lines.quantity / (1 - lines.discount),
        }
        tables.append(pd.DataFrame(columns))
        types.append(lives.type)
    return World(pd.concat(tables, ignore_index=True), np.concatenate(types), catalogue)


def rfm(lines: pd.DataFrame, cut: float, catalogue: Catalogue) -> pd.DataFrame:
    """Return the usual features by customer, as of a day."""
    by = lines.groupby("customer")
    table = pd.DataFrame(
        {
            "recency": cut - by.day.max(),
            "tenure": cut - by.day.min(),
            "orders": by.order.nunique(),
            "items": by.item.nunique(),
            "amount": by.amount.sum(),
        }
    )
    table["order_value"] = table.amount / table.orders
    table["gap"] = (table.tenure - table.recency) / (table.orders - 1).clip(lower=1)
    table["discount"] = 1 - table.amount / by.full.sum()
    spent = lines.assign(category=catalogue.category[lines.item])
    shares = spent.groupby(["customer", "category"]).amount.sum()
    shares = shares / shares.groupby("customer").transform("sum")
    table["concentration"] = (shares**2).groupby("customer").sum()
    return table


def types_found(shop: World) -> float:
    """Return the adjusted Rand index of k-means on scaled log features."""
    table = rfm(shop.before(DAYS), DAYS, shop.catalogue)
    logs = np.log1p(table[["recency", "tenure", "orders", "items", "order_value"]])
    features = np.column_stack([logs, table.discount, table.concentration])
    model = KMeans(len(TYPES), n_init=10, random_state=0)
    labels = model.fit_predict(StandardScaler().fit_transform(features))
    return float(adjusted_rand_score(shop.types[table.index], labels))


def bundles_found(shop: World) -> float:
    """Return the share of planted pairs among as many pairs of highest lift."""
    lines, size = shop.before(DAYS), shop.catalogue.size
    baskets = pd.factorize(lines.order)[0]
    held = sparse.csr_array((np.ones(len(lines)), (baskets, lines.item)), (baskets.max() + 1, size))
    counts = (held.T @ held).toarray()
    single = np.diag(counts)
    lift = counts * held.shape[0] / np.maximum(np.outer(single, single), 1)
    lift[counts < 8] = 0
    first, second = np.triu_indices(size, 1)
    planted = {
        tuple(sorted(pair)) for b in shop.catalogue.bundles for pair in combinations(b.tolist(), 2)
    }
    top = np.argsort(-lift[first, second], kind="stable")[: len(planted)]
    found = set(zip(first[top].tolist(), second[top].tolist(), strict=True))
    return len(found & planted) / len(planted)


def ranking(shop: World) -> tuple[float, float]:
    """Return nDCG@10 of popularity and of item neighbours, learnt before the last 90 days."""
    cut = DAYS - 90
    size = shop.catalogue.size
    had = _matrix(shop.before(cut), len(shop.types), size)
    wanted = _matrix(shop.during(cut, DAYS), len(shop.types), size)
    customers = np.flatnonzero((np.diff(had.indptr) > 0) & (np.diff(wanted.indptr) > 0))
    norm = np.sqrt(np.maximum(had.sum(axis=0), 1))
    alike = (had.T @ had).toarray() / np.outer(norm, norm)
    np.fill_diagonal(alike, 0)
    mask = (had[customers].toarray() > 0) & ~shop.catalogue.consumable
    truth = (wanted[customers].toarray() > 0) & ~mask
    popular = np.tile(had.sum(axis=0).astype(np.float64), (len(customers), 1))
    neighbours = had[customers] @ alike
    return _ndcg(popular, truth, mask), _ndcg(neighbours, truth, mask)


def _matrix(lines: pd.DataFrame, customers: int, items: int) -> sparse.csr_array:
    pairs = lines[["customer", "item"]].drop_duplicates()
    cells = (np.ones(len(pairs)), (pairs.customer, pairs.item))
    return sparse.csr_array(cells, (customers, items))


def _ndcg(score: Reals, truth: npt.NDArray[np.bool_], mask: npt.NDArray[np.bool_]) -> float:
    top = np.argsort(-np.where(mask, -np.inf, score), axis=1, kind="stable")[:, :10]
    weight = 1 / np.log2(np.arange(2, 12))
    gain = (np.take_along_axis(truth, top, axis=1) * weight).sum(axis=1)
    wanted = np.minimum(truth.sum(axis=1), 10)
    best = np.cumsum(weight)[np.maximum(wanted, 1) - 1]
    return float((gain[wanted > 0] / best[wanted > 0]).mean())


def calibration_error(shop: World, cut: float) -> float:
    """Return the error of a model learnt on the 90 days that end 90 days before the last cut."""
    learnt, bought = _example(shop, DAYS - 180)
    model = make_pipeline(SplineTransformer(6), LogisticRegression(max_iter=3000))
    model.fit(learnt, bought)
    features, truth = _example(shop, cut)
    return ece(model.predict_proba(features)[:, 1], truth)


def _example(shop: World, cut: float) -> tuple[Reals, npt.NDArray[np.bool_]]:
    table = rfm(shop.before(cut), cut, shop.catalogue)
    logs = np.log1p(table[["recency", "tenure", "orders", "gap", "order_value"]].to_numpy())
    overdue = logs[:, 0] - np.log1p(np.where(table.orders > 1, table.gap, 30.0))
    buys = np.isin(table.index, shop.during(cut, cut + 90).customer.unique())
    return np.column_stack([logs, overdue, table.discount, table.concentration]), buys


def ece(probability: Reals, truth: npt.NDArray[np.bool_]) -> float:
    """Return the expected calibration error over ten equal bins."""
    place = np.minimum((probability * 10).astype(int), 9)
    gaps = [
        abs(probability[place == b].mean() - truth[place == b].mean()) * (place == b).mean()
        for b in np.unique(place)
    ]
    return float(sum(gaps))
