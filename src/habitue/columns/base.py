"""What a column and a table are, and the columns that stand in several tables."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

__all__ = [
    "AMOUNT",
    "CATEGORY",
    "COUNTRY",
    "CURRENCY",
    "CUSTOMER",
    "FLAG",
    "ITEM",
    "LINE",
    "MICROS",
    "ORDER",
    "QUANTITY",
    "REAL",
    "REASON",
    "REPEAT",
    "ROW_KEY",
    "SCORE",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "TITLE",
    "UNIT_PRICE",
    "WHOLE",
    "Column",
    "Table",
]

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
