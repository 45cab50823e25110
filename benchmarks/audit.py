"""Tampers with the audit log in every way, over and over, and counts what goes unseen.

Run as ``python -m benchmarks.audit --edits 10000 --seed 1``. Each edit starts from the same sound
log and is made by raw SQL, as someone would who has the database but not the key; then the log is
verified against the head that was written down before. The last line of output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from habitue.protect.audit import Audit, Head
from habitue.protect.keyring import KeyRing
from habitue.protect.keys import MasterKey
from habitue.protect.verification import verify
from habitue.state import Database

__all__ = ["EDITS", "main", "run"]

_COLUMNS = ("time", "actor", "action", "subject", "details")
_ALL = "time, actor, action, subject, details, mac"
Edit = Callable[[sqlite3.Connection, random.Random, int], None]


def main() -> None:
    """Read the arguments, tamper, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--entries", type=int, default=40, help="length of the log")
    asked = parser.parse_args()
    print(json.dumps(run(asked.edits, asked.seed, asked.entries)))


def run(edits: int, seed: int, entries: int) -> dict[str, object]:
    """Return how many edits of each kind were made, and how many were seen."""
    dice = random.Random(seed)
    made: Counter[str] = Counter()
    unseen: Counter[str] = Counter()
    alone = 0
    with tempfile.TemporaryDirectory() as folder:
        ring, kept, past = _log(Path(folder), dice, entries)
        path = Path(folder) / "state.db"
        for _number in range(edits):
            name = dice.choice(list(EDITS))
            found, without = _tampered(path, ring, kept, past, EDITS[name], dice, entries)
            made[name] += 1
            unseen[name] += not found
            alone += without
        sound = verify(ring, kept).sound
        ring.database.close()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "benchmark": "audit",
        "edits": edits,
        "seed": seed,
        "entries": entries,
        "detected": edits - sum(unseen.values()),
        "undetected": sum(unseen.values()),
        "detected_without_head": alone,
        "untouched_log_sound": sound,
        "kinds": dict(sorted(made.items())),
        "undetected_kinds": {kind: n for kind, n in unseen.items() if n},
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
    }


def _log(folder: Path, dice: random.Random, entries: int) -> tuple[KeyRing, Head, list[bytes]]:
    """Make a log; return its keys, its end, and the seals that an onlooker saw on the way."""
    ring = KeyRing(Database.of(folder), MasterKey(dice.randbytes(32)))
    audit = Audit(ring, "bench")
    seals = [b""]
    for number in range(entries):
        action = dice.choice(["import", "run", "consent", "reveal"])
        subject = dice.randrange(1 << 62) if action == "consent" else None
        audit.note(action, subject, {"rows": number, "kind": dice.choice("abc")})
        with sqlite3.connect(folder / "state.db") as connection:
            seals.append(connection.execute("SELECT seal FROM audit_head").fetchone()[0])
    return ring, audit.head(), seals


