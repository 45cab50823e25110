"""The peer's segments, repurchase models and lifetime value: scikit-learn and lifetimes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter
from lifetimes.utils import ConvergenceError, summary_data_from_transaction_data
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score, silhouette_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

FEATURES = ["recency", "tenure", "orders", "items", "amount", "order_value", "gap"]

WEEK = 7.0  # days

Rfm = Callable[[pd.DataFrame, pd.Timestamp], pd.DataFrame]


def segments(people: pd.DataFrame) -> tuple[np.ndarray, int]:
    """k-means with the k of the best silhouette among the stable ones, and a tree that tells it."""
    logs = np.log1p(people[FEATURES].fillna(people["tenure"].max()))
    X = StandardScaler().fit_transform(logs)
    rng = np.random.default_rng(0)
    stable: dict[int, tuple[bool, float]] = {}
    for k in range(2, 11):
        whole = KMeans(k, n_init=5, random_state=0).fit(X)
        overlaps = []
        for number in range(12):
            draw = rng.integers(0, len(X), min(len(X), 2000))
            again = KMeans(k, n_init=3, random_state=number).fit(X[draw]).predict(X)
            both = pd.crosstab(whole.labels_, again).to_numpy()
            union = both.sum(axis=1)[:, None] + both.sum(axis=0)[None, :] - both
            overlaps.append((both / union).max(axis=1))
        sample = rng.permutation(len(X))[:2000]
        silhouette = silhouette_score(X[sample], whole.labels_[sample])
        stable[k] = (bool(np.mean(overlaps, axis=0).min() > 0.75), float(silhouette))
    best = max(stable, key=lambda k: stable[k])
    labels = KMeans(best, n_init=5, random_state=0).fit_predict(X)
    DecisionTreeClassifier(max_depth=4, random_state=0).fit(people[FEATURES].fillna(-1), labels)
    return labels, best


def bg_nbd(sales: pd.DataFrame, now: pd.Timestamp) -> tuple[BetaGeoFitter, pd.DataFrame]:
    """BG/NBD fitted on orders before a time, and its summary of each customer, in weeks."""
    summary = summary_data_from_transaction_data(
        sales[(sales["time"] < now) & sales["customer"].notna()],
        "customer",
        "time",
        monetary_value_col="amount",
        observation_period_end=now,
    )
    summary[["recency", "T"]] /= WEEK  # in days the fit does not converge
    for penalty in (0.001, 0.01, 0.1):  # the least with which the fit converges
        model = BetaGeoFitter(penalizer_coef=penalty)
        try:
            return model.fit(summary["frequency"], summary["recency"], summary["T"]), summary
        except ConvergenceError:
            continue
    raise SystemExit("BG/NBD did not converge.")


def chance(model: BetaGeoFitter, summary: pd.DataFrame, days: int) -> pd.Series:
    """Chance of at least one order within some days, by Poisson from the expected number."""
    expected = model.conditional_expected_number_of_purchases_up_to_time(
        days / WEEK, summary["frequency"], summary["recency"], summary["T"]
    )
    return pd.Series(1 - np.exp(-np.asarray(expected)), index=summary.index)


def classifiers() -> dict[str, Any]:
    """Naive Bayes and a support vector machine, calibrated."""
    svm = make_pipeline(StandardScaler(), SVC(random_state=0))
    return {
        "naive_bayes": CalibratedClassifierCV(GaussianNB(), method="isotonic", cv=5),
        "svm": CalibratedClassifierCV(svm, method="sigmoid", cv=5),
    }


def window(
    sales: pd.DataFrame, rfm: Rfm, start: pd.Timestamp, end: pd.Timestamp
) -> tuple[pd.DataFrame, np.ndarray]:
    """Features of the customers known at a time, and who ordered from then to the end."""
    table = rfm(sales[sales["time"] < start], start)
    later = sales[(sales["time"] >= start) & (sales["time"] < end)]
    return table, table.index.isin(later["customer"].dropna().unique()).astype(int)


def inputs(table: pd.DataFrame) -> np.ndarray:
    """Logarithms of the features; an unknown gap is the tenure."""
    values = table[FEATURES].copy()
    values["gap"] = values["gap"].fillna(values["tenure"])
    return np.asarray(np.log1p(values.clip(lower=0)))


def measured(y: np.ndarray, p: np.ndarray) -> dict[str, float]:
    """Log loss, AUC, Brier score and expected calibration error over ten bins."""
    bins = pd.qcut(pd.Series(p).rank(method="first"), 10, labels=False)
    gaps = pd.DataFrame({"y": y, "p": p}).groupby(bins).mean()
    return {
        "log_loss": float(log_loss(y, p)),
        "auc": float(roc_auc_score(y, p)),
        "brier": float(brier_score_loss(y, p)),
        "ece": float((gaps["y"] - gaps["p"]).abs().mean()),
    }


def compare(
    sales: pd.DataFrame, rfm: Rfm, now: pd.Timestamp, horizon: pd.Timedelta
) -> tuple[dict[str, Any], Any]:
    """Every model through time and by five folds; the one of least log loss through time."""
    earlier, y_earlier = window(sales, rfm, now - 2 * horizon, now - horizon)
    latest, y_latest = window(sales, rfm, now - horizon, now)
    result: dict[str, Any] = {}
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for name, model in classifiers().items():
        by_fold = cross_val_predict(
            model, inputs(latest), y_latest, cv=folds, method="predict_proba"
        )[:, 1]
        through = model.fit(inputs(earlier), y_earlier).predict_proba(inputs(latest))[:, 1]
        result[name] = {"kfold": measured(y_latest, by_fold), "time": measured(y_latest, through)}
    fitted, summary = bg_nbd(sales, now - horizon)
    statistical = chance(fitted, summary, horizon.days).reindex(latest.index).to_numpy()
    result["statistical"] = {"time": measured(y_latest, np.clip(statistical, 1e-6, 1 - 1e-6))}
    best = min(result, key=lambda name: result[name]["time"]["log_loss"])
    if best == "statistical":
        return result, None
    return result, classifiers()[best].fit(inputs(latest), y_latest)


def loyalty(
    sales: pd.DataFrame,
    people: pd.DataFrame,
    rfm: Rfm,
    now: pd.Timestamp,
    horizon: pd.Timedelta,
    model: Any,
) -> pd.DataFrame:
    """Chance of an order, chance of being alive, worth of the next year, and a score."""
    fitted, summary = bg_nbd(sales, now)
    repeat = summary[(summary["frequency"] > 0) & (summary["monetary_value"] > 0)]
    money = GammaGammaFitter(penalizer_coef=0.001).fit(
        repeat["frequency"], repeat["monetary_value"]
    )
    frequency, recency, age = summary["frequency"], summary["recency"], summary["T"]
    worth = money.customer_lifetime_value(
        fitted, frequency, recency, age, summary["monetary_value"], time=12, freq="W"
    )
    alive = fitted.conditional_probability_alive(frequency, recency, age)
    table = people.copy()
    if model is None:
        table["probability"] = chance(fitted, summary, horizon.days)
    else:
        table["probability"] = model.predict_proba(inputs(people))[:, 1]
    table["alive"] = pd.Series(np.asarray(alive), index=summary.index)
    table["lifetime_value"] = worth
    value = table["amount"].rank(pct=True)
    table["score"] = 100 * (0.5 * table["probability"] + 0.2 * table["alive"] + 0.3 * value)
    return table[["probability", "alive", "lifetime_value", "score"]]
