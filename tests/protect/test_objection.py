from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from habitue import Shop
from habitue.errors import UsageError

PEOPLE = 30
GONE = "c3@example.com"


def orders(path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Order ID", "Date", "Customer ID", "Email", "SKU", "Product", "Price"])
        for order in range(150):
            who = order % PEOPLE
            day = f"2026-{1 + order % 6:02d}-{1 + order % 28:02d} 10:00"
            row = [order, day, who, f"c{who}@example.com"]
            for item in {order % 7, order % 5}:
                writer.writerow([*row, f"I{item}", f"Red mug {item}", "2.50"])
    return path


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shop, Shop]:
    """The same shop, once before and once after someone objected; both have run."""
    folder = tmp_path_factory.mktemp("objection")
    made = []
    for name in ("before", "after"):
        shop = Shop.create(folder / name, name)
        shop.import_files([orders(folder / "orders.csv")])
        if name == "after":
            shop.consents.object(GONE, source="letter")
        shop.run()
        made.append(shop)
    return made[0], made[1]


def test_no_table_of_a_run_holds_an_objector(shops: tuple[Shop, Shop]) -> None:
    _before, after = shops
    aliases = set(after.consents.objectors().tolist())
    assert aliases
    held = {}
    for shop in shops:
        person = set(shop.consents._aliases(GONE))
        for path in sorted((shop.current.folder / "tables").glob("*.parquet")):
            table = pq.read_table(path)
            if "customer" in table.column_names:
                held[shop is after, path.stem] = person & set(table["customer"].to_pylist())
    assert not any(found for (objected, _table), found in held.items() if objected)
    assert held[False, "rfm"]
    assert held[False, "members"]
    assert held[False, "recommendations"]


def test_their_purchases_stay_in_the_totals(shops: tuple[Shop, Shop]) -> None:
    before, after = shops
    for figure in ("month", "orders", "amount"):
        told, still = (shop.table("monthly").to_arrow()[figure] for shop in shops)
        assert told.to_pylist() == still.to_pylist()
    assert len(after.rfm.to_pylist()) == len(before.rfm.to_pylist()) - 1


def test_the_report_says_how_many_are_left_out_and_no_small_number(
    shops: tuple[Shop, Shop],
) -> None:
    assert {"kind": "few_objected", "fewer": 10} in shops[1].summary["notes"]
    assert "Fewer than 10 customers object" in shops[1].current.report.read_text(encoding="utf-8")


def test_whoever_objects_is_offered_what_everyone_is(shops: tuple[Shop, Shop]) -> None:
    rows = shops[1].recommend(GONE, 3).to_pylist()
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert {row["model"] for row in rows} == {"popular"}
    chain = shops[1].customer(GONE)
    assert chain["objects"]
    assert chain["records"]["orders"]
    assert (chain["segment"], chain["loyalty"], chain["recommendations"]) == (None, None, [])


def test_results_of_an_earlier_run_are_not_shown_either(shops: tuple[Shop, Shop]) -> None:
    before, _after = shops
    person = before.find("c5@example.com")
    assert person in before.rfm.to_arrow()["customer"].to_pylist()
    before.consents.object("c5@example.com", "marketing", source="letter")
    for name in ("rfm", "members", "loyalty", "recommendations", "interests"):
        assert person not in before.table(name).to_arrow()["customer"].to_pylist()
    assert {row["model"] for row in before.recommend("c5@example.com").to_pylist()} == {"popular"}
    before.consents.grant("c5@example.com", "profiling", "any", source="letter")
    before.consents.grant("c5@example.com", "personalisation", "any", source="letter")
    assert person in before.rfm.to_arrow()["customer"].to_pylist()


def test_runs_imports_settings_and_consents_are_logged(shops: tuple[Shop, Shop]) -> None:
    _before, after = shops
    actions = [entry["action"] for entry in after.audit.entries()]
    assert actions == ["settings", "import", "consent", "run"]
    (entry,) = after.audit.entries("run")
    assert entry["details"]["run"] == after.current.id
    (entry,) = after.audit.entries(who=GONE)
    assert entry["details"] == {"act": "objected", "channel": "any", "purpose": "profiling"}
    assert after.audit.verify(str(after.audit.head())).sound


def test_opening_the_vault_is_logged(shops: tuple[Shop, Shop]) -> None:
    shop = shops[0]
    customer = shop.find("c7@example.com")
    assert shop.reveal([customer], "email") == {customer: "c7@example.com"}
    *_, entry = shop.audit.entries("reveal")
    assert entry["details"] == {"kind": "email", "customers": 1}


def test_changed_settings_are_logged_once(shops: tuple[Shop, Shop]) -> None:
    shop = Shop.open(shops[1].folder)
    file = shop.folder / "habitue.toml"
    shop.audit.note_settings()
    file.write_text(file.read_text(encoding="utf-8").replace("# seed = 7", "seed = 8"))
    Shop.open(shop.folder).audit.note_settings()
    Shop.open(shop.folder).audit.note_settings()
    first, second = (entry["details"]["sections"] for entry in shop.audit.entries("settings"))
    assert {name for name in first if first[name] != second[name]} == {"run"}


class TestRecording:
    @pytest.fixture
    def shop(self, tmp_path: Path) -> Shop:
        return Shop.create(tmp_path / "shop", "Corner shop")

    def test_an_unknown_address_becomes_known_and_nobody_else_does(self, shop: Shop) -> None:
        assert shop.consents.record("new@example.com", "suppressed", "marketing", "email",
                                    "bounce") == "suppressed"  # fmt: skip
        assert not shop.consents.allowed([shop.find("new@example.com")], "marketing", "email")[0]
        with pytest.raises(UsageError, match="Nobody"):
            shop.consents.grant("17850", "marketing", "email", "form")

    def test_the_future_can_not_be_agreed_to(self, shop: Shop) -> None:
        with pytest.raises(UsageError, match="future"):
            shop.consents.grant("a@example.com", "marketing", "email", "form",
                                datetime.now(UTC) + timedelta(days=1))  # fmt: skip

    def test_a_word_that_is_said_twice_is_recorded_and_logged_once(self, shop: Shop) -> None:
        for _ in range(2):
            shop.consents.grant("a@example.com", "marketing", "email", "form",
                                datetime(2026, 1, 1))  # fmt: skip
        assert len(shop.consents.history("a@example.com")) == 1
        assert len(list(shop.audit.entries("consent"))) == 1
        assert [row["time"] for row in shop.consents.export()] == [datetime(2026, 1, 1, tzinfo=UTC)]

    def test_the_policy_of_the_settings_is_noted(self, shop: Shop) -> None:
        file = shop.folder / "habitue.toml"
        file.write_text(file.read_text(encoding="utf-8").replace('# policy = ""', 'policy = "v3"'))
        shop = Shop.open(shop.folder)
        shop.consents.grant("a@example.com", "marketing", "email", "form", evidence="form 7")
        (row,) = shop.consents.history("a@example.com")
        assert (row["policy"], row["evidence"]) == ("v3", "form 7")

    def test_a_pseudonym_will_do(self, shop: Shop) -> None:
        shop.consents.grant("a@example.com", "marketing", "email", "form")
        customer = shop.find("a@example.com")
        assert shop.consents.withdraw(customer, "marketing", "any", "letter") == "withdrawn"
        (state,) = (row for row in shop.consents.state(customer) if row["channel"] == "email")
        assert state["state"] == "withdrawn"
