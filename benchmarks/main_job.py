"""The main job side by side: ``habitue run`` against the usual stack, on the same records.

Each side runs in fresh processes. Wall time, processor time and peak memory are taken from the
operating system when a process ends (``wait4``), the same way for both; the stages are what each
side reports of itself. The peer (``benchmarks.peer_main_job``) mines with the least count that
Habitué chose, so that both do the same work. Agreement says whether the results are the same.

A stage that only one side has, or where the two do not do the same, is marked ``same_steps:
false`` and is in the totals over everything, but not in those over the same steps.

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
from collections import Counter
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
    around = each["run"]["wall"] - sum(stages.values())
    return {
        "wall": round(sum(step["wall"] for step in each.values()), 3),
        "cpu": round(sum(step["cpu"] for step in each.values()), 3),
        "memory_mb": max(step["memory_mb"] for step in each.values()),
        "processes": each,
        "stages": {
            "init": each["init"]["wall"],
            "import": each["import"]["wall"],
            **stages,
            "start and publish": round(max(around, 0.0), 3),
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
    stages: dict[str, float] = {}
    for lap in found.pop("stages"):  # "analyse: rules" is a part of "analyse"
        name = lap["stage"].partition(":")[0]
        stages[name] = round(stages.get(name, 0.0) + lap["seconds"], 3)
        usage.setdefault("parts", {})[lap["stage"]] = round(lap["seconds"], 3)
    published = stages.pop("publish")
    around = usage["wall"] - sum(stages.values()) - published
    usage["stages"] = {**stages, "start and publish": round(around + published, 3)}
    return {**usage, "found": found, "out": str(folder / "peer")}


def least_count(run: Path) -> int:
    """The least number of baskets that a rule of Habitué's has: what it mined with, or near."""
    counts = parquet.read_table(run / "tables" / "rules.parquet", columns=["count"])["count"]
    return int(pc.min(counts).as_py() or 10)


def agreement(run: Path, other: dict[str, Any]) -> dict[str, Any]:
    """How far both sides found the same."""
    found, out = other["found"], Path(other["out"])
    ours = _scores(parquet.read_table(run / "tables" / "evaluation.parquet"))
    theirs = _scores(parquet.read_table(out / "evaluation.parquet"))
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    segments = parquet.read_table(run / "tables" / "segments.parquet")
    return {
        "totals": {"habitue": summary["selected"], "peer": found["totals"]},
        "netted": {"habitue": summary["after"], "peer": found["netted"]},
        "rules": _rules(run, out),
        "segments": {"habitue": segments.num_rows, "peer": found["segments"]},
        "recommendations": {
            "habitue": manifest["tables"]["recommendations"],
            "peer": found["recommendations"],
            "reasons": {
                "habitue": _kinds(run / "tables" / "recommendations.parquet"),
                "peer": _kinds(out / "recommendations.parquet"),
            },
        },
        "chosen": {
            "habitue": {task: choice["model"] for task, choice in manifest["chosen"].items()},
            "peer": found["chosen"],
        },
        "scores": {
            key: {"habitue": ours[key], "peer": theirs[key]}
            for key in sorted(ours.keys() & theirs.keys())
        },
    }


def _scores(table: pa.Table) -> dict[str, float]:
    return {
        f"{row['model']}/{row['protocol']}/{row['metric']}": round(row["mean"], 5)
        for row in table.to_pylist()
        if row["metric"] in ("ndcg@10", "auc", "log_loss", "ece")
    }


def _kinds(path: Path) -> dict[str, int]:
    reasons = parquet.read_table(path, columns=["reason"])["reason"].to_pylist()
    return dict(Counter(json.loads(reason)["kind"] for reason in reasons).most_common())


