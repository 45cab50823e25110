"""The main job as a data scientist would write it today: pandas, scikit-learn, mlxtend, lifetimes.

A plain script, one function a stage, the same steps as ``habitue run``: it reads a UCI-layout
export, cleans it, nets returns, finds segments and rules, compares recommenders and repurchase
models through time and by folds, recommends to every customer and rates loyalty. It writes its
tables to a folder and prints one JSON object last. What only Habitué does (records kept and
de-duplicated, pseudonyms, reasons, the report) it leaves out, to its own advantage.

    python -m benchmarks.peer_main_job --purchases online_retail.csv.gz --out DIR
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import peer_models, peer_recommend

HORIZON = pd.Timedelta(days=90)
DAY = 86_400.0  # seconds
LEAN = ["order", "item", "title", "quantity", "time", "price", "customer"]
NAMES = {
    "InvoiceNo": "order",
    "Invoice": "order",
    "StockCode": "item",
    "Description": "title",
    "Quantity": "quantity",
    "InvoiceDate": "time",
    "UnitPrice": "price",
    "Price": "price",
    "CustomerID": "customer",
    "Customer ID": "customer",
}
SERVICES = (
    r"^(?:POST|DOT|M|BANK CHARGES|C2|S|AMAZONFEE|CRUK|PADS|ADJUST\d*|B|TEST\d+|gift_.*|GIFT)$"
)


def read(path: Path) -> pd.DataFrame:
    """The export as typed columns."""
    frame = pd.read_csv(path, dtype={"InvoiceNo": str, "Invoice": str, "StockCode": str})
    frame = frame.rename(columns=NAMES)[LEAN]
    frame["time"] = pd.to_datetime(frame["time"], format="mixed")
    frame["cancelled"] = frame["order"].str.startswith("C")
    return frame


def clean(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, float]]:
    """Sales with services apart and returns taken off, and the totals before that."""
    valid = ~frame["cancelled"] & (frame["quantity"] > 0) & (frame["price"] > 0)
    known = frame[valid & frame["customer"].notna()]
    totals = {
        "rows": len(frame),
        "lines": len(known),
        "customers": int(known["customer"].nunique()),
        "orders": int(known["order"].nunique()),
        "revenue": round(float((known["quantity"] * known["price"]).sum()), 3),
    }
    service = frame["item"].str.match(SERVICES)
    sold = frame[valid & ~service].copy()
    back = frame[frame["cancelled"] & (frame["quantity"] < 0) & frame["customer"].notna()]
    back = back.groupby(["customer", "item"]).agg(
        pieces=("quantity", lambda q: -q.sum()), last=("time", "max")
    )
    sold = sold.join(back, on=["customer", "item"])
    sold = sold.sort_values(["customer", "item", "time"], ascending=[True, True, False])
    open_ = sold["pieces"].notna() & (sold["time"] <= sold["last"])
    eligible = sold["quantity"].where(open_, 0)
    later = eligible.groupby([sold["customer"], sold["item"]]).cumsum() - eligible
    taken = np.clip(sold["pieces"] - later, 0, sold["quantity"]).where(open_, 0)
    sold["quantity"] -= taken.fillna(0)
    sold = sold[sold["quantity"] > 0].drop(columns=["pieces", "last", "cancelled"])
    sold["amount"] = sold["quantity"] * sold["price"]
    return sold.sort_values("time").reset_index(drop=True), totals


def catalogue(sales: pd.DataFrame) -> pd.DataFrame:
    """One title an item, and a category by k-means on the titles' TF-IDF."""
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import Normalizer

    named = sales.dropna(subset=["title"])
    titles = (
        named.groupby(["item", "title"])
        .size()
        .sort_values(ascending=False)
        .reset_index()
        .drop_duplicates("item")
        .set_index("item")["title"]
    )
    lsa = make_pipeline(TfidfVectorizer(), TruncatedSVD(100, random_state=0), Normalizer())
    vectors = lsa.fit_transform(titles)
    groups = KMeans(24, n_init=1, random_state=0).fit_predict(vectors)
    return pd.DataFrame({"title": titles, "category": groups})


