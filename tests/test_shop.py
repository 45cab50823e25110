from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from habitue import Shop
from habitue.errors import MappingError, NoRunError, NotEnoughDataError, ShopError, UsageError

HEADER = ["Order ID", "Date", "Customer ID", "Email", "SKU", "Product", "Quantity", "Price"]


def export(path: Path, orders: int = 60, first: int = 1, seed: int = 3) -> Path:
    """Write a small export of orders."""
    dice = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for order in range(first, first + orders):
            who = order % 12
            day = f"2026-{1 + order % 6:02d}-{1 + order % 28:02d} 10:00"
            for _ in range(1 + order % 3):
                item = dice.randrange(9)
                writer.writerow(
                    [
                        order,
                        day,
                        who,
                        f"c{who}@example.com",
                        f"I{item}",
                        f"Red mug {item}",
                        1,
                        "2.50",
                    ]
                )
    return path


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop.create(tmp_path / "shop", name="Corner shop")


def test_a_folder_is_made_a_shop_once(shop: Shop) -> None:
    with pytest.raises(ShopError, match="already"):
        Shop.create(shop.folder)


def test_a_shop_is_found_from_a_folder_inside_it(shop: Shop) -> None:
    inside = shop.folder / "a" / "b"
    inside.mkdir(parents=True)
    assert Shop.open(inside).folder == shop.folder


def test_a_folder_that_is_no_shop_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ShopError, match="habitue init"):
        Shop.open(tmp_path)


def test_a_small_shop_goes_through_the_whole_loop(shop: Shop, tmp_path: Path) -> None:
    (report,) = shop.import_files([export(tmp_path / "orders.csv")])
    assert report.kind == "purchases"
    assert report.read == report.accepted + report.repeated + report.rejected
    run = shop.run()
    assert run.id == shop.current.id
    assert len(shop.rfm) == 12
    customer = shop.find("c3@example.com")
    assert shop.find("3") == customer == shop.find(customer)
    assert shop.customer(customer)["records"]["orders"]
    assert shop.current.report.exists()


def test_one_customer_and_one_order_are_enough(shop: Shop, tmp_path: Path) -> None:
    shop.import_files([export(tmp_path / "orders.csv", orders=1)])
    shop.run()
    assert len(shop.loyalty) == 1


def test_an_overlapping_export_adds_only_what_is_new(shop: Shop, tmp_path: Path) -> None:
    rows = export(tmp_path / "orders.csv").read_text().splitlines()
    (tmp_path / "first.csv").write_text("\n".join(rows[:60]) + "\n")
    (tmp_path / "second.csv").write_text("\n".join([rows[0], *rows[40:]]) + "\n")
    shop.import_files([tmp_path / "first.csv"])
    (report,) = shop.import_files([tmp_path / "second.csv"])
    assert report.repeated == 20
    assert report.accepted == len(rows) - 60


def test_a_dry_run_keeps_nothing(shop: Shop, tmp_path: Path) -> None:
    (report,) = shop.import_files([export(tmp_path / "orders.csv")], dry_run=True)
    assert report.read > 0
    assert report.batch is None
    assert len(shop.records("purchases")) == 0
    assert shop.vault.count() == 0


def test_a_mapping_is_remembered_for_the_next_such_file(shop: Shop, tmp_path: Path) -> None:
    text = export(tmp_path / "a.csv").read_text().replace("SKU", "Zeta").replace("Product", "Eta")
    (tmp_path / "a.csv").write_text(text)
    mapping = {"item_id": "Zeta", "title": "Eta"}
    (first,) = shop.import_files([tmp_path / "a.csv"], mapping=mapping)
    (tmp_path / "b.csv").write_text(text.replace("c1@", "d1@"))
    (second,) = shop.import_files([tmp_path / "b.csv"])
    assert first.accepted > 0
    assert {c["field"]: c["column"] for c in second.columns}["item_id"] == "Zeta"


def test_a_column_that_is_not_there_is_said_with_those_that_are(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="SKU"):
        shop.import_files([export(tmp_path / "a.csv")], mapping={"item_id": "Nowhere"})


def test_a_missing_file_an_unknown_kind_and_a_stranger_are_usage_errors(
    shop: Shop, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"nothing\.csv"):
        shop.import_files([tmp_path / "nothing.csv"])
    with pytest.raises(UsageError, match="purchases"):
        shop.import_files([export(tmp_path / "a.csv")], kind="sales")
    with pytest.raises(UsageError, match="Nobody"):
        shop.find("stranger@example.com")
    with pytest.raises(NoRunError):
        _ = shop.segments


def test_a_run_without_purchases_says_what_to_import(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(NotEnoughDataError, match="habitue import"):
        shop.run()
    shop.import_files([export(tmp_path / "a.csv")])
    with pytest.raises(NotEnoughDataError, match="2020"):
        shop.run(as_of=datetime(2020, 1, 1, tzinfo=UTC))


def test_nothing_after_the_cut_is_looked_at(shop: Shop, tmp_path: Path) -> None:
    shop.import_files([export(tmp_path / "a.csv")])
    cut = datetime(2026, 4, 1, tzinfo=UTC)
    shop.run(as_of=cut)
    before = shop.rfm.to_arrow()
    other = Shop.create(tmp_path / "other")
    rows = (tmp_path / "a.csv").read_text().splitlines()
    early = [rows[0], *(row for row in rows[1:] if row.split(",")[1] < "2026-04")]
    (tmp_path / "early.csv").write_text("\n".join(early) + "\n")
    other.import_files([tmp_path / "early.csv"])
    other.run(as_of=cut)
    columns = ["recency", "orders", "amount", "group"]
    seen = sorted(map(str, before.select(columns).to_pylist()))
    assert seen == sorted(map(str, other.rfm.to_arrow().select(columns).to_pylist()))


def test_the_same_seed_gives_the_same_answer(shop: Shop, tmp_path: Path) -> None:
    shop.import_files([export(tmp_path / "a.csv", orders=200)])
    shop.run()
    first = {name: shop.table(name).to_arrow() for name in ("members", "rules", "loyalty")}
    shop.run()
    for name, table in first.items():
        assert shop.table(name).to_arrow().equals(table), name


def test_a_run_that_is_killed_leaves_the_previous_one_in_force(shop: Shop, tmp_path: Path) -> None:
    shop.import_files([export(tmp_path / "a.csv")])
    before = shop.run().id
    code = "import sys; from habitue import Shop; Shop.open(sys.argv[1]).run()"
    for delay in (0.5, 1.5, 2.5, 3.5):
        process = subprocess.Popen([sys.executable, "-c", code, str(shop.folder)])
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        current = shop.current
        assert current.report.exists()
        assert current.summary["run"] == current.id
        assert current.id >= before
    shop.run()
    assert not list((shop.folder / "runs").glob(".draft-*"))


def test_an_import_that_is_killed_leaves_nothing_half(shop: Shop, tmp_path: Path) -> None:
    export(tmp_path / "a.csv", orders=4000)
    code = "import sys; from habitue import Shop; Shop.open(sys.argv[1]).import_files(sys.argv[2:])"
    for delay in (0.4, 0.8, 1.2):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(shop.folder), str(tmp_path / "a.csv")]
        )
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        rows = len(shop.records("purchases"))
        assert rows in (0, sum(1 + n % 3 for n in range(1, 4001)))
    (report,) = shop.import_files([tmp_path / "a.csv"])
    assert report.accepted + report.repeated == report.read
    assert len(shop.records("purchases")) == report.read
