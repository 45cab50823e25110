"""What the analyses read and what a run gives."""

from __future__ import annotations

import pyarrow as pa

from habitue.columns.base import (
    AMOUNT,
    CATEGORY,
    CURRENCY,
    CUSTOMER,
    FLAG,
    ITEM,
    ORDER,
    QUANTITY,
    REAL,
    REASON,
    ROW_KEY,
    SCORE,
    TEXT,
    TIME,
    TIMESTAMP,
    TITLE,
    UNIT_PRICE,
    WHOLE,
    Column,
    Table,
)

__all__ = [
    "ACCOUNTING",
    "CATALOGUE",
    "EVALUATION",
    "INTERACTIONS",
    "INTERESTS",
    "LOYALTY",
    "MEMBERS",
    "MONTHLY",
    "OFFERS",
    "QUALITY",
    "RECOMMENDATIONS",
    "RELIABILITY",
    "RESULTS",
    "RFM",
    "RULES",
    "SALES",
    "SEGMENTS",
    "SEGMENT_CHOICE",
    "SENTIMENT",
]

# --- prepared: what the analyses read ----------------------------------------------------------
SALES = Table(
    "sales",
    "one order line that counts: sold for money, returns taken off, service lines set apart",
    (
        ROW_KEY,
        ORDER,
        CUSTOMER,
        TIMESTAMP,
        ITEM,
        QUANTITY,
        UNIT_PRICE,
        AMOUNT,
        Column("discount", WHOLE, "what was taken off the line's full price", "micros"),
        CURRENCY,
        Column("returned", REAL, "pieces of the line that came back, already taken off quantity"),
    ),
)
CATALOGUE = Table(
    "catalogue",
    "one product with its one title and its category",
    (
        ITEM,
        TITLE,
        Column("department", TEXT, "the part of the shop that the category belongs to"),
        CATEGORY,
        Column("brand", TEXT, "the maker or label"),
        Column("unit_price", WHOLE, "the price most often paid", "micros"),
        Column("description", TEXT, "what the shop says of it"),
        Column("orders", WHOLE, "orders that hold it"),
        Column("placed", TEXT, "why it is there: shop, person, titles, likeness or none"),
        Column("repeatable", FLAG, "customers come back for it, so it may be recommended again"),
    ),
)
INTERACTIONS = Table(
    "interactions",
    "one customer and one product they dealt with",
    (
        CUSTOMER,
        ITEM,
        Column("weight", REAL, "how much: purchases count 1 each, carts and views less, then log"),
        Column("first_time", TIME, "first dealt with", "UTC"),
        Column("last_time", TIME, "last dealt with", "UTC"),
        Column("bought", FLAG, "bought at least once, and not sent back"),
        Column("days_bought", WHOLE, "different days on which it was bought"),
        Column("first_bought", TIME, "first bought; null if never", "UTC"),
        Column("last_bought", TIME, "last bought; null if never", "UTC"),
    ),
)
ACCOUNTING = Table(
    "accounting",
    "one reason why rows were kept or set aside; a stage's rows add up to what it was given",
    (
        Column("stage", TEXT, "read, select or prepare"),
        Column("table", TEXT, "the record table"),
        Column("reason", TEXT, "a key, worded at the edge"),
        Column("rows", WHOLE, "rows with that reason"),
        AMOUNT,
    ),
)

