from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow.compute as pc
import pytest
from tests.recommend.worlds import NOW, engine_of, taste_shop

from habitue.columns import EVALUATION
from habitue.engines import Engine
from habitue.evaluate.recommenders import Comparison, compare, judge
from habitue.evaluate.split import held_out
from habitue.recommend import ItemKNN, Popular, UserKNN, matrix_of, recommend


@pytest.fixture(scope="module")
def compared() -> Comparison:
    with taste_shop() as engine:
        return compare(engine, NOW, horizon_days=60, folds=3, seed=1)


def mean(comparison: Comparison, model: str, protocol: str, metric: str = "ndcg@10") -> float:
    table = comparison.table
    keys = {"model": model, "protocol": protocol, "metric": metric}
    for column, value in keys.items():
        table = table.filter(pc.equal(table[column], value))
    return float(table["mean"][0].as_py())


def test_every_model_is_judged_by_both_protocols(compared: Comparison) -> None:
    assert compared.table.schema == EVALUATION.schema
    rows = compared.table.to_pylist()
    models = {"again", "content", "hybrid", "itemknn", "popular", "userknn"}
    assert {(row["model"], row["protocol"]) for row in rows} == {
        (model, protocol) for model in models for protocol in ("time", "kfold")
    }
    assert all(row["low"] - 1e-9 <= row["mean"] <= row["high"] + 1e-9 for row in rows)


def test_planted_taste_is_found_and_beats_popularity_through_time(compared: Comparison) -> None:
    assert compared.chosen != "popular"
    assert mean(compared, compared.chosen, "time") >= 1.5 * mean(compared, "popular", "time")
    assert mean(compared, "itemknn", "kfold") >= 1.5 * mean(compared, "popular", "kfold")


def test_the_chosen_model_is_marked_and_said_why(compared: Comparison) -> None:
    chosen = {row["model"] for row in compared.table.to_pylist() if row["chosen"]}
    assert chosen == {compared.chosen}
    assert compared.model.name == compared.chosen
    assert compared.why["protocol"] == "time"
    assert compared.why["low"] <= compared.why["difference"] <= compared.why["high"]
    assert compared.tested["time"] > 50
    assert compared.parameters.keys() >= {"itemknn", "hybrid"}


def test_a_difference_within_noise_goes_to_the_plainer_model(compared: Comparison) -> None:
    if compared.why["within_noise"]:
        assert compared.model.complexity <= 4
    else:
        assert compared.chosen == compared.why["best"]


def test_the_same_seed_gives_the_same_comparison(compared: Comparison) -> None:
    with taste_shop() as engine:
        again = compare(engine, NOW, horizon_days=60, folds=3, seed=1)
    assert again.table.equals(compared.table)
    assert again.model.get_params() == compared.model.get_params()


def test_the_chosen_model_recommends_to_everyone(compared: Comparison) -> None:
    with taste_shop() as engine:
        table = recommend(engine, compared.model, NOW, n=3).to_pandas()
    assert table.groupby("customer").size().eq(3).all()
    own = table["item_id"].str[:2] == "g" + (table["customer"] % 6).astype(str)
    assert own.mean() > 0.9


def test_ndcg_agrees_with_a_loop_over_customers() -> None:
    with taste_shop() as engine:
        split = held_out(matrix_of(engine, NOW), 0.3, seed=2)
    found = judge({"itemknn": ItemKNN()}, split, n=5).values["itemknn"][:, 0]
    model = ItemKNN().fit(split.train)
    for place, row in enumerate(split.rows[:30]):
        bought = set(split.train.purchases[[row]].indices.tolist())
        scores = model.scores(np.array([row]))[0]
        best = sorted((c for c in range(len(scores)) if c not in bought), key=lambda c: -scores[c])
        true = set(split.truth[[place]].indices.tolist())
        gain = sum(1 / np.log2(rank + 2) for rank, c in enumerate(best[:5]) if c in true)
        ideal = sum(1 / np.log2(rank + 2) for rank in range(min(5, len(true))))
        assert found[place] == pytest.approx(gain / ideal)


def empty(engine: Engine) -> Engine:
    engine.register("sales", engine.query("SELECT * FROM sales LIMIT 0"))
    return engine


def test_a_shop_without_sales_gets_popularity_and_no_figures() -> None:
    sales = [{"customer": 1, "item_id": "a", "time": NOW - timedelta(days=9)}]
    with engine_of(sales) as engine:
        found = compare(empty(engine), NOW)
        assert recommend(engine, found.model, NOW).num_rows == 0
    assert (found.chosen, found.table.num_rows) == ("popular", 0)
    assert found.why["protocol"] == "none"


def test_one_customer_with_one_order_is_no_basis_for_a_choice() -> None:
    sales = [
        {"customer": 1, "order_id": "1", "item_id": item, "time": NOW - timedelta(days=9)}
        for item in ("a", "b", "c")
    ]
    with engine_of(sales) as engine:
        found = compare(engine, NOW, folds=2)
        assert recommend(engine, found.model, NOW).num_rows == 0
    assert found.chosen == "popular"
    assert found.why["protocol"] == "none"


def test_some_models_can_be_compared_alone() -> None:
    models = {"popular": Popular, "userknn": UserKNN}
    with taste_shop() as engine:
        found = compare(engine, NOW, horizon_days=60, folds=2, seed=1, models=models)  # type: ignore[arg-type]
    assert set(found.table["model"].to_pylist()) == set(models)
    assert found.chosen == "userknn"
