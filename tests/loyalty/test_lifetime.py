from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import approx_fprime
from tests.contracts.lifetime import LifetimeContract
from tests.loyalty.worlds import bgnbd_purchases
from tests.shared import shared_data

from habitue.errors import NotEnoughDataError, UsageError
from habitue.loyalty.lifetime import BGNBD, GammaGamma, History, LifetimeModel, lifetime_value
from habitue.loyalty.lifetime import bgnbd as bgnbd_module
from habitue.loyalty.lifetime import gammagamma as gammagamma_module

Floats = NDArray[np.float64]
Whole = NDArray[np.int_]
CDNOW = "cdnow/cdnow_customers_summary_with_transactions.csv"


def cdnow() -> tuple[History, Floats]:
    x, t_x, T, spend = np.genfromtxt(shared_data(CDNOW), delimiter=",", skip_header=1).T[1:]
    return History(x, t_x, T), spend


class TestBGNBD(LifetimeContract):
    def make(self) -> LifetimeModel:
        return BGNBD()


def test_bgnbd_gives_the_published_parameters_of_cdnow() -> None:
    model = BGNBD().fit(cdnow()[0])
    found = (model.r_, model.alpha_, model.a_, model.b_)
    np.testing.assert_allclose(found, (0.2426, 4.4135, 0.7929, 2.4258), rtol=1e-4)
    assert model.log_likelihood_ == pytest.approx(-9582.43, abs=0.006)
    assert not model.held_


def test_bgnbd_gives_the_published_forecast_of_one_customer() -> None:
    model = BGNBD().fit(cdnow()[0])
    expected = model.expected_purchases(History([2], [30.43], [38.86]), 39)
    assert expected[0] == pytest.approx(1.226, abs=0.0005)  # FHL's note on their spreadsheet


def test_gamma_gamma_gives_the_published_parameters_of_cdnow() -> None:
    history, spend = cdnow()
    model = GammaGamma().fit(history.frequency, spend)
    np.testing.assert_allclose((model.p_, model.q_, model.v_), (6.25, 3.74, 15.44), rtol=2e-3)
    assert model.log_likelihood_ == pytest.approx(-4055.92, abs=0.006)


def test_lifetimes_agrees_on_cdnow() -> None:
    lifetimes = pytest.importorskip("lifetimes")
    history, _spend = cdnow()
    x, t_x, T = history.frequency, history.recency, history.T
    peer = lifetimes.BetaGeoFitter()
    peer.params_ = dict(
        zip(("r", "alpha", "a", "b"), (0.2426, 4.4135, 0.7929, 2.4258), strict=True)
    )
    model = BGNBD()
    model.r_, model.alpha_, model.a_, model.b_ = 0.2426, 4.4135, 0.7929, 2.4258
    np.testing.assert_allclose(
        model.alive(history), peer.conditional_probability_alive(x, t_x, T), rtol=1e-9
    )
    theirs = peer.conditional_expected_number_of_purchases_up_to_time(52, x, t_x, T)
    np.testing.assert_allclose(model.expected_purchases(history, 52), theirs, rtol=1e-9)


def test_the_gradient_of_bgnbd_is_that_of_its_likelihood() -> None:
    history = History([0, 3, 1, 12], [0, 2, 0.5, 3], [1, 3, 4, 3.1])
    likelihood = bgnbd_module._Likelihood(history, np.array([5.0, 1.0, 2.0, 1.0]))
    at = np.array([0.7, 1.3, 0.9, 2.1])
    numeric = approx_fprime(at, partial(_value, likelihood), 1e-7)
    np.testing.assert_allclose(likelihood(at)[1], numeric, rtol=1e-4)


def test_the_gradient_of_gamma_gamma_is_that_of_its_likelihood() -> None:
    likelihood = gammagamma_module._Likelihood(np.array([1.0, 4.0, 2.0]), np.array([0.4, 1.3, 2.2]))
    at = np.array([5.0, 3.0, 0.6])
    numeric = approx_fprime(at, partial(_value, likelihood), 1e-7)
    np.testing.assert_allclose(likelihood(at)[1], numeric, rtol=1e-4)


def _value(likelihood: Callable[[Floats], tuple[float, Floats]], theta: Floats) -> float:
    return likelihood(theta)[0]


@cache
def simulated(seed: int = 1) -> tuple[History, Whole, Whole]:
    """Histories at day 400 of customers who live as BG/NBD says, and their orders in 90 days."""
    purchases = bgnbd_purchases(60_000, 400, 0.6, 25, 0.6, 3, seed)
    before = purchases.day < 400
    n = 60_000
    who, day = purchases.customer - 1, purchases.day
    first, last = np.full(n, np.inf), np.zeros(n)
    np.minimum.at(first, who[before], day[before])
    np.maximum.at(last, who[before], day[before])
    frequency = np.bincount(who[before], minlength=n) - 1
    soon = ~before & (day < 490)
    return (
        History(frequency, last - first, 400 - first),
        frequency,
        np.bincount(who[soon], minlength=n),
    )


