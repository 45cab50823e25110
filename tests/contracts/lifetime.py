"""What every lifetime model must do. Inherit and say how to make one."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone

from habitue.errors import NotEnoughDataError
from habitue.loyalty.lifetime import History, LifetimeModel
from habitue.registry import find


def histories() -> History:
    """Return a small shop's histories, in days."""
    random = np.random.default_rng(3)
    T = random.uniform(1, 300, 400).round()
    frequency = random.poisson(T / 100) * (random.random(400) < 0.6)
    recency = np.where(frequency > 0, (T * random.beta(3, 1.5, 400)).round(), 0)
    return History(frequency, recency, T)


class LifetimeContract:
    """Tests that a subclass inherits."""

    def make(self) -> LifetimeModel:
        raise NotImplementedError

    @pytest.fixture
    def model(self) -> LifetimeModel:
        return self.make().fit(histories())

    def test_the_registry_finds_it_by_its_name(self) -> None:
        found = find("habitue.loyalty.lifetime", LifetimeModel)
        assert found[self.make().name] is type(self.make())

    def test_chances_are_chances(self, model: LifetimeModel) -> None:
        for chance in (model.alive(histories()), model.chance(histories(), 90)):
            assert chance.min() >= 0
            assert chance.max() <= 1

    def test_a_purchase_is_no_likelier_than_being_alive(self, model: LifetimeModel) -> None:
        assert (model.chance(histories(), 900) <= model.alive(histories()) + 1e-12).all()

    def test_no_time_brings_no_purchase(self, model: LifetimeModel) -> None:
        np.testing.assert_allclose(model.expected_purchases(histories(), 0), 0, atol=1e-9)
        np.testing.assert_allclose(model.chance(histories(), 0), 0, atol=1e-12)

    def test_more_time_brings_more_purchases(self, model: LifetimeModel) -> None:
        short, long = (model.expected_purchases(histories(), t) for t in (30, 90))
        assert (long >= short).all()

    def test_expected_purchases_are_no_fewer_than_the_chance_of_one(
        self, model: LifetimeModel
    ) -> None:
        expected = model.expected_purchases(histories(), 90)
        assert (expected >= model.chance(histories(), 90) - 1e-9).all()

    def test_the_order_of_customers_does_not_matter(self, model: LifetimeModel) -> None:
        past = histories()
        back = History(past.frequency[::-1], past.recency[::-1], past.T[::-1])
        again = clone(model).fit(back)
        np.testing.assert_allclose(again.alive(back)[::-1], model.alive(past), atol=1e-6)

    @pytest.mark.parametrize("customers", [1, 5, 3000])
    def test_a_shop_where_nobody_came_back_has_an_answer(self, customers: int) -> None:
        T = np.linspace(1, 300, customers)
        past = History(np.zeros(customers), np.zeros(customers), T)
        chance = self.make().fit(past).chance(past, 90)
        assert ((chance >= 0) & (chance < 0.5)).all()

    def test_a_shop_without_a_history_is_an_error(self) -> None:
        with pytest.raises(NotEnoughDataError):
            self.make().fit(History([], [], []))
