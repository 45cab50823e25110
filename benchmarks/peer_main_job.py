"""The main job as a data scientist would write it today: pandas, scikit-learn, mlxtend, lifetimes.

A plain script in plain files, one a topic (``peer_*.py``), with the same steps as ``habitue run``
and the same settings: it reads a UCI-layout export, cleans it, nets returns, groups items, finds
segments (k by bootstrap stability) and productive rules, tunes and compares the same recommenders
and repurchase models through time and by folds, recommends to every customer with reasons, rates
loyalty, and writes a report. It imports nothing of Habitué's. What only Habitué does, it leaves
out: records kept, checked and de-duplicated, pseudonyms, an immutable run.

    python -m benchmarks.peer_main_job --purchases online_retail.csv.gz --out DIR

It writes its tables to a folder and prints one JSON object last.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import (
    peer_compare,
    peer_data,
    peer_loyalty,
    peer_reasons,
    peer_recommend,
    peer_report,
    peer_repurchase,
    peer_rules,
    peer_segments,
)

HORIZON = pd.Timedelta(days=90)


class Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.stages: list[dict[str, Any]] = []
        self.last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Note that a stage has ended."""
        now = time.perf_counter()
        self.stages.append({"stage": stage, "seconds": now - self.last})
        self.last = now
        print(f"{stage} {self.stages[-1]['seconds']:.2f} s", file=sys.stderr)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Run every stage; return what was found."""
    clock = Clock()
    tables: dict[str, pd.DataFrame] = {}

    frame = peer_data.read(args.purchases)
    clock.lap("import")

    now = frame["time"].max() + pd.Timedelta(microseconds=1)
    lines, why, totals = peer_data.clean(frame)
    sales = peer_data.known(lines, now)
    items = peer_data.catalogue(frame, lines)
    del frame
    tables["accounting"], tables["monthly"] = peer_data.accounting(why), peer_data.monthly(sales)
    today = peer_recommend.Data(sales, items)
    train = today.train(now)
    tables["items"] = items.assign(repeatable=train.repeatable)
    clock.lap("prepare")

    people = peer_data.rfm(sales, now)
    tables["interests"] = peer_data.interests(sales, items)
    tables["segments"], members, tables["segment_choice"] = peer_segments.segments(
        people, sales, items
    )
    tables["rfm"] = people.assign(segment=members)
    clock.lap("analyse: segments")
    tables["rules"], all_rules, itemsets = peer_rules.rules(
        sales, args.min_count, args.min_confidence
    )
    clock.lap("analyse: rules")

    horizon = min(HORIZON, (now - sales["time"].min()) / 4)
    backtest = peer_data.known(lines, now, [now - n * HORIZON for n in range(1, 5)])
    quality, chosen = peer_compare.compare(peer_recommend.Data(backtest, items), now, horizon)
    clock.lap("evaluate: recommend")
    repurchase, model, known = peer_repurchase.compare(backtest, items, now, HORIZON)
    tables["evaluation"] = pd.concat([quality, repurchase], ignore_index=True)
    tables["reliability"] = known["reliability"]
    clock.lap("evaluate: repurchase")

    tables["recommendations"] = peer_reasons.recommend(today, train, chosen)
    tables["offers"] = peer_reasons.offers(tables["recommendations"], members)
    clock.lap("recommend")

    tables["loyalty"] = peer_loyalty.loyalty(sales, items, now, HORIZON, model, known["window"])
    clock.lap("loyalty")

    peer_report.report(args.out / "report.html", tables)
    clock.lap("report")

    for name, table in tables.items():
        table.to_parquet(args.out / f"{name}.parquet")
    clock.lap("publish")
    return {
        "stages": clock.stages,
        "totals": totals,
        "netted": netted(sales),
        "segments": int(members.nunique()),
        "itemsets": itemsets,
        "rules": all_rules,
        "productive": len(tables["rules"]),
        "chosen": {"recommend": vars(chosen), "repurchase": known["chosen"]},
        "recommendations": len(tables["recommendations"]),
    }


def netted(sales: pd.DataFrame) -> dict[str, float]:
    """Return the totals after services and returns."""
    known = sales[sales["customer"].notna()]
    return {
        "lines": len(known),
        "customers": int(known["customer"].nunique()),
        "orders": int(known["order"].nunique()),
        "revenue": round(float(known["amount"].sum()), 3),
        "baskets": int(sales["order"].nunique()),
    }


def main() -> None:
    """Run the job."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--purchases", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--min-count", type=int, default=150)
    parser.add_argument("--min-confidence", type=float, default=0.2)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    warnings.filterwarnings("ignore")
    print(json.dumps(run(args)))


if __name__ == "__main__":
    main()
