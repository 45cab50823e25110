"""Attacks that ask for groups in order to learn something of one person.

A world of people with attributes; each attack picks a victim and asks for groups that differ by
the victim alone, in one of these ways: a group and the same group without the victim; everyone and
everyone but the victim; the general tracker (Denning, Denning and Schwartz 1979: padding a group
of one with others, both ways round); the victim's group put together from parts, once and over many
divisions whose mean is taken; the same question asked over and over in other words; and the two
borders: nine known people and the victim (is there a number?), and a known group less nine known
people and the victim (is it still near the known one?). The attacker knows all others' attributes
and guesses whether the victim has the attribute, by the answers' differences.

An attack isolates its victim when its answers are possible in one of the two worlds only (the
victim has the attribute, or has not). ``best_guess`` is the share of right guesses when each answer
means the world that it was more often seen in during the first half of the attacks, counted over
the second half. At the borders a guess may be right more often than a coin, and never for certain.

    python -m benchmarks.differencing --attacks 10000 --seed 1

prints one JSON object last.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from sqlalchemy import delete

from habitue.protect.groups import Answers
from habitue.state import Answer, Database

__all__ = ["main"]

#: Attacks that know of each other's answers.
_TOGETHER = 50
ATTACKS = ("pair", "complement", "tracker", "parts", "again", "divisions", "least", "border")


class Attacker:
    """Asks about a world in which one person's attribute is unknown.

    Parameters
    ----------
    answers : Answers
        What is asked.
    people : int
        How many people there are.
    rng : numpy.random.Generator
        Draws groups and orders.
    """

    def __init__(self, answers: Answers, people: int, rng: np.random.Generator) -> None:
        self._ask, self._rng = answers.count, rng
        self._all = np.arange(people)

    def attack(self, kind: str, victim: int, has: bool) -> float:
        """Return the attacker's estimate of how many of the group of the victim have it: 0 or 1."""
        others = self._all[self._all != victim]
        group = np.sort(self._rng.choice(others, self._rng.integers(30, 400), replace=False))
        return float(getattr(self, f"_{kind}")(victim, has, others, group))

    def _with(self, group: np.ndarray, victim: int, has: bool) -> np.ndarray:
        return np.append(group, victim) if has else group

    def _number(self, *groups: np.ndarray) -> list[int]:
        order = self._rng.permutation(len(groups))
        found = {int(n): self._ask(groups[n]) or 0 for n in order}
        return [found[n] for n in range(len(groups))]

    def _pair(self, victim: int, has: bool, _others: np.ndarray, group: np.ndarray) -> int:
        with_victim, without = self._number(self._with(group, victim, has), group)
        return with_victim - without

    def _complement(self, victim: int, has: bool, others: np.ndarray, _group: np.ndarray) -> int:
        everyone, rest = self._number(self._with(others, victim, has), others)
        return everyone - rest

    def _tracker(self, victim: int, has: bool, others: np.ndarray, group: np.ndarray) -> int:
        rest = np.setdiff1d(others, group)
        one, two, three, four = self._number(
            self._with(group, victim, has), self._with(rest, victim, has), group, rest
        )
        return one + two - three - four

    def _parts(self, victim: int, has: bool, _others: np.ndarray, group: np.ndarray) -> float:
        half = len(group) // 2
        whole, left, right = self._number(
            self._with(group, victim, has), group[:half], group[half:]
        )
        return whole - left - right

    def _again(self, victim: int, has: bool, _others: np.ndarray, group: np.ndarray) -> float:
        asked = [self._rng.permutation(self._with(group, victim, has)) for _time in range(5)]
        return float(np.mean(self._number(*asked))) - len(group)

    def _divisions(self, victim: int, has: bool, _others: np.ndarray, group: np.ndarray) -> float:
        told = []
        for _time in range(10):
            mixed = self._rng.permutation(group)
            half = len(group) // 2
            told += [sum(self._number(self._with(mixed[:half], victim, has), mixed[half:]))]
        return float(np.mean(told)) - len(group)

    def _least(self, victim: int, has: bool, _others: np.ndarray, group: np.ndarray) -> float:
        return self._number(self._with(group[:9], victim, has))[0]

    def _border(self, victim: int, has: bool, _others: np.ndarray, group: np.ndarray) -> float:
        known = self._ask(np.append(group, victim)) or 0
        return (self._ask(self._with(group[9:], victim, has)) or 0) - known


def main() -> None:
    """Run the attacks and print what they learnt."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--attacks", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    key = rng.bytes(32)
    seen: dict[str, list[tuple[float, bool]]] = {k: [] for k in ATTACKS}
    with tempfile.TemporaryDirectory() as folder:
        database = Database.of(Path(folder))
        for start in range(0, options.attacks, _TOGETHER):
            with database.writing() as session:
                session.execute(delete(Answer))
                attacker = Attacker(Answers(key, session), options.people, rng)
                for number in range(start, min(start + _TOGETHER, options.attacks)):
                    kind, has = ATTACKS[number % len(ATTACKS)], bool(rng.integers(2))
                    learnt = attacker.attack(kind, int(rng.integers(options.people)), has)
                    seen[kind].append((round(learnt, 6), has))
    report = {kind: _judged(answers) for kind, answers in seen.items()}
    isolated = sum(int(found["isolated"]) for found in report.values())
    print(json.dumps({"attacks": options.attacks, "isolated": isolated, "kinds": report}))


def _judged(answers: list[tuple[float, bool]]) -> dict[str, float]:
    """Return how many answers were possible in one world only, and the best guess's share."""
    learnt, tried = answers[: len(answers) // 2], answers[len(answers) // 2 :]
    worlds = {has: Counter(v for v, h in learnt if h == has) for has in (True, False)}

    def right(value: float, has: bool) -> float:
        if worlds[True][value] == worlds[False][value]:
            return 0.5
        return float((worlds[True][value] > worlds[False][value]) == has)

    yes, no = (Counter(v for v, h in answers if h == has) for has in (True, False))
    lone = [v for v in {*yes, *no} if min(yes[v], no[v]) == 0 and max(yes[v], no[v]) >= 20]
    return {
        "attacks": len(answers),
        "best_guess": round(sum(right(*one) for one in tried) / max(len(tried), 1), 4),
        "isolated": sum(yes[v] + no[v] for v in lone),
    }


if __name__ == "__main__":
    main()
