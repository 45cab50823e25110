"""The few things worth knowing from a run, as data; worded at the edge.

Each looks at the run's tables and says nothing where there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.analyse.segments import FEWEST
from habitue.columns import QUALITY

__all__ = ["findings", "notes", "thin"]

Finding = dict[str, Any]
Tables = Mapping[str, pa.Table]

#: Bands of those who are late by their own rhythm and can still be kept.
_SLIPPING = ("wavering", "leaving")
_POPULAR = "popular"
#: What each method needs before it rests on the shop's own records alone: of whom or what, how
#: many. Below, the methods themselves fall back (their modules say how), and the report says so.
_NEEDS: tuple[tuple[str, str, float], ...] = (
    ("segments", "customers", FEWEST),
    ("bgnbd", "customers", 50),
    ("bgnbd", "repeaters", 20),
    ("worth", "repeaters", 20),
    ("loyalty", "customers", 200),
    ("time", "horizons", 3),
    ("rules", "rules", 1),
    ("interests", "categories", 2),
    ("recommend", "recommended", 1),
    ("engagement", "views", 1),
    ("voice", "comments", 1),
)


def findings(tables: Tables, summary: Mapping[str, Any], most: int = 5) -> list[Finding]:
    """Return the findings, the most important first, at most so many."""
    found = [
        _revenue(summary),
        _leaving(tables),
        _bundle(tables),
        _repurchase(tables, summary),
        _recommender(tables),
        _comments(tables),
        _concentration(tables),
        _segment(tables),
    ]
    return [finding for finding in found if finding][:most]


def notes(
    tables: Tables, summary: Mapping[str, Any], segments: str, repurchase: Mapping[str, Any]
) -> list[Finding]:
    """Return what was simplified or left out for want of data, and why.

    Parameters
    ----------
    tables, summary
        The run's.
    segments : str
        What the clustering noted; empty for nothing.
    repurchase : mapping
        Why the repurchase model was chosen (``RepurchaseComparison.why``).
    """
    few = {"kind": "few_customers", "customers": tables["rfm"].num_rows, "needed": 50}
    simplified: dict[str, Finding] = {
        "too_few_customers": few,
        "customers_few": few,
        "no_stable_clusters": {"kind": "one_segment"},
        "history_short": {
            "kind": "short_history",
            "days": repurchase.get("history_days"),
            "needed": 3 * repurchase.get("asked_days", 0),
        },
    }
    absent = {
        "rfm": "no_customers",
        "rules": "no_rules",
        "recommendations": "no_recommendations",
        "sentiment": "no_comments",
    }
    found = [simplified[key] for key in (segments, repurchase.get("reason")) if key in simplified]
    found += [{"kind": kind} for name, kind in absent.items() if tables[name].num_rows == 0]
    if not summary["read"]["visits"]:
        found.append({"kind": "no_views"})
    return [note for n, note in enumerate(found) if note not in found[:n]]


def thin(tables: Tables, summary: Mapping[str, Any], repurchase: Mapping[str, Any]) -> pa.Table:
    """Return what each method needs of the records and what there is (columns.QUALITY).

    Parameters
    ----------
    tables, summary
        The run's.
    repurchase : mapping
        Why the repurchase model was chosen (``RepurchaseComparison.why``).
    """
    rfm = tables["rfm"]
    asked = repurchase.get("asked_days") or summary["horizon_days"]
    there: dict[str, float] = {
        "customers": rfm.num_rows,
        "repeaters": pc.sum(pc.greater(rfm["orders"], 1)).as_py() or 0,
        "horizons": (repurchase.get("history_days") or 0) / asked,
        "rules": tables["rules"].num_rows,
        "categories": pc.count_distinct(tables["catalogue"]["category"]).as_py(),
        "recommended": pc.count_distinct(tables["recommendations"]["customer"]).as_py(),
        "views": summary["read"]["visits"],
        "comments": tables["sentiment"].num_rows,
    }
    rows = [
        {"check": "thin", "measure": method, "field": of, "value": float(there[of]),
         "low": float(least), "flag": there[of] < least}
        for method, of, least in _NEEDS
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=QUALITY.schema)


def _revenue(summary: Mapping[str, Any]) -> Finding | None:
    after = summary["after"]
    if not after["orders"]:
        return None
    return {
        "kind": "revenue",
        "customers": after["customers"],
        "orders": after["orders"],
        "amount": after["amount"],
        "currency": summary["currency"],
        "first": summary["first"],
        "last": summary["last"],
    }


def _leaving(tables: Tables) -> Finding | None:
    loyalty = tables["loyalty"]
    slipping = loyalty.filter(pc.is_in(loyalty["band"], value_set=pa.array(_SLIPPING)))
    if slipping.num_rows == 0:
        return None
    rfm = tables["rfm"]
    theirs = rfm.filter(pc.is_in(rfm["customer"], value_set=slipping["customer"]))
    return {
        "kind": "leaving",
        "customers": slipping.num_rows,
        "amount": pc.sum(theirs["amount"]).as_py() or 0,
    }


def _bundle(tables: Tables) -> Finding | None:
    if tables["rules"].num_rows == 0:
        return None
    rule = tables["rules"].slice(0, 1).to_pylist()[0]
    keys = ("antecedent", "consequent", "confidence", "lift")
    return {"kind": "bundle", **{key: rule[key] for key in keys}}


def _repurchase(tables: Tables, summary: Mapping[str, Any]) -> Finding | None:
    chance = tables["loyalty"]["probability"]
    if len(chance) == 0 or chance.null_count == len(chance):
        return None
    return {
        "kind": "repurchase",
        "customers": len(chance),
        "expected": round(pc.sum(chance).as_py()),
        "horizon": summary["horizon_days"],
    }


def _recommender(tables: Tables) -> Finding | None:
    rows = [
        row
        for row in tables["evaluation"].to_pylist()
        if (row["task"], row["protocol"], row["metric"]) == ("recommend", "time", "ndcg@10")
    ]
    popular = next((row["mean"] for row in rows if row["model"] == _POPULAR), None)
    chosen = next((row for row in rows if row["chosen"]), None)
    if not popular or chosen is None or chosen["model"] == _POPULAR:
        return None
    return {
        "kind": "recommender",
        "model": chosen["model"],
        "times": chosen["mean"] / popular,
    }


def _comments(tables: Tables) -> Finding | None:
    comments = tables["sentiment"]
    if comments.num_rows == 0:
        return None
    return {
        "kind": "comments",
        "answer": pc.sum(comments["answer"]).as_py() or 0,
        "bad_share": pc.mean(pc.less(comments["sentiment"], -1 / 3)).as_py(),
    }


def _concentration(tables: Tables) -> Finding | None:
    amounts = np.sort(tables["rfm"]["amount"].to_numpy())[::-1]
    top = len(amounts) // 10
    if top == 0 or amounts.sum() <= 0:
        return None
    return {
        "kind": "concentration",
        "share_customers": 0.1,
        "share_amount": float(amounts[:top].sum() / amounts.sum()),
    }


def _segment(tables: Tables) -> Finding | None:
    if tables["segments"].num_rows < 2:
        return None
    first = tables["segments"].slice(0, 1).to_pylist()[0]
    return {"kind": "segment", **{k: first[k] for k in ("segment", "share", "amount_share")}}
