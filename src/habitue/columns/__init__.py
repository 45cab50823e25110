"""The vocabulary: every table and column, its meaning and unit, said once.

The same column has the same name in every table, on the command line, in the API and on the page.
Money is whole *micros*: millionths of a unit of the currency, so that sums are exact
(8.50 is 8_500_000). Times are UTC, in microseconds.
"""

from __future__ import annotations

from habitue.columns.base import CUSTOMER, FLAG, MICROS, REAL, TEXT, TIME, WHOLE, Column, Table
from habitue.columns.records import (
    COMMENTS,
    CONSENTS,
    CUSTOMERS,
    IDENTIFIERS,
    IMPORTED,
    ITEMS,
    POSTS,
    PURCHASES,
    RECORDS,
    VIEWS,
)
from habitue.columns.results import (
    ACCOUNTING,
    CATALOGUE,
    EVALUATION,
    INTERACTIONS,
    INTERESTS,
    LOYALTY,
    MEMBERS,
    MONTHLY,
    OFFERS,
    QUALITY,
    RECOMMENDATIONS,
    RELIABILITY,
    RESULTS,
    RFM,
    RULES,
    SALES,
    SEGMENT_CHOICE,
    SEGMENTS,
    SENTIMENT,
)

__all__ = [
    "ACCOUNTING",
    "CATALOGUE",
    "COMMENTS",
    "CONSENTS",
    "CUSTOMER",
    "CUSTOMERS",
    "EVALUATION",
    "FLAG",
    "IDENTIFIERS",
    "IMPORTED",
    "INTERACTIONS",
    "INTERESTS",
    "ITEMS",
    "LOYALTY",
    "MEMBERS",
    "MICROS",
    "MONTHLY",
    "OFFERS",
    "POSTS",
    "PURCHASES",
    "QUALITY",
    "REAL",
    "RECOMMENDATIONS",
    "RECORDS",
    "RELIABILITY",
    "RESULTS",
    "RFM",
    "RULES",
    "SALES",
    "SEGMENTS",
    "SEGMENT_CHOICE",
    "SENTIMENT",
    "TEXT",
    "TIME",
    "VIEWS",
    "WHOLE",
    "Column",
    "Table",
]
