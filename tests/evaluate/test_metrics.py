from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from habitue.evaluate import metrics


@st.composite
def rankings(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Hits of some customers, and how many items came true for each (not fewer than the hits)."""
    k = draw(st.integers(1, 8))
    rows = draw(
        st.lists(st.lists(st.integers(0, 1), min_size=k, max_size=k), min_size=1, max_size=6)
    )
    hits = np.array(rows, dtype=float)
    more = draw(st.lists(st.integers(0, 6), min_size=len(rows), max_size=len(rows)))
    return hits, np.maximum(hits.sum(axis=1).astype(int) + np.array(more), 1)


@given(rankings())
def test_ndcg_agrees_with_a_loop(given: tuple[np.ndarray, np.ndarray]) -> None:
    hits, relevant = given
    for row, count, found in zip(hits, relevant, metrics.ndcg(hits, relevant), strict=True):
        gain = sum(hit / math.log2(rank + 1) for rank, hit in enumerate(row, 1))
        ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(count, len(row)) + 1))
        assert found == pytest.approx(gain / ideal)
        assert 0 <= found <= 1 + 1e-12


@given(rankings())
def test_recall_hits_and_reciprocal_rank_agree_with_loops(
    given: tuple[np.ndarray, np.ndarray],
) -> None:
    hits, relevant = given
    for n, row in enumerate(hits.tolist()):
        assert metrics.recall(hits, relevant)[n] == pytest.approx(sum(row) / relevant[n])
        assert metrics.hit_rate(hits)[n] == float(1.0 in row)
        first = next((1 / rank for rank, hit in enumerate(row, 1) if hit), 0.0)
        assert metrics.reciprocal_rank(hits)[n] == pytest.approx(first)


def test_ndcg_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    truth, scores = (rng.random((50, 30)) < 0.1).astype(float), rng.random((50, 30))
    truth[:, 0] = 1
    order = np.argsort(-scores, axis=1)[:, :10]
    hits = np.take_along_axis(truth, order, axis=1)
    ours = metrics.ndcg(hits, truth.sum(axis=1).astype(int)).mean()
    assert ours == pytest.approx(ndcg_score(truth, scores, k=10))


def test_novelty_of_what_nobody_has_is_finite() -> None:
    assert metrics.novelty(np.array([0]), np.array([0]), 8).tolist() == [4.0]


def test_the_bootstrap_agrees_with_the_normal_interval_for_many_customers() -> None:
    values = np.random.default_rng(1).exponential(size=2_000)
    interval = metrics.bootstrap_mean(values, seed=2)
    half = 1.96 * values.std() / math.sqrt(len(values))
    assert interval.mean == pytest.approx(values.mean())
    assert interval.low == pytest.approx(values.mean() - half, abs=half / 5)
    assert interval.high == pytest.approx(values.mean() + half, abs=half / 5)


def test_the_interval_holds_the_truth_19_times_of_20() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for seed in range(200):
        interval = metrics.bootstrap_mean(rng.normal(1, 2, 100), seed, resamples=300)
        held += interval.low <= 1 <= interval.high
    assert 180 <= held <= 199


def test_paired_columns_share_their_resamples() -> None:
    values = np.random.default_rng(4).random((80, 1))
    shifted, same = metrics.bootstrap_means(np.hstack([values + 1, values]), seed=5)
    assert shifted.low - same.low == pytest.approx(1)
    assert metrics.bootstrap_means(values - values, seed=5)[0].high == 0


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.random.default_rng(4).random(50)
    assert metrics.bootstrap_mean(values, seed=1) == metrics.bootstrap_mean(values, seed=1)
    assert metrics.bootstrap_mean(values, seed=1) != metrics.bootstrap_mean(values, seed=2)


def test_too_few_values_have_no_interval() -> None:
    assert math.isnan(metrics.bootstrap_mean(np.array([]), seed=1).mean)
    one = metrics.bootstrap_mean(np.array([3.0]), seed=1)
    assert (one.mean, math.isnan(one.low), math.isnan(one.high)) == (3.0, True, True)


def test_wilson_agrees_with_published_values() -> None:
    # Newcombe: Two-sided confidence intervals for the single proportion, 1998, table I, method 3
    for successes, trials, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        interval = metrics.wilson(successes, trials)
        assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_wilson_without_trials_knows_nothing() -> None:
    interval = metrics.wilson(0, 0)
    assert (math.isnan(interval.mean), interval.low, interval.high) == (True, 0.0, 1.0)
