"""The peer's segments: scikit-learn's k-means, k by bootstrap stability, a tree for each."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.metrics.cluster import contingency_matrix
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier, export_text
from threadpoolctl import threadpool_limits

__all__ = ["describe", "segments"]

LOGS = {"recency": np.log1p, "tenure": np.log1p, "orders": np.log, "order_value": np.log}
PROFILE = ["recency", "orders", "amount", "order_value", "tenure", "gap", "items", "focus"]


def behaviour(
    people: pd.DataFrame, sales: pd.DataFrame, items: pd.DataFrame
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return behaviour with the focus on one category, and the scaled matrix of it."""
    joined = sales[sales["customer"].notna()].join(items["category"], on="item")
    counts = pd.crosstab(joined["customer"], joined["category"])
    lines, top = counts.sum(axis=1), counts.max(axis=1)
    focus = (top + 2 * (top / lines).mean()) / (lines + 2)
    people = people.assign(focus=focus.reindex(people.index).fillna((top / lines).mean()))
    values = people[[*LOGS, "focus"]].copy()
    for name, logarithm in LOGS.items():
        values[name] = logarithm(values[name])
    values = values.clip(values.quantile(0.01), values.quantile(0.99), axis=1)
    return people, ((values - values.mean()) / values.std(ddof=0)).to_numpy()


def overlap(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return each cluster's greatest Jaccard overlap with a cluster of another partition."""
    both = contingency_matrix(one, other)
    union = both.sum(axis=1)[:, None] + both.sum(axis=0)[None, :] - both
    return np.asarray((both / union).max(axis=1))


def choose(X: np.ndarray, most: int = 10, bootstraps: int = 12, seed: int = 7) -> pd.DataFrame:
    """Return the least stable cluster's overlap, and the silhouette, of each k."""
    rng = np.random.default_rng(seed)
    sample = X[rng.permutation(len(X))[:4000]]
    draws = [rng.integers(0, len(sample), min(len(sample), 2000)) for _draw in range(bootstraps)]
    rows = []
    for k in range(2, most + 1):
        whole = KMeans(k, n_init=5, random_state=seed).fit(sample)
        overlaps = []
        for number, draw in enumerate(draws):
            again = KMeans(k, n_init=3, max_iter=50, tol=1e-3, random_state=number)
            overlaps.append(overlap(whole.labels_, again.fit(sample[draw]).predict(sample)))
        silhouette = silhouette_score(sample[::2], whole.labels_[::2])
        rows.append((k, float(np.mean(overlaps, axis=0).min()), float(silhouette)))
    return pd.DataFrame(rows, columns=["k", "stability", "silhouette"])


def segments(
    people: pd.DataFrame, sales: pd.DataFrame, items: pd.DataFrame, seed: int = 7
) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """Return the segments described, who is in which, and how each k fared."""
    people, X = behaviour(people, sales, items)
    with threadpool_limits(1):  # many small fits: threads would only wait for each other
        tried = choose(X, seed=seed)
    eligible = tried[tried["stability"] >= 0.75]
    labels = np.zeros(len(X), dtype=int)
    if len(eligible):
        near = eligible["silhouette"] >= eligible["silhouette"].max() - 0.01
        labels = KMeans(
            int(eligible.loc[near, "k"].max()), n_init=10, random_state=seed
        ).fit_predict(X)
    members = pd.Series(labels, index=people.index)
    return describe(people, members, seed), members, tried


def describe(people: pd.DataFrame, members: pd.Series, seed: int) -> pd.DataFrame:
    """Return size, worth, medians, telling traits and a tree of each segment."""
    rows = []
    for segment, inside in people.groupby(members):
        medians = inside[PROFILE].median()
        rank = (people[PROFILE] < medians).mean() + (people[PROFILE] == medians).mean() / 2
        telling = (rank - 0.5).abs().sort_values(ascending=False)
        traits = [f"{'high' if rank[t] > 0.5 else 'low'} {t}" for t in telling.index[:3]]
        rule, precision, recall = explain(people, (members == segment).to_numpy(), seed)
        rows.append(
            {
                "segment": segment,
                "name": ", ".join(traits),
                "customers": len(inside),
                "share": len(inside) / len(people),
                "amount": inside["amount"].sum(),
                "rule": rule,
                "precision": precision,
                "recall": recall,
                **medians,
            }
        )
    return pd.DataFrame(rows).sort_values("amount", ascending=False)


def explain(people: pd.DataFrame, member: np.ndarray, seed: int) -> tuple[str, float, float]:
    """Return a shallow tree as text, with its precision and recall on customers held out."""
    X = people[[*LOGS, "focus"]]
    if member.all():
        return "all", 1.0, 1.0
    X_learn, X_test, y_learn, y_test = train_test_split(X, member, test_size=0.3, random_state=seed)
    leaf = max(1, min(20, int(y_learn.sum()) // 20))
    tree = DecisionTreeClassifier(max_depth=3, min_samples_leaf=leaf, random_state=seed)
    told = tree.fit(X_learn, y_learn).predict(X_test)
    right = (told & y_test).sum()
    text = export_text(tree, feature_names=list(X.columns))
    return text, float(right / max(told.sum(), 1)), float(right / max(y_test.sum(), 1))
