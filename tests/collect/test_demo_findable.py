"""What is planted in the sample shop can be found again by plain methods, on any seed and size."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.collect import demo_oracles as oracles

from habitue.collect.demo.process import TYPES

WORLDS = [(5000, 7), (5000, 11), (1000, 3), (12_000, 5)]
world = cache(oracles.world)


@pytest.mark.parametrize(("customers", "seed"), WORLDS)
def test_customer_types_are_found_again_by_kmeans(customers: int, seed: int) -> None:
    assert oracles.types_found(world(customers, seed)) >= 0.88


@pytest.mark.parametrize(("customers", "seed"), WORLDS)
def test_bundles_are_the_pairs_of_highest_lift(customers: int, seed: int) -> None:
    assert oracles.bundles_found(world(customers, seed)) >= 0.95


@pytest.mark.parametrize(("customers", "seed"), WORLDS)
def test_item_neighbours_beat_popularity_through_time(customers: int, seed: int) -> None:
    popular, neighbours = oracles.ranking(world(customers, seed))
    assert neighbours >= 2 * popular


@pytest.mark.parametrize("cut", [oracles.DAYS - 90, oracles.DAYS])
def test_what_was_learnt_on_one_quarter_is_calibrated_on_the_next(cut: float) -> None:
    assert oracles.calibration_error(world(12_000, 5), cut) <= 0.03


def test_tastes_are_no_caricature() -> None:
    popular, neighbours = oracles.ranking(world(5000, 7))
    assert popular > 0.04
    assert neighbours < 0.5


@pytest.mark.parametrize(("customers", "seed"), WORLDS)
def test_every_type_has_members_enough_and_none_dwarfs_the_others(
    customers: int, seed: int
) -> None:
    shares = np.bincount(world(customers, seed).types, minlength=len(TYPES)) / customers
    assert shares.min() > 0.08
    assert shares.max() < 0.42


def test_durables_are_bought_once_and_consumables_again() -> None:
    shop = world(5000, 7)
    times = shop.lines.groupby(["customer", "item"]).order.nunique()
    durable = ~shop.catalogue.consumable[times.index.get_level_values("item")]
    assert (times[durable] == 1).all()
    assert (times[~durable] > 3).mean() > 0.05


def test_every_order_holds_something_and_no_product_twice() -> None:
    lines = world(5000, 7).lines
    assert not lines.duplicated(["order", "item"]).any()
    assert set(np.unique(lines.order)) == set(range(lines.order.max() + 1))
