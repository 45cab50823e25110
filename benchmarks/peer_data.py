"""The peer's records: a UCI-layout export read, cleaned, described and summed up with pandas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["accounting", "catalogue", "clean", "interests", "known", "monthly", "read", "rfm"]

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
    r"^(?:POST|DOT|M|m|BANK CHARGES|C2|D|S|AMAZONFEE|CRUK|ADJUST\d*|B|TEST\d+|gift_.*|GIFT|23444)$"
)


def read(path: Path) -> pd.DataFrame:
    """Return the export as typed columns."""
    frame = pd.read_csv(path, dtype={"InvoiceNo": str, "Invoice": str, "StockCode": str})
    frame = frame.rename(columns=NAMES)[LEAN]
    frame["time"] = pd.to_datetime(frame["time"], format="mixed")
    return frame


def clean(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float]]:
    """Return what was sold with what of it came back, why each row counts, and the totals."""
    back = frame["quantity"] < 0
    reason = np.select(
        [
            back & frame["order"].str.match(r"C\d+$"),
            back & (frame["price"] > 0),
            frame["quantity"] <= 0,
            frame["price"] <= 0,
            frame["customer"].isna(),
        ],
        ["cancelled", "returned", "no_quantity", "no_price", "no_customer"],
        "counted",
    )
    frame = frame.assign(reason=reason, amount=frame["quantity"] * frame["price"])
    counted = frame[frame["reason"] == "counted"]
    totals = {
        "rows": len(frame),
        "lines": len(counted),
        "customers": int(counted["customer"].nunique()),
        "orders": int(counted["order"].nunique()),
        "revenue": round(float(counted["amount"].sum()), 3),
    }
    party = frame["customer"].astype("Int64").astype(str).where(frame["customer"].notna())
    frame["party"] = party.fillna(frame["order"])
    wanted = frame["reason"].isin(["counted", "no_customer"])
    service = frame["item"].str.match(SERVICES)
    frame.loc[wanted & service, "reason"] = "service_line"
    sold = frame[wanted & ~service]
    lines = net(sold, frame[frame["reason"].isin(["cancelled", "returned"])])
    return lines, frame[["reason", "amount"]], totals


def net(sold: pd.DataFrame, back: pd.DataFrame) -> pd.DataFrame:
    """Take returned pieces off the same party's latest earlier lines of the same item."""
    pieces = back.groupby(["party", "item"]).agg(
        pieces=("quantity", "sum"), returned_time=("time", "max")
    )
    pieces["pieces"] *= -1
    lines = sold.join(pieces, on=["party", "item"])
    lines = lines.sort_values("time", ascending=False, kind="stable")
    open_ = lines["pieces"].notna() & (lines["time"] <= lines["returned_time"])
    eligible = lines["quantity"].where(open_, 0)
    later = eligible.groupby([lines["party"], lines["item"]]).cumsum() - eligible
    left = (lines["pieces"] - later).clip(lower=0)
    taken = left.where(left < lines["quantity"], lines["quantity"])
    lines["returned"] = taken.where(open_, 0).fillna(0)
    lines = lines.drop(columns=["pieces", "party", "reason", "title"])
    return lines.sort_values("time", kind="stable").reset_index(drop=True)


def known(
    lines: pd.DataFrame, as_of: pd.Timestamp, cuts: Sequence[pd.Timestamp] = ()
) -> pd.DataFrame:
    """Return sales as known at a moment; before each cut of a backtest, as known at the cut."""
    lines = lines[lines["time"] < as_of].copy()
    until = pd.Series(as_of, index=lines.index)
    for cut in sorted(cuts, reverse=True):
        until[lines["time"] < cut] = cut
    lines["returned"] = lines["returned"].where(lines["returned_time"] < until, 0)
    lines["quantity"] -= lines["returned"]
    lines = lines[lines["quantity"] > 0].drop(columns="returned_time")
    lines["amount"] = lines["quantity"] * lines["price"]
    return lines


def accounting(reasons: pd.DataFrame) -> pd.DataFrame:
    """Return rows and amount by reason."""
    return reasons.groupby("reason")["amount"].agg(["size", "sum"]).reset_index()


