from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.identity import fill, persons, quality
from benchmarks.identity_world import KINDS, make_world

from habitue.prepare.identity_match import match
from habitue.protect.keys import MasterKey
from habitue.protect.vault import Vault
from habitue.state import Database, Link


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float]]:
    world = make_world(3000, seed=5)
    vault, pseudonyms = fill(world, tmp_path_factory.mktemp("world"))
    truth, own = np.array(world.person), np.array(world.own)
    cities = {int(p): c for p, c in zip(pseudonyms, world.city, strict=True) if c}
    before = quality(truth, persons(vault, pseudonyms), own)
    outcome = match(vault._database, vault, cities)
    again = match(vault._database, vault, cities)
    assert [pair[:2] for pair in again.pairs] == [pair[:2] for pair in outcome.pairs]
    return {"before": before, "after": quality(truth, persons(vault, pseudonyms), own)}


def test_people_are_told_apart_in_a_world_of_shared_and_mistyped_identifiers(
    measured: dict[str, dict[str, float]],
) -> None:
    assert measured["before"]["precision"] >= 0.993
    assert measured["before"]["recall"] >= 0.91
    assert measured["after"]["precision"] >= 0.99
    assert measured["after"]["recall"] >= measured["before"]["recall"] + 0.01


def test_the_same_seed_makes_the_same_world() -> None:
    first, second = make_world(50, 3), make_world(50, 3)
    assert first == second != make_world(50, 4)
    assert all(len(row) == len(KINDS) for row in first.rows)


def test_the_model_keeps_no_names_and_no_addresses(tmp_path: Path) -> None:
    vault = Vault(Database.of(tmp_path), MasterKey(b"k" * 32))
    rows = [["ann.lee773121@example.com", "Ann Lee"], ["ann.lee773112@example.com", "Ann Lee"]]
    rows += [[f"p{n}{n * 7919}@example.com", f"{chr(97 + n % 26) * 3} fox{n}"] for n in range(60)]
    customers = vault.resolve(rows, ["email", "name"])
    with vault._database.writing() as session:
        vault.flush(session, "b")
    found = match(vault._database, vault, {}, least=0.5)
    assert [set(pair[:2]) for pair in found.pairs] == [set(customers[:2])]
    with vault._database.reading() as session:
        (kept,) = session.query(Link).all()
    assert (kept.kind, {kept.first, kept.second}) == ("match", set(customers[:2]))


def test_an_empty_vault_has_nobody_to_match(tmp_path: Path) -> None:
    vault = Vault(Database.of(tmp_path), MasterKey(b"k" * 32))
    assert match(vault._database, vault, {}).pairs == []
