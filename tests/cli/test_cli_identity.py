from __future__ import annotations

import json
from pathlib import Path

import pytest

from habitue import Shop
from habitue.cli.app import run

ORDERS = """order_id,date,item,quantity,price,customer_id,email,phone,name
1,2026-01-02,A,1,5.00,17,ann@example.com,07700 900123,Ann Lee
2,2026-01-03,B,1,5.00,,ann@example.com,,
3,2026-01-04,A,1,5.00,18,ben@example.com,07700 900123,Ben Lee
4,2026-01-05,A,2,5.00,19,cleo@example.com,,Cleo Fox
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = Shop.create(tmp_path / "shop")
    path = tmp_path / "shop" / "habitue.toml"
    text = path.read_text(encoding="utf-8").replace('# country = ""', 'country = "GB"')
    path.write_text(text, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    shop = Shop.open(tmp_path / "shop")
    shop.import_files([tmp_path / "orders.csv"], kind="purchases")
    monkeypatch.chdir(tmp_path / "shop")
    return shop


def test_why_tells_the_chain_of_evidence_and_no_identifier(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["identity", "why", "ann@example.com"]) == 0
    out = capsys.readouterr().out
    assert "the same e-mail address" in out
    assert "orders.csv" in out
    assert "not merged through" in out
    assert "ann@" not in out
    assert run(["identity", "why", "ann@example.com", "--reveal"]) == 0
    assert "ann@example.com" in capsys.readouterr().out


def test_why_as_json_names_what_joins(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--json", "identity", "why", "17"]) == 0
    told = json.loads(capsys.readouterr().out)
    (step,) = told["because"]
    assert (step["kind"], step["records"], len(step["pseudonyms"])) == ("email", 2, 2)
    assert told["shared"] == [{"kind": "phone", "people": 2}]


def test_people_are_merged_and_split_by_hand(shop: Shop) -> None:
    assert run(["identity", "merge", "18", "19"]) == 0
    assert Shop.open(shop.folder).find("18") == Shop.open(shop.folder).find("19")
    assert run(["identity", "split", "18", "19"]) == 0
    assert Shop.open(shop.folder).find("18") != Shop.open(shop.folder).find("19")
    assert run(["identity", "why", "18"]) == 0


def test_what_one_row_holds_can_not_be_split(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["identity", "split", "17", "ann@example.com"]) == 2
    assert "holds both" in capsys.readouterr().err


def test_matching_and_sharing_are_counted(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["identity", "match"]) == 0
    assert run(["--json", "identity", "match", "--least", "0.9"]) == 0
    assert json.loads(capsys.readouterr().out)["joined"] == []
    assert run(["identity", "shared"]) == 0
    assert "telephone" in capsys.readouterr().out
    assert run(["--json", "identity", "shared"]) == 0
    assert json.loads(capsys.readouterr().out)["phone"] == {"identifiers": 1, "most": 2}
