"""The main job side by side: ``habitue run`` against the usual stack, on the same records.

Each side runs in fresh processes. Wall time, processor time and peak memory are taken from the
operating system when a process ends (``wait4``), the same way for both; the stages are what each
side reports of itself. The peer (``benchmarks.peer_main_job``) mines with the least count that
Habitué chose, so that both do the same work. Agreement says whether the results are the same.

    python -m benchmarks.main_job --purchases online_retail.csv.gz --runs 3

prints one JSON object last.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

__all__ = ["main"]


def measured(command: list[str], output: Path) -> dict[str, float]:
    """Run a command; return its wall and processor seconds and its peak memory in megabytes."""
    with output.open("wb") as file:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=file)
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}.")
    scale = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes here
    return {
        "wall": round(wall, 3),
        "cpu": round(usage.ru_utime + usage.ru_stime, 3),
        "memory_mb": round(usage.ru_maxrss * scale / 1e6, 1),
    }


def habitue(purchases: Path, folder: Path) -> dict[str, Any]:
    """Make a shop, import the records and run the loop, each step a process of its own."""
    shop = folder / "shop"
    base = [sys.executable, "-m", "habitue"]
    steps = {
        "init": [*base, "init", str(shop)],
        "import": [*base, "--shop", str(shop), "--json", "import", str(purchases)],
        "run": [*base, "--shop", str(shop), "--json", "run"],
    }
    each = {name: measured(command, folder / f"{name}.json") for name, command in steps.items()}
    manifest_path = max((shop / "runs").glob("*/manifest.json"), key=lambda p: p.stat().st_mtime)
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    stages = {stage["stage"]: round(stage["seconds"], 3) for stage in _stages(manifest)}
    started = each["run"]["wall"] - sum(stages.values())
    return {
        "wall": round(sum(step["wall"] for step in each.values()), 3),
        "cpu": round(sum(step["cpu"] for step in each.values()), 3),
        "memory_mb": max(step["memory_mb"] for step in each.values()),
        "processes": each,
        "stages": {
            "start": round(each["init"]["wall"] + max(started, 0.0), 3),
            "import": each["import"]["wall"],
            **stages,
        },
        "run": str(manifest_path.parent),
    }


def _stages(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    stages = manifest.get("stages", [])
    if isinstance(stages, dict):
        return [{"stage": name, "seconds": seconds} for name, seconds in stages.items()]
    return list(stages)


def peer(purchases: Path, folder: Path, min_count: int) -> dict[str, Any]:
    """Run the peer's script."""
    out = folder / "peer.json"
    command = [sys.executable, "-m", "benchmarks.peer_main_job", "--purchases", str(purchases)]
    command += ["--out", str(folder / "peer"), "--min-count", str(min_count)]
    usage: dict[str, Any] = dict(measured(command, out))
    found = json.loads(out.read_text(encoding="utf-8").splitlines()[-1])
    stages = {s["stage"]: round(s["seconds"], 3) for s in found.pop("stages")}
    usage["stages"] = {"start": round(usage["wall"] - sum(stages.values()), 3), **stages}
    return {**usage, "found": found, "out": str(folder / "peer")}


def least_count(run: Path) -> int:
    """The least number of baskets that a rule of Habitué's has: what it mined with, or near."""
    counts = parquet.read_table(run / "tables" / "rules.parquet", columns=["count"])["count"]
    return int(pc.min(counts).as_py() or 10)


