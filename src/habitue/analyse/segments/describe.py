"""Segments as a person would know them: their number, name, worth, medians and rule."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from habitue import columns
from habitue.analyse.segments.base import Labels, Reals
from habitue.analyse.trees.rule import RuleTree

__all__ = ["describe", "traits"]

#: Features that a segment may be named after.
NAMED = (
    "recency",
    "orders",
    "amount",
    "order_value",
    "tenure",
    "discount_share",
    "focus",
    "views",
)
PROFILE = (*NAMED[:5], "gap", "items", *NAMED[5:])
_TRAITS = 3
_LOVED = 2.0  # a category is loved from this many times the population's share


def describe(
    people: pa.Table,
    labels: Labels,
    distance: Reals,
    stability: Reals,
    features: list[str],
    interests: pa.Table,
    seed: int,
) -> tuple[pa.Table, pa.Table]:
    """Return the tables of segments and of members.

    Parameters
    ----------
    people : pyarrow.Table
        Behaviour in its own units, one row a customer.
    labels, distance : ndarray of shape (n_customers,)
        Each customer's cluster, and distance to its centre.
    stability : ndarray of shape (n_clusters,)
        Of each cluster.
    features : list of str
        What the clusters were made from, and so what their rules speak of.
    interests : pyarrow.Table
        Columns as ``columns.INTERESTS`` says.
    seed : int
        Seed of the trees' held-out customers.
    """
    amount = people["amount"].to_numpy()
    worth = np.bincount(labels, weights=amount, minlength=len(stability))
    by_worth = np.argsort(-worth, kind="stable")
    number = np.empty_like(by_worth)
    number[by_worth] = np.arange(1, len(by_worth) + 1)
    own = _category_shares(people["customer"].to_numpy(), interests)
    rules = _rules(people, labels, features, len(stability), seed)
    total = max(int(amount.sum()), 1)
    rows = []
    for cluster in by_worth.tolist():
        inside = labels == cluster
        spent = int(amount[inside].sum())
        rows.append(
            {
                "segment": int(number[cluster]),
                "name": json.dumps(traits(people, inside, own), ensure_ascii=False),
                "customers": int(inside.sum()),
                "share": float(inside.mean()),
                "amount": spent,
                "amount_share": spent / total,
                **rules[cluster],
                "stability": float(stability[cluster]),
                "profile": json.dumps(_profile(people, inside)),
            }
        )
    members = {"customer": people["customer"], "segment": number[labels], "distance": distance}
    return (
        pa.Table.from_pylist(rows, schema=columns.SEGMENTS.schema),
        pa.table(members, schema=columns.MEMBERS.schema),
    )


def traits(
    people: pa.Table, inside: npt.NDArray[np.bool_], shares: dict[str, Reals]
) -> list[dict[str, Any]]:
    """Return what a segment is named after, the most telling trait first, at most three.

    A trait's level is where the segment's median stands among all customers: above 65 % of them
    is high, above 85 % very high, and so below. A category is a trait if its mean share in the
    segment is twice everyone's or more.
    """
    found: list[tuple[float, dict[str, Any]]] = []
    if inside.all():
        return []
    for name in NAMED:
        values = people[name].to_numpy()
        middle = np.median(values[inside])
        rank = float((values < middle).mean() + (values == middle).mean() / 2)
        level = (
            "very_high" if rank >= 0.85 else "high" if rank >= 0.65
            else "very_low" if rank <= 0.15 else "low" if rank <= 0.35 else ""
        )  # fmt: skip
        if level:
            found.append((abs(rank - 0.5), {"trait": name, "level": level}))
    best = max(
        ((values[inside].mean() / values.mean(), name) for name, values in shares.items()),
        default=(0.0, ""),
    )
    if best[0] >= _LOVED:
        trait = {"trait": "interest", "category": best[1], "times": round(float(best[0]), 2)}
        found.append((0.5 - 0.5 / float(best[0]) ** 2, trait))
    found.sort(key=lambda pair: -pair[0])
    return [trait for _strength, trait in found[:_TRAITS]]


def _category_shares(customers: npt.NDArray[np.int64], interests: pa.Table) -> dict[str, Reals]:
    shares: dict[str, Reals] = {}
    place = np.searchsorted(customers, interests["customer"].to_numpy())
    category = np.asarray(interests["category"].to_pylist(), dtype=object)
    share = interests["share"].to_numpy()
    known = place < len(customers)
    known[known] = customers[place[known]] == interests["customer"].to_numpy()[known]
    names, code = np.unique(category.astype(str), return_inverse=True)
    for number, name in enumerate(names.tolist()):
        chosen = known & (code == number)
        values = np.zeros(len(customers))
        values[place[chosen]] = share[chosen]
        if values.any():
            shares[name] = values
    return shares


def _rules(
    people: pa.Table, labels: Labels, features: list[str], clusters: int, seed: int
) -> list[dict[str, Any]]:
    """Return each cluster's rule, with how well it holds; everyone fits the only cluster's."""
    if clusters == 1:
        return [{"rule": "[[]]", "precision": 1.0, "recall": 1.0}]
    matrix = np.column_stack([people[name].to_numpy().astype(np.float64) for name in features])
    found = []
    for cluster in range(clusters):
        tree = RuleTree(random_state=seed).fit(matrix, labels == cluster, features)
        rule = [[asdict(condition) for condition in alternative] for alternative in tree.rule_]
        found.append(
            {"rule": json.dumps(rule), "precision": tree.precision_, "recall": tree.recall_}
        )
    return found


def _profile(people: pa.Table, inside: npt.NDArray[np.bool_]) -> dict[str, float | None]:
    profile: dict[str, float | None] = {}
    for name in PROFILE:
        values = people[name].to_numpy()[inside].astype(np.float64)
        values = values[np.isfinite(values)]
        profile[name] = round(float(np.median(values)), 4) if len(values) else None
    return profile
