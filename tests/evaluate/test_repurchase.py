from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from tests.loyalty.worlds import Purchases, at, bgnbd_purchases, rhythm_purchases, sales, shop

from habitue.columns import EVALUATION, SALES
from habitue.evaluate import repurchase
from habitue.evaluate.calibration import expected_calibration_error
from habitue.evaluate.repurchase import RepurchaseComparison, compare
from habitue.loyalty.classify import RepurchaseClassifier
from habitue.loyalty.features import Window, window
from habitue.loyalty.score import loyalty_table

WORLDS = {
    "bgnbd": bgnbd_purchases(5000, 540, 0.6, 25, 0.6, 3, seed=0),
    "rhythm": rhythm_purchases(5000, 540, seed=0),
}


@cache
def compared(name: str) -> RepurchaseComparison:
    with shop(sales(WORLDS[name], 540)) as engine:
        return compare(engine, at(540), horizon_days=90, folds=3, seed=7)


def rows(found: RepurchaseComparison, **where: str) -> dict[str, float]:
    return {
        f"{row['model']} {row['metric']}": row["mean"]
        for row in found.table.to_pylist()
        if all(row[key] == value for key, value in where.items())
    }


@pytest.mark.parametrize("name", WORLDS)
def test_chances_are_calibrated_through_time_and_in_the_withheld_future(name: str) -> None:
    found = compared(name)
    with shop(sales(WORLDS[name], 630)) as engine:
        future = window(engine, at(540), at(630))
    chance = found.model.predict_proba(future.X)[:, 1]
    assert expected_calibration_error(future.y, chance) <= 0.03
    assert rows(found, protocol="time", metric="ece")[f"{found.chosen} ece"] <= 0.03


@pytest.mark.parametrize("name", WORLDS)
def test_every_model_is_measured_by_both_protocols_and_all_metrics(name: str) -> None:
    table = compared(name).table
    assert table.schema.equals(EVALUATION.schema)
    assert table.num_rows == 4 * 2 * 4
    assert set(table["task"].to_pylist()) == {"repurchase"}
    mean, low, high = (table[key].to_numpy() for key in ("mean", "low", "high"))
    assert ((low <= mean) & (mean <= high)).all()


def test_the_model_of_lowest_log_loss_through_time_is_chosen() -> None:
    for name in WORLDS:
        found = compared(name)
        losses = rows(found, protocol="time", metric="log_loss")
        assert f"{found.chosen} log_loss" == min(losses, key=lambda key: losses[key])
        flags = found.table.filter(pc.field("chosen"))["model"].to_pylist()
        assert set(flags) == {found.chosen}
        assert found.why["protocol"] == "time"


def test_the_model_that_the_world_was_made_by_is_chosen_and_else_another() -> None:
    assert compared("bgnbd").chosen == "bgnbd"
    assert compared("rhythm").chosen == "svm"


def test_every_family_beats_the_floor() -> None:
    losses = rows(compared("rhythm"), protocol="time", metric="log_loss")
    floor = losses.pop("baseline log_loss")
    assert max(losses.values()) < floor - 0.1


def test_the_reliability_table_is_the_chosen_models_under_the_choosing_protocol() -> None:
    found = compared("rhythm")
    assert found.reliability is not None
    table = found.reliability.to_pydict()
    gap = np.abs(np.subtract(table["observed"], table["predicted"]))
    error = (gap * table["customers"]).sum() / sum(table["customers"])
    assert error == pytest.approx(rows(found, protocol="time", metric="ece")[f"{found.chosen} ece"])


def test_the_comparison_feeds_the_loyalty_table() -> None:
    found = compared("rhythm")
    with shop(sales(WORLDS["rhythm"], 630)) as engine:
        table = loyalty_table(engine, at(540), 90, found)
        came = window(engine, at(540), at(630)).y
    assert table["probability"].to_numpy().sum() == pytest.approx(came.sum(), rel=0.05)
    assert roc_auc_score(came, table["score"].to_numpy()) > 0.8


