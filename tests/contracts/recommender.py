"""What every recommender promises: inherit this, set `recommender`, and the tests are yours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from tests.recommend.worlds import NOW, random_world, two_camps

from habitue.errors import UsageError
from habitue.recommend import Recommender, load
from habitue.registry import named

__all__ = ["RecommenderContract"]


class RecommenderContract:
    """Tests that every recommender passes."""

    recommender: ClassVar[type[Recommender]]
    settings: ClassVar[dict[str, Any]] = {}

    def make(self) -> Recommender:
        return self.recommender(**self.settings)

    def fitted(self, seed: int = 1) -> Recommender:
        return self.make().fit(random_world(seed), self.items(seed), NOW)

    def items(self, seed: int) -> pa.Table:
        ids = sorted(set(random_world(seed)["item_id"].to_pylist()))
        again = [n % 3 == 0 for n in range(len(ids))]
        titles = [f"thing {'red' if n % 2 else 'blue'} {n % 5}x" for n in range(len(ids))]
        return pa.table({"item_id": ids, "repeatable": again, "title": titles})

    def test_it_is_found_by_its_name(self) -> None:
        assert named("habitue.recommend", Recommender, self.recommender.name) is self.recommender

    def test_a_clone_has_the_same_parameters(self) -> None:
        assert clone(self.make()).get_params() == self.make().get_params()

    def test_all_candidate_settings_are_its_own(self) -> None:
        for settings in self.recommender.candidates():
            assert settings.items() <= self.recommender(**settings).get_params().items()

    def test_fit_returns_itself_and_leaves_its_parameters_alone(self) -> None:
        model = self.make()
        before = model.get_params()
        assert model.fit(two_camps()[0]) is model
        assert model.get_params() == before

    def test_it_says_so_when_it_is_not_fitted(self) -> None:
        with pytest.raises(NotFittedError):
            self.make().recommend([1])

    def test_a_missing_column_is_named(self) -> None:
        with pytest.raises(UsageError, match="item_id"):
            self.make().fit(pa.table({"customer": [1]}))

    def test_scores_have_a_row_a_customer_and_a_column_an_item(self) -> None:
        model = self.fitted()
        scores = model.scores(np.array([0, 3, -1]))
        assert scores.shape == (3, model.matrix_.shape[1])
        assert scores.dtype == np.float32
        assert not np.isnan(scores).any()

    def test_ranks_follow_each_other_and_scores_descend(self) -> None:
        model = self.fitted()
        table = model.recommend(model.matrix_.customers.ids, n=7).to_pandas()
        for _customer, rows in table.groupby("customer"):
            assert rows["rank"].tolist() == list(range(1, len(rows) + 1))
            assert (np.diff(rows["score"]) <= 0).all()
            assert rows["item_id"].is_unique

    def test_equal_scores_stand_in_the_order_of_the_items(self) -> None:
        model = self.fitted()
        table = model.recommend(model.matrix_.customers.ids, n=20).to_pandas()
        for _group, rows in table.groupby(["customer", "score"]):
            assert rows["item_id"].is_monotonic_increasing

    def test_what_was_bought_comes_again_only_if_it_is_repeatable(self) -> None:
        world = random_world(1).to_pandas()
        bought = set(map(tuple, world.loc[world["bought"], ["customer", "item_id"]].to_numpy()))
        items = self.items(1).to_pandas()
        once = set(items.loc[~items["repeatable"], "item_id"])
        table = self.fitted().recommend(sorted(world["customer"].unique()), n=20).to_pandas()
        given = set(map(tuple, table[["customer", "item_id"]].to_numpy()))
        assert not {pair for pair in given & bought if pair[1] in once}

    def test_a_mask_replaces_the_rule(self) -> None:
        model = self.fitted()
        everything = np.ones((1, model.matrix_.shape[1]))
        everything[0, 2] = 0
        only = model.recommend([0], n=5, exclude=sp.csr_matrix(everything))
        assert set(only["item_id"].to_pylist()) <= {model.matrix_.items.ids[2].as_py()}

    def test_a_mask_of_the_wrong_shape_is_refused(self) -> None:
        with pytest.raises(UsageError, match="shape"):
            self.fitted().recommend([0], exclude=sp.csr_matrix((2, 2)))

    def test_no_recommendations_is_a_wrong_number(self) -> None:
        with pytest.raises(UsageError, match="1 or more"):
            self.fitted().recommend([0], n=0)

    def test_an_unknown_customer_gets_what_is_popular(self) -> None:
        model = self.fitted()
        got = model.recommend([10_000], n=3)["item_id"].to_pylist()
        order = np.argsort(-model.matrix_.popularity(90), kind="stable")[:3]
        assert got == model.matrix_.items.at(order).to_pylist()
        assert model.explain(10_000, got[0])["kind"] == "popular"

    def test_the_same_data_give_the_same_answer(self) -> None:
        ids = list(range(30))
        assert self.fitted().with_reasons(ids).equals(self.fitted().with_reasons(ids))

    def test_the_order_of_the_rows_does_not_matter(self) -> None:
        world = random_world(1)
        turned = world.take(np.arange(world.num_rows)[::-1])
        one = self.make().fit(world, as_of=NOW).recommend([0, 1, 2])
        assert self.make().fit(turned, as_of=NOW).recommend([0, 1, 2]).equals(one)

    def test_a_saved_model_gives_the_same_answer(self, tmp_path: Path) -> None:
        model = self.fitted()
        model.save(tmp_path / "model")
        again = load(tmp_path / "model")
        assert type(again) is type(model)
        assert again.with_reasons([0, 5, 99]).equals(model.with_reasons([0, 5, 99]))

    def test_any_frame_will_do(self) -> None:
        world, items = two_camps()
        expected = self.make().fit(world, items).recommend([1, 6])
        for kind in (pd.DataFrame, pl.DataFrame):
            one, two = kind(world.to_pydict()), kind(items.to_pydict())
            assert self.make().fit(one, two).recommend([1, 6]).equals(expected)

    def test_ids_may_be_texts(self) -> None:
        by_text = self.make().fit(*two_camps(text=True)).recommend(["c01"])
        by_number = self.make().fit(*two_camps()).recommend([1])
        assert by_text["customer"].to_pylist()[0] == "c01"
        assert by_text["item_id"].equals(by_number["item_id"])

    def test_a_sparse_matrix_will_do(self) -> None:
        matrix = sp.csr_matrix(np.array([[1, 1, 0], [1, 1, 1], [0, 0, 1]]))
        got = self.make().fit(matrix).recommend([0])
        assert got["item_id"].to_pylist() == [2]

    def test_one_customer_makes_a_world(self) -> None:
        model = self.make().fit(pa.table({"customer": [7], "item_id": ["only"]}))
        assert model.recommend([7]).num_rows == 0
        assert model.recommend([8])["item_id"].to_pylist() == ["only"]

    def test_an_item_without_interactions_does_no_harm(self) -> None:
        model = self.make().fit(*two_camps())
        assert "cosy" in model.matrix_.items.ids.to_pylist()
        assert model.similar_items("cosy").num_rows <= 6

    def test_every_recommendation_has_a_reason(self) -> None:
        table = self.fitted().with_reasons([*range(30), 999])
        kinds = {json.loads(reason)["kind"] for reason in table["reason"].to_pylist()}
        assert kinds <= {"popular", "together", "neighbours", "alike", "again"}
        first = table.slice(0, 1).to_pylist()[0]
        model = self.fitted()
        assert model.explain(first["customer"], first["item_id"]) == json.loads(first["reason"])

    def test_an_unknown_item_is_named(self) -> None:
        with pytest.raises(UsageError, match="nonsense"):
            self.fitted().similar_items("nonsense")

    def test_nobody_to_recommend_to_is_an_empty_table(self) -> None:
        assert self.fitted().recommend([]).num_rows == 0
        assert self.fitted().with_reasons([]).column_names[-1] == "reason"
