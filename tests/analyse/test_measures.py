from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from habitue.analyse.rules import measures


@given(st.data())
def test_fisher_is_the_hypergeometric_tail(data: st.DataObject) -> None:
    N = data.draw(st.integers(1, 3000))
    left, right = data.draw(st.integers(1, N)), data.draw(st.integers(1, N))
    both = data.draw(st.integers(max(0, left + right - N), min(left, right)))
    expected = stats.hypergeom.sf(both - 1, N, right, left)
    ours = measures.fisher(np.array([both]), left, right, N)
    np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-9)


def test_fisher_of_many_rules_is_that_of_each() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.integers(50, 500, 200), rng.integers(50, 500, 200)
    both = (left * right // 5000 + rng.integers(0, 20, 200)).clip(0, np.minimum(left, right))
    expected = [
        stats.hypergeom.sf(b - 1, 5000, y, x)
        for b, x, y in zip(both.tolist(), left.tolist(), right.tolist(), strict=True)
    ]
    np.testing.assert_allclose(measures.fisher(both, left, right, 5000), expected, rtol=1e-6)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_adjusted_p_is_that_of_scipy(p: list[float]) -> None:
    ours = measures.benjamini_hochberg(np.array(p))
    np.testing.assert_allclose(ours, stats.false_discovery_control(p), atol=1e-12)


def test_nothing_measured_is_nothing() -> None:
    assert len(measures.fisher(np.array([]), np.array([]), np.array([]), 10)) == 0
    assert len(measures.benjamini_hochberg(np.array([]))) == 0


def test_independent_sides_have_lift_one_and_leverage_zero() -> None:
    assert measures.lift(10, 20, 50, 100) == 1.0
    assert measures.leverage(10, 20, 50, 100) == 0.0
    assert measures.conviction(10, 20, 50, 100) == 1.0
