"""Fills a state database with many identifiers, and resolves them in a process of its own."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from habitue.state import Database

__all__ = ["many"]

_CHUNK = 500_000
_KINDS = ("customer_id", "email", "phone", "visitor", "handle")


def many(identifiers: int, seed: int) -> dict[str, Any]:
    """Return how long the components of so many distinct identifiers take, reading included."""
    with tempfile.TemporaryDirectory(prefix="habitue-bench-") as name:
        edges = _fill(Path(name), identifiers, seed)
        command = [sys.executable, "-m", "benchmarks.identity_many", name]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return {"identifiers": identifiers, "edges": edges, **json.loads(done.stdout)}


def _fill(folder: Path, identifiers: int, seed: int) -> int:
    """Write identifiers, each held by one to three pseudonyms, a fifth of them by strangers too."""
    rng = np.random.default_rng(seed)
    database = Database.of(folder)
    database.close()
    connection = sqlite3.connect(folder / "state.db")
    for pragma in ("synchronous = OFF", "journal_mode = OFF", "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("DROP INDEX ix_identifiers_lookup")
    people = identifiers * 2 // 5  # two and a half identifiers each
    owner = np.sort(rng.integers(0, people, identifiers))
    spread = rng.integers(1, 4, identifiers)
    node = np.repeat(np.arange(identifiers), spread)
    # A person's identifiers stand beside each other in up to three sets: pseudonyms.
    person = np.repeat(owner, spread)
    stray = rng.random(len(node)) < 0.01
    person[stray] = rng.integers(0, people, int(stray.sum()))
    pseudonym = person * 3 + rng.integers(0, 3, len(node)) + 1
    kind = np.arange(identifiers)[node] % 4
    order = np.lexsort((node, pseudonym))
    node, pseudonym, kind, person = node[order], pseudonym[order], kind[order], person[order]
    keep = np.ones(len(node), dtype=bool)
    keep[1:] = (node[1:] != node[:-1]) | (pseudonym[1:] != pseudonym[:-1])
    node, pseudonym, kind, person = node[keep], pseudonym[keep], kind[keep], person[keep]
    mixed = node.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    secret = b"s" * 40
    for at in range(0, len(node), _CHUNK):
        part = slice(at, at + _CHUNK)
        rows = zip(
            pseudonym[part].tolist(),
            (int(value).to_bytes(8, "little") * 4 for value in mixed[part]),
            (_KINDS[k] for k in kind[part].tolist()),
            (person[part] % 2).tolist(),
            (secret for _ in range(_CHUNK)),
            strict=False,
        )
        connection.executemany(
            "INSERT INTO identifiers (customer, lookup, kind, party, desk, secret) "
            "VALUES (?, ?, ?, ?, 0, ?)",
            rows,
        )
    connection.commit()
    connection.close()
    return len(node)


def main() -> None:
    """Resolve what a folder's state holds, and print how long it took."""
    from habitue.prepare.identity import linked

    database = Database.of(Path(sys.argv[1]))
    started, before = time.perf_counter(), time.process_time()
    table = linked(database)
    print(
        json.dumps(
            {
                "linked": table.num_rows,
                "people": len(np.unique(table["person"].to_numpy())),
                "seconds": round(time.perf_counter() - started, 2),
                "cpu_seconds": round(time.process_time() - before, 2),
                "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