def _tampered(
    path: Path,
    ring: KeyRing,
    kept: Head,
    past: list[bytes],
    edit: Edit,
    dice: random.Random,
    entries: int,
) -> tuple[bool, bool]:
    """Make one edit, verify with and without the head, and put the log back as it was."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")  # what is judged is the log, not the disk
    for act in ("update", "delete"):
        connection.execute(f"DROP TRIGGER IF EXISTS audit_no_{act}")
    before = connection.execute(f"SELECT number, {_ALL} FROM audit ORDER BY number").fetchall()
    head = connection.execute("SELECT * FROM audit_head").fetchall()
    edit(connection, dice, entries)
    last = connection.execute("SELECT max(number) FROM audit").fetchone()[0] or 0
    if isinstance(last, int) and last < entries and dice.random() < 0.5:
        # The cleverest onlooker has kept that day's seal, and puts it back with the log.
        row = (last, past[last])
        connection.execute("UPDATE audit_head SET number = ?, seal = ?", row)
    connection.commit()
    after = connection.execute(f"SELECT number, {_ALL} FROM audit ORDER BY number").fetchall()
    changed = after != before or connection.execute("SELECT * FROM audit_head").fetchall() != head
    found = not verify(ring, kept).sound
    alone = not verify(ring).sound
    connection.execute("DELETE FROM audit")
    marks = ", ".join("?" * 7)
    connection.executemany(f"INSERT INTO audit (number, {_ALL}) VALUES ({marks})", before)
    connection.execute("DELETE FROM audit_head")
    connection.executemany("INSERT INTO audit_head VALUES (?, ?, ?)", head)
    connection.commit()
    connection.close()
    if not changed:
        raise AssertionError("an edit changed nothing: the benchmark is wrong")
    return found, alone


def _edited(connection: sqlite3.Connection, dice: random.Random, entries: int) -> None:
    number, column = dice.randint(1, entries), dice.choice(_COLUMNS)
    query = f"SELECT {column} FROM audit WHERE number = ?"
    old = connection.execute(query, (number,)).fetchone()[0]
    new = _other(column, old, dice)
    connection.execute(f"UPDATE audit SET {column} = ? WHERE number = ?", (new, number))


def _other(column: str, old: Any, dice: random.Random) -> object:
    if column == "time":
        return old + dice.choice([-1, 1]) * dice.randint(1, 10**9)
    if column == "subject":
        return dice.randrange(1 << 62)
    if column == "details" and dice.random() < 0.3:
        return old.replace(":", ": ", 1)  # the same JSON, written otherwise
    return dice.choice([f"{old}x", old[:-1], old.swapcase(), ""])


def _bit(connection: sqlite3.Connection, dice: random.Random, entries: int) -> None:
    number = dice.randint(1, entries)
    mac = bytearray(
        connection.execute("SELECT mac FROM audit WHERE number = ?", (number,)).fetchone()[0]
    )
    mac[dice.randrange(32)] ^= 1 << dice.randrange(8)
    connection.execute("UPDATE audit SET mac = ? WHERE number = ?", (bytes(mac), number))


def _deleted(connection: sqlite3.Connection, dice: random.Random, entries: int) -> None:
    first = dice.randint(1, entries)
    last = min(entries, first + dice.choice([0, 0, 1, 4]))
    connection.execute("DELETE FROM audit WHERE number BETWEEN ? AND ?", (first, last))
    if dice.random() < 0.5:  # and close the gap
        gap = last - first + 1
        connection.execute("UPDATE audit SET number = -number WHERE number > ?", (last,))
        connection.execute("UPDATE audit SET number = -number - ? WHERE number < 0", (gap,))


def _truncated(connection: sqlite3.Connection, dice: random.Random, entries: int) -> None:
    connection.execute("DELETE FROM audit WHERE number > ?", (dice.randrange(entries),))


def _beheaded(connection: sqlite3.Connection, dice: random.Random, entries: int) -> None:
    cut = dice.randrange(1, entries)
    connection.execute("DELETE FROM audit WHERE number <= ?", (cut,))
    connection.execute("UPDATE audit SET number = number - ?", (cut,))


def _swapped(connection: sqlite3.Connection, dice: random.Random, entries: int) -> None:
    _permuted(connection, dice.sample(range(1, entries + 1), 2))


def _reordered(connection: sqlite3.Connection, dice: random.Random, entries: int) -> None:
    _permuted(connection, dice.sample(range(1, entries + 1), dice.randint(3, 9)))


def _permuted(connection: sqlite3.Connection, places: list[int]) -> None:
    """Put the entry of each place in the next one's."""
    for place in places:
        connection.execute("UPDATE audit SET number = -number WHERE number = ?", (place,))
    for place, after in zip(places, places[1:] + places[:1], strict=True):
        connection.execute("UPDATE audit SET number = ? WHERE number = ?", (after, -place))


def _inserted(connection: sqlite3.Connection, dice: random.Random, entries: int) -> None:
    """Put a copy of an entry somewhere, and move what follows."""
    copied, at = dice.randint(1, entries), dice.randint(1, entries + 1)
    row = connection.execute(f"SELECT {_ALL} FROM audit WHERE number = ?", (copied,)).fetchone()
    connection.execute("UPDATE audit SET number = -number WHERE number >= ?", (at,))
    connection.execute("UPDATE audit SET number = 1 - number WHERE number < 0")
    marks = ", ".join("?" * 7)
    connection.execute(f"INSERT INTO audit (number, {_ALL}) VALUES ({marks})", (at, *row))


def _spliced(connection: sqlite3.Connection, dice: random.Random, entries: int) -> None:
    """Give an entry another's content together with its MAC."""
    source, target = dice.sample(range(1, entries + 1), 2)
    row = connection.execute(f"SELECT {_ALL} FROM audit WHERE number = ?", (source,)).fetchone()
    changes = ", ".join(f"{name} = ?" for name in _ALL.split(", "))
    connection.execute(f"UPDATE audit SET {changes} WHERE number = ?", (*row, target))


def _forged(connection: sqlite3.Connection, dice: random.Random, entries: int) -> None:
    """Add an entry at the end with a made-up MAC, and move the head along."""
    row = (entries + 1, 1, "bench", "run", None, "{}", dice.randbytes(32))
    connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    connection.execute("UPDATE audit_head SET number = ?", (entries + 1,))


def _head(connection: sqlite3.Connection, dice: random.Random, entries: int) -> None:
    if dice.random() < 0.5:
        connection.execute("UPDATE audit_head SET number = ?", (dice.randrange(entries),))
    else:
        connection.execute("UPDATE audit_head SET seal = ?", (dice.randbytes(32),))


#: All ways of tampering.
EDITS: dict[str, Edit] = {
    "edit": _edited,
    "bit": _bit,
    "delete": _deleted,
    "truncate": _truncated,
    "behead": _beheaded,
    "swap": _swapped,
    "reorder": _reordered,
    "insert": _inserted,
    "splice": _spliced,
    "forge": _forged,
    "head": _head,
}

if __name__ == "__main__":
    main()