# --- results of a run ---------------------------------------------------------------------------
RFM = Table(
    "rfm",
    "one customer: recency, frequency, money, and the trade's group",
    (
        CUSTOMER,
        Column("first_time", TIME, "first order", "UTC"),
        Column("last_time", TIME, "latest order", "UTC"),
        Column("recency", REAL, "days since the latest order", "days"),
        Column("tenure", REAL, "days since the first order", "days"),
        Column("orders", WHOLE, "orders (frequency)"),
        Column("items", WHOLE, "different products bought"),
        AMOUNT,
        Column("order_value", WHOLE, "mean worth of an order", "micros"),
        Column("gap", REAL, "mean days between orders; null with fewer than two", "days"),
        Column("discount_share", REAL, "share of the full price that was taken off"),
        Column("r", WHOLE, "recency score, 5 is best"),
        Column("f", WHOLE, "frequency score, 5 is best"),
        Column("m", WHOLE, "money score, 5 is best"),
        Column("group", TEXT, "RFM group by the trade's names: champions, loyal, …"),
    ),
)
INTERESTS = Table(
    "interests",
    "one customer and one category",
    (
        CUSTOMER,
        CATEGORY,
        Column("share", REAL, "share of the customer's dealings that fall on the category"),
        Column(
            "affinity",
            REAL,
            "share against the population's, shrunk towards it: above 1 is more than usual",
        ),
    ),
)
SEGMENTS = Table(
    "segments",
    "one cluster of customers",
    (
        Column("segment", WHOLE, "number of the segment, the most worth first"),
        Column("name", TEXT, "JSON list of traits that make the name; worded at the edge"),
        Column("customers", WHOLE, "people in it"),
        Column("share", REAL, "share of all customers"),
        AMOUNT,
        Column("amount_share", REAL, "share of all revenue"),
        Column("rule", TEXT, "JSON list of conditions that define it; worded at the edge"),
        Column("precision", REAL, "share of those who fit the rule that are in the segment"),
        Column("recall", REAL, "share of the segment that fits the rule"),
        Column("stability", REAL, "mean Jaccard overlap with its match over bootstrap samples"),
        Column("profile", TEXT, "JSON object: median of each feature, in its own unit"),
    ),
)
MEMBERS = Table(
    "members",
    "one customer's segment",
    (
        CUSTOMER,
        Column("segment", WHOLE, "number of the segment"),
        Column("distance", REAL, "distance to the segment's centre in scaled features"),
    ),
)
SEGMENT_CHOICE = Table(
    "segment_choice",
    "one number of segments that was tried",
    (
        Column("k", WHOLE, "number of segments"),
        Column("stability", REAL, "least mean Jaccard overlap of a segment over bootstraps"),
        Column("silhouette", REAL, "mean silhouette, -1 to 1"),
        Column("chosen", FLAG, "the number that the run uses"),
    ),
)
RULES = Table(
    "rules",
    "one association rule: who has the antecedent in the basket tends to have the consequent",
    (
        Column("antecedent", pa.list_(TEXT), "item ids on the left"),
        Column("consequent", TEXT, "item id on the right"),
        Column("count", WHOLE, "baskets that hold both sides"),
        Column("support", REAL, "share of all baskets that hold both sides"),
        Column("confidence", REAL, "share of the antecedent's baskets that hold the consequent"),
        Column("lift", REAL, "confidence against the consequent's share of all baskets"),
        Column("conviction", REAL, "(1 - support of consequent) / (1 - confidence); inf if always"),
        Column("leverage", REAL, "support above what independence would give"),
        Column("p_value", REAL, "Fisher's exact test, one-sided, Benjamini-Hochberg adjusted"),
    ),
)
RECOMMENDATIONS = Table(
    "recommendations",
    "one product recommended to one customer",
    (
        CUSTOMER,
        Column("rank", WHOLE, "1 is first"),
        ITEM,
        SCORE,
        Column("model", TEXT, "the model that ranked it"),
        REASON,
    ),
)
OFFERS = Table(
    "offers",
    "one product worth offering to one segment",
    (
        Column("segment", WHOLE, "number of the segment"),
        ITEM,
        Column("customers", WHOLE, "people of the segment to whom it is recommended"),
        SCORE,
    ),
)
MONTHLY = Table(
    "monthly",
    "one calendar month (UTC) of sales",
    (
        Column("month", TIME, "first moment of the month", "UTC"),
        Column("orders", WHOLE, "orders"),
        Column("customers", WHOLE, "known customers who ordered"),
        Column("buyers", WHOLE, "people who ordered: known customers, and a guest an order"),
        AMOUNT,
    ),
)
LOYALTY = Table(
    "loyalty",
    "one customer's loyalty as of the cut-off",
    (
        CUSTOMER,
        Column("score", REAL, "0 to 100"),
        Column("habit", REAL, "0 to 100: orders at the customer's own rhythm, or overdue"),
        Column("value", REAL, "0 to 100: worth against other customers"),
        Column("engagement", REAL, "0 to 100: visits and breadth; null without views"),
        Column("voice", REAL, "0 to 100: tone of the comments; null without comments"),
        Column("probability", REAL, "calibrated chance of another order within the horizon"),
        Column("alive", REAL, "chance of still being a customer (BG/NBD)"),
        Column("expected_orders", REAL, "expected orders within the horizon (BG/NBD)"),
        Column("lifetime_value", WHOLE, "expected worth of the next 12 months", "micros"),
        Column("band", TEXT, "loyal, steady, wavering, leaving or gone"),
    ),
)
SENTIMENT = Table(
    "sentiment",
    "one comment's tone",
    (
        ROW_KEY,
        CUSTOMER,
        TIMESTAMP,
        ITEM,
        Column("language", TEXT, "en, zh or other"),
        Column("sentiment", REAL, "-1 bad to 1 good"),
        Column("answer", FLAG, "bad enough, or a question: someone should answer"),
    ),
)
EVALUATION = Table(
    "evaluation",
    "one model's quality by one metric under one protocol",
    (
        Column("task", TEXT, "recommend or repurchase"),
        Column("model", TEXT, "the model's name"),
        Column("protocol", TEXT, "kfold (random folds) or time (learn before, test after)"),
        Column("metric", TEXT, "ndcg@10, recall@10, log_loss, auc, brier, ece"),
        Column("mean", REAL, "mean over the test customers"),
        Column("low", REAL, "lower end of the 95 % interval"),
        Column("high", REAL, "upper end of the 95 % interval"),
        Column("chosen", FLAG, "the model that the run uses"),
    ),
)
RELIABILITY = Table(
    "reliability",
    "one tenth of the test customers, by predicted probability",
    (
        Column("bin", WHOLE, "1 is the lowest tenth"),
        Column("customers", WHOLE, "test customers in it"),
        Column("predicted", REAL, "mean predicted probability"),
        Column("observed", REAL, "share that did order"),
        Column("low", REAL, "lower end of the 95 % interval of the share"),
        Column("high", REAL, "upper end of the 95 % interval of the share"),
    ),
)

