"""The peer's loyalty table: parts, learnt weights, score, band, and lifetimes' forecasts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from lifetimes import GammaGammaFitter
from scipy.optimize import minimize
from scipy.special import expit

from benchmarks.peer_repurchase import FEATURES, WEEK, features, fit_bg_nbd, history

__all__ = ["loyalty"]

BANDS = ["gone", "leaving", "wavering", "steady", "loyal"]
DEFAULT = np.array([0.5, 0.2]) / 0.7  # of habit and value, where there are no visits and comments


def parts(X: pd.DataFrame) -> pd.DataFrame:
    """Return habit and value, 0 to 100; nothing is known of engagement and voice."""
    n = X["occasions"]
    gap = ((X["tenure"] - X["recency"] + X["gap"].median()) / n).clip(lower=1)
    habit = 100 * n / (n + 1) / (1 + (X["recency"] / (2 * gap)) ** 3)
    value = 100 * (X["amount"].rank() - 0.5) / len(X)
    return pd.DataFrame({"habit": habit, "value": value})


def learn_weights(X: pd.DataFrame, y: np.ndarray) -> np.ndarray:
    """Return the parts' weights: a logistic regression without negative ones, pooled."""
    given = parts(X).to_numpy() / 100
    design = np.column_stack([given - given.mean(axis=0), np.ones(len(y))])

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        odds = design @ theta
        value = np.logaddexp(0, odds).mean() - y @ odds / len(y)
        return float(value), design.T @ (expit(odds) - y) / len(y)

    bounds = [(0, None), (0, None), (None, None)]
    found = minimize(loss, [*DEFAULT, 0.0], jac=True, method="L-BFGS-B", bounds=bounds).x[:2]
    learnt = found / found.sum() if found.sum() > 0 else DEFAULT
    return np.asarray((len(y) * learnt + 500 * DEFAULT) / (len(y) + 500))


def loyalty(
    sales: pd.DataFrame,
    items: pd.DataFrame,
    now: pd.Timestamp,
    horizon: pd.Timedelta,
    model: Any,
    window: tuple[pd.DataFrame, np.ndarray],
) -> pd.DataFrame:
    """Return each customer's parts, score, band, chance of an order, and worth of a year."""
    X = features(sales, items, now)
    table = parts(X)
    table["score"] = (table.to_numpy() * learn_weights(*window)).sum(axis=1)
    table["probability"] = model.predict_proba(X[FEATURES])[:, 1]
    fitted, past = fit_bg_nbd(X), history(X)
    frequency, spend = past[0], X["amount"] / X["occasions"]
    again = frequency > 0
    money = GammaGammaFitter(penalizer_coef=0.001).fit(frequency[again], spend[again])
    table["alive"] = np.asarray(fitted.conditional_probability_alive(*past))
    several = X["orders"].sum() / X["occasions"].sum()
    expected = fitted.conditional_expected_number_of_purchases_up_to_time(
        horizon.days / WEEK, *past
    )
    table["expected_orders"] = several * expected
    table["lifetime_value"] = money.customer_lifetime_value(fitted, *past, spend, time=12, freq="W")
    table["band"] = bands(table)
    return table


def bands(table: pd.DataFrame) -> pd.Series:
    """Return the band of each score, bounded by habit and by the chance of an order."""
    number = pd.Series(np.searchsorted([20, 35, 50, 70], table["score"], side="right"), table.index)
    for most, habit in ((0, 3), (1, 12), (2, 30)):
        number = number.where(table["habit"] >= habit, number.clip(upper=most))
    for least, probability in ((1, 0.25), (2, 0.5)):
        number = number.where(table["probability"] < probability, number.clip(lower=least))
    return number.map(dict(enumerate(BANDS)))
