"""Crash safety: SIGKILL at any moment of any command, and power cut at any write.

Commands of a small shop are killed at random moments of their lives, or at a step that changes
the disk. After each kill the shop is compared with a model that is kept apart: nothing
acknowledged is lost, nothing is doubled, the audit log is whole, the run in force opens, the
erased stay erased, and nothing is left lying about. Power losses are simulated on a record of
every system call that changes the disk: what was not synced is dropped, torn or reordered.

    python -m benchmarks.crash --kills 500 --seed 1
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.crash_acts import Child, checking, command, free_port, load, prepare, serve
from benchmarks.crash_loss import Losses
from benchmarks.crash_wait import waits
from benchmarks.crash_world import SETTINGS, Act, Model, World

__all__ = ["Kills", "main"]

_SERIES = 12  # kills of one shop
_CUTS = 100  # power losses of one recorded series
_ENOUGH = 50  # problems after which nothing new is learnt
_NAMED = {"lost", "doubled", "audit", "erased", "leftover"}


class Kills:
    """Kills commands of shops and looks at what is left.

    Parameters
    ----------
    place : Path
        Where the shops are.
    seed : int
        What everything is drawn from.
    """

    def __init__(self, place: Path, seed: int) -> None:
        self.place, self.seed = place, seed
        self._rng = random.Random(f"{seed} kills")
        self.by_act: Counter[str] = Counter()
        self.figures: Counter[str] = Counter()
        self.problems: list[dict[str, Any]] = []
        self._lasts: dict[str, tuple[float, int]] = {}
        self._number = 0
        place.mkdir(parents=True, exist_ok=True)

    @property
    def kills(self) -> int:
        """How many living processes were killed."""
        return sum(self.by_act.values())

    def calibrate(self) -> None:
        """Do each act once, unharmed: it is then known how long it lasts."""
        shop, model = self._shop(0)
        names = self.place / "modules"
        for kind in ("import", "run", "erase", "consent", "list", "rotate", "events"):
            act = model.world.draw(shop, model, kind)
            begun = time.monotonic()
            child = Child.of(_noting(act.words, names), self.place / "out")
            child.wait()
            prepare(names)
            self._lasts[kind] = (time.monotonic() - begun, int(names.with_suffix(".n").read_text()))
            self._acknowledge(model, act, child)
        self._lasts["collect"] = (0.8, 0)

    def series(self, kills: int) -> None:
        """Kill commands of one shop, one after another; some shops have nothing yet."""
        self._number += 1
        fresh = self._number % 4 == 0
        shop, model = self._shop(self._number)
        if not fresh:
            for kind in ("import", "consent", "run"):
                self._unharmed(model, model.world.draw(shop, model, kind))
            self._look(shop, model, "unharmed")
        wanted = self.kills + kills
        while self.kills < wanted and len(self.problems) < _ENOUGH:
            act = model.world.draw(shop, model)
            if act.kind == "collect":
                self._collect(shop, model, act)
            else:
                self._kill(model, act)
            self._look(shop, model, act.kind)
        self.figures["acknowledged"] += model.acknowledgements
        shutil.rmtree(shop.parent)

    def _shop(self, number: int) -> tuple[Path, Model]:
        folder = self.place / f"series{number}"
        shutil.rmtree(folder, ignore_errors=True)
        world = World(f"{self.seed} {number}", folder / "exports")
        shop = folder / "shop"
        shop.mkdir()
        (shop / "habitue.toml").write_text(SETTINGS, encoding="utf-8")
        return shop, Model(world)

    def _unharmed(self, model: Model, act: Act) -> None:
        model.begun(act)
        child = Child.of(command(act.words), self.place / "out")
        child.wait()
        self._acknowledge(model, act, child)

    def _kill(self, model: Model, act: Act) -> None:
        lasts, steps = self._lasts[act.kind]
        at_step = self._rng.random() < 0.5
        step = self._rng.randint(1, steps) if at_step and steps else 0
        near_end = self._rng.random() < 0.3
        moment = lasts * self._rng.uniform(0.7 if near_end else 0.0, 1.1)
        after = self._rng.random() < 0.5
        model.begun(act)
        child = Child.of(command(act.words, step, after=after), self.place / "out")
        child.wait(10 * lasts + 30 if step else moment)
        if child.kill():
            self.by_act[act.kind] += 1
        self._acknowledge(model, act, child)

    def _collect(self, shop: Path, model: Model, act: Act) -> None:
        """Kill a server under load, and at times an import of what it collects."""
        port, notes = free_port(), self.place / "notes"
        notes.unlink(missing_ok=True)
        lasts, _steps = self._lasts["collect"]
        moment = lasts * self._rng.uniform(0.2, 1.5)
        also = self._rng.random() < 0.4
        early = self._rng.uniform(0.3, 1.0)
        server = Child.of(serve(act, port), self.place / "served")
        sender = Child.of(load(shop, act, port, f"{self.seed}", notes), self.place / "sent")
        if also:
            server.wait(early * moment)
            self._kill(model, model.world.draw(shop, model, "events"))
        server.wait(moment)
        if server.kill():
            self.by_act["collect"] += 1
        sender.wait(30)
        sender.kill()
        said = notes.read_text().splitlines() if notes.exists() else []
        for line in said:
            word, *ids = line.split(" ")
            model.tried_events.update(ids)
            if word == "stored":
                model.events.update(ids)

    def _acknowledge(self, model: Model, act: Act, child: Child) -> None:
        """Tell the model what a command said, if it said so to the end."""
        told = child.told
        if told is not None:
            model.acknowledged(act, told)
        elif not child.killed:
            self._note(act.kind, [("failed", child.complaint())], model)

    def _look(self, shop: Path, model: Model, kind: str) -> None:
        """See in a process of its own what is left."""
        expected = model.expected()
        out = self.place / "checked"
        child = Child.of(checking(shop, expected, out), self.place / "said")
        if not child.wait(120):
            child.kill()
            self._note(kind, [("hangs", "the check does not end")], model)
            return
        try:
            found = json.loads(out.read_text(encoding="utf-8"))
            out.unlink()
        except (ValueError, FileNotFoundError):
            self._note(kind, [("failed", child.complaint())], model)
            return
        for person in list(model.doubtful):
            model.settled(person, gone=str(person) in found["gone"])
        model.head, model.run = found["head"], found["run"]
        self.figures["looked"] += 1
        self.figures["runs_opened"] += bool(found["run"])
        if found["problems"]:
            self._note(kind, found["problems"], model)

    def _note(self, kind: str, problems: list[Any], model: Model) -> None:
        note = {"series": self._number, "after": kind, "kills": self.kills, "problems": problems}
        self.problems.append(note)
        print(json.dumps(note), file=sys.stderr)


def _noting(words: list[str], names: Path) -> Any:
    """Return a command as work that also writes down what it imports and how many steps it has."""

    def work() -> int:
        from benchmarks.crash_acts import _counting

        counted = _counting(1 << 40, after=False)
        status = command(words)()
        counted.uninstall()
        names.write_text("\n".join(sys.modules), encoding="utf-8")
        names.with_suffix(".n").write_text(str((1 << 40) - counted._left), encoding="ascii")
        return status

    return work


def main(words: list[str] | None = None) -> int:
    """Run, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--losses", type=int, help="simulated power losses; as many as kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--acts", type=int, default=16, help="commands of a recorded series")
    parser.add_argument("--rows", type=int, default=100_000, help="rows imported beside readers")
    parser.add_argument(
        "--unsynced", action="store_true", help="a control: as if nothing were synced"
    )
    parser.add_argument("--folder", type=Path, help="where the shops are")
    given = parser.parse_args(words)
    given.losses = given.kills if given.losses is None else given.losses
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        place = Path(folder)
        kills, losses = (
            Kills(place / "kills", given.seed),
            Losses(place, given.seed, unsynced=given.unsynced),
        )
        prepare()
        if given.kills:
            kills.calibrate()
        waited = waits(place / "waits", given.seed, given.rows) if given.rows else {}
        cutting = Child.of(_cutting(losses, given, place / "losses.json"), place / "losses")
        try:
            while kills.kills < given.kills and len(kills.problems) < _ENOUGH:
                kills.series(min(_SERIES, given.kills - kills.kills))
                _say(f"{kills.kills} kills", begun)
            cutting.wait()
        finally:
            cutting.kill()
        sys.stderr.write(cutting.complaint())
        losses.load(place / "losses.json")
    figures = _figures(kills, losses) | waited | {"seconds": round(time.monotonic() - begun)}
    print(json.dumps(figures, indent=2))
    return 1 if kills.problems or losses.problems else 0


