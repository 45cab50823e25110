"""Simulated power losses: a series of commands is recorded, and cut at any of its writes.

The record is strace's: every system call of the real commands that changes the disk, of state,
keys, records, runs and events alike, in one order, together with what was acknowledged between.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.crash_acts import Child, checking, command, free_port, load, prepare, serve
from benchmarks.crash_disk import Disk
from benchmarks.crash_trace import CALLS, Call, calls
from benchmarks.crash_world import SETTINGS, Act, Model, World

__all__ = ["Losses", "recorder"]

_LONGEST = 64 << 20  # bytes of one write
#: What a series begins with, before what is drawn.
_FIRST = ("import", "consent", "run")


def recorder() -> str | None:
    """Return the program that records system calls, if it is installed."""
    return shutil.which("strace")


class Losses:
    """Cuts the power of shops and looks at what is left.

    Parameters
    ----------
    place : Path
        Where the shops are.
    seed : int
        What everything is drawn from.
    unsynced : bool
        Take no sync for done: a control, in which much must be lost.
    """

    def __init__(self, place: Path, seed: int, *, unsynced: bool = False) -> None:
        self.place, self.seed, self.unsynced = place.resolve(), seed, unsynced
        self._rng = random.Random(f"{seed} losses")
        self.by_act: Counter[str] = Counter()
        self.figures: Counter[str] = Counter()
        self.problems: list[dict[str, Any]] = []

    @property
    def losses(self) -> int:
        """How many power losses were looked at."""
        return sum(self.by_act.values())

    def save(self, path: Path) -> None:
        """Write down what was found."""
        found = {"by_act": self.by_act, "figures": self.figures, "problems": self.problems}
        path.write_text(json.dumps(found), encoding="utf-8")

    def load(self, path: Path) -> None:
        """Take over what another process has found and written down."""
        if path.exists():
            found = json.loads(path.read_text(encoding="utf-8"))
            self.by_act, self.figures = Counter(found["by_act"]), Counter(found["figures"])
            self.problems = found["problems"]

    def series(self, number: int, losses: int, acts: int) -> None:
        """Record a series of commands and cut it so many times."""
        folder = self.place / f"series{number}"
        log = self._record(folder, number, acts)
        script = [Act(**one) for one in json.loads((folder / "acts.json").read_text())]
        trace = list(calls(log))
        log.unlink()
        moments = Counter(self._moments(trace, folder, losses))
        disk, model = Disk(folder / "shop"), Model(World(f"{self.seed} loss {number}", folder))
        doing = ""
        for at, call in enumerate(trace):
            if not (self.unsynced and doing and call.name in ("fsync", "fdatasync")):
                disk.follow(call)
            for line in _notes(call, folder):
                doing = _told(model, script, line) or doing
            for _cut in range(moments[at]):
                self._look(disk, model, folder, doing)
        self.figures["acknowledged"] += model.acknowledgements
        shutil.rmtree(folder)

    def _record(self, folder: Path, number: int, acts: int) -> Path:
        program = recorder()
        if program is None:
            sys.exit("simulated power losses need strace: install it, or give --losses 0")
        folder.mkdir(parents=True)
        log = folder / "strace.log"
        words = [
            program, "-f", "--seccomp-bpf", "-y", "-xx", "-s", str(_LONGEST), "-e",
            f"trace={CALLS}", "-e", "signal=none", "-qq", "-o", str(log),
            sys.executable, "-m", "benchmarks.crash_loss", str(folder),
            "--seed", f"{self.seed} loss {number}", "--acts", str(acts),
            "--modules", str(self.place.parent / "kills" / "modules"),
        ]  # fmt: skip
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"recording failed: {done.stderr[-2000:]}")
        return log

    def _moments(self, trace: list[Call], folder: Path, losses: int) -> list[int]:
        """Draw when to cut: at any change of the disk, and often just after an acknowledgement."""
        probe = Disk(folder / "shop")
        changes, told = [], []
        for at, call in enumerate(trace):
            if probe.follow(call):
                changes.append(at)
            elif _notes(call, folder):
                told.append(at)
        self.figures["writes"] += len(changes)
        return [
            self._rng.choice(told if self._rng.random() < 0.25 else changes) for _n in range(losses)
        ]

    def _look(self, disk: Disk, model: Model, folder: Path, doing: str) -> None:
        left, out = folder / "left", folder / "checked"
        shutil.rmtree(left, ignore_errors=True)
        how = disk.leave(left, self._rng)
        self.by_act[doing] += 1
        if not (left / "habitue.toml").exists():
            return  # the shop itself was not acknowledged yet
        expected = model.expected()
        child = Child.of(checking(left, expected, out), folder / "said")
        if not child.wait(120):
            child.kill()
        try:
            found = json.loads(out.read_text(encoding="utf-8"))
            out.unlink()
        except (ValueError, FileNotFoundError):
            found = {"problems": [("failed", child.complaint())], "run": ""}
        self.figures["runs_opened"] += bool(found["run"])
        if found["problems"]:
            note = {"during": doing, "how": how, "problems": found["problems"][:5]}
            self.problems.append(note)
            print(json.dumps(note), file=sys.stderr)


def _notes(call: Call, folder: Path) -> list[str]:
    """Return what a call wrote of acts begun and acknowledged."""
    if call.name != "write" or call.file() not in (folder / "acts", folder / "notes"):
        return []
    return call.text(1).decode().splitlines()


def _told(model: Model, script: list[Act], line: str) -> str:
    """Tell the model what was noted; return the kind of act that begins."""
    word, *rest = line.split(" ")
    if word == "sent":
        model.tried_events.update(rest)
    elif word == "stored":
        model.events.update(rest)
    elif word == "begin":
        model.begun(script[int(rest[0])])
        return script[int(rest[0])].kind
    elif word == "done":
        told = json.loads(" ".join(rest[1:]))
        model.acknowledged(script[int(rest[0])], told["told"])
        model.head, model.run = told["head"], max(model.run, told["run"])
    return ""


# --- what is recorded -------------------------------------------------------------------------
def main() -> None:
    """Do a series of acts, one after another, and note when each is begun and acknowledged."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed")
    parser.add_argument("--acts", type=int)
    parser.add_argument("--modules", type=Path)
    given = parser.parse_args()
    prepare(given.modules if given.modules.exists() else None)
    folder, model = given.folder, Model(World(given.seed, given.folder))
    notes = os.open(folder / "acts", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    shop, script = folder / "shop", list[Act]()
    Child.of(_founding(shop), folder / "out").wait()
    kinds: Iterator[str] = iter(_FIRST)
    for n in range(given.acts):
        act = model.world.draw(shop, model, next(kinds, ""))
        script.append(act)
        os.write(notes, f"begin {n}\n".encode())
        model.begun(act)
        told = _collected(folder, act, given.seed) if act.kind == "collect" else _done(folder, act)
        model.acknowledged(act, told)
        head = Child.of(_heading(shop), folder / "head")
        head.wait()
        os.write(notes, f"done {n} {json.dumps({'told': told, **head.told})}\n".encode())
    text = json.dumps([asdict(act) for act in script])
    (folder / "acts.json").write_text(text, encoding="utf-8")


def _done(folder: Path, act: Act) -> Any:
    child = Child.of(command(act.words), folder / "out")
    child.wait()
    if child.told is None:
        sys.exit(f"{act.kind}: {child.complaint()}")
    return {"run": child.told.get("run")} if isinstance(child.told, dict) else {}


def _collected(folder: Path, act: Act, seed: str) -> Any:
    """Collect events for a moment, import while that goes on, and stop the server."""
    port = free_port()
    server = Child.of(serve(act, port), folder / "served")
    sender = Child.of(
        load(folder / "shop", act, port, seed, folder / "notes", most=150), folder / "sent"
    )
    sender.wait(1.5)
    imported = Child.of(command([*act.words, "import", "@events"]), folder / "out")
    imported.wait()
    server.kill()
    sender.wait(30)
    return {}


def _founding(shop: Path) -> Any:
    def work() -> int:
        """Make the shop by hand, safely: ``habitue init`` acknowledges nothing."""
        from habitue.state import disk

        disk.make(shop)
        path = shop / "habitue.part"
        path.write_text(SETTINGS, encoding="utf-8")
        disk.put(path, shop / "habitue.toml")
        return 0

    return work


def _heading(shop: Path) -> Any:
    def work() -> int:
        from habitue.shop import Shop

        found = Shop.open(shop)
        run = found.current.id if (shop / "runs" / "CURRENT").exists() else ""
        print(json.dumps({"head": str(found.audit.head()), "run": run}))
        return 0

    return work


if __name__ == "__main__":
    main()
