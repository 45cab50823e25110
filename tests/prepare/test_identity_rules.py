"""Who is merged with whom, as the rules in docs/identity.md have it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitue.prepare.identity import identities
from habitue.protect.keys import MasterKey
from habitue.protect.vault import Vault
from habitue.state import Database, Link

KINDS = ("customer_id", "email", "phone", "visitor", "handle", "name")
Row = tuple[str | None, ...]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(Database.of(tmp_path), MasterKey(b"k" * 32), hints=("GB",))


def row(
    number: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    name: str | None = None,
    visitor: str | None = None,
    handle: str | None = None,
) -> Row:
    return (number, email, phone, visitor, handle, name)


def people(vault: Vault, *rows: Row, handles: bool = False) -> list[int | None]:
    """Return each row's person, numbered as they appear; None for nobody."""
    customers = vault.resolve(rows, KINDS)
    with vault._database.writing() as session:
        vault.flush(session, "b")
    table = identities(vault._database, handles=handles).to_pylist()
    person = {r["customer"]: r["person"] for r in table}
    found = [person.get(c, c) for c in customers]
    seen = list(dict.fromkeys(f for f in found if f is not None))
    return [None if f is None else seen.index(f) for f in found]


ANN = row("1", "ann@example.com", "07700 900123", "Ann Lee")


def test_one_identifier_in_common_makes_one_person(vault: Vault) -> None:
    rows = [row("1"), row("1", "ann@example.com"), row(None, "ANN@example.com", "07700 900123")]
    assert people(vault, *rows, row(phone="+44 7700 900123")) == [0, 0, 0, 0]


def test_a_family_telephone_joins_each_name_with_itself_only(vault: Vault) -> None:
    ben = row("2", "ben@example.com", "07700 900123", "Ben Lee")
    rows = [ANN, ben, row(phone="07700900123", name="LEE, Ann"), row(phone="07700900123")]
    assert people(vault, *rows) == [0, 1, 0, 2]


def test_a_couple_with_one_mailbox_are_two(vault: Vault) -> None:
    ben = row("2", "ann@example.com", None, "Ben Lee")
    assert people(vault, ANN, ben) == [0, 1]


def test_the_same_name_at_one_telephone_is_one_person(vault: Vault) -> None:
    again = row("7", "ann.lee@work.example", "+447700900123", "A. Lee")
    assert people(vault, ANN, again) == [0, 0]


def test_a_tills_made_up_telephone_joins_nobody(vault: Vault) -> None:
    names = ["Ann Lee", "Ben Fox", "Cleo Hart", "Dan Moss", "Eve Shaw", "Finn Cole", "Gus Reed"]
    rows = [row(phone="07123456780", name=name) for name in names]
    twice = row("9", "x@example.com", "07123456780", "Ann Lee")
    found = people(vault, *rows, twice, row(phone="07123456780"))
    assert found == [*[None] * 7, 0, None]


@pytest.mark.parametrize("phone", ["00000000", "13800138000", "138****1234", "12345"])
def test_what_is_no_telephone_is_no_identifier(vault: Vault, phone: str) -> None:
    assert people(vault, row("1", None, phone), row("2", None, phone)) == [0, 1]
    assert vault.resolve([row(phone=phone)], KINDS) == [None]


def test_an_address_of_a_desk_joins_two_rows_without_contradiction_only(vault: Vault) -> None:
    rows = [row("1", "info@firm.example"), row(None, "info@firm.example", "07700 900123")]
    assert people(vault, *rows) == [0, 0]
    assert people(vault, *rows, row("2", "info@firm.example")) == [0, 1, 2]


def test_two_accounts_with_an_address_each_are_not_merged_by_a_nameless_telephone(
    vault: Vault,
) -> None:
    rows = [row("1", "a@example.com", "07700 900123"), row("2", "b@example.com", "07700 900123")]
    assert people(vault, *rows) == [0, 1]


def test_a_library_computer_joins_nobody(vault: Vault) -> None:
    rows = [row("1", visitor="v"), row("2", visitor="v"), row(visitor="v")]
    assert people(vault, *rows) == [0, 1, None]
    alone = [row("3", visitor="w"), row(visitor="w")]
    assert people(vault, *alone) == [0, 0]


def test_handles_join_with_opt_in_only(vault: Vault) -> None:
    rows = [row("1", handle="@Ann"), row(handle="ann")]
    assert people(vault, *rows) == [0, 1]
    assert people(vault, *rows, handles=True) == [0, 0]


def test_a_decision_is_revisited_when_records_change(vault: Vault) -> None:
    first = [row("1", None, "07700 900123"), row(None, "a@example.com", "07700 900123")]
    assert people(vault, *first) == [0, 0]
    others = [row(None, f"{c}@example.com", "07700 900123") for c in "bcdef"]
    assert len(set(people(vault, *first, *others))) == 7


def test_who_is_said_to_be_two_stays_two_whatever_comes_later(vault: Vault) -> None:
    a, b = vault.resolve([row("1", "a@example.com"), row(None, "a@example.com", "07700 1")], KINDS)
    assert people(vault, row("1", "a@example.com"), row(None, "a@example.com", "07700 1")) == [0, 0]
    assert a is not None
    assert b is not None
    with vault._database.writing() as session:
        session.add(Link(first=min(a, b), second=max(a, b), kind="apart"))
    bridge = row("1", "a@example.com", "07700 900999")
    found = people(vault, row("1", "a@example.com"), row(None, "a@example.com", "07700 1"), bridge)
    assert found == [0, 1, 0]


ALL = [row(n, e, p, name) for n in (None, "1", "2") for e in (None, "a@x.com", "b@x.com")
       for p in (None, "07700900111", "07700900222") for name in (None, "Ann Lee", "Ben Lee")
       if n or e or p]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(ALL), min_size=1, max_size=8), st.randoms())
def test_neither_the_order_of_rows_nor_their_batches_change_who_is_who(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], random: object
) -> None:
    def parts(order: Sequence[Row], batches: int) -> set[frozenset[Row]]:
        folder = tmp_path_factory.mktemp("v")
        vault = Vault(Database.of(folder), MasterKey(b"k" * 32), hints=("GB",))
        for at in range(batches):
            people(vault, *order[at::batches])
        groups: dict[int | None, set[Row]] = {}
        for r, person in zip(order, people(vault, *order), strict=True):
            groups.setdefault(person, set()).add(r)
        vault._database.close()
        return {frozenset(group) for group in groups.values()}

    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert parts(rows, 1) == parts(shuffled, 2)


def test_names_are_known_from_earlier_imports(vault: Vault) -> None:
    assert people(vault, ANN) == [0]
    later = Vault(vault._database, MasterKey(b"k" * 32), hints=("GB",))
    rows = [row(phone="07700900123", name="Ann Lee"), row(phone="07700900123", name="Ben Lee")]
    assert people(later, ANN, *rows) == [0, 0, 1]
