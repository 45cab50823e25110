"""What a crash benchmark does to a shop, and what must be there afterwards.

A world is drawn from its seed: people, exports that overlap, consents, web events. The model is
kept apart from the shop: it knows what was begun and what was acknowledged, and nothing else.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["ACTS", "SETTINGS", "Act", "Model", "World"]

#: The kinds of act, and how often each is drawn.
ACTS = {"import": 26, "run": 12, "erase": 16, "consent": 16, "list": 6, "rotate": 8,
        "events": 6, "collect": 10}  # fmt: skip
#: The settings of a shop: a run is to be short.
SETTINGS = """
[run]
threads = 2
keep = 2
[segments]
bootstraps = 4
[events]
import_minutes = 0
"""
PEOPLE = 40
_STEP, _ORDERS = 30, 60  # a file begins so many orders after the last, and holds so many
_PRODUCTS = ("Mug", "Bowl", "Plate", "Vase", "Jug", "Cup", "Tray", "Lamp")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Act:
    """One command: its kind, its words, and what of the world it is about."""

    kind: str
    words: list[str]
    files: tuple[int, ...] = ()
    person: int = -1
    source: str = ""
    events: str = ""


class World:
    """Exports and people, drawn from a seed.

    Parameters
    ----------
    seed : str
        What everything is drawn from.
    folder : Path
        Where the exports are written.
    """

    def __init__(self, seed: str, folder: Path) -> None:
        self.seed, self.folder = seed, folder
        folder.mkdir(parents=True, exist_ok=True)
        self._rng = random.Random(f"{seed} acts")
        self._drawn = self._next = 0
        self._unspoken: set[int] = set()
        self._again: set[int] = set()

    def email(self, person: int) -> str:
        """Return a person's address."""
        return f"canary{person}@mail.example"

    def needles(self, person: int) -> list[str]:
        """Return the texts by which a person would be found."""
        return [self.email(person), f"7700900{person:03d}", f"Ann {self._surname(person)}"]

    def lines(self, file: int) -> dict[str, int]:
        """Return the lines of an export, each with whose it is."""
        if file % 4 == 3:
            return {f"c{n}": self._of(n).randrange(PEOPLE) for n in self._range(file)}
        return {
            f"O{n}|{sku}": person for n in self._range(file) for person, sku in [self._order(n)]
        }

    def export(self, file: int) -> Path:
        """Write an export, if it is not there; comments don't speak of those who are gone."""
        path = self.folder / f"export{file}.csv"
        if not path.exists() or file in self._again:
            write = self._comments if file % 4 == 3 else self._orders
            path.write_text("\n".join(write(file)) + "\n", encoding="utf-8")
        return path

    def consents(self, file: int) -> dict[str, int]:
        """Return the sources of a list's consents, each with whose it is."""
        seed = random.Random(f"{self.seed} list {file}")
        return {f"list {file} row {n}": seed.randrange(PEOPLE) for n in range(20)}

    def consent_list(self, file: int) -> Path:
        """Write a list of consents, if it is not there."""
        path = self.folder / f"consents{file}.csv"
        if not path.exists():
            rows = [
                f"{self.email(person)},marketing,email,granted,2025-04-{1 + n:02d},{source}"
                for n, (source, person) in enumerate(self.consents(file).items())
            ]
            text = "\n".join(["email,purpose,channel,state,time,source", *rows])
            path.write_text(text + "\n", encoding="utf-8")
        return path

    def draw(self, shop: Path, model: Model, kind: str = "") -> Act:
        """Return the next act on a shop; of those who are gone nothing is said any more."""
        rng, self._drawn = self._rng, self._drawn + 1
        kind = kind or rng.choices(list(ACTS), list(ACTS.values()))[0]
        if kind == "erase" and not model.known:
            kind = "consent"
        if kind == "run" and not model.files:
            kind = "import"  # there is nothing to run on yet
        words = ["--shop", str(shop), "--json", "--quiet"]
        if kind == "import":
            files = self._files(rng)
            self._unspoken = model.gone | model.doubtful
            self._again = {n for n in files if n % 4 == 3} - model.files
            return Act(kind, [*words, "import", *(str(self.export(n)) for n in files)], files)
        if kind == "list":
            file = self._drawn
            return Act(kind, [*words, "consent", "import", str(self.consent_list(file))], (file,))
        if kind in ("erase", "consent"):
            others = sorted(set(range(PEOPLE)) - model.gone - model.doubtful)
            person = rng.choice(model.known if kind == "erase" else others)
            if kind == "erase":
                words += ["person", "erase", self.email(person), "--yes"]
                return Act(kind, words, person=person)
            source = f"form {self._drawn}"
            moment = f"2025-05-01T{self._drawn % 24:02d}:{rng.randrange(60):02d}:00"
            words += ["consent", rng.choice(["grant", "withdraw"]), self.email(person),
                      "--channel", "email", "--source", source, "--time", moment]  # fmt: skip
            return Act(kind, words, person=person, source=source)
        if kind == "collect":
            return Act(kind, words, events=f"e{self._drawn}")
        more = {"run": ["run"], "rotate": ["key", "rotate"], "events": ["import", "@events"]}
        return Act(kind, [*words, *more[kind]])

    def _files(self, rng: random.Random) -> tuple[int, ...]:
        """Return one to three exports: new ones, and at times one that was there before."""
        count = rng.choice((1, 2, 3))
        files = list(range(self._next, self._next + count))
        if self._next and rng.random() < 0.3:
            files[0] = rng.randrange(self._next)
        self._next += count
        return tuple(files)

    def _range(self, file: int) -> range:
        return range(file * _STEP, file * _STEP + _ORDERS)

    def _of(self, number: int) -> random.Random:
        return random.Random(f"{self.seed} row {number}")

    def _order(self, number: int) -> tuple[int, str]:
        rng = self._of(number)
        return rng.randrange(PEOPLE), f"S{rng.randrange(len(_PRODUCTS))}"

    def _orders(self, file: int) -> list[str]:
        rows = ["Order,Date,SKU,Title,Qty,Price,Email,Phone,Name"]
        for n in self._range(file):
            person, sku = self._order(n)
            day = f"2025-{1 + n // 28 % 12:02d}-{1 + n % 28:02d}"
            title = _PRODUCTS[int(sku[1:])]
            name = f"Ann {self._surname(person)}"
            phone = f"+44 7700 900{person:03d}"
            rows.append(f"O{n},{day},{sku},{title},1,4.50,{self.email(person)},{phone},{name}")
        return rows

    def _comments(self, file: int) -> list[str]:
        rows = ["comment_id,date,text,email"]
        for n in self._range(file):
            rng = self._of(n)
            person, other = rng.randrange(PEOPLE), rng.randrange(PEOPLE)
            if other in self._unspoken:
                other = person
            text = f"lovely lamp; tell {self.email(other)}"  # all that a shop may know of them
            rows.append(f"c{n},2025-06-{1 + n % 28:02d},{text},{self.email(person)}")
        return rows

    def _surname(self, person: int) -> str:
        return "Zarbq" + _LETTERS[person // 26] + _LETTERS[person % 26]


@dataclass
class Model:
    """What was begun and what was acknowledged, and so what must and what may be there."""

    world: World
    files: set[int] = field(default_factory=set)
    tried_files: set[int] = field(default_factory=set)
    said: dict[str, int] = field(default_factory=dict)
    tried_said: dict[str, int] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)
    tried_events: set[str] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)
    run: str = ""
    head: str = ""

    def begun(self, act: Act) -> None:
        """Note that an act may have happened."""
        if act.kind == "import":
            self.tried_files |= set(act.files)
        elif act.kind == "list":
            self.tried_said |= self.world.consents(act.files[0])
        elif act.kind == "consent":
            self.tried_said[act.source] = act.person
        elif act.kind == "erase":
            self.doubtful.add(act.person)

    def acknowledged(self, act: Act, told: dict[str, Any]) -> None:
        """Note that an act has happened: its command said so."""
        if act.kind == "import":
            self.files |= set(act.files)
        elif act.kind == "list":
            self.said |= self.world.consents(act.files[0])
        elif act.kind == "consent":
            self.said[act.source] = act.person
        elif act.kind == "run":
            self.run = told["run"]
        elif act.kind == "erase":
            self.settled(act.person, gone=True)

    def settled(self, person: int, *, gone: bool) -> None:
        """Note whether a person is there, once it is certain."""
        self.doubtful.discard(person)
        if gone:
            self.gone.add(person)

    @property
    def known(self) -> list[int]:
        """Who certainly has records."""
        people = {who for file in self.files for who in self.world.lines(file).values()}
        return sorted(people - self.gone - self.doubtful)

    @property
    def acknowledgements(self) -> int:
        """How many rows, consents, events and erasures were acknowledged and are still to be."""
        lines = {line for file in self.files for line in self.world.lines(file)}
        return len(lines) + len(self.said) + len(self.events) + len(self.gone)

    def expected(self) -> dict[str, Any]:
        """Return what a shop is compared with, as JSON."""
        sure = self.gone | self.doubtful
        lines = {line: who for file in self.files for line, who in self._lines(file)}
        tried = {line: who for file in self.tried_files for line, who in self._lines(file)}
        return {
            "lines": sorted(line for line, who in lines.items() if who not in sure),
            "lines_may": sorted(line for line, who in tried.items() if who not in self.gone),
            "said": sorted(text for text, who in self.said.items() if who not in sure),
            "said_may": sorted(t for t, who in self.tried_said.items() if who not in self.gone),
            "events": sorted(self.events),
            "events_may": sorted(self.tried_events),
            "gone": [self.world.needles(person) for person in sorted(self.gone)],
            "doubtful": {
                str(person): {
                    "needles": self.world.needles(person),
                    "lines": sorted(line for line, who in lines.items() if who == person),
                }
                for person in sorted(self.doubtful)
            },
            "emails": [self.world.email(person) for person in self.known],
            "again": [str(self.world.export(file)) for file in sorted(self.files)[:1]],
            "run": self.run,
            "head": self.head,
        }

    def _lines(self, file: int) -> list[tuple[str, int]]:
        return list(self.world.lines(file).items())