def _rules(run: Path, out: Path) -> dict[str, Any]:
    """Compare the productive rules that each side found."""
    ours = _keyed(parquet.read_table(run / "tables" / "rules.parquet"))
    theirs = _keyed(parquet.read_table(out / "rules.parquet"))
    both = ours.keys() & theirs.keys()
    gaps = [abs(ours[key] - theirs[key]) for key in both]
    return {
        "habitue": len(ours),
        "peer": len(theirs),
        "of_habitue_found_by_peer": round(len(both) / max(len(ours), 1), 4),
        "of_peer_found_by_habitue": round(len(both) / max(len(theirs), 1), 4),
        "greatest_difference_in_confidence": round(max(gaps, default=0.0), 5),
    }


def _keyed(table: pa.Table) -> dict[tuple[tuple[str, ...], str], float]:
    return {
        (tuple(sorted(row["antecedent"])), row["consequent"]): row["confidence"]
        for row in table.select(["antecedent", "consequent", "confidence"]).to_pylist()
    }


#: Why the two sides do not do the same in a stage.
ONE_SIDED = {
    "init": "only Habitué makes a shop",
    "import": "Habitué checks, de-duplicates, pseudonymises and keeps the records; the peer reads",
    "listen": "only Habitué looks for comments; there are none",
}


def middle(runs: list[dict[str, Any]], *keys: str) -> float:
    """Return the median over the runs of a value in them; 0 where there is none."""
    found = []
    for run in runs:
        value: Any = run
        for key in keys:
            value = value.get(key, 0.0)
        found.append(float(value))
    return statistics.median(found)


def compared(ours: float, theirs: float) -> dict[str, float | None]:
    """Return both sides' seconds and the peer's against Habitué's: above 1 favours Habitué."""
    ratio = round(theirs / ours, 2) if ours and theirs else None
    return {
        "habitue_seconds": round(ours, 3),
        "peer_seconds": round(theirs, 3),
        "ratio": ratio,
    }


def by_stage(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Median seconds of each stage on both sides."""
    names = list(dict.fromkeys([*ours[0]["stages"], *theirs[0]["stages"]]))
    rows: list[dict[str, Any]] = []
    for name in names:
        seconds = [middle(runs, "stages", name) for runs in (ours, theirs)]
        row = {"stage": name, **compared(*seconds), "same_steps": name not in ONE_SIDED}
        rows.append(row | ({"why_not": ONE_SIDED[name]} if name in ONE_SIDED else {}))
    return rows


def totals(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians over the runs of each side's sums."""

    def same(runs: list[dict[str, Any]]) -> float:
        sums = [
            sum(s for name, s in run["stages"].items() if name not in ONE_SIDED) for run in runs
        ]
        return float(statistics.median(sums))

    memory = [middle(runs, "memory_mb") for runs in (ours, theirs)]
    return {
        "same_steps": compared(same(ours), same(theirs)),
        "everything": compared(middle(ours, "wall"), middle(theirs, "wall")),
        "cpu": compared(middle(ours, "cpu"), middle(theirs, "cpu")),
        "cpu_without_import": compared(
            middle(ours, "processes", "run", "cpu"), middle(theirs, "cpu")
        ),
        "memory_mb": {
            "habitue": memory[0],
            "peer": memory[1],
            "ratio": round(memory[1] / memory[0], 2),
        },
    }


def main() -> None:
    """Run both sides in turn, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--purchases", type=Path, required=True, help="a file of the UCI layout")
    parser.add_argument("--runs", type=int, default=1, help="how often each side runs")
    args = parser.parse_args()
    purchases = args.purchases.resolve()
    load = [round(value, 2) for value in os.getloadavg()]
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
        "load_before": load,
        "load_after": [round(value, 2) for value in os.getloadavg()],
        "totals": totals(ours, theirs),
        "stages": by_stage(ours, theirs),
        "peer_parts": {name: middle(theirs, "parts", name) for name in theirs[0]["parts"]},
        "agreement": alike,
        "peer_found": {key: found[key] for key in ("segments", "itemsets", "rules", "productive")},
        "runs": {"habitue": ours, "peer": theirs},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
