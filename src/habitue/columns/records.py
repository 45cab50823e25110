"""Records: what happened, immutable, keyed by pseudonym."""

from __future__ import annotations

from habitue.columns.base import (
    AMOUNT,
    CATEGORY,
    COUNTRY,
    CURRENCY,
    CUSTOMER,
    ITEM,
    LINE,
    ORDER,
    QUANTITY,
    REAL,
    REPEAT,
    ROW_KEY,
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
    "COMMENTS",
    "CUSTOMERS",
    "IDENTIFIERS",
    "ITEMS",
    "PURCHASES",
    "RECORDS",
    "VIEWS",
]

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
    "visitor": "a browser's or an app's own number of an anonymous visitor",
    "name": "a person's name (kept, but never used alone to join records)",
}
