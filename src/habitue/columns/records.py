"""Records: what happened, immutable, keyed by pseudonym."""

from __future__ import annotations

from habitue.columns.base import (
    AMOUNT,
    CATEGORY,
    COUNTRY,
    CURRENCY,
    CUSTOMER,
    FLAG,
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
    "CONSENTS",
    "CUSTOMERS",
    "IDENTIFIERS",
    "IMPORTED",
    "ITEMS",
    "POSTS",
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
        Column("from_shop", FLAG, "written by the shop itself; its customer is who it speaks to"),
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

CONSENTS = Table(
    "consents",
    "one thing that a person said of what they agree to; kept in the consent ledger",
    (
        ROW_KEY,
        LINE,
        CUSTOMER,
        TIMESTAMP,
        Column("purpose", TEXT, "what for: marketing, personalisation, profiling, …"),
        Column("channel", TEXT, "by which way: email, sms, facebook, …; any for all of them"),
        Column("state", TEXT, "granted, requested, confirmed, withdrawn, suppressed or objected"),
        Column("source", TEXT, "where it was said: the form, page or list"),
    ),
)

POSTS = Table(
    "posts",
    "what the shop itself published on a platform, and what came of it up to the export",
    (
        ROW_KEY,
        LINE,
        REPEAT,
        Column("post_id", TEXT, "the platform's own id of the post"),
        TIMESTAMP,
        Column("platform", TEXT, "where it was published: facebook, instagram, x, …"),
        Column("type", TEXT, "post, reply, share, story, reel, photo, video, link or album"),
        Column("text", TEXT, "what was written"),
        Column("url", TEXT, "where the post stands"),
        Column("impressions", WHOLE, "how often it was shown", "times"),
        Column("reach", WHOLE, "how many people saw it", "people"),
        Column("likes", WHOLE, "likes and other reactions", "times"),
        Column("comments", WHOLE, "comments and replies beneath it", "times"),
        Column("shares", WHOLE, "how often it was passed on", "times"),
        Column("saves", WHOLE, "how often it was put by", "times"),
        Column("clicks", WHOLE, "clicks on it", "times"),
    ),
)

#: The record tables by name, in the order of the loop.
RECORDS: dict[str, Table] = {
    t.name: t for t in (PURCHASES, VIEWS, COMMENTS, POSTS, ITEMS, CUSTOMERS)
}

#: All that a file can be: records, which are kept as Parquet, and consents, which the ledger keeps.
IMPORTED: dict[str, Table] = {**RECORDS, CONSENTS.name: CONSENTS}

#: What names a person. An import never writes these to a record: they go to the vault.
IDENTIFIERS: dict[str, str] = {
    "customer_id": "the shop's own number or login of a customer",
    "email": "e-mail address",
    "phone": "telephone number",
    "handle": "name on a platform",
    "visitor": "a browser's or an app's own number of an anonymous visitor",
    "name": "a person's name (kept, but never used alone to join records)",
}
