"""The peer's recommendations for everyone, each with a reason that can be recounted."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from benchmarks.peer_compare import Chosen, blend
from benchmarks.peer_recommend import Data, Model, Train, normalised, ranked

__all__ = ["offers", "recommend"]

BLOCK = 1000  # customers at a time
Reason = dict[str, Any] | None


class Evidence:
    """What reasons are counted from."""

    def __init__(self, train: Train, data: Data, models: dict[str, Model]) -> None:
        self.data, self.models = data, models
        self.X = train.X
        self.bought = self.X.toarray() > 0
        ones = sparse.csr_matrix(self.bought, dtype=np.float32)
        self.together = (ones.T @ ones).toarray().astype(np.int32)
        self.lately = np.bincount(
            train.pairs.loc[train.pairs["last"] <= 90, "column"], minlength=data.shape[1]
        )
        self.pairs = train.pairs[["days", "first", "last"]].to_numpy()
        self.similarity = {
            name: model.similarity.toarray()
            for name, model in models.items()
            if model.similarity is not None
        }
        self.titles = data.titles.tocsr()
        self.ids = data.items.index.to_numpy()
        self.categories = data.items["category"].to_numpy()

    def source(self, name: str, row: int, item: int) -> int:
        """Return the customer's item that speaks the most for an item; -1 if none does."""
        part = slice(self.X.indptr[row], self.X.indptr[row + 1])
        own = self.X.indices[part]
        strength = self.similarity[name][item, own] * self.X.data[part]
        best = int(strength.argmax())
        return int(own[best]) if strength[best] > 0 else -1

    def itemknn(self, row: int, item: int) -> Reason:
        """Return how many bought both an item and the one that speaks for it."""
        source = self.source("itemknn", row, item)
        count = int(self.together[item, source]) if source >= 0 else 0
        return (
            {"kind": "together", "items": [self.ids[source]], "customers": count} if count else None
        )

    def content(self, row: int, item: int) -> Reason:
        """Return which words and category an item shares with one that the customer has."""
        source = self.source("content", row, item)
        if source < 0:
            return None
        shared = self.titles[item].multiply(self.titles[source])
        terms = self.data.words[shared.indices[np.argsort(-shared.data)[:3]]].tolist()
        same = self.categories[item] if self.categories[item] == self.categories[source] else None
        told = {"kind": "alike", "items": [self.ids[source]], "terms": terms, "category": same}
        return told if terms or same else None

    def again(self, row: int, item: int) -> Reason:
        """Return how often the customer bought an item."""
        if not self.bought[row, item]:
            return None
        part = slice(self.X.indptr[row], self.X.indptr[row + 1])
        place = self.X.indptr[row] + np.searchsorted(self.X.indices[part], item)
        days, first, last = self.pairs[place]
        gap = round((first - last) / (days - 1), 1) if days > 1 else None
        return {"kind": "again", "times": int(days), "gap_days": gap, "since_days": round(last, 1)}

    def popular(self, item: int) -> Reason:
        """Return how many bought an item lately."""
        return {"kind": "popular", "customers": int(self.lately[item]), "days": 90}

    def neighbours(self, near: sparse.csr_matrix, row: int, items: np.ndarray) -> list[Reason]:
        """Return how many neighbours bought each item and what they share with the customer."""
        people = self.bought[near.indices]
        own = np.flatnonzero(self.bought[row])
        counts = people[:, own].sum(axis=0)
        common = own[np.argsort(-counts, kind="stable")[:6]]
        share = people[:, common]
        found: list[Reason] = []
        for item in items:
            who = share[people[:, item]]
            held = who.sum(axis=0)
            named = [c for c in np.argsort(-held, kind="stable")[:2] if held[c]]
            count = int(who[:, named].any(axis=1).sum())
            told = {
                "kind": "neighbours",
                "customers": count,
                "items": self.ids[common[named]].tolist(),
            }
            found.append(told if count else None)
        return found


def recommend(data: Data, train: Train, chosen: Chosen, n: int = 10) -> pd.DataFrame:
    """Return the n best items of every customer by the chosen model, with reasons."""
    weights = chosen.weights if chosen.name == "hybrid" else {chosen.name: 1.0}
    weights = {name: weight for name, weight in weights.items() if weight > 0}
    models = {name: Model(name, **chosen.settings[name]).fit(train, data) for name in weights}
    evidence = Evidence(train, data, models)
    fallback, excluded = train.fallback(), train.excluded()
    tables = []
    for start in range(0, data.shape[0], BLOCK):
        rows = np.arange(start, min(start + BLOCK, data.shape[0]))
        raw = {name: model.scores(rows) for name, model in models.items()}
        best, reached = ranked(blend(raw, weights), fallback, excluded[rows], n)
        shares = np.stack(
            [
                np.take_along_axis(weights[name] * normalised(scores), best, axis=1)
                for name, scores in raw.items()
            ]
        )
        table = pd.DataFrame(
            {
                "customer": np.repeat(data.customers[rows], n),
                "rank": np.tile(np.arange(1, n + 1), len(rows)),
                "item": evidence.ids[best.ravel()],
                "score": reached.ravel(),
                "reason": reasons(evidence, rows, best, shares),
            }
        )
        tables.append(table[np.isfinite(table["score"])])
    whole: pd.DataFrame = pd.concat(tables, ignore_index=True)
    return whole


def reasons(
    evidence: Evidence, rows: np.ndarray, best: np.ndarray, shares: np.ndarray
) -> list[str]:
    """Return as JSON the reason of the part that adds most; of the next, if it has none."""
    names = list(evidence.models)
    order = np.argsort(-shares, axis=0, kind="stable")
    near = evidence.models["userknn"].near if "userknn" in names else None
    told = []
    for place, row in enumerate(rows):
        alike = evidence.neighbours(near[place], row, best[place]) if near is not None else []
        for rank, item in enumerate(best[place]):
            found: Reason = None
            for part in order[:, place, rank]:
                if found is not None or shares[part, place, rank] <= 0:
                    break
                name = names[part]
                if name == "userknn":
                    found = alike[rank]
                elif name != "popular":
                    found = getattr(evidence, name)(row, item)
            told.append(json.dumps(found or evidence.popular(item)))
    return told


def offers(recommendations: pd.DataFrame, members: pd.Series, n: int = 5) -> pd.DataFrame:
    """Return the items that are recommended to more of a segment than elsewhere."""
    joined = recommendations.join(members.rename("segment"), on="customer")
    found = joined.groupby(["segment", "item"]).size().rename("customers").reset_index()
    share = found["customers"] / found["segment"].map(members.value_counts())
    overall = found["item"].map(joined["item"].value_counts()) / len(members)
    found["score"] = share * (np.log(share / overall).clip(lower=0) + 0.05)
    best: pd.DataFrame = found.sort_values("score", ascending=False).groupby("segment").head(n)
    return best