def agreement(run: Path, other: dict[str, Any]) -> dict[str, Any]:
    """How far both sides found the same."""
    evaluation = parquet.read_table(run / "tables" / "evaluation.parquet").to_pylist()
    scores = {
        f"{row['model']}/{row['protocol']}/{row['metric']}": round(row["mean"], 5)
        for row in evaluation
        if row["metric"] in ("ndcg@10", "auc", "log_loss", "ece")
    }
    found = other["found"]
    theirs = {
        f"{name}/{protocol}/ndcg@10": round(value["mean"], 5)
        for name, protocols in found["recommend"].items()
        for protocol, value in protocols.items()
    }
    theirs |= {
        f"{name}/{protocol}/{metric}": round(value, 5)
        for name, protocols in found["repurchase"].items()
        for protocol, metrics in protocols.items()
        for metric, value in metrics.items()
        if metric != "brier"
    }
    shared = sorted(scores.keys() & theirs.keys())
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    return {
        "totals": {
            "habitue": summary.get("totals", summary["selected"]),
            "peer": found["totals"],
        },
        "netted": {
            "habitue": summary["after"],
            "peer": found["netted"],
        },
        "rules": _rules(run, Path(other["out"])),
        "scores": {key: {"habitue": scores[key], "peer": theirs[key]} for key in shared},
    }


def _rules(run: Path, out: Path) -> dict[str, Any]:
    """Compare Habitué's rules, which are the productive ones, with the peer's, which are all."""
    ours = _keyed(parquet.read_table(run / "tables" / "rules.parquet"))
    theirs = _keyed(parquet.read_table(out / "rules.parquet"))
    both = ours.keys() & theirs.keys()
    gaps = [abs(ours[key] - theirs[key]) for key in both]
    return {
        "habitue": len(ours),
        "peer": len(theirs),
        "of_habitue_found_by_peer": round(len(both) / max(len(ours), 1), 4),
        "greatest_difference_in_confidence": round(max(gaps, default=0.0), 5),
    }


def _keyed(table: pa.Table) -> dict[tuple[tuple[str, ...], str], float]:
    return {
        (tuple(sorted(row["antecedent"])), row["consequent"]): row["confidence"]
        for row in table.select(["antecedent", "consequent", "confidence"]).to_pylist()
    }


def ratios(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> dict[str, float]:
    """The peer's median against Habitué's: above 1 is in Habitué's favour."""

    def middle(side: list[dict[str, Any]], key: str) -> float:
        return statistics.median(float(run[key]) for run in side)

    return {
        key: round(middle(theirs, key) / middle(ours, key), 2)
        for key in ("wall", "cpu", "memory_mb")
    }


def by_stage(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Median seconds of each stage on both sides."""
    names = list(dict.fromkeys([*ours[0]["stages"], *theirs[0]["stages"]]))
    rows = []
    for name in names:
        row: dict[str, Any] = {"stage": name}
        for side, runs in (("habitue", ours), ("peer", theirs)):
            seconds = [run["stages"][name] for run in runs if name in run["stages"]]
            row[side] = round(statistics.median(seconds), 3) if seconds else None
        if row["habitue"] and row["peer"]:
            row["ratio"] = round(row["peer"] / row["habitue"], 2)
        rows.append(row)
    return rows


def main() -> None:
    """Run both sides in turn, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--purchases", type=Path, required=True, help="a file of the UCI layout")
    parser.add_argument("--runs", type=int, default=1, help="how often each side runs")
    args = parser.parse_args()
    purchases = args.purchases.resolve()
    ours: list[dict[str, Any]] = []
    theirs: list[dict[str, Any]] = []
    alike: dict[str, Any] = {}
    for number in range(args.runs):
        with tempfile.TemporaryDirectory(prefix="habitue-bench-") as name:
            folder = Path(name)
            ours.append(habitue(purchases, folder))
            run = Path(ours[-1].pop("run"))
            theirs.append(peer(purchases, folder, least_count(run)))
            alike = agreement(run, theirs[-1])
            theirs[-1].pop("out")
        for side, made in (("habitue", ours[-1]), ("peer", theirs[-1])):
            text = f"run {number + 1}: {side} {made['wall']} s, {made['memory_mb']} MB"
            print(text, file=sys.stderr)
    found = theirs[-1]["found"]
    for made in theirs:
        made.pop("found")
    result = {
        "benchmark": "main_job",
        "file": purchases.name,
        "cores": os.cpu_count(),
        "ratio": ratios(ours, theirs),
        "stages": by_stage(ours, theirs),
        "agreement": alike,
        "peer_found": {key: found[key] for key in ("segments", "itemsets", "rules")},
        "runs": {"habitue": ours, "peer": theirs},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