def _cutting(losses: Losses, given: argparse.Namespace, result: Path) -> Callable[[], int]:
    """Return the power losses as work of a child: they go on beside the kills."""

    def work() -> int:
        number, begun = 0, time.monotonic()
        while losses.losses < given.losses and len(losses.problems) < _ENOUGH:
            losses.series(number, min(_CUTS, given.losses - losses.losses), given.acts)
            losses.save(result)
            _say(f"{losses.losses} losses", begun)
            number += 1
        return 0

    return work


def _say(text: str, begun: float) -> None:
    print(f"{text}, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)


def _figures(kills: Kills, losses: Losses) -> dict[str, Any]:
    notes = [*kills.problems, *losses.problems]
    found = Counter(key for note in notes for key, _text in note["problems"])
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "kills": kills.kills,
        "kills_by_act": dict(sorted(kills.by_act.items())),
        "losses": losses.losses,
        "losses_by_act": dict(sorted(losses.by_act.items())),
        "writes_recorded": losses.figures["writes"],
        "acknowledged": kills.figures["acknowledged"] + losses.figures["acknowledged"],
        "lost": found["lost"],
        "doubled": found["doubled"],
        "audit_broken": found["audit"],
        "erased_back": found["erased"],
        "left_over": found["leftover"],
        "other_problems": {key: found[key] for key in sorted(set(found) - _NAMED)},
        "runs_opened": kills.figures["runs_opened"] + losses.figures["runs_opened"],
        "cpu_seconds": round(sum(one.ru_utime + one.ru_stime for one in used)),
    }


if __name__ == "__main__":
    sys.exit(main())
