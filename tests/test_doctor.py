from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from habitue import Shop
from habitue.doctor import Check
from habitue.prepare.store import Store
from habitue.protect.keys import MasterKey
from habitue.state import Batch


def checks(shop: Shop) -> dict[str, Check]:
    return {check.name: check for check in shop.check()}


def add_batch(shop: Shop) -> Path:
    """Add one purchase without an import."""
    with shop._engine() as engine, shop._store.stage("purchases", engine) as staging:
        empty = {field.name: pa.nulls(1, field.type) for field in staging.schema}
        staging.add(pa.table(empty, schema=staging.schema))
        staging.close()
        shop._store.settle(engine, staging, "b")
    with shop._database.writing() as session:
        counts = {"read": 1, "accepted": 1, "repeated": 0, "rejected": 0}
        session.add(
            Batch(id="b", table="purchases", source="f", fingerprint="x", reasons={}, **counts)
        )
    store: Store = shop._store
    return store.path("purchases", "b")


def test_a_new_shop_wants_purchases_and_nothing_else_is_wrong(tmp_path: Path) -> None:
    found = checks(Shop.create(tmp_path / "s"))
    assert [name for name, check in found.items() if check.ok is False] == ["records"]
    assert "habitue import" in found["records"].mend
    assert found["run"].ok is None


def test_a_file_that_is_missing_or_left_over_is_found(tmp_path: Path) -> None:
    shop = Shop.create(tmp_path / "s")
    path = add_batch(shop)
    assert checks(shop)["records"].ok
    path.rename(path.with_name("stray.parquet"))
    found = checks(shop)
    assert found["batches"].ok is False
    assert found["leftovers"].ok is None


def test_a_key_that_others_can_read_is_found(tmp_path: Path) -> None:
    shop = Shop.create(tmp_path / "s")
    MasterKey.of(shop.folder / "state")
    (shop.folder / "state" / "master.key").chmod(0o644)
    vault = checks(Shop.open(shop.folder))["vault"]
    assert vault.ok is False
    assert "chmod 600" in vault.message


def test_a_library_that_is_not_installed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from habitue import doctor

    monkeypatch.setattr(doctor, "_LIBRARIES", ("no-such-library",))
    found = {check.name: check for check in doctor.check_installation()}
    assert found["no-such-library"].ok is False
    assert "pip install" in found["no-such-library"].mend
