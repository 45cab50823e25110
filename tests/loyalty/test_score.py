from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray
from tests.loyalty.worlds import START, at, rhythm_purchases, sales, shop

from habitue.columns import LOYALTY, SALES
from habitue.loyalty.features import NAMES, Window, index
from habitue.loyalty.score import PARTS, WEIGHTS, band, learn_weights, loyalty_table, parts, score

Floats = NDArray[np.float64]


def customers(**columns: ArrayLike) -> Floats:
    """Feature rows with the given columns; counts are 0 and the rest unknown if left out."""
    values = {name: np.asarray(column, dtype=np.float64) for name, column in columns.items()}
    X = np.full((len(next(iter(values.values()))), len(NAMES)), np.nan)
    for name in ("comments", "visits_90", "categories", "items", "amount"):
        X[:, index(name)] = 0
    for name, column in values.items():
        X[:, index(name)] = column
    X[:, index("gap")] = (X[:, index("tenure")] - X[:, index("recency")]) / (
        X[:, index("occasions")] - 1
    )
    X[~np.isfinite(X[:, index("gap")]), index("gap")] = np.nan
    return X


def habits(X: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return parts(X)[:, 0]


def test_habit_is_nearly_full_on_time_half_at_twice_and_gone_at_six_times_the_gap() -> None:
    X = customers(recency=[30, 60, 180], tenure=[30 + 900, 60 + 900, 180 + 900], occasions=[31] * 3)
    np.testing.assert_allclose(habits(X) / (100 * 31 / 32), [0.89, 0.5, 0.036], atol=0.005)


@pytest.mark.filterwarnings("ignore:invalid value|divide by zero")
@given(
    tenure=st.floats(1, 1000),
    share=st.floats(0.01, 1),
    sooner=st.floats(0, 1),
    occasions=st.integers(2, 60),
    usual=st.floats(5, 100),
)
def test_a_more_recent_order_never_lowers_the_habit(
    tenure: float, share: float, sooner: float, occasions: int, usual: float
) -> None:
    recency = tenure * share
    X = customers(
        recency=[recency, recency * sooner] + [1.0] * 8,
        tenure=[tenure] * 2 + [1.0 + usual] * 8,
        occasions=[occasions] * 2 + [2] * 8,
    )
    late, early = habits(X)[:2]
    assert early >= late - 1e-9


@pytest.mark.filterwarnings("ignore:invalid value|divide by zero")
@given(
    recency=st.floats(0.5, 500),
    active=st.floats(1, 500),
    occasions=st.integers(2, 60),
    usual=st.floats(5, 100),
    spent=st.floats(1, 1000),
)
def test_ordering_now_never_lowers_the_score(
    recency: float, active: float, occasions: int, usual: float, spent: float
) -> None:
    tenure = recency + active
    X = customers(
        recency=[recency, 0] + [1.0] * 8,
        tenure=[tenure] * 2 + [1.0 + usual] * 8,
        occasions=[occasions, occasions + 1] + [2] * 8,
        amount=[spent, spent + 10, *range(8)],
    )
    before, after = score(parts(X))[:2]
    assert after >= before - 1e-9


def test_value_is_the_share_that_spent_less() -> None:
    X = customers(recency=[1] * 4, tenure=[9] * 4, occasions=[2] * 4, amount=[10, 40, 40, 90])
    assert parts(X)[:, 1].tolist() == [12.5, 50, 50, 87.5]


def test_engagement_is_unknown_without_visits_and_higher_with_fresher_ones() -> None:
    X = customers(
        recency=[1] * 3,
        tenure=[9] * 3,
        occasions=[2] * 3,
        since_visit=[1, 60, np.nan],
        visits_90=[3, 3, 0],
        items=[4, 4, 9],
    )
    fresh, old, none = parts(X)[:, 2]
    assert fresh > old
    assert np.isnan(none)


def test_voice_follows_the_tone_and_one_comment_counts_less_than_many() -> None:
    X = customers(
        recency=[1] * 4,
        tenure=[9] * 4,
        occasions=[2] * 4,
        comments=[1, 9, 4, 0],
        sentiment=[1, 1, -1, np.nan],
    )
    one, many, bad, none = parts(X)[:, 3]
    assert bad < 50 < one < many
    assert np.isnan(none)


def test_the_score_is_made_from_the_parts_that_are_known() -> None:
    known = np.array([[80, 40, np.nan, np.nan], [80, 40, 10, 90]])
    weight = np.array([WEIGHTS[part] for part in PARTS])
    np.testing.assert_allclose(
        score(known), [(80 * 0.5 + 40 * 0.2) / 0.7, known[1] @ weight / weight.sum()]
    )


def learnable(n: int = 3000) -> Window:
    """A shop where the habit alone decides who comes again."""
    random = np.random.default_rng(4)
    recency = random.uniform(1, 200, n)
    X = customers(
        recency=recency,
        tenure=recency + 100,
        occasions=np.full(n, 5),
        amount=random.uniform(1, 99, n),
    )
    chance = 1 / (1 + np.exp((recency - 60) / 10))
    return Window(START, START, np.arange(n), X, (random.random(n) < chance).astype(np.int64))


def test_weights_follow_what_foretells_later_orders() -> None:
    weights = learn_weights(learnable())
    assert weights["habit"] > 0.6
    assert weights["value"] < 0.06
    assert sum(weights.values()) == pytest.approx(1)


def test_a_part_that_nobody_has_yet_keeps_its_default_share() -> None:
    weights = learn_weights(learnable())
    assert weights["voice"] == pytest.approx(WEIGHTS["voice"])


def test_with_few_customers_weights_are_the_default() -> None:
    assert learn_weights(learnable(150)) == WEIGHTS


def test_weights_never_turn_against_the_customer() -> None:
    window = learnable()
    contrary = Window(window.start, window.end, window.customer, window.X, 1 - window.y)
    assert min(learn_weights(contrary).values()) >= 0


def test_bands_follow_score_and_habit() -> None:
    assert band([90, 60, 40, 25, 5], [90] * 5) == ["loyal", "steady", "wavering", "leaving", "gone"]
    assert band([60, 60, 60], [29, 11, 2]) == ["wavering", "leaving", "gone"]


def test_nobody_with_a_fair_chance_is_called_gone() -> None:
    found = band([5, 5, 5, 90], [1, 1, 1, 90], [0.2, 0.3, 0.5, 0.9])
    assert found == ["gone", "leaving", "wavering", "loyal"]


@dataclass
class Told:
    """A comparison whose model says the same of everyone."""

    horizon_days: int = 45
    training: Window | None = None

    @property
    def model(self) -> Told:
        return self

    def predict_proba(self, X: ArrayLike) -> Floats:
        return np.tile([0.4, 0.6], (len(np.asarray(X)), 1))


def test_the_table_has_a_row_for_everyone_who_ordered() -> None:
    purchases = rhythm_purchases(800, 360, seed=3)
    with shop(sales(purchases, 360)) as engine:
        table = loyalty_table(engine, at(360), 90)
    assert table.schema.equals(LOYALTY.schema)
    assert table["customer"].to_pylist() == sorted(set(purchases.customer[purchases.day < 360]))
    assert table["engagement"].null_count == table["voice"].null_count == len(table)
    for name in ("score", "habit", "value", "probability", "alive", "lifetime_value", "band"):
        assert table[name].null_count == 0


def test_those_who_left_are_found_leaving_or_gone() -> None:
    purchases = rhythm_purchases(2000, 540, seed=3)
    later = set(purchases.customer[(purchases.day >= 540) & (purchases.day < 720)].tolist())
    with shop(sales(purchases, 540)) as engine:
        rows = loyalty_table(engine, at(540), 90).to_pylist()
    came = {
        name: [row["customer"] in later for row in rows if row["band"] == name]
        for name in ("loyal", "gone")
    }
    assert np.mean(came["loyal"]) > 0.8
    assert np.mean(came["gone"]) < 0.15


def test_probability_and_horizon_are_the_comparisons() -> None:
    with shop(sales(rhythm_purchases(200, 200, seed=3), 200)) as engine:
        told = loyalty_table(engine, at(200), 90, Told())
        own = loyalty_table(engine, at(200), 45)
    assert set(told["probability"].to_pylist()) == {0.6}
    assert told["expected_orders"].equals(own["expected_orders"])


def test_an_empty_shop_has_an_empty_table() -> None:
    with shop(SALES.schema.empty_table()) as engine:
        table = loyalty_table(engine, at(1), 90, Told())
    assert table.num_rows == 0
    assert table.schema.equals(LOYALTY.schema)


def test_a_shop_of_one_order_has_an_honest_row() -> None:
    whole = sales(rhythm_purchases(5, 10, seed=3), 10)
    with shop(whole.slice(0, 1)) as engine:
        row = loyalty_table(engine, at(11), 90).to_pylist()[0]
    assert row["value"] == 50
    assert 0 < row["probability"] < 1
    with shop(whole.slice(0, 1)) as engine:
        first = whole["time"][0].as_py()
        new = loyalty_table(engine, first.replace(microsecond=first.microsecond + 1), 90)
    assert new["alive"].to_pylist() == [None]
    assert pa.types.is_int64(new["lifetime_value"].type)
