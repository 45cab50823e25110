"""The peer's repurchase models: scikit-learn's classifiers and lifetimes' BG/NBD, calibrated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter
from lifetimes.utils import ConvergenceError
from scipy.stats import rankdata
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.kernel_approximation import Nystroem
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import CategoricalNB
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, KBinsDiscretizer, StandardScaler
from sklearn.svm import LinearSVC

__all__ = ["chance", "compare", "features", "fit_bg_nbd", "history"]

DAY = 86_400.0  # seconds
WEEK = 7.0  # days
HISTORY = ["occasions", "recency", "tenure"]
FEATURES = (
    "recency tenure orders occasions gap overdue rhythm orders_30 orders_90 orders_180 amount "
    "order_value amount_90 trend items categories return_share"
).split()


def features(sales: pd.DataFrame, items: pd.DataFrame, cut: pd.Timestamp) -> pd.DataFrame:
    """Return what is known of each customer before a moment."""
    lines = sales[(sales["time"] < cut) & sales["customer"].notna()]
    orders = lines.groupby(["customer", "order"]).agg(
        time=("time", "min"),
        amount=("amount", "sum"),
        quantity=("quantity", "sum"),
        returned=("returned", "sum"),
    )
    orders = orders.reset_index()
    people = orders.groupby("customer")
    table = people.agg(
        first=("time", "min"),
        last=("time", "max"),
        orders=("order", "size"),
        amount=("amount", "sum"),
    )
    table["recency"] = (cut - table["last"]).dt.total_seconds() / DAY
    table["tenure"] = (cut - table["first"]).dt.total_seconds() / DAY
    age = cut - orders["time"]
    for days in (30, 90, 180):
        lately = orders[age <= pd.Timedelta(days=days)].groupby("customer")
        table[f"orders_{days}"] = lately.size().reindex(table.index, fill_value=0)
        table[f"amount_{days}"] = lately["amount"].sum().reindex(table.index, fill_value=0)
    before = table["amount_180"] - table["amount_90"]
    table["trend"] = (table["amount_90"] - before) / table["amount_180"].replace(0, np.nan)
    table["order_value"] = table["amount"] / table["orders"]
    back, kept = people["returned"].sum(), people["quantity"].sum()
    table["return_share"] = back / (kept + back)
    days_ = orders.groupby(["customer", orders["time"].dt.normalize()])["time"].min()
    gaps = days_.groupby("customer").diff().dt.total_seconds() / DAY
    rhythm = gaps.groupby("customer").agg(["mean", "std"])
    table["occasions"] = days_.groupby("customer").size()
    table["gap"] = rhythm["mean"]
    table["overdue"] = table["recency"] / table["gap"]
    table["rhythm"] = rhythm["std"] / rhythm["mean"]
    pairs = lines[["customer", "item"]].drop_duplicates().join(items["category"], on="item")
    table[["items", "categories"]] = pairs.groupby("customer")[["item", "category"]].nunique()
    return table


def history(X: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return frequency, recency and age as lifetimes takes them, in weeks."""
    age = X["tenure"].round()
    last = (X["tenure"] - X["recency"]).round().clip(0, age).where(X["occasions"] > 1, 0)
    return X["occasions"] - 1, last / WEEK, age / WEEK  # in days the fit does not converge


def fit_bg_nbd(X: pd.DataFrame) -> BetaGeoFitter:
    """Return BG/NBD fitted with the least penalty with which the fit converges."""
    for penalty in (0.001, 0.01, 0.1):
        try:
            return BetaGeoFitter(penalizer_coef=penalty).fit(*history(X))
        except ConvergenceError:
            continue
    raise SystemExit("BG/NBD did not converge.")


def chance(model: BetaGeoFitter, X: pd.DataFrame, days: float) -> np.ndarray:
    """Return the chance of at least one order: alive, and not silent for so long."""
    frequency, last, age = history(X)
    r, alpha = model.params_["r"], model.params_["alpha"]
    alive = np.asarray(model.conditional_probability_alive(frequency, last, age))
    silent = ((alpha + age) / (alpha + age + days / WEEK)) ** (r + frequency)
    return np.asarray(alive * (1 - silent))