def rfm(sales: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """Recency, frequency, money, scores and habits of each customer."""
    orders = (
        sales.dropna(subset=["customer"])
        .groupby(["customer", "order"])
        .agg(time=("time", "min"), amount=("amount", "sum"))
        .reset_index()
    )
    table = orders.groupby("customer").agg(
        first=("time", "min"),
        last=("time", "max"),
        orders=("order", "size"),
        amount=("amount", "sum"),
    )
    table["recency"] = (now - table["last"]).dt.total_seconds() / DAY
    table["tenure"] = (now - table["first"]).dt.total_seconds() / DAY
    table["items"] = sales.groupby("customer")["item"].nunique()
    table["order_value"] = table["amount"] / table["orders"]
    span = (table["last"] - table["first"]).dt.total_seconds() / DAY
    table["gap"] = span / (table["orders"] - 1).replace(0, np.nan)
    for name, column, best in (("r", "recency", -1), ("f", "orders", 1), ("m", "amount", 1)):
        rank = (best * table[column]).rank(method="first")
        table[name] = pd.qcut(rank, 5, labels=False) + 1
    return table


def interests(sales: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Each customer's share of purchases by category, and how it compares with everyone's."""
    joined = sales.dropna(subset=["customer"]).join(items["category"], on="item")
    counts = pd.crosstab(joined["customer"], joined["category"])
    share = counts.div(counts.sum(axis=1), axis=0)
    return pd.DataFrame(share / (counts.sum() / counts.to_numpy().sum()))


def rules(sales: pd.DataFrame, min_count: int, min_confidence: float) -> tuple[Any, int]:
    """Association rules of up to three items by FP-growth."""
    from mlxtend.frequent_patterns import association_rules, fpgrowth
    from mlxtend.preprocessing import TransactionEncoder

    baskets = sales.groupby("order")["item"].unique().tolist()
    encoder = TransactionEncoder()
    matrix = encoder.fit(baskets).transform(baskets, sparse=True)
    frame = pd.DataFrame.sparse.from_spmatrix(  # type: ignore[attr-defined]
        matrix, columns=encoder.columns_
    )
    support = (min_count - 0.5) / len(baskets)
    itemsets = fpgrowth(frame, min_support=support, use_colnames=True, max_len=3)
    found = association_rules(itemsets, metric="confidence", min_threshold=min_confidence)
    found = found[found["consequents"].map(len) == 1]
    tidy = pd.DataFrame(
        {
            "antecedent": found["antecedents"].map(sorted),
            "consequent": found["consequents"].map(lambda side: next(iter(side))),
            "support": found["support"],
            "confidence": found["confidence"],
            "lift": found["lift"],
        }
    )
    return tidy, len(itemsets)


class Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.stages: list[dict[str, Any]] = []
        self.last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Note that a stage has ended."""
        now = time.perf_counter()
        self.stages.append({"stage": stage, "seconds": now - self.last})
        self.last = now


def main() -> None:
    """Run every stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--purchases", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--min-count", type=int, default=150)
    parser.add_argument("--min-confidence", type=float, default=0.2)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    warnings.filterwarnings("ignore")
    clock = Clock()

    frame = read(args.purchases)
    clock.lap("import")

    sales, totals = clean(frame)
    del frame
    items = catalogue(sales)
    now = sales["time"].max() + pd.Timedelta(microseconds=1)
    clock.lap("prepare")

    people = rfm(sales, now)
    tastes = interests(sales, items)
    members, k = peer_models.segments(people)
    found, itemsets = rules(sales, args.min_count, args.min_confidence)
    clock.lap("analyse")

    first = sales["time"].min()
    taste_horizon = min(HORIZON, (now - first) / 4)
    quality, chosen = peer_recommend.compare(sales, items, now, taste_horizon)
    repurchase, model = peer_models.compare(sales, rfm, now, HORIZON)
    clock.lap("evaluate")

    recommendations = peer_recommend.recommend(sales, items, chosen, n=10)
    clock.lap("recommend")

    loyalty = peer_models.loyalty(sales, people, rfm, now, HORIZON, model)
    clock.lap("loyalty")

    people.assign(segment=members).to_parquet(args.out / "rfm.parquet")
    tastes.to_parquet(args.out / "interests.parquet")
    found.to_parquet(args.out / "rules.parquet")
    recommendations.to_parquet(args.out / "recommendations.parquet")
    loyalty.to_parquet(args.out / "loyalty.parquet")
    clock.lap("publish")

    after = sales[sales["customer"].notna()]
    netted = {
        "lines": len(after),
        "customers": int(after["customer"].nunique()),
        "orders": int(after["order"].nunique()),
        "revenue": round(float(after["amount"].sum()), 3),
        "baskets": int(sales["order"].nunique()),
    }
    result = {
        "stages": clock.stages,
        "totals": totals,
        "netted": netted,
        "segments": k,
        "itemsets": itemsets,
        "rules": len(found),
        "recommend": quality,
        "repurchase": repurchase,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
