from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from habitue.columns import IDENTIFIERS, IMPORTED
from habitue.prepare import pseudonyms as module
from habitue.prepare.pseudonyms import Pseudonyms
from habitue.protect.keys import MasterKey
from habitue.protect.vault import Vault
from habitue.state import Database

VIEWS = IMPORTED["views"]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(Database.of(tmp_path), MasterKey(b"k" * 32), hints=("GB",))


def rows(*people: dict[str, Any]) -> pa.Table:
    given = [{"line": n, **person} for n, person in enumerate(people)]
    names = ("country", "currency", *IDENTIFIERS)
    columns: dict[str, Any] = {
        name: pa.array([row.get(name) for row in given], pa.string()) for name in names
    }
    return pa.table({"line": pa.array([row["line"] for row in given], pa.int64()), **columns})


def customers(pseudonyms: Pseudonyms, *people: dict[str, Any]) -> list[int | None]:
    found: list[int | None] = pseudonyms.put(rows(*people), VIEWS)[0]["customer"].to_pylist()
    return found


def test_who_was_seen_in_a_batch_is_not_looked_up_again(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    pseudonyms = Pseudonyms(vault)
    ann, bob = {"customer_id": "1", "email": "ann@b.example"}, {"customer_id": "2"}
    first = customers(pseudonyms, ann, bob, ann)
    assert first[0] == first[2] != first[1]
    monkeypatch.setattr(vault, "sightings", None)
    assert customers(pseudonyms, bob, ann) == [first[1], first[0]]


def test_a_batch_with_further_identifiers_changes_no_pseudonym(vault: Vault) -> None:
    pseudonyms = Pseudonyms(vault)
    ann = {"customer_id": "1"}
    (first,) = customers(pseudonyms, ann)
    with_phone = {"customer_id": "2", "phone": "07700 900123", "country": "United Kingdom"}
    again, bob = customers(pseudonyms, ann, with_phone)
    assert again == first
    assert customers(pseudonyms, with_phone, ann) == [bob, first]


def test_what_is_forgotten_is_found_again(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 2)
    pseudonyms = Pseudonyms(vault)
    people = [{"email": f"{name}@b.example"} for name in "abcde"]
    found = customers(pseudonyms, *people)
    assert len(set(found)) == 5
    assert [customers(pseudonyms, person)[0] for person in people] == found


def test_a_row_without_identifiers_is_nobodys(vault: Vault) -> None:
    pseudonyms = Pseudonyms(vault)
    assert customers(pseudonyms, {"country": "France"}) == [None]
    assert customers(pseudonyms, {}, {"email": "a@b.example"})[0] is None
    assert customers(pseudonyms) == []


def test_the_country_tells_which_telephone_it_is(vault: Vault) -> None:
    here, there = (
        {"phone": "07700 900123", "country": country} for country in ("United Kingdom", "Ireland")
    )
    first, second = customers(Pseudonyms(vault), here, there)
    assert first != second
