"""The company's own: people by any of their names, user agents by a part of theirs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from habitue.errors import ConfigError
from habitue.shop import Shop

ORDERS = "order,sku,date,price,email\n" + "".join(
    f"{n},A{n % 3},2024-05-{1 + n % 28:02},2.50,c{n % 9}@mail.example\n" for n in range(60)
)


def shop_with(folder: Path, *internal: str) -> Shop:
    shop = Shop.create(folder)
    settings = folder / "habitue.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[prepare]", f"[prepare]\ninternal = {json.dumps(internal)}"))
    shop = Shop.open(folder)
    (folder / "orders.csv").write_text(ORDERS)
    people = "customer_id,email\n7,staff@shop.example\n8,c1@mail.example\n"
    (folder / "people.csv").write_text(people)
    views = [
        {"time": "2024-05-02T10:00:00Z", "user_id": who, "item_id": "A1", "event": "view",
         "user_agent": agent}
        for who, agent in (("7", "Firefox"), ("8", "Firefox"), ("9", "ShopCheck/2"))
    ]  # fmt: skip
    (folder / "views.jsonl").write_text("".join(json.dumps(v) + "\n" for v in views))
    shop.import_files([folder / name for name in ("people.csv", "orders.csv", "views.jsonl")])
    return shop


def counted(shop: Shop) -> dict[str, int]:
    shop.run()
    return {
        row["reason"]: row["rows"]
        for row in shop.accounting
        if row["table"] == "views" and row["stage"] == "select"
    }


def test_a_colleague_is_known_by_any_identifier(tmp_path: Path) -> None:
    assert counted(shop_with(tmp_path, "staff@shop.example")) == {"counted": 2, "internal": 1}


def test_who_was_never_seen_is_nobody(tmp_path: Path) -> None:
    assert counted(shop_with(tmp_path, "new@shop.example")) == {"counted": 3}


def test_a_user_agent_is_known_by_a_part_of_it(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, "shopcheck")
    assert counted(shop) == {"counted": 2, "internal": 1}
    manifest = next((tmp_path / "runs").glob("*/manifest.json")).read_text()
    assert "shopcheck" not in manifest  # the settings may name people


@pytest.mark.parametrize("value", ["10.0.0.0/8", "203.0.113.9", "2001:db8::/32"])
def test_a_network_is_refused_as_no_record_holds_one(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError, match="no addresses"):
        shop_with(tmp_path, value).run()


def test_a_word_that_would_hit_everyone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="too short"):
        shop_with(tmp_path, "a").run()
