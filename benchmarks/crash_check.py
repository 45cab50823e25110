"""Looks at a shop after a crash as the next commands would, and says what is wrong."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tests.protect.places import PlacesThatHold

__all__ = ["check"]

#: All that a shop consists of once what was left half-done is swept.
_OWN = (
    "habitue.toml", "state/lock", "state/master.key", "state/write_key",
    "state/state.db", "state/state.db-wal", "state/state.db-shm",
    "state/keys.db", "state/keys.db-wal", "state/keys.db-shm", "runs/CURRENT",
)  # fmt: skip
_RUN = ("manifest.json", "summary.json", "report.html")


def check(folder: Path, expected: dict[str, Any]) -> dict[str, Any]:
    """Compare a shop with what must be there.

    Returns
    -------
    dict
        ``problems``: key and text; ``head``: the audit log's end now; ``gone``: which of those
        whose erasure was begun are gone; ``run``: the run in force.
    """
    from habitue.shop import Shop

    problems: list[tuple[str, str]] = []
    problems += _databases(folder)
    shop = Shop.open(folder)
    # First what readers see, before anybody recovers anything.
    run = _run(shop, expected["run"], problems)
    _audit(shop, expected["head"], problems)
    # Then as the next writer would: what is known already adds nothing.
    again = shop.import_files(expected["again"]) if expected["again"] else []
    for report in again:
        if report.accepted or report.amended:
            problems.append(("doubled", f"import again added {report.accepted}"))
    if not again:
        with shop._writing():
            pass
    shop.import_events()
    shop = Shop.open(folder)
    gone = _people(shop, expected, problems)
    _records(shop, expected, problems)
    _consents(shop, expected, problems)
    _files(shop, problems)
    _doctor(shop, problems)
    needles = [*expected["gone"], *(expected["doubtful"][who]["needles"] for who in gone)]
    if needles:
        held = PlacesThatHold([text for texts in needles for text in texts]).within(folder)
        problems += [("erased", f"{path} holds an erased person") for path in held]
    if run and shop.current.id != run:  # an erasure was completed
        run = _run(shop, run, problems)
    head = str(shop.audit.head())
    _audit(shop, head, problems)
    return {"problems": problems, "head": head, "gone": gone, "run": run}


def _databases(folder: Path) -> Iterator[tuple[str, str]]:
    for name in ("state.db", "keys.db"):
        path = folder / "state" / name
        if path.exists():
            with closing(sqlite3.connect(path)) as connection:
                said = connection.execute("PRAGMA integrity_check").fetchall()
            if said != [("ok",)]:
                yield "damaged", f"{name}: {said[0][0]}"


def _run(shop: Any, last: str, problems: list[tuple[str, str]]) -> str:
    """Read every table of the run in force; return its name."""
    from habitue.errors import NoRunError

    try:
        current = shop.current
    except NoRunError:
        if last:
            problems.append(("run", "the acknowledged run is not in force"))
        return ""
    if current.id < last:
        problems.append(("run", f"{current.id} is in force, {last} was acknowledged"))
    rows = current.manifest["tables"]
    seen = {
        path.stem: current.table(path.stem).num_rows
        for path in (current.folder / "tables").glob("*.parquet")
    }
    if seen != rows:
        problems.append(("run", f"has other tables than it says: {sorted(set(rows) ^ set(seen))}"))
    if current.summary["run"] != current.id or "</html>" not in current.report.read_text():
        problems.append(("run", "summary or report is not whole"))
    return str(current.id)


def _audit(shop: Any, head: str, problems: list[tuple[str, str]]) -> None:
    found = shop.audit.verify(head)
    problems += [("audit", f"{kind} at {number}") for kind, number in found.problems]


def _people(shop: Any, expected: dict[str, Any], problems: list[tuple[str, str]]) -> list[str]:
    """Open every identifier; return who of the doubtful is gone."""
    shop.vault.verify()
    emails = {value for _customer, _kind, value in shop.vault.opened(("email",))}
    if missing := set(expected["emails"]) - emails:
        problems.append(("lost", f"{len(missing)} identifiers, {min(missing)}"))
    if any(texts[0] in emails for texts in expected["gone"]):
        problems.append(("erased", "an identifier is back in the vault"))
    return [who for who, one in expected["doubtful"].items() if one["needles"][0] not in emails]


def _records(shop: Any, expected: dict[str, Any], problems: list[tuple[str, str]]) -> None:
    tables = {}
    with shop._engine() as engine:
        for name in ("purchases", "comments", "views"):
            shop._store.read(engine, name)
            tables[name] = engine.query(f'SELECT * FROM "{name}"').to_pylist()
    for name, rows in tables.items():
        if len({row["row_key"] for row in rows}) != len(rows):
            problems.append(("doubled", f"{name}: a key stands twice"))
    lines = [f"{row['order_id']}|{row['item_id']}" for row in tables["purchases"]]
    lines += [row["comment_id"] for row in tables["comments"]]
    events = [row["event_id"] for row in tables["views"]]
    _compare("lines", lines, expected, problems)
    _compare("events", events, expected, problems)
    seen = set(lines)
    for one in expected["doubtful"].values():  # all of a person, or nothing
        held = seen & set(one["lines"])
        if held and held != set(one["lines"]):
            problems.append(("lost", f"{len(held)} of {len(one['lines'])} lines of a person"))
    counted, _missing, _orphans = shop.inventory()
    for name, rows in tables.items():
        if counted[name] != len(rows):
            problems.append(("count", f"{name}: {counted[name]} reported, {len(rows)} there"))


def _consents(shop: Any, expected: dict[str, Any], problems: list[tuple[str, str]]) -> None:
    _compare("said", [row["source"] for row in shop.consents.export()], expected, problems)


def _compare(
    name: str, found: Iterable[str], expected: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    counts = Counter(found)
    if lost := set(expected[name]) - set(counts):
        problems.append(("lost", f"{name}: {len(lost)}, {min(lost)}"))
    if strange := set(counts) - set(expected[f"{name}_may"]):
        problems.append(("doubled", f"{name}: {len(strange)} from nowhere, {min(strange)}"))
    if twice := [key for key, n in counts.items() if n > 1]:
        problems.append(("doubled", f"{name}: {len(twice)}, {min(twice)}"))


def _files(shop: Any, problems: list[tuple[str, str]]) -> None:
    """See that nothing lies about that belongs to nothing."""
    from sqlalchemy import select

    from habitue.state import Batch

    with shop._database.reading() as session:
        batches = set(session.scalars(select(Batch.id)))
    for path in sorted(shop.folder.rglob("*")):
        name = str(path.relative_to(shop.folder))
        if path.is_dir() or name in _OWN or _kept(path, name, batches):
            continue
        problems.append(("leftover", name))


def _kept(path: Path, name: str, batches: set[str]) -> bool:
    if fnmatch(name, "records/*/*.parquet") or fnmatch(name, "rejects/*.csv"):
        return path.stem in batches
    parts = name.split("/")
    if parts[0] == "runs" and len(parts) > 2 and not parts[1].startswith("."):
        run = path.parents[len(parts) - 3]
        return all((run / file).exists() for file in _RUN)
    return False


def _doctor(shop: Any, problems: list[tuple[str, str]]) -> None:
    from habitue.doctor import check_shop

    for one in check_shop(shop):
        bad = one.ok is False and one.name not in ("records", "disk")
        if bad or one.name == "leftovers":
            problems.append(("doctor", f"{one.name}: {one.message}"))


def main() -> None:
    """Check one shop by hand: ``python -m benchmarks.crash_check SHOP EXPECTED.json``."""
    import sys

    expected = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    print(json.dumps(check(Path(sys.argv[1]), expected), indent=1))


if __name__ == "__main__":
    main()
