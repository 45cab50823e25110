"""The sample shop's process: its probabilities are exact, its windows alike."""

from __future__ import annotations

import numpy as np
import pytest
from tests.collect.demo_oracles import ece

from habitue.collect.demo.process import BARGAIN, HABITS, TYPES, Lives, live, on_sale

END = 730.0


@pytest.fixture(scope="module")
def lives() -> Lives:
    return live(np.random.default_rng(3), 60_000, END)


def _buys(lives: Lives) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.isin(np.arange(len(lives.joined)), lives.customer[lives.day >= END])


def test_the_latent_probability_is_calibrated(lives: Lives) -> None:
    assert ece(lives.probability, _buys(lives)) < 0.006


@pytest.mark.parametrize("kind", range(len(TYPES)))
def test_the_latent_probability_is_right_for_each_type(lives: Lives, kind: int) -> None:
    chosen = lives.type == kind
    expected, seen = lives.probability[chosen].mean(), _buys(lives)[chosen].mean()
    assert seen == pytest.approx(expected, abs=4 * 0.5 / np.sqrt(chosen.sum()))


def test_about_half_of_the_customers_buy_again(lives: Lives) -> None:
    assert 0.5 < lives.probability.mean() < 0.65


def test_who_left_orders_no_more(lives: Lives) -> None:
    left = lives.left[lives.customer]
    assert not (lives.day > left).any()
    assert not _buys(lives)[~np.isnan(lives.left)].any()


def test_bad_experience_drives_away(lives: Lives) -> None:
    early = lives.joined < END - 100
    spoilt = np.isin(np.arange(len(early)), lives.customer[lives.bad & lives.trial])
    gone = ~np.isnan(lives.left)
    assert gone[early & spoilt].mean() > 1.4 * gone[early & ~spoilt].mean()


def test_bargain_hunters_wait_for_sales(lives: Lives) -> None:
    hunts = (lives.habit[lives.customer] == BARGAIN) & ~lives.trial
    assert on_sale(lives.day[hunts], END).mean() > 0.9
    assert on_sale(lives.day[~hunts], END).mean() < 0.3


def test_personal_rates_scatter_around_the_habits(lives: Lives) -> None:
    for number, habit in enumerate(HABITS):
        gaps = 1 / lives.rate[lives.habit == number]
        assert gaps.mean() == pytest.approx(habit.gap, rel=0.02)
        assert 0.2 < gaps.std() / gaps.mean() < 0.3


def test_as_many_join_in_one_quarter_as_in_the_next(lives: Lives) -> None:
    joined = np.bincount(((END - lives.joined) // 90).astype(int), minlength=8)[:8]
    assert joined == pytest.approx(np.full(8, 60_000 / 8), rel=0.06)


def test_a_short_history_still_makes_a_shop() -> None:
    short = live(np.random.default_rng(1), 200, 60.0)
    assert (short.joined >= 0).all()
    assert (short.joined < 60).all()