def test_forecasts_hold_in_a_simulated_world() -> None:
    history, frequency, later = simulated()
    model = BGNBD().fit(history)
    chance, expected = model.chance(history, 90), model.expected_purchases(history, 90)
    for group in (frequency == 0, frequency == 2, frequency > 5, chance < 0.1, chance > 0.7):
        for forecast, outcome in ((chance, later > 0), (expected, later)):
            noise = 4 * float(outcome[group].std()) / group.sum() ** 0.5
            assert forecast[group].mean() == pytest.approx(outcome[group].mean(), abs=noise)


def test_the_parameters_of_a_simulated_world_are_found_again() -> None:
    model = BGNBD().fit(simulated()[0])
    found = (model.r_, model.alpha_, model.a_, model.b_)
    np.testing.assert_allclose(found, (0.6, 25, 0.6, 3), rtol=0.08)


@given(
    x=st.integers(0, 400),
    share=st.floats(0, 1),
    T=st.floats(1, 1000),
    a=st.floats(0.05, 5),
    time=st.floats(1, 1000),
)
@settings(max_examples=200, deadline=None)
def test_forecasts_stay_finite_for_any_customer(
    x: int, share: float, T: float, a: float, time: float
) -> None:
    model = BGNBD()
    model.r_, model.alpha_, model.a_, model.b_ = 0.3, 20.0, a, 2.0
    history = History([x], [share * T if x else 0], [T])
    expected, chance = model.expected_purchases(history, time), model.chance(history, time)
    assert np.isfinite(expected).all()
    assert expected[0] >= chance[0] - 1e-6


def test_one_as_a_parameter_is_no_pole() -> None:
    model = BGNBD()
    values = []
    for a in (1 - 1e-4, 1.0, 1 + 1e-4):
        model.r_, model.alpha_, model.a_, model.b_ = 0.3, 20.0, a, 2.0
        values.append(float(model.expected_purchases(History([3], [80], [100]), 90)[0]))
    assert values[1] == pytest.approx((values[0] + values[2]) / 2, rel=1e-3)


def test_equal_histories_count_once_but_weigh_all() -> None:
    history = History([1, 0, 1, 1], [2, 0, 2, 2], [9, 9, 9, 9])
    distinct, counts = history.distinct()
    assert distinct.customers == 2
    assert counts.tolist() == [1, 3]


@pytest.mark.parametrize(
    ("x", "t_x", "T"), [([1], [5], [4]), ([-1], [0], [4]), ([np.nan], [0], [4]), ([1, 2], [0], [4])]
)
def test_impossible_histories_are_refused(x: list[float], t_x: list[float], T: list[float]) -> None:
    with pytest.raises(UsageError):
        History(x, t_x, T)


def test_a_shop_that_just_opened_can_not_be_learnt_from() -> None:
    with pytest.raises(NotEnoughDataError, match="history"):
        BGNBD().fit(History([0], [0], [0]))


def test_a_tiny_shop_is_held_to_a_usual_one() -> None:
    model = BGNBD().fit(History([0, 1], [0, 20], [40, 60]))
    assert model.held_
    assert 0.2 < model.a_ < 3


def test_expected_spend_lies_between_the_customers_and_the_shops() -> None:
    model = GammaGamma().fit([2, 5, 3, 4], [20.0, 30.0, 25.0, 24.0])
    shop = model.expected_spend([0], [np.nan])[0]
    few, many = model.expected_spend([1, 50], [60.0, 60.0])
    assert shop < few < many < 60


def test_spend_needs_a_sale() -> None:
    with pytest.raises(NotEnoughDataError):
        GammaGamma().fit([1, 2], [0.0, 0.0])


def test_customers_below_the_least_purchases_are_not_learnt_from() -> None:
    one = GammaGamma(least=2).fit([1, 3, 4], [500.0, 20.0, 22.0])
    two = GammaGamma(least=2).fit([3, 4], [20.0, 22.0])
    assert one.v_ == two.v_


def test_lifetime_value_without_a_discount_is_purchases_times_spend() -> None:
    history = History([3, 0, 9], [80, 0, 100], [100, 90, 110])
    model = BGNBD().fit(history)
    value = lifetime_value(model, history, [10, 20, 30], months=12, month=30, yearly_discount=0)
    expected = model.expected_purchases(history, 360) * [10, 20, 30]
    np.testing.assert_allclose(value, expected)
    assert (lifetime_value(model, history, [10, 20, 30], month=30) < value).all()