def monthly(sales: pd.DataFrame) -> pd.DataFrame:
    """Return orders, customers and revenue by month."""
    return sales.groupby(sales["time"].dt.to_period("M").astype(str)).agg(
        orders=("order", "nunique"), customers=("customer", "nunique"), amount=("amount", "sum")
    )


def catalogue(frame: pd.DataFrame, sales: pd.DataFrame, n_groups: int = 24) -> pd.DataFrame:
    """Return one title, price and category an item; categories by k-means on titles, named."""
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    named = frame.loc[frame["item"].isin(sales["item"].unique()), ["item", "title"]].dropna()
    titles = named.value_counts().reset_index().drop_duplicates("item").set_index("item")["title"]
    titles = titles.sort_index()
    prices = sales[["item", "price"]].value_counts().reset_index().drop_duplicates("item")
    vectorizer = TfidfVectorizer(stop_words="english")
    vectors = vectorizer.fit_transform(titles)
    topics = normalize(TruncatedSVD(100, random_state=0).fit_transform(vectors))
    groups = KMeans(n_groups, n_init=1, random_state=0).fit_predict(topics)
    words = vectorizer.get_feature_names_out()
    names = {}
    for group in range(n_groups):
        weight = np.asarray(vectors[groups == group].mean(axis=0)).ravel()
        names[group] = f"{group} {' '.join(words[np.argsort(-weight)[:2]])}".title()
    return pd.DataFrame(
        {
            "title": titles,
            "category": pd.Series(groups, index=titles.index).map(names),
            "unit_price": prices.set_index("item")["price"].reindex(titles.index),
            "orders": sales.groupby("item")["order"].nunique().reindex(titles.index),
        }
    )


def rfm(sales: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """Return recency, frequency, money, their scores and habits of each customer."""
    people = sales[sales["customer"].notna()]
    orders = people.groupby(["customer", "order"]).agg(
        time=("time", "min"), amount=("amount", "sum")
    )
    table = orders.groupby("customer").agg(
        first=("time", "min"),
        last=("time", "max"),
        orders=("amount", "size"),
        amount=("amount", "sum"),
    )
    table["recency"] = (now - table["last"]).dt.total_seconds() / DAY
    table["tenure"] = (now - table["first"]).dt.total_seconds() / DAY
    table["items"] = people.groupby("customer")["item"].nunique()
    table["order_value"] = table["amount"] / table["orders"]
    span = table["tenure"] - table["recency"]
    table["gap"] = span / (table["orders"] - 1).replace(0, np.nan)
    for name, column, best in (("r", "recency", -1), ("f", "orders", 1), ("m", "amount", 1)):
        rank = (best * table[column]).rank(method="first")
        table[name] = pd.qcut(rank, 5, labels=False) + 1
    table["group"] = rfm_group(table)
    return table


def rfm_group(table: pd.DataFrame) -> Any:
    """Return the trade's name of each customer's recency and frequency-money scores."""
    recent, much = table["r"], (table["f"] + table["m"]) / 2
    return np.select(
        [
            (recent == 5) & (much >= 4.5),
            (recent >= 3) & (much >= 3.5),
            (recent >= 4) & (much >= 2),
            recent == 5,
            recent == 4,
            (recent == 3) & (much >= 2),
            recent == 3,
            (recent == 2) & (much >= 3),
            (recent == 1) & (much >= 4),
            recent == 2,
        ],
        (
            "champions loyal active new promising needs_attention almost_lost at_risk "
            "previously_loyal almost_lost"
        ).split(),
        "dormant",
    )


def interests(sales: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return each customer's share of lines by category, pooled, against everyone's."""
    joined = sales[sales["customer"].notna()].join(items["category"], on="item")
    counts = pd.crosstab(joined["customer"], joined["category"])
    everyone = counts.sum() / counts.to_numpy().sum()
    share = (counts + 5 * everyone).div(counts.sum(axis=1) + 5, axis=0)
    return pd.DataFrame(share / everyone)