def small(name: str = "rhythm", customers: int = 400) -> Purchases:
    world = WORLDS[name]
    use = world.customer <= customers
    return Purchases(world.customer[use], world.day[use], world.rate, world.dropout)


def test_nothing_at_or_after_the_cut_is_looked_at() -> None:
    whole = sales(small(), 630)
    known = whole.filter(pc.less(whole["time"], pa.scalar(at(500))))
    with shop(known) as short, shop(whole) as long:
        one, two = compare(short, at(500), 60, folds=2), compare(long, at(500), 60, folds=2)
    assert one.table.equals(two.table)
    assert one.why == two.why


def test_the_same_seed_gives_the_same_answer() -> None:
    with shop(sales(small(), 540)) as engine:
        one, two = (compare(engine, at(540), 90, folds=2, seed=3) for _ in range(2))
    assert one.table.equals(two.table)


def test_what_is_judged_through_time_was_never_learnt_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learnt: list[datetime] = []
    judged: list[datetime] = []
    through_time = repurchase._through_time

    def spy(
        model: RepurchaseClassifier, earlier: Sequence[Window], later: Window, seed: int
    ) -> NDArray[np.float64]:
        learnt.extend(window.end for window in earlier)
        judged.append(later.start)
        return through_time(model, earlier, later, seed)

    monkeypatch.setattr(repurchase, "_through_time", spy)
    with shop(sales(small(), 540)) as engine:
        compare(engine, at(540), 90, folds=2)
    assert max(learnt) == min(judged) == at(450)
    assert set(learnt) == {at(450), at(360)}


def test_with_a_history_of_two_horizons_folds_decide_and_it_says_so() -> None:
    with shop(sales(small(), 540)) as engine:
        found = compare(engine, at(540), horizon_days=200, folds=2)
    assert found.horizon_days == 200
    assert set(found.table["protocol"].to_pylist()) == {"kfold"}
    assert (found.why["protocol"], found.why["reason"]) == ("kfold", "history_short")


def test_too_long_a_horizon_is_shortened_to_a_third_of_the_history() -> None:
    with shop(sales(small(), 540)) as engine:
        found = compare(engine, at(540), horizon_days=365, folds=2)
    assert found.horizon_days == found.why["horizon_days"] in (179, 180)
    assert found.why["asked_days"] == 365
    assert found.why["protocol"] == "time"


@pytest.mark.parametrize(
    ("customers", "day", "reason"), [(30, 540, "customers_few"), (400, 15, "history_short")]
)
def test_where_nothing_can_be_measured_bgnbd_answers_as_it_is(
    customers: int, day: float, reason: str
) -> None:
    with shop(sales(small(customers=customers), day)) as engine:
        found = compare(engine, at(day), 90)
        chance = loyalty_table(engine, at(day), 90, found)["probability"].to_numpy()
    assert (found.chosen, found.reliability, found.table.num_rows) == ("bgnbd", None, 0)
    assert (found.why["protocol"], found.why["reason"]) == ("none", reason)
    assert found.horizon_days == 90
    assert ((chance > 0) & (chance < 1)).all()


def test_an_empty_shop_is_no_error() -> None:
    with shop(SALES.schema.empty_table()) as engine:
        found = compare(engine, at(100), 90)
    assert (found.chosen, found.why["reason"]) == ("baseline", "history_short")


def test_the_area_and_its_interval_are_right_in_a_known_case() -> None:
    random = np.random.default_rng(1)
    y = np.repeat([1, 0], 200)
    areas, inside = [], 0
    for _ in range(200):
        p = random.normal(y * 1.0)
        area, low, high = repurchase._auc(y, p, 0)
        areas.append(area)
        inside += low <= 0.7602 <= high  # the area of two normals one apart: Phi(1 / sqrt 2)
    assert area == pytest.approx(roc_auc_score(y, p))
    assert np.mean(areas) == pytest.approx(0.7602, abs=0.01)
    assert 180 <= inside <= 199
