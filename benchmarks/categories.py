r"""Categories from titles alone against hidden true ones; how steady they are, and how fast.

Normalised mutual information (arithmetic mean) of the groups and the truth, weighted by products,
at both levels of the tree. The usual stack (TF-IDF of words, 100 latent topics, k-means) is
measured in the same run.

``same_twice`` says whether the same table, its rows in another order, gave the same tree.
``moved`` is the share of products that leave their group when 5 % new ones come, over some seeds:
the groups of both trees are matched one to one such that as few as possible move.
``moved_afresh`` is the same if the tree before is not known.

    python -m benchmarks.categories --products products.parquet --title product_type \
        --truth product_category

prints one JSON object last. Without ``--truth`` only steadiness and speed are measured.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet
from sklearn.metrics import normalized_mutual_info_score

from habitue.prepare.categories import OTHER, group
from habitue.prepare.category_match import matched

__all__ = ["main", "moved"]


def read(path: Path, title: str, truth: str | None) -> tuple[list[str], list[str]]:
    """Return the titles and true categories of the products that have both."""
    table = parquet.read_table(path) if path.suffix == ".parquet" else csv.read_csv(path)
    columns = [title] + ([truth] if truth else [])
    table = table.select(columns).drop_null()
    titles = [str(value) for value in table[title].to_pylist()]
    if not truth:
        titles = sorted(set(titles))
    return titles, [str(value) for value in table[truth].to_pylist()] if truth else []


def items(ids: Sequence[int], titles: Sequence[str]) -> pa.Table:
    """Return a table of products."""
    return pa.table(
        {"item_id": [f"{i:08d}" for i in ids], "title": pa.array([titles[i] for i in ids])}
    )


def moved(before: pa.Table, after: pa.Table, level: str) -> float:
    """Return the share of products in both trees that are not in the group matched to theirs."""
    old = dict(zip(before["item_id"].to_pylist(), before[level].to_pylist(), strict=True))
    pairs = [
        (old[item], name)
        for item, name in zip(after["item_id"].to_pylist(), after[level].to_pylist(), strict=True)
        if item in old
    ]
    names = [sorted({pair[side] for pair in pairs}) for side in (0, 1)]
    places = [{name: i for i, name in enumerate(listed)} for listed in names]
    a = np.array([places[0][pair[0]] for pair in pairs])
    b = np.array([places[1][pair[1]] for pair in pairs])
    return float((matched(b, a)[b] != a).mean())


def steadiness(
    titles: Sequence[str], n_groups: int, n_departments: int, seeds: int
) -> dict[str, Any]:
    """Return how many products move when 5 % new ones come, at worst over some seeds."""
    n = len(titles)
    whole = items(range(n), titles)
    afresh = group(whole, n_groups, n_departments=n_departments)
    mixed = group(
        items(np.random.default_rng(0).permutation(n).tolist(), titles),
        n_groups,
        n_departments=n_departments,
    )
    kept: list[list[float]] = []
    for seed in range(seeds):
        new = set(np.random.default_rng(seed).choice(n, n // 20, replace=False).tolist())
        fewer = items([i for i in range(n) if i not in new], titles)
        before = group(fewer, n_groups, n_departments=n_departments)
        after = group(whole, n_groups, n_departments=n_departments, previous=before)
        kept.append(
            [
                moved(before, tree, level)
                for tree in (after, afresh)
                for level in ("category", "department")
            ]
        )
    worst = np.max(kept, axis=0).round(4).tolist()
    return {
        "same_twice": mixed.sort_by("item_id").equals(afresh.sort_by("item_id")),
        "moved": worst[0],
        "moved_departments": worst[1],
        "moved_afresh": worst[2],
        "moved_departments_afresh": worst[3],
        "seeds": seeds,
    }


def peer(titles: Sequence[str], n_groups: int) -> list[int]:
    """Group titles by TF-IDF of their words, 100 latent topics and k-means."""
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    distinct = sorted(set(titles))
    place = {title: i for i, title in enumerate(distinct)}
    X = TfidfVectorizer(sublinear_tf=True).fit_transform(distinct)
    points = normalize(TruncatedSVD(min(100, X.shape[1] - 1), random_state=0).fit_transform(X))
    weights = np.bincount([place[title] for title in titles])
    labels = KMeans(n_groups, n_init=3, random_state=0).fit(points, sample_weight=weights).labels_
    return [int(labels[place[title]]) for title in titles]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--products", type=Path, required=True, help="CSV or Parquet")
    parser.add_argument("--title", required=True, help="column of the titles")
    parser.add_argument("--truth", help="column of the hidden categories")
    parser.add_argument("--groups", type=int, help="categories at most; as many as true ones")
    parser.add_argument("--departments", type=int, help="departments at most; a fifth of them")
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args(arguments)
    titles, truth = read(options.products, options.title, options.truth)
    n_groups = options.groups or len(set(truth)) or 24
    n_departments = options.departments or max(2, n_groups // 5)
    started, cpu = time.perf_counter(), time.process_time()
    # What is like nothing else is a group too.
    tree = group(items(range(len(titles)), titles), n_groups - 1, n_departments=n_departments - 1)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1e6 if sys.platform == "darwin" else 1e3
    )
    result: dict[str, Any] = {
        "products": len(titles),
        "titles": len(set(titles)),
        "groups": len(set(tree["category"].to_pylist())),
        "departments": len(set(tree["department"].to_pylist())),
        "other": tree["category"].to_pylist().count(OTHER),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "peak_rss_mb": round(peak, 1),
    }
    if truth:
        result["nmi"] = round(normalized_mutual_info_score(truth, tree["category"].to_pylist()), 4)
        result["nmi_departments"] = round(
            normalized_mutual_info_score(truth, tree["department"].to_pylist()), 4
        )
        for name, n in (("peer_nmi", n_groups), ("peer_nmi_departments", n_departments)):
            result[name] = round(normalized_mutual_info_score(truth, peer(titles, n)), 4)
    result |= steadiness(titles, n_groups - 1, n_departments - 1, options.seeds)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
