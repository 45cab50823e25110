"""The claim that whatever can hold a person has a holder, or a reason why it can't."""

from __future__ import annotations

from fnmatch import fnmatch

import pytest

from habitue import Shop
from habitue.collect.demo import write_shop
from habitue.columns import RECORDS
from habitue.protect.holder import NOBODY_FILES, NOBODY_TABLES, Holder, Place, holders
from habitue.state import Base


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop in which everything has happened once."""
    folder = tmp_path_factory.mktemp("holders")
    shop = Shop.create(folder / "shop")
    write_shop(folder, customers=120, seed=3)
    shop.import_files([folder / "exports"])
    shop.run()
    shop.consents.grant("someone@mail.example", "marketing", "email", source="form")
    return shop


@pytest.fixture(scope="module")
def found(shop: Shop) -> list[Holder]:
    return holders(Place(shop.folder, shop._database, shop.vault))


def test_every_table_of_the_state_has_a_holder_or_a_reason(found: list[Holder]) -> None:
    held = {table for holder in found for table in holder.tables}
    assert set(Base.metadata.tables) <= held | set(NOBODY_TABLES)
    assert not held & set(NOBODY_TABLES)


def test_every_record_table_has_a_holder(found: list[Holder]) -> None:
    assert set(RECORDS) <= {table for holder in found for table in holder.records}


def test_every_file_of_a_shop_has_a_holder_or_a_reason(shop: Shop, found: list[Holder]) -> None:
    patterns = [*(p for holder in found for p in holder.files), *NOBODY_FILES]
    files = [str(p.relative_to(shop.folder)) for p in shop.folder.rglob("*") if p.is_file()]
    loose = [file for file in files if not any(fnmatch(file, pattern) for pattern in patterns)]
    assert loose == []


def test_the_vault_is_erased_last_since_others_find_by_it(found: list[Holder]) -> None:
    assert found[-1].name == "vault"
