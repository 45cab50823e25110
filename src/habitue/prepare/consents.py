"""Puts an imported list of consents into the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy.orm import Session

from habitue.collect.base import Rejection
from habitue.collect.checks import rejected_table
from habitue.protect.audit import personal
from habitue.protect.ledger import Entry, Ledger

__all__ = ["named", "record"]

_UNKNOWN = "list"


def named(rows: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Part pseudonymous rows that name a person from those that name none, which are set aside."""
    known = pc.is_valid(rows["customer"])
    lines = rows.filter(pc.invert(known))["line"].to_pylist()
    return rows.filter(known), rejected_table(Rejection(n, "missing_customer") for n in lines)


def record(session: Session, ledger: Ledger, staged: Path, batch: str) -> tuple[int, int]:
    """Put staged rows into the ledger in the caller's transaction.

    Parameters
    ----------
    session : Session
        The transaction that makes the batch visible.
    ledger : Ledger
        Where the consents are kept.
    staged : Path
        Parquet of ``columns.CONSENTS`` with ``anchor``.
    batch : str
        The batch's id.

    Returns
    -------
    tuple of int
        How many entries were new, and repeated.
    """
    return ledger.append(session, _entries(staged), batch)


def _entries(staged: Path) -> Iterator[Entry]:
    for rows in pq.ParquetFile(staged).iter_batches(50_000):
        for row in rows.to_pylist():
            source = row["source"] or _UNKNOWN
            yield Entry(
                row["customer"],
                row["purpose"],
                row["channel"],
                row["state"],
                row["time"],
                _UNKNOWN if personal(source) else source,
                origin="list",
                anchor=row["anchor"],
            )
