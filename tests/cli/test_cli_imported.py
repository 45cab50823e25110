"""What an import of many files says: a line each, what was left out, what failed."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from habitue import Shop
from habitue.cli import main

ORDERS = "order,sku,date,price,email\n{n},A,2024-05-01,2.50,a@b.example\n"


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    shop = Shop.create(tmp_path / "shop")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for n in range(10):
            archive.writestr(f"orders-{n}.csv", ORDERS.format(n=n))
        archive.writestr("a.jpg", "x")
        archive.writestr("b.jpg", "x")
        archive.writestr("index.html", "x")
    return ["--shop", str(shop.folder), "--lang", "en", "import", str(tmp_path / "a.zip")]


def test_many_files_are_told_in_a_line_each(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 11
    assert lines[0].endswith("orders-0.csv: purchases: read 1 · accepted 1")
    assert lines[-1] == "3 files were left out: 2 pictures, films or sounds, 1 web pages"
    assert main([*words, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "imported before" in out
    assert "dry run" in out


def test_the_good_files_are_told_before_the_bad_one_ends_it(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.csv").write_text("colour,size\nred,1\n")
    assert main([*words, str(tmp_path / "bad.csv")]) == 1
    said = capsys.readouterr()
    assert "orders-9.csv" in said.out
    assert "1 of 11 files could not be read; the others are imported." in said.err
    assert main([*words, str(tmp_path / "bad.csv"), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (len(document["files"]), document["skipped"]) == (10, {"media": 2, "page": 1})
    assert document["failed"][0]["file"].endswith("bad.csv")


def test_quiet_is_quiet(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--quiet"]) == 0
    assert capsys.readouterr().out == ""
