from __future__ import annotations

import numpy as np
import pytest
from tests.contracts.recommender import RecommenderContract
from tests.recommend.worlds import random_world, two_camps

from habitue.recommend import Again, Content, Hybrid, ItemKNN, Popular, UserKNN
from habitue.recommend.heldout import Split, held_out
from habitue.recommend.hybrid import learn_weights, normalised
from habitue.recommend.matrix import Matrix
from habitue.recommend.ranking import ndcg


class TestHybrid(RecommenderContract):
    recommender = Hybrid


class TestHybridOfTwo(RecommenderContract):
    recommender = Hybrid
    settings = {"weights": {"itemknn": 1.0, "popular": 0.3}}  # noqa: RUF012


def gain(model: object, split: Split) -> float:
    ranking = model.rank(split.rows, 10, split.excluded)  # type: ignore[attr-defined]
    return float(ndcg(split.hits(ranking, 10), split.relevant).mean())


@pytest.mark.parametrize("seed", range(6))
def test_on_what_it_learns_from_the_blend_is_never_worse_than_its_best_part(seed: int) -> None:
    split = held_out(Matrix.of(random_world(seed, 60, 40)), 0.3, seed)
    models = (Popular(), Again(), Content(), ItemKNN(), UserKNN())
    parts = [model.fit(split.train) for model in models]
    blend = Hybrid.tuned(split, 10, parts)
    assert gain(blend, split) >= max(gain(part, split) for part in parts) - 1e-9


def test_the_score_is_the_weighted_sum_of_shares_of_the_highest() -> None:
    world, items = two_camps()
    weights = {"itemknn": 1.0, "userknn": 0.5}
    blend = Hybrid(weights).fit(world, items)
    rows = np.arange(10)
    parts = [ItemKNN().fit(world, items), UserKNN().fit(world, items)]
    expected = normalised(parts[0]._scores(rows)) + 0.5 * normalised(parts[1]._scores(rows))
    assert blend._scores(rows) == pytest.approx(expected, rel=1e-6)


def test_parts_of_no_weight_are_not_computed() -> None:
    assert set(Hybrid({"popular": 1.0, "itemknn": 0.0}).fit(two_camps()[0]).parts_) == {"popular"}


def test_parts_keep_their_settings() -> None:
    blend = Hybrid({"itemknn": 1.0}, {"itemknn": {"neighbours": 2}}).fit(two_camps()[0])
    assert blend.parts_["itemknn"].get_params()["neighbours"] == 2


def test_weights_favour_the_part_that_knows() -> None:
    split = held_out(Matrix.of(two_camps()[0]), 0.34, 1)
    parts = [Popular().fit(split.train), UserKNN().fit(split.train)]
    weights = learn_weights(parts, split, n=1)
    assert weights["userknn"] > weights["popular"]


def test_the_reason_is_of_the_part_that_adds_most() -> None:
    world, items = two_camps()
    blend = Hybrid({"content": 0.1, "itemknn": 1.0}).fit(world, items)
    assert blend.explain(1, "grinder")["kind"] == "together"
    assert blend.explain(7, "cosy")["kind"] == "alike"