QUALITY = Table(
    "quality",
    "one thing seen of the records, or needed by a method",
    (
        Column("check", TEXT, "completeness, freshness, drift or thin"),
        Column("table", TEXT, "the record table"),
        Column("source", TEXT, "the import or the kind of imports it is about; null: all of them"),
        Column("measure", TEXT, "what was measured: filled, age, rows, missing, …; or the method"),
        Column("field", TEXT, "the column that was measured"),
        Column("rows", WHOLE, "rows that were looked at"),
        Column("value", REAL, "what was found: a share, days, or a number in the column's unit"),
        Column("low", REAL, "the least that is usual, or that the method needs"),
        Column("high", REAL, "the most that is usual"),
        Column("time", TIME, "the latest record (freshness), the import (drift)", "UTC"),
        Column("flag", FLAG, "worth a look: not as usual, or too little"),
    ),
)

#: The tables of a run by name.
RESULTS: dict[str, Table] = {
    t.name: t
    for t in (
        ACCOUNTING,
        CATALOGUE,
        RFM,
        INTERESTS,
        SEGMENTS,
        MEMBERS,
        SEGMENT_CHOICE,
        RULES,
        RECOMMENDATIONS,
        LOYALTY,
        SENTIMENT,
        EVALUATION,
        RELIABILITY,
        OFFERS,
        MONTHLY,
        QUALITY,
    )
}
