from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from habitue.protect.audit import Audit
from habitue.shop import Shop
from habitue.state import Batch, Consent

LIST = """email,phone,channel,purpose,state,time,source
ann@example.com,,email,newsletter,subscribed,2024-05-01,web form
bob@example.com,,email,newsletter,unsubscribed,2024-06-01,web form
cat@example.com,,sms,marketing,pending,2024-06-01,web form
,,email,marketing,yes,2024-06-01,
not-an-address,,email,marketing,yes,2024-06-01,
dan@example.com,,pigeon,marketing,yes,2024-06-01,
eve@example.com,,email,marketing,perhaps,2024-06-01,
fay@example.com,,,,no,,fay@example.com
"""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop.create(tmp_path / "shop", "Corner shop")


def imported(shop: Shop, text: str, name: str = "list.csv", **asked: str) -> tuple[int, int, int]:
    path = shop.folder / name
    path.write_text(text, encoding="utf-8")
    (report,) = shop.import_files([path], **asked)  # type: ignore[arg-type]
    assert report.kind == "consents"
    assert report.read == report.accepted + report.repeated + report.rejected
    return report.accepted, report.repeated, report.rejected


def allowed(shop: Shop, email: str, channel: str = "email") -> bool:
    customer = shop.vault.find(email)
    assert customer is not None
    return bool(shop._ledger.allowed([customer], "marketing", channel)[0])


def test_a_list_lands_in_the_ledger_and_every_row_is_accounted_for(shop: Shop) -> None:
    assert imported(shop, LIST) == (4, 0, 4)
    assert allowed(shop, "ann@example.com")
    assert not allowed(shop, "bob@example.com")
    assert not allowed(shop, "cat@example.com", "sms")
    assert not allowed(shop, "fay@example.com")
    sources = {row["source"] for row in shop._ledger.entries()}
    assert sources == {"web form", "list"}  # a source that names a person is not kept


def test_a_list_that_comes_again_adds_nothing(shop: Shop) -> None:
    imported(shop, LIST)
    rows = LIST.splitlines()
    longer = "\n".join(
        [*rows[:2], "gil@example.com,,email,marketing,yes,2024-07-01,fair", *rows[2:]]
    )
    assert imported(shop, longer) == (1, 4, 4)
    assert imported(shop, longer) == (0, 5, 4)


def test_a_list_does_not_lift_a_suppression(shop: Shop) -> None:
    imported(shop, LIST)
    again = "email,channel,state,time\nbob@example.com,email,subscribed,2025-01-01\n"
    assert imported(shop, again, "new.csv") == (1, 0, 0)
    assert not allowed(shop, "bob@example.com")


def test_a_consent_given_with_an_address_holds_for_the_customer_of_an_order(shop: Shop) -> None:
    imported(shop, LIST)
    orders = shop.folder / "orders.csv"
    orders.write_text(
        "order,customer id,email,sku,price,date\n1,17850,ann@example.com,A,2.50,2024-05-02\n",
        encoding="utf-8",
    )
    shop.import_files([orders])
    mask = shop._ledger.allowed([shop.find("17850")], "marketing", "email", persons=shop._linked)
    assert mask.all()


def test_a_chinese_list_is_read(shop: Shop) -> None:
    text = "手机号,渠道,用途,是否同意,同意时间\n"
    text += "13912345678,短信,营销,同意,2024-05-01\n13812345678,短信,营销,不同意,2024-05-01\n"
    assert imported(shop, text) == (2, 0, 0)
    assert allowed(shop, "13912345678", "sms")
    assert not allowed(shop, "13812345678", "sms")


def test_an_import_that_fails_leaves_neither_entries_nor_log(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Audit.record

    def fails(audit: Audit, session: Session, action: str, *rest: Any, **more: Any) -> Any:
        if action == "import":
            raise RuntimeError("power")
        return record(audit, session, action, *rest, **more)

    monkeypatch.setattr(Audit, "record", fails)
    with pytest.raises(RuntimeError):
        imported(shop, LIST)
    monkeypatch.undo()
    with shop._database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Consent)) == 0
        assert session.scalar(select(func.count()).select_from(Batch)) == 0
    assert [entry["action"] for entry in shop.audit.entries()] == ["settings"]
    assert imported(shop, LIST) == (4, 0, 4)
    assert [entry["action"] for entry in shop.audit.entries()] == ["settings", "import"]


def test_the_doctor_and_the_inventory_are_well_after_a_list(shop: Shop) -> None:
    imported(shop, LIST)
    _rows, missing, orphans = shop.inventory()
    assert (missing, orphans) == (0, 0)
