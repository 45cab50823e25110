"""The vocabulary: every table and column, its meaning and unit, said once.

The same column has the same name in every table, on the command line, in the API and on the page.
Money is whole *micros*: millionths of a unit of the currency, so that sums are exact
(8.50 is 8_500_000). Times are UTC, in microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

__all__ = ["MICROS", "RECORDS", "RESULTS", "Column", "Table"]

MICROS = 1_000_000

TIME = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
WHOLE = pa.int64()
REAL = pa.float64()
FLAG = pa.bool_()


@dataclass(frozen=True)
class Column:
    """One column: its name, Arrow type, meaning, and unit where it has one."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """A table: its name, what one row is, and its columns in order."""

    name: str
    row: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """The table's Arrow schema."""
        return pa.schema([(column.name, column.type) for column in self.columns])

    @property
    def names(self) -> list[str]:
        """The columns' names in order."""
        return [column.name for column in self.columns]


# --- columns that stand in several tables -----------------------------------------------------
ROW_KEY = Column("row_key", WHOLE, "hash of the row's own content: the same row has the same key")
LINE = Column("line", WHOLE, "where the row stood in its file: line of a text file, row of a sheet")
REPEAT = Column("repeat", WHOLE, "1, or n for the n-th equal row of one export")
CUSTOMER = Column("customer", WHOLE, "pseudonym: a random number that stands for a person")
TIMESTAMP = Column("time", TIME, "when it happened", "UTC")
ITEM = Column("item_id", TEXT, "the shop's own code of a product")
TITLE = Column("title", TEXT, "a product's name")
CATEGORY = Column("category", TEXT, "the group that a product belongs to")
ORDER = Column("order_id", TEXT, "the shop's own number of an order")
QUANTITY = Column("quantity", REAL, "pieces")
UNIT_PRICE = Column("unit_price", WHOLE, "price of one piece", "micros")
AMOUNT = Column("amount", WHOLE, "quantity times unit price", "micros")
CURRENCY = Column("currency", TEXT, "ISO 4217 code")
COUNTRY = Column("country", TEXT, "country as the export writes it")
SCORE = Column("score", REAL, "the higher, the better; comparable within one model")
REASON = Column("reason", TEXT, "why, as JSON: kind, evidence, numbers; worded at the edge")

# --- records: what happened, immutable, keyed by pseudonym ------------------------------------
PURCHASES = Table(
    "purchases",
    "one line of an order",
    (
        ROW_KEY,
        LINE,
        REPEAT,
        ORDER,
        CUSTOMER,
        TIMESTAMP,
        ITEM,
        TITLE,
        CATEGORY,
        Column("brand", TEXT, "the maker or label"),
        QUANTITY,
        UNIT_PRICE,
        AMOUNT,
        Column("discount", WHOLE, "what was taken off the line's full price", "micros"),
        CURRENCY,
        COUNTRY,
        Column("status", TEXT, "sale, cancelled or returned"),
    ),
)
VIEWS = Table(
    "views",
    "one page or product looked at, searched or put in a cart",
    (
        ROW_KEY,
        LINE,
        REPEAT,
        Column("event_id", TEXT, "the source's own id of the event"),
        CUSTOMER,
        TIMESTAMP,
        ITEM,
        Column("event", TEXT, "view, cart or search"),
        Column("session_id", TEXT, "the source's own id of the visit"),
        Column("agent", TEXT, "the browser's user agent, to tell robots"),
    ),
)
COMMENTS = Table(
    "comments",
    "one comment or review",
    (
        ROW_KEY,
        LINE,
        REPEAT,
        Column("comment_id", TEXT, "the source's own id of the comment"),
        CUSTOMER,
        TIMESTAMP,
        ITEM,
        Column("platform", TEXT, "where it was written: shop, facebook, instagram, x, …"),
        Column("text", TEXT, "what was written (personal data)"),
        Column("rating", REAL, "stars, 1 to 5"),
    ),
)
ITEMS = Table(
    "items",
    "one product of the catalogue",
    (
        ROW_KEY,
        LINE,
        REPEAT,
        ITEM,
        TITLE,
        CATEGORY,
        Column("brand", TEXT, "the maker or label"),
        UNIT_PRICE,
        CURRENCY,
        Column("description", TEXT, "what the shop says of it"),
    ),
)
CUSTOMERS = Table(
    "customers",
    "what the shop knows of a customer besides identifiers, which are in the vault",
    (
        ROW_KEY,
        LINE,
        REPEAT,
        CUSTOMER,
        COUNTRY,
        Column("city", TEXT, "town or city"),
        Column("joined", TIME, "when the person became a customer", "UTC"),
    ),
)

#: The record tables by name, in the order of the loop.
RECORDS: dict[str, Table] = {t.name: t for t in (PURCHASES, VIEWS, COMMENTS, ITEMS, CUSTOMERS)}

#: What names a person. An import never writes these to a record: they go to the vault.
IDENTIFIERS: dict[str, str] = {
    "customer_id": "the shop's own number or login of a customer",
    "email": "e-mail address",
    "phone": "telephone number",
    "handle": "name on a platform",
    "name": "a person's name (kept, but never used alone to join records)",
}

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
        CATEGORY,
        Column("brand", TEXT, "the maker or label"),
        Column("unit_price", WHOLE, "the price most often paid", "micros"),
        Column("description", TEXT, "what the shop says of it"),
        Column("orders", WHOLE, "orders that hold it"),
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
        RULES,
        RECOMMENDATIONS,
        LOYALTY,
        SENTIMENT,
        EVALUATION,
        OFFERS,
        MONTHLY,
    )
}
