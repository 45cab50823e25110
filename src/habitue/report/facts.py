"""Sums over a run's tables, counted once for both languages of the report."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from habitue.protect.groups import MIN_GROUP
from habitue.report.groups import Groups
from habitue.report.results import Results
from habitue.report.tone import Tone

__all__ = ["Facts", "Row"]

Row = dict[str, Any]


def _sums(table: pa.Table, keys: list[str], **sums: str) -> list[Row]:
    """Return rows of keys, ``customers`` (how many rows) and the sums asked for."""
    asked: list[tuple[Any, str]] = [([], "count_all"), *((c, "sum") for c in sums.values())]
    grouped = table.group_by(keys).aggregate(asked)
    names = {"count_all": "customers"} | {f"{c}_sum": name for name, c in sums.items()}
    rows: list[Row] = grouped.rename_columns(
        [names.get(n, n) for n in grouped.column_names]
    ).to_pylist()
    for row in rows:
        for name in sums:
            row[name] = row[name] or 0
    return rows


class Facts:
    """What the sections of the report need to know, language apart."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self.summary = results.summary
        self.currency: str = results.summary.get("currency") or ""
        self.min_group: int = results.summary.get("min_group") or MIN_GROUP

    @cached_property
    def groups(self) -> Groups:
        """Which groups of customers may be shown."""
        columns = (self.people[name].to_pylist() for name in ("segment", "group", "band"))
        return Groups(list(zip(*columns, strict=True)), self.min_group)

    @cached_property
    def titles(self) -> dict[str, str]:
        """Item id to title."""
        table = self.results.table("catalogue")
        pairs = zip(table["item_id"].to_pylist(), table["title"].to_pylist(), strict=True)
        return {item: title or item for item, title in pairs}

    @cached_property
    def segments(self) -> list[Row]:
        """The segments, the most worth first."""
        rows: list[Row] = self.results.table("segments").sort_by("segment").to_pylist()
        return rows

    @cached_property
    def people(self) -> pa.Table:
        """One row a customer: what they spent, their RFM group, segment, band and outlook."""
        rfm = self.results.table("rfm").select(["customer", "amount", "group"])
        members = self.results.table("members").select(["customer", "segment"])
        loyalty = self.results.table("loyalty").select(
            ["customer", "band", "probability", "lifetime_value"]
        )
        return rfm.join(members, "customer").join(loyalty, "customer").combine_chunks()

    @cached_property
    def rfm_groups(self) -> dict[str, Row]:
        """Customers and amount by RFM group."""
        return {r["group"]: r for r in _sums(self.people, ["group"], amount="amount")}

    @cached_property
    def groups_of(self) -> dict[int, list[tuple[str, float]]]:
        """RFM groups of each segment's customers with their shares, the largest first."""
        rows = [r for r in _sums(self.people, ["segment", "group"]) if r["segment"] is not None]
        shares: dict[int, list[tuple[str, float]]] = {}
        for row in sorted(rows, key=lambda r: (-r["customers"], r["group"])):
            total = sum(r["customers"] for r in rows if r["segment"] == row["segment"])
            shares.setdefault(row["segment"], []).append((row["group"], row["customers"] / total))
        return shares

    @cached_property
    def bands(self) -> dict[str, Row]:
        """Customers, amount, expected worth and mean chance by loyalty band."""
        rows = _sums(
            self._banded,
            ["band"],
            amount="amount",
            lifetime_value="lifetime_value",
            probability="probability",
        )
        return {row["band"]: row for row in rows}

    @cached_property
    def _banded(self) -> pa.Table:
        return self.people.filter(pc.is_valid(self.people["band"]))

    def bands_by(self, key: str) -> dict[Any, dict[str, Row]]:
        """Return customers and amount by band for each ``group`` or ``segment``."""
        table: dict[Any, dict[str, Row]] = {}
        for row in _sums(self._banded, [key, "band"], amount="amount"):
            if row[key] is not None:
                table.setdefault(row[key], {})[row["band"]] = row
        return table

    @cached_property
    def offers(self) -> dict[int, list[Row]]:
        """Products to offer to each segment, the best first."""
        offers: dict[int, list[Row]] = {}
        order = [("segment", "ascending"), ("customers", "descending"), ("item_id", "ascending")]
        for row in self.results.table("offers").sort_by(order).to_pylist():
            offers.setdefault(row["segment"], []).append(row)
        return offers

    @cached_property
    def reason_kinds(self) -> dict[int, list[tuple[str, float]]]:
        """Kinds of reason behind each segment's recommendations with their shares."""
        table = self.results.table("recommendations").select(["customer", "reason"])
        if not table.num_rows:
            return {}
        found = pc.extract_regex(table["reason"], r'"kind"\s*:\s*"(?P<kind>[a-z_]+)"')
        kinds = table.select(["customer"]).append_column(
            "kind", pc.struct_field(found.combine_chunks(), "kind")
        )
        joined = kinds.join(
            self.results.table("members").select(["customer", "segment"]), "customer"
        )
        asked: list[tuple[Any, str]] = [("customer", "count"), ("customer", "count_distinct")]
        counts = joined.group_by(["segment", "kind"]).aggregate(asked).to_pylist()
        counts = [r for r in counts if r["segment"] is not None and r["kind"]]
        shares: dict[int, list[tuple[str, float]]] = {}
        for row in sorted(counts, key=lambda r: (-r["customer_count"], r["kind"])):
            total = sum(r["customer_count"] for r in counts if r["segment"] == row["segment"])
            if row["customer_count_distinct"] >= self.min_group:
                part = row["customer_count"] / total
                shares.setdefault(row["segment"], []).append((row["kind"], part))
        return shares

    @cached_property
    def tone(self) -> Tone:
        """Comments by month and tone."""
        return Tone(self.results.table("sentiment"), self.min_group)
