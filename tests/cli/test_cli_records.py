"""``import``, ``init``, ``demo`` and ``doctor``."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests.cli.fake_shop import FakeImport, FakeShop, Run

from habitue.cli.progress import Bar, PlainLines
from habitue.doctor import Check
from habitue.errors import ShopError


def test_import_shows_how_it_understood_the_columns_then_the_counts(
    habitue: Run, shop: FakeShop
) -> None:
    status, out, err = habitue("import", "orders.csv")
    assert status == 0
    assert out.index("SKU") < out.index("item_id") < out.index("by its name") < out.index("100,000")
    assert "day month year (assumed)" in out
    assert "accepted 99,000" in out
    assert "1,000 × The price is no number." in out
    assert "rejects/orders.csv" in out
    assert err == "Importing\n[1/1] orders.csv\n"


def test_import_hands_on_kind_mapping_and_dry_run(habitue: Run, shop: FakeShop) -> None:
    out = habitue(
        "import", "a.csv", "b.csv", "--as", "items", "--map", "item_id=SKU", "--dry-run", "-q"
    )[1]
    (_call, (paths, given)) = shop.calls[0]
    assert paths == [Path("a.csv"), Path("b.csv")]
    assert (given["kind"], given["mapping"], given["dry_run"]) == (
        "items",
        {"item_id": "SKU"},
        True,
    )
    assert out == ""


def test_import_says_dry_run_and_known_files(habitue: Run, shop: FakeShop) -> None:
    out = habitue("import", "a.csv", "b.csv", "--dry-run")[1]
    assert "imported before" in out
    assert "dry run" in out


@pytest.mark.parametrize("pair", ["item_id", "=SKU", "item_id="])
def test_a_mapping_is_a_field_and_a_column(habitue: Run, shop: FakeShop, pair: str) -> None:
    status, _out, err = habitue("import", "a.csv", "--map", pair)
    assert status == 2
    assert "--map takes FIELD=COLUMN" in err


def test_init_makes_a_shop_and_says_what_next(
    habitue: Run, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []

    def create(folder: Path, name: str | None = None) -> FakeShop:
        made.append((folder, name))
        return shop

    monkeypatch.setattr(FakeShop, "create", create, raising=False)
    status, out, err = habitue("init", "corner", "--name", "Corner shop")
    assert (status, out) == (0, f"{shop.folder / 'habitue.toml'}\n")
    assert "habitue import" in err
    assert made == [(Path("corner"), "Corner shop")]
    assert json.loads(habitue("init", "corner", "--json")[1])["folder"] == str(shop.folder)


def test_doctor_marks_checks_and_fails_when_something_is_wrong(
    habitue: Run, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = [Check("disk", True, "9 GB"), Check("vault", False, "no key", "Give the key.")]
    monkeypatch.setattr(FakeShop, "check", lambda self: checks, raising=False)
    status, out, _err = habitue("doctor")
    assert (status, out) == (1, "✓ disk: 9 GB\n✗ vault: no key\n    → Give the key.\n")
    assert json.loads(habitue("doctor", "--json")[1])["checks"][1]["mend"] == "Give the key."


def test_doctor_works_where_there_is_no_shop(
    habitue: Run, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: object) -> None:
        raise ShopError("This is no shop.")

    monkeypatch.setattr(FakeShop, "open", fail)
    status, out, _err = habitue("doctor")
    assert status == 0
    assert "✓ Python" in out
    assert "– shop: This is no shop." in out


@pytest.fixture
def sample(shop: FakeShop, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stand in for the generator; remember how it was called."""
    import habitue.collect.demo

    written: list[Any] = []

    def create(folder: Path, name: str | None = None) -> FakeShop:
        folder.mkdir()
        (folder / "habitue.toml").write_text("", encoding="utf-8")
        return shop

    monkeypatch.setattr(FakeShop, "create", create, raising=False)

    def write(folder: Path, customers: int, seed: int) -> None:
        written.append((folder, customers, seed))
        (folder / "truth").mkdir()
        (folder / "truth" / "summary.json").touch()

    monkeypatch.setattr(habitue.collect.demo, "write_shop", write)
    return written


def test_demo_makes_the_shop_imports_and_runs(
    habitue: Run, shop: FakeShop, sample: list[Any]
) -> None:
    status, out, _err = habitue("demo", "shop", "--customers", "60", "--seed", "3")
    assert status == 0
    assert sample == [(Path("shop"), 60, 3)]
    assert [call for call, _given in shop.calls] == ["import", "run"]
    assert "Report:" in out


def test_demo_again_carries_on_and_another_size_is_refused(
    habitue: Run, shop: FakeShop, sample: list[Any]
) -> None:
    habitue("demo", "shop", "--customers", "60")
    assert habitue("demo", "shop", "--customers", "60")[0] == 0
    assert len(sample) == 1
    status, _out, err = habitue("demo", "shop", "--customers", "70")
    assert status == 1
    assert "another sample shop" in err


def test_a_demo_that_was_stopped_is_written_again(
    habitue: Run, shop: FakeShop, sample: list[Any], tmp_path: Path
) -> None:
    habitue("demo", "shop", "--customers", "60")
    (tmp_path / "shop" / "truth" / "summary.json").unlink()
    (tmp_path / "shop" / "truth").rmdir()
    habitue("demo", "shop", "--customers", "60")
    assert len(sample) == 2


def test_demo_leaves_other_peoples_folders_alone(
    habitue: Run, shop: FakeShop, sample: list[Any], tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("…", encoding="utf-8")
    status, _out, err = habitue("demo", "mine")
    assert (status, sample) == (1, [])
    assert "not empty" in err


def test_a_bar_moves_by_stage_and_goes_away() -> None:
    file = io.StringIO()
    bar = Bar(Console(file=file, force_terminal=True, width=80))
    bar.start("Running", 2)
    for title in ("Preparing", "Finding", "Unforeseen"):
        bar.step(title)
        bar.advance(1, 2)
        bar.advance(12_345, None)
    bar.finish()
    assert "Unforeseen" in file.getvalue()
    assert "3/3 · 12,345" in file.getvalue()


def test_lines_number_the_stages(capsys: pytest.CaptureFixture[str]) -> None:
    lines = PlainLines()
    lines.start("Running", 1)
    lines.step("Preparing")
    lines.step("Unforeseen")
    assert capsys.readouterr().err == "Running\n[1/1] Preparing\n[2/2] Unforeseen\n"


def test_a_terminal_gets_a_bar(
    habitue: Run, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from habitue.cli.session import Session

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert isinstance(Session().progress(), Bar)


def test_fake_reports_have_the_real_ones_fields() -> None:
    """The stand-in may not drift from what it stands in for."""
    from habitue.prepare.ingest import ImportReport

    assert set(ImportReport.__dataclass_fields__) == set(FakeImport.__dataclass_fields__)
