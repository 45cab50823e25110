"""Recommenders on published splits: quality, seconds and memory, beside peers in the same run.

Lines of both files are ``user item item …`` (plain or gzip). Every item but those of the user's
training line is ranked; recall@20 and nDCG@20 are means over users with test items. Settings are
chosen from the training file alone: unless its lines are sorted by item, their order counts as
time, and the search is on what comes last.

    python -m benchmarks.recommend --train train.txt.gz --test test.txt.gz --peers

prints one JSON object last.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import scipy.sparse as sp

from habitue.evaluate.metrics import ndcg, recall
from habitue.evaluate.search import search
from habitue.recommend import ItemKNN, Matrix, Recommender
from habitue.recommend.heldout import Split

__all__ = ["main"]

T = TypeVar("T")

_N = 20  # length of the lists
_SORTED = 0.95  # of steps within lines that go up: more, and lines are sorted by item


def read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the users and items of a file's pairs."""
    opened = gzip.open if path.suffix == ".gz" else open
    users, items = [], []
    with opened(path, "rt", encoding="utf-8") as file:
        for line in file:
            user, *others = map(int, line.split())
            users += [user] * len(others)
            items += others
    return np.array(users), np.array(items)


def pairs(train: Path, test: Path) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Return both files as matrices of ones of the same shape."""
    both = [read(train), read(test)]
    highest = [max(int(side[axis].max(initial=-1)) for side in both) for axis in (0, 1)]
    shape = (highest[0] + 1, highest[1] + 1)
    made = []
    for side in both:
        matrix = sp.csr_matrix((np.ones(len(side[0]), dtype=np.float32), side), shape=shape)
        matrix.data[:] = 1  # a pair counts once
        made.append(matrix)
    return made[0], made[1]


def ages(path: Path, train: sp.csr_matrix) -> np.ndarray | None:
    """Return how long ago each pair was, from 0 to 1, by its place in the user's line.

    None where lines are sorted by item: then places say nothing of time.
    """
    users, items = read(path)
    same = users[1:] == users[:-1]
    if np.mean(np.diff(items)[same] > 0) > _SORTED:
        return None
    place = np.arange(len(users)) - np.searchsorted(users, users)
    age = 1 - (place + 1) / np.bincount(users)[users]
    keys = users * train.shape[1] + items
    order = np.argsort(keys, kind="stable")
    found = np.repeat(np.arange(train.shape[0]), np.diff(train.indptr)) * train.shape[1]
    return np.asarray(age[order][np.searchsorted(keys[order], found + train.indices)])


def timed(work: Callable[[], T]) -> tuple[T, dict[str, float]]:
    """Return what work gives, and its wall and processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, {
        "wall": round(time.perf_counter() - wall, 3),
        "cpu": round(time.process_time() - processor, 3),
    }


def quality(
    split: Split, rows: np.ndarray, columns: np.ndarray, ranks: np.ndarray
) -> dict[str, float]:
    """Return recall and nDCG of lists."""
    hits = np.zeros((len(split.rows), _N))
    hits[rows, ranks] = split.came_true(rows, columns)
    return {
        f"recall@{_N}": round(float(recall(hits, split.relevant).mean()), 5),
        f"ndcg@{_N}": round(float(ndcg(hits, split.relevant).mean()), 5),
    }


def judged(model: Recommender, matrix: Matrix, split: Split) -> dict[str, Any]:
    """Fit a model and rank for all tested users."""
    _model, fit = timed(lambda: model.fit(matrix))
    ranking, ranked = timed(lambda: model.rank(split.rows, _N, split.excluded))
    found = quality(split, ranking.rows, ranking.columns, ranking.ranks - 1)
    settings = {"model": model.name, "settings": model.get_params(deep=False)}
    return {**settings, **found, "fit": fit, "recommend": ranked}


def latency(ask: Callable[[int], Any], users: np.ndarray) -> dict[str, float]:
    """Return microseconds of single requests."""
    taken = []
    for user in users.tolist():
        started = time.perf_counter()
        ask(user)
        taken.append((time.perf_counter() - started) * 1e6)
    return {f"p{share}": round(float(np.percentile(taken, share)), 1) for share in (50, 99)}


def peer(model: Any, split: Split, train: sp.csr_matrix) -> dict[str, Any]:
    """Return the same of one of implicit's models."""
    wanted = train[split.rows]
    _none, fit = timed(lambda: model.fit(train, show_progress=False))
    lists, ranked = timed(lambda: model.recommend(split.rows, wanted, N=_N))
    columns = lists[0].ravel().astype(np.int64)
    rows = np.repeat(np.arange(len(split.rows)), _N)
    ranks = np.tile(np.arange(_N), len(split.rows))
    kept = columns >= 0
    return {
        **quality(split, rows[kept], columns[kept], ranks[kept]),
        "fit": fit,
        "recommend": ranked,
        "microseconds": latency(lambda user: model.recommend(user, train[user], N=_N), some(split)),
    }


def some(split: Split) -> np.ndarray:
    """Return users whose single requests are timed."""
    return split.rows[:: max(len(split.rows) // 500, 1)]


def peers(split: Split, train: sp.csr_matrix) -> dict[str, Any]:
    """Return the same of implicit's neighbours and ALS."""
    from implicit.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender

    made: dict[str, Any] = {
        "cosine": CosineRecommender(K=100),
        "tfidf": TFIDFRecommender(K=100),
        "bm25": BM25Recommender(K=100),
        "als": AlternatingLeastSquares(
            factors=128, alpha=40, regularization=1.0, iterations=15, random_state=0
        ),
    }
    found: dict[str, Any] = {}
    for name, model in made.items():
        found[name] = peer(model, split, train)
    return found


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--budget", type=float, default=20.0, help="seconds of the search")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peers", action="store_true", help="measure implicit too")
    given = parser.parse_args(arguments)
    train, test = pairs(given.train, given.test)
    matrix = Matrix.of(train)
    when = ages(given.train, train)
    if when is not None:
        matrix = replace(matrix, first=when, last=when)
    rows = np.flatnonzero(np.diff(test.indptr) > 0)
    split = Split(matrix, rows, test[rows], train[rows])
    ItemKNN().fit(sp.eye(3, format="csr")).rank(np.arange(3))  # compiled before the clock starts
    found, selection = timed(lambda: search(matrix, budget=given.budget, n=_N, seed=given.seed))
    result: dict[str, Any] = {
        "users": len(rows),
        "items": matrix.shape[1],
        "selection": {**selection, "tried": len(found.tried)},
        **judged(found.best, matrix, split),
    }
    own = next((t for t in found.ranked() if t.model is ItemKNN), None)
    if own is not None:
        items = ItemKNN(**{**own.settings, "neighbours": 100})
        result["item_neighbours"] = judged(items, matrix, split)
        result["item_neighbours"]["microseconds"] = latency(
            lambda user: items.rank(np.array([user]), _N), some(split)
        )
    if given.peers:
        result["peers"] = peers(split, train)
    scale = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes here
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e6
    print(json.dumps({**result, "memory_mb": round(peak, 1)}))


if __name__ == "__main__":
    main()
