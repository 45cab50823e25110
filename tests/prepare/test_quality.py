"""Claims about what is said of the records: gaps, age, drift, what was set aside."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from habitue import Shop
from habitue.columns import QUALITY
from habitue.prepare.drift import usual
from habitue.prepare.footers import imports
from habitue.prepare.quality import quality, reading

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop.create(tmp_path / "shop")


def orders(
    folder: Path, name: str, month: int, *, price: float = 8.0, items: str = "A", title: bool = True
) -> Path:
    """Write a month's orders: 60 lines, all but the first by the same few customers."""
    rng = random.Random(month)
    lines = ["order_id,email,date,sku,product,quantity,price"]
    for n in range(60):
        day = START + timedelta(days=30 * month + n % 28)
        who = f"c{n % 20 if n else 100 + month}@example.com"
        worth = price * rng.choice((0.8, 1, 1.2))
        sku = f"{items}{n % 12}"
        named = f"Thing {sku}" if title else ""
        lines.append(f"{month}-{n},{who},{day:%Y-%m-%d},{sku},{named},1,{worth:.2f}")
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def seen(shop: Shop, as_of: datetime = START + timedelta(days=365)) -> list[dict[str, Any]]:
    with shop._engine() as engine:
        rows: list[dict[str, Any]] = quality(
            engine, imports(shop._database, shop._store), as_of
        ).to_pylist()
        return rows


def odd(shop: Shop) -> set[tuple[str, str | None]]:
    return {(r["measure"], r["field"]) for r in seen(shop) if r["flag"] and r["check"] == "drift"}


def test_months_that_are_alike_are_nothing_to_look_at(shop: Shop, tmp_path: Path) -> None:
    for month in range(5):
        shop.import_files([orders(tmp_path, f"orders-{month}.csv", month)])
    assert odd(shop) == set()
    compared = {r["source"] for r in seen(shop) if r["check"] == "drift"}
    assert compared == {f"orders-{month}.csv" for month in range(1, 5)}


@pytest.mark.parametrize("before", [1, 4])
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"price": 800.0}, ("level", "unit_price")),
        ({"title": False}, ("missing", "title")),
        ({"items": "sku-"}, ("new", "item_id")),
    ],
)
def test_a_planted_fault_is_told_and_nothing_else(
    shop: Shop, tmp_path: Path, before: int, fault: dict[str, Any], told: tuple[str, str]
) -> None:
    for month in range(before):
        shop.import_files([orders(tmp_path, f"orders-{month}.csv", month)])
    shop.import_files([orders(tmp_path, "orders-9.csv", 9, **fault)])
    assert odd(shop) == {told}


def test_rows_set_aside_more_than_before_are_told(shop: Shop, tmp_path: Path) -> None:
    shop.import_files([orders(tmp_path, "orders-1.csv", 1)])
    bad = orders(tmp_path, "orders-2.csv", 2)
    bad.write_text(bad.read_text().replace("2026-03-0", "2026-13-0"))
    shop.import_files([bad])
    assert ("rejected", None) in odd(shop)


def test_another_kind_of_export_is_not_compared(shop: Shop, tmp_path: Path) -> None:
    shop.import_files([orders(tmp_path, "orders-1.csv", 1)])
    other = tmp_path / "till.csv"
    other.write_text(
        "order_id,date,sku,quantity,price\n"
        + "".join(f"t{n},2026-02-01,A{n % 5},1,{900 + n}\n" for n in range(40))
    )
    shop.import_files([other])
    assert odd(shop) == set()


def test_gaps_and_age_are_counted(shop: Shop, tmp_path: Path) -> None:
    shop.import_files([orders(tmp_path, "orders-0.csv", 0, title=False)])
    rows = {(r["measure"], r["field"]): r for r in seen(shop, START + timedelta(days=100))}
    assert rows["filled", "customer"]["value"] == 1.0
    assert rows["filled", "title"]["value"] == 0.0
    assert rows["filled", "title"]["flag"]
    assert rows["age", None]["value"] == pytest.approx(73)
    assert rows["age", None]["flag"]


def test_what_was_read_adds_up(shop: Shop, tmp_path: Path) -> None:
    path = orders(tmp_path, "orders-0.csv", 0)
    path.write_text(path.read_text() + "x,y@example.com,2026-99-99,A1,Thing,1,2\n")
    again = tmp_path / "orders-0b.csv"
    again.write_text(path.read_text() + "z,y@example.com,2026-01-09,A1,Thing,1,2\n")
    shop.import_files([path])
    shop.import_files([again])
    rows = reading(imports(shop._database, shop._store)).to_pylist()
    counts = {r["reason"]: r["rows"] for r in rows}
    assert counts == {"accepted": 61, "repeated": 60, "impossible_date": 2}


def test_rows_that_are_gone_since_are_accounted_for(shop: Shop, tmp_path: Path) -> None:
    shop.import_files([orders(tmp_path, "orders-0.csv", 0)])
    shop.privacy.erase(["c1@example.com"])
    rows = reading(imports(shop._database, shop._store)).to_pylist()
    assert {r["reason"]: r["rows"] for r in rows} == {"accepted": 57, "gone": 3}


def test_a_shop_without_records_has_nothing_to_say(shop: Shop) -> None:
    assert seen(shop) == []
    assert reading(imports(shop._database, shop._store)).num_rows == 0


def test_a_run_keeps_what_was_seen_and_what_methods_need(shop: Shop, tmp_path: Path) -> None:
    for month in range(3):
        shop.import_files([orders(tmp_path, f"orders-{month}.csv", month)])
    shop.run()
    table = shop.quality.to_arrow()
    assert table.schema == QUALITY.schema
    thin = {r["measure"] for r in table.to_pylist() if r["check"] == "thin" and r["flag"]}
    assert {"voice", "engagement", "loyalty"} <= thin


@pytest.mark.parametrize("measure", ["rows", "rejected", "missing", "level"])
def test_what_varied_before_is_usual(measure: str) -> None:
    earlier = [0.2, 0.3, 0.5]
    low, high = usual(measure, earlier, 1000)
    assert all(low <= value <= high for value in earlier)


def test_nothing_is_unusual_without_a_measure_before() -> None:
    low, high = usual("level", [], 1000)
    assert low < -1e300
    assert high > 1e300
    assert usual("level", [0.0, 0.0], 1000) == (low, high)
