from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from tests.contracts.recommender import RecommenderContract
from tests.recommend.worlds import naive_cosine, two_camps

from habitue.recommend import Content
from habitue.text import tokens


class TestContent(RecommenderContract):
    recommender = Content


def test_an_item_that_nobody_bought_is_found_by_its_words() -> None:
    model = Content().fit(*two_camps())
    assert "cosy" in model.recommend([7], n=2)["item_id"].to_pylist()
    assert model.explain(7, "cosy") == {
        "kind": "alike",
        "items": ["leaves"],
        "terms": ["tea"],
        "category": "tea",
    }


def test_one_view_is_enough_to_begin_with() -> None:
    _world, items = two_camps()
    seen = pa.table({"customer": [1], "item_id": ["pot"], "bought": [False]})
    first = Content().fit(seen, items).recommend([1], n=3)["item_id"].to_pylist()
    assert first == ["cosy", "leaves", "strainer"]


def test_words_are_weighed_by_tf_idf() -> None:
    titles = ["red red mug", "red cup", "blue mug", "soap"]
    items = pa.table({"item_id": list("abcd"), "title": titles})
    words = sorted({w for title in titles for w in tokens(title)})
    idf = [math.log(5 / (1 + sum(w in tokens(t) for t in titles))) + 1 for w in words]
    weighted = list(zip(words, idf, strict=True))
    naive = np.array([[tokens(title).count(w) * i for w, i in weighted] for title in titles])
    model = Content().fit(pa.table({"customer": [1], "item_id": ["a"]}), items)
    assert model.similarity_.toarray() == pytest.approx(naive_cosine(naive), abs=1e-6)


def test_chinese_titles_are_compared_by_pairs_of_characters() -> None:
    items = pa.table(
        {"item_id": ["a", "b", "c"], "title": ["手工皂 玫瑰", "手工皂 薰衣草", "茶杯"]}
    )
    model = Content().fit(pa.table({"customer": [1], "item_id": ["a"]}), items)
    assert model.similar_items("a")["item_id"].to_pylist() == ["b"]


def test_a_like_price_tells_equals_apart() -> None:
    items = pa.table(
        {
            "item_id": ["a", "b", "c"],
            "title": ["mug", "mug", "mug"],
            "unit_price": [8_000_000, 90_000_000, 8_500_000],
        }
    )
    model = Content().fit(pa.table({"customer": [1], "item_id": ["a"]}), items)
    assert model.similar_items("a")["item_id"].to_pylist() == ["c", "b"]


def test_reasons_name_words_that_both_titles_have() -> None:
    world, items = two_camps()
    titles = dict(zip(items["item_id"].to_pylist(), items["title"].to_pylist(), strict=True))
    model = Content().fit(world, items)
    for row in model.recommend([1, 6, 7], n=6).to_pylist():
        reason = model.explain(row["customer"], row["item_id"])
        if reason["kind"] == "alike":
            for term in reason["terms"]:
                assert term in titles[row["item_id"]]
                assert term in titles[reason["items"][0]]