class BGNBD(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """BG/NBD as a scikit-learn classifier; it learns nothing from y."""

    def __init__(self, days: float = 90) -> None:
        self.days = days

    def fit(self, X: pd.DataFrame, y: Any) -> BGNBD:
        """Fit on the customers' histories."""
        self.classes_ = np.array([0, 1])
        self.model_ = fit_bg_nbd(X)
        return self

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the chances of no order and of an order."""
        p = np.clip(chance(self.model_, X, self.days), 1e-6, 1 - 1e-6)
        return np.column_stack([1 - p, p])

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return who is likelier than not to order."""
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(int)


def logs(X: np.ndarray) -> np.ndarray:
    """Return logarithms that keep the sign."""
    return np.asarray(np.sign(X) * np.log1p(np.abs(X)))


def classifiers(days: float, seed: int) -> dict[str, Any]:
    """Return each model with the map that makes its chances true, learnt by cross-fitting."""
    bins = KBinsDiscretizer(
        10, encode="ordinal", strategy="quantile", quantile_method="inverted_cdf"
    )
    bayes = make_pipeline(
        SimpleImputer(strategy="constant", fill_value=-2.0), bins, CategoricalNB(min_categories=11)
    )
    scaled = make_pipeline(
        FunctionTransformer(logs), StandardScaler(), SimpleImputer(add_indicator=True)
    )
    kernel = Nystroem(gamma=1 / len(FEATURES), n_components=60, random_state=seed)
    svm = make_pipeline(
        scaled,
        make_union(FunctionTransformer(), kernel),
        LinearSVC(C=0.1, dual=False, tol=1e-2, random_state=seed),
    )
    models = {"baseline": DummyClassifier(), "bgnbd": BGNBD(days), "naive_bayes": bayes, "svm": svm}
    folds = StratifiedKFold(3, shuffle=True, random_state=seed)
    maps = {"naive_bayes": "isotonic"}  # its chances are too extreme for Platt's scaling
    return {
        name: CalibratedClassifierCV(
            model, method=maps.get(name, "sigmoid"), cv=folds, ensemble=False
        )
        for name, model in models.items()
    }


def window(
    sales: pd.DataFrame, items: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return features of the customers known at a time, and who ordered from then to the end."""
    table = features(sales, items, start)
    later = sales[(sales["time"] >= start) & (sales["time"] < end)]
    return table[FEATURES], table.index.isin(later["customer"].dropna().unique()).astype(int)


def bins_of(p: np.ndarray) -> np.ndarray:
    """Return ten bins of equal mass, fewer where chances repeat."""
    found = pd.qcut(pd.Series(p), 10, labels=False, duplicates="drop")
    return np.asarray(found.fillna(0).astype(int))


def measured(y: np.ndarray, p: np.ndarray, seed: int) -> dict[str, tuple[float, float, float]]:
    """Return log loss, AUC, Brier score and calibration error, with 95 % intervals."""
    p = np.clip(p, 1e-6, 1 - 1e-6)
    losses = {"log_loss": -np.log(np.where(y == 1, p, 1 - p)), "brier": (y - p) ** 2}
    found = {}
    for name, loss in losses.items():
        half = 1.96 * loss.std(ddof=1) / len(loss) ** 0.5
        found[name] = (float(loss.mean()), float(loss.mean() - half), float(loss.mean() + half))
    yes, no = p[y == 1], p[y == 0]
    ranks = rankdata(np.concatenate([yes, no]))
    above = (ranks[: len(yes)] - rankdata(yes)) / len(no)
    below = 1 - (ranks[len(yes) :] - rankdata(no)) / len(yes)
    half = 1.96 * (above.var(ddof=1) / len(yes) + below.var(ddof=1) / len(no)) ** 0.5
    found["auc"] = (float(above.mean()), float(above.mean() - half), float(above.mean() + half))
    where = np.eye(10)[bins_of(p)] * (y - p)[:, None]
    weights = np.random.default_rng(seed).poisson(1.0, (200, len(y)))
    errors = np.abs(weights @ where).sum(axis=1) / weights.sum(axis=1)
    centre = float(np.abs(where.sum(axis=0)).sum() / len(y))
    low, high = np.quantile(errors, [0.025, 0.975])
    found["ece"] = (centre, float(max(2 * centre - high, 0)), float(2 * centre - low))
    return found


def reliability(y: np.ndarray, p: np.ndarray) -> pd.DataFrame:
    """Return mean chance and outcome by bin."""
    return pd.DataFrame(pd.DataFrame({"bin": bins_of(p), "p": p, "y": y}).groupby("bin").mean())


def compare(
    sales: pd.DataFrame,
    items: pd.DataFrame,
    now: pd.Timestamp,
    horizon: pd.Timedelta,
    seed: int = 7,
) -> tuple[pd.DataFrame, Any, dict[str, Any]]:
    """Return every model through time and by five folds, the one of least loss fitted, and why."""
    earlier, y_earlier = window(sales, items, now - 2 * horizon, now - horizon)
    latest, y_latest = window(sales, items, now - horizon, now)
    rows, loss, through = [], {}, {}
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    models = classifiers(horizon.days, seed)
    for name, model in models.items():
        by_fold = cross_val_predict(model, latest, y_latest, cv=folds, method="predict_proba")
        through[name] = model.fit(earlier, y_earlier).predict_proba(latest)[:, 1]
        loss[name] = log_loss(y_latest, through[name])
        for protocol, p in (("kfold", by_fold[:, 1]), ("time", through[name])):
            for metric, (mean, low, high) in measured(y_latest, p, seed).items():
                rows.append((name, protocol, metric, mean, low, high))
    best = min(loss, key=lambda name: loss[name])
    why = {
        "chosen": best,
        "window": (latest, y_latest),
        "reliability": reliability(y_latest, through[best]),
    }
    columns = ["model", "protocol", "metric", "mean", "low", "high"]
    return pd.DataFrame(rows, columns=columns), models[best].fit(latest, y_latest), why
