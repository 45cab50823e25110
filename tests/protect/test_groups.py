"""Claims about numbers that may leave the shop: they tell nothing of few people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from benchmarks.differencing import ATTACKS, Attacker
from hypothesis import given
from hypothesis import strategies as st

from habitue.protect.difference import Sketch, sketch
from habitue.protect.groups import Answers, suppressed
from habitue.state import Answer, Database

KEY = b"a key of thirty-two bytes, or so"


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[Answers]:
    with Database.of(tmp_path).writing() as session:
        yield Answers(KEY, session)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_hidden_parts_can_not_be_told_from_the_whole(counts: list[int]) -> None:
    hidden = suppressed(counts)
    people = np.array(counts)
    assert hidden[(people > 0) & (people < 10)].all()
    assert not hidden[people == 0].any()
    if hidden.any() and not hidden[people > 0].all():
        assert hidden.sum() >= 2
        assert people[hidden].sum() >= 10


@given(
    st.sets(st.integers(0, 2**62), max_size=60),
    st.sets(st.integers(0, 2**62), max_size=14),
    st.sets(st.integers(0, 2**62), max_size=14),
)
def test_a_note_tells_a_small_difference_exactly_and_a_large_one_never(
    common: set[int], one: set[int], other: set[int]
) -> None:
    left, right = common | one, common | other
    apart = len(left ^ right)
    told = _note(left).distance(_note(right), 10)
    assert told == (apart if apart < 10 else None)


def test_a_stored_note_is_the_same_note() -> None:
    note = _note(set(range(500)))
    again = Sketch.of(note.people, note.table(), note.salt, note.digest)
    assert again.distance(_note(set(range(3, 500))), 10) == 3


def test_few_people_have_no_number_and_others_one_near_theirs(answers: Answers) -> None:
    assert answers.count(np.arange(9)) is None
    for people in (40, 57, 1234):
        number = answers.count(np.arange(10_000, 10_000 + people))
        assert number is not None
        assert abs(number - people) < 20
        assert number % 5 == 0


def test_the_same_group_has_the_same_number_in_any_words(answers: Answers) -> None:
    group = np.arange(103)
    assert answers.count(group) == answers.count(np.concatenate((group[::-1], group)))


def test_a_number_near_the_minimum_comes_seldom_and_with_no_jump(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    shares = []
    with Database.of(tmp_path).writing() as session:
        answers = Answers(KEY, session)
        for people in (9, 10, 13, 16, 19, 22, 28):
            groups = (rng.integers(0, 2**60, people) for _time in range(90))
            shares.append(np.mean([answers.count(g) is not None for g in groups]))
    assert shares[:2] == [0, 0]
    assert np.diff(shares).min() > -0.1
    assert shares[4] == pytest.approx(0.5, abs=0.15)
    assert shares[-1] == 1


def test_a_group_s_number_stays_though_others_are_asked_for(answers: Answers) -> None:
    rng = np.random.default_rng(3)
    base = np.arange(200)
    groups = [np.sort(rng.permutation(base)[: 200 - n]) for n in rng.integers(0, 24, 40)]
    first = [answers.count(group) for group in groups]
    again = [answers.count(group) for group in reversed(groups)]
    assert first == again[::-1]


def test_rounding_is_right_in_the_mean(answers: Answers) -> None:
    rng = np.random.default_rng(2)
    numbers = [answers.count(rng.integers(0, 2**60, 43)) or 0 for _time in range(400)]
    assert np.mean(numbers) == pytest.approx(43, abs=0.5)


@pytest.mark.parametrize("kind", [k for k in ATTACKS if k not in ("divisions", "border")])
def test_an_attack_learns_the_same_whether_or_not_the_victim_is_in(
    kind: str, tmp_path: Path
) -> None:
    learnt = {}
    for has in (True, False):
        with Database.of(tmp_path / str(has)).writing() as session:
            attacker = Attacker(Answers(KEY, session), 600, np.random.default_rng(7))
            learnt[has] = [attacker.attack(kind, 17, has) for _time in range(40)]
    assert abs(np.mean(learnt[True]) - np.mean(learnt[False])) < 2


def test_at_the_border_both_answers_are_possible_in_both_worlds(tmp_path: Path) -> None:
    for has in (True, False):
        with Database.of(tmp_path / str(has)).writing() as session:
            attacker = Attacker(Answers(KEY, session), 600, np.random.default_rng(7))
            same = [attacker.attack("border", 17, has) == 0 for _time in range(40)]
        assert 0.1 < np.mean(same) < 0.95


def test_the_attacks_succeed_against_plain_numbers() -> None:
    class Plain(Answers):
        def __init__(self) -> None: ...

        def count(self, customers: np.ndarray) -> int:
            return len(np.unique(customers))

    attacker = Attacker(Plain(), 600, np.random.default_rng(7))
    for kind in ("pair", "complement", "parts", "again"):
        assert {attacker.attack(kind, 17, has=True) for _time in range(5)} == {1.0}
        assert {attacker.attack(kind, 17, has=False) for _time in range(5)} == {0.0}


def test_what_was_answered_is_kept_without_its_people(tmp_path: Path) -> None:
    database = Database.of(tmp_path)
    with database.writing() as session:
        first = Answers(KEY, session).count(np.arange(1000))
    with database.writing() as session:
        assert Answers(KEY, session).count(np.arange(2, 1000)) == first
        assert sum(len(note.table) > 0 for note in session.query(Answer)) == 1


def _note(people: set[int]) -> Sketch:
    return sketch(np.array(sorted(people), np.int64), KEY)
