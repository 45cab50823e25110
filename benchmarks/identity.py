"""Who is one person: how right, how complete, how fast.

Usage: ``python -m benchmarks.identity --people 100000 --seed 1``: a generated world
(`benchmarks.identity_world`) goes through the vault into a state database and is resolved there.
Precision and recall are of pairs of rows: two rows that are, or are said to be, about one person.
``--identifiers N`` also fills a state database with N identifiers and resolves those.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.identity_many import many
from benchmarks.identity_world import KINDS, RATES, World, make_world
from habitue.prepare.identity import identities
from habitue.prepare.identity_match import match
from habitue.protect.keys import MasterKey
from habitue.protect.phones import regions
from habitue.protect.vault import Vault
from habitue.state import Database

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def fill(world: World, folder: Path) -> tuple[Vault, Ints]:
    """Put the world through the vault, as an import does; return each row's pseudonym."""
    vault = Vault(Database.of(folder), MasterKey(b"k" * 32), hints=("GB",))
    pseudonyms: list[int | None] = []
    step = 65_536
    for at in range(0, len(world.rows), step):
        rows = world.rows[at : at + step]
        distinct = {
            (*row, country): None
            for row, country in zip(rows, world.country[at : at + step], strict=True)
        }
        hints = (regions(row[-1], "GB") for row in distinct)
        found = vault.resolve([row[:-1] for row in distinct], KINDS, hints)
        number = dict(zip(distinct, found, strict=True))
        pseudonyms += [
            number[*row, country]
            for row, country in zip(rows, world.country[at : at + step], strict=True)
        ]
    with vault._database.writing() as session:
        vault.flush(session, "benchmark")
    return vault, np.array([-1 if p is None else p for p in pseudonyms])


def persons(vault: Vault, pseudonyms: Ints) -> Ints:
    """Return each row's person; a row that says nothing is a person of its own."""
    table = identities(vault._database)
    customers, stands = table["customer"].to_numpy(), table["person"].fill_null(-1).to_numpy()
    order = np.argsort(customers)
    customers, stands = customers[order], stands[order]
    place = np.minimum(np.searchsorted(customers, pseudonyms), max(len(customers) - 1, 0))
    known = customers[place] == pseudonyms if len(customers) else np.zeros(len(place), dtype=bool)
    found = np.where(known, stands[place], pseudonyms)
    nobody = (pseudonyms < 0) | (found < 0)
    found[nobody] = -1 - np.arange(int(nobody.sum()))
    return found


def pairs(*keys: Ints) -> int:
    """Count the pairs of rows that agree in all keys."""
    _rows, counts = np.unique(np.stack(keys, axis=1), axis=0, return_counts=True)
    counts = counts.astype(np.int64)
    return int((counts * (counts - 1) // 2).sum())


def quality(truth: Ints, found: Ints, own: Flags) -> dict[str, float]:
    """Return precision of pairs of all rows, and recall.

    ``recall`` is of rows that hold an identifier of the person's own, perhaps mistyped;
    ``recall_all_rows`` counts those too of which nothing but a name tells whose they are.
    """
    both = pairs(truth, found)
    return {
        "precision": round(both / max(pairs(found), 1), 5),
        "recall": round(pairs(truth[own], found[own]) / max(pairs(truth[own]), 1), 5),
        "recall_all_rows": round(both / max(pairs(truth), 1), 5),
    }


def cpu() -> float:
    """Return the seconds of processor time so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measured(people: int, seed: int, *, probabilistic: bool) -> dict[str, Any]:
    """Make a world and resolve it."""
    world = make_world(people, seed)
    truth = np.array(world.person)
    own = np.array(world.own)
    result: dict[str, Any] = {"rows": len(world.rows), "rows_with_own": int(own.sum())}
    with tempfile.TemporaryDirectory(prefix="habitue-bench-") as name:
        started = cpu()
        vault, pseudonyms = fill(world, Path(name))
        result["pseudonyms"] = vault.count()
        result["import_cpu_seconds"] = round(cpu() - started, 2)
        started = cpu()
        found = persons(vault, pseudonyms)
        result["deterministic"] = {
            **quality(truth, found, own),
            "cpu_seconds": round(cpu() - started, 2),
        }
        print(result, file=sys.stderr)
        if probabilistic:
            started = cpu()
            cities = {int(p): city for p, city in zip(pseudonyms, world.city, strict=True) if city}
            outcome = match(vault._database, vault, cities)
            result["match"] = {
                "cpu_seconds": round(cpu() - started, 2),
                "candidates": outcome.candidates,
                "joined": len(outcome.pairs),
            }
            found = persons(vault, pseudonyms)
        result["overall"] = quality(truth, found, own)
    return result


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--deterministic", action="store_true", help="leave the model out")
    parser.add_argument("--identifiers", type=int, default=0, help="also resolve so many")
    args = parser.parse_args()
    started = time.perf_counter()
    result: dict[str, Any] = {"benchmark": "identity", "people": args.people, "seed": args.seed}
    if args.people:
        result |= measured(args.people, args.seed, probabilistic=not args.deterministic)
        result["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        result["rates"] = RATES
    if args.identifiers:
        result["components"] = many(args.identifiers, args.seed)
    result["seconds"] = round(time.perf_counter() - started, 2)
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
