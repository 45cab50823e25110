"""The tone of comments: measured on real ones, honest about little, blind to the future."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from tests.shared import shared_data

from habitue.columns import COMMENTS, SENTIMENT
from habitue.engines import DuckDBEngine
from habitue.loyalty.sentiment import Lexicon, SentimentModel, score_comments
from habitue.loyalty.sentiment.comments import is_question
from habitue.loyalty.sentiment.linear import LinearSentiment

CUT = datetime(2024, 6, 1, tzinfo=UTC)


def _real(name: str, text: str, label: str, n: int) -> tuple[list[str], np.ndarray]:
    """Every so many-th text of a shared file, with its label as -1, 0 or 1."""
    options = csv.ParseOptions(newlines_in_values=True)
    rows = csv.read_csv(shared_data(name), parse_options=options).select([text, label]).drop_null()
    rows = rows.take(np.random.default_rng(0).permutation(rows.num_rows)[:n])
    tone = {"0": -1, "1": 1, "negative": -1, "neutral": 0, "positive": 1}
    return (
        [str(value) for value in rows[text].to_pylist()],
        np.array([tone[str(value)] for value in rows[label].to_pylist()]),
    )


def _accuracy(texts: Sequence[str], y: np.ndarray, language: Any) -> float:
    right = []
    for train, test in StratifiedKFold(3, shuffle=True, random_state=0).split(y[:, None], y):
        model = LinearSentiment(language).fit([texts[i] for i in train], y[train])
        right.append(model.predict([texts[i] for i in test]) == y[test])
    return float(np.concatenate(right).mean())


@pytest.mark.parametrize(
    ("name", "text", "label", "language", "n", "floor"),
    [
        ("chinese_reviews/waimai_10k.csv.gz", "review", "label", "zh", 1_500, 0.86),
        ("chinese_reviews/hotel_7766.csv.gz", "review", "label", "zh", 1_500, 0.83),
        ("airline_tweets/Tweets.csv.gz", "text", "airline_sentiment", "en", 14_640, 0.80),
    ],
)
def test_tone_of_real_comments_is_told(
    name: str, text: str, label: str, language: str, n: int, floor: float
) -> None:
    texts, y = _real(name, text, label, n)
    assert _accuracy(texts, y, language) >= floor


@pytest.mark.parametrize(
    ("name", "text", "label"),
    [
        ("chinese_reviews/waimai_10k.csv.gz", "review", "label"),
        ("airline_tweets/Tweets.csv.gz", "text", "airline_sentiment"),
    ],
)
def test_without_any_label_the_shops_own_words_are_learnt(name: str, text: str, label: str) -> None:
    texts, y = _real(name, text, label, 4_000)
    texts, y = [t for t, tone in zip(texts, y, strict=True) if tone], y[y != 0]
    model = SentimentModel().fit([], [], unlabelled=texts)
    assert "self_trained" in model.sources_.values()
    by_words = roc_auc_score(y, Lexicon().predict_score(texts))
    assert roc_auc_score(y, model.predict_score(texts)) > by_words + 0.02


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("I love it, great quality", "I hate it, terrible quality"),
        ("not bad at all", "not good at all"),
        ("质量很好，非常满意", "质量很差，非常失望"),
        ("味道不错", "味道不好"),
        ("没有异味", "有异味"),
        ("Works perfectly 😊", "It isn't helpful"),
    ],
)
def test_words_and_their_negation_are_told_apart(good: str, bad: str) -> None:
    better, worse = Lexicon().fit().predict_score([good, bad])
    assert better > 0 > worse


def test_few_labels_are_not_learnt_from() -> None:
    model = SentimentModel().fit(["great", "awful", "很好", "很差"], [1, -1, 1, -1])
    assert set(model.sources_.values()) == {"lexicon"}
    assert np.sign(model.predict_score(["great", "很差", "", "🙂"])).tolist() == [1, -1, 0, 0]


def test_neutral_labels_are_kept_when_there_are_enough() -> None:
    texts = [f"{word} {i}" for word in ("lovely", "plain", "awful") for i in range(120)]
    y = np.repeat([1, 0, -1], 120)
    model = SentimentModel().fit(texts, y)
    assert model.sources_["en"] == "ratings"
    good, plain, bad = model.predict_score(["lovely", "plain", "awful"])
    assert good > 0.5 > abs(plain)
    assert bad < -0.5


def test_scores_are_bounded_and_the_same_each_time() -> None:
    texts, y = [f"{w} {i}" for w in ("fine", "grim") for i in range(150)], np.repeat([1, -1], 150)
    one = SentimentModel(random_state=3).fit(texts, y).predict_score(texts)
    two = SentimentModel(random_state=3).fit(texts, y).predict_score(texts)
    assert (one == two).all()
    assert np.abs(one).max() <= 1
    assert len(LinearSentiment().fit(texts, y).predict_score([])) == 0


def _scored(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    filled = [
        {"row_key": i, "line": i, "repeat": 1, "customer": i, "time": CUT, **row}
        for i, row in enumerate(rows)
    ]
    with DuckDBEngine() as engine:
        engine.register("comments", pa.Table.from_pylist(filled, schema=COMMENTS.schema))
        table = score_comments(engine, CUT)
    assert table.schema == SENTIMENT.schema
    return sorted(table.to_pylist(), key=lambda row: row["row_key"])


def test_a_shop_without_comments_gets_an_empty_table() -> None:
    assert _scored([]) == []


def test_stars_and_words_both_count() -> None:
    rows = _scored(
        [
            {"text": "lovely", "rating": 5.0},
            {"text": "lovely", "rating": 1.0},
            {"text": None, "rating": 4.0},
            {"text": " ", "rating": None},
            {"text": "awful", "rating": 9.0},
        ]
    )
    tone = [row["sentiment"] for row in rows]
    assert tone[0] > 0.8
    assert -1 < tone[1] < -0.4
    assert tone[2] == 0.5
    assert tone[3] is None
    assert tone[4] == pytest.approx(np.tanh(-0.7))
    assert [row["answer"] for row in rows] == [False, True, False, False, True]


def test_only_comments_before_the_cut_teach() -> None:
    def rows(late: float) -> list[dict[str, Any]]:
        early = [
            {"text": f"{word} {i}", "rating": stars, "time": CUT - timedelta(days=1 + i)}
            for word, stars in (("zig", 5.0), ("zag", 1.0))
            for i in range(120)
        ]
        later = [{"text": f"zig {i}", "rating": late} for i in range(300, 700)]
        return [*early, *later, {"text": "zig", "rating": None}, {"text": "zag", "rating": None}]

    happy, grim = _scored(rows(5.0)), _scored(rows(1.0))
    assert [row["sentiment"] for row in happy[-2:]] == [row["sentiment"] for row in grim[-2:]]
    assert happy[-2]["sentiment"] > 0.5
    assert happy[-1]["sentiment"] < -0.5


def test_questions_should_be_answered_in_both_languages() -> None:
    asked = ["Is it dishwasher safe?", "where is my order", "请问什么时候发货", "这个能洗吗"]
    said = ["What a lovely mug!", "I know how to use it", "很喜欢", ""]
    assert all(map(is_question, asked))
    assert not any(map(is_question, said))
    rows = _scored([{"text": text} for text in asked])
    assert all(row["answer"] for row in rows)
    assert [row["language"] for row in rows] == ["en", "en", "zh", "zh"]


def test_the_better_model_by_cross_validation_is_kept() -> None:
    texts, y = [f"{w} {i}" for w in ("fine", "grim") for i in range(50)], np.repeat([1, -1], 50)
    model = LinearSentiment().fit(texts, y)
    assert model.scores_[model.model_] == max(model.scores_.values())
    assert set(model.scores_) == {"naive_bayes", "svm"}
    assert pc.all(pa.array(model.predict(texts) == y)).as_py()
