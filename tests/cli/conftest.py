"""What the command line's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.fake_shop import FakeShop, Run

from habitue import cli


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeShop:
    import habitue.shop

    made = FakeShop(tmp_path)
    monkeypatch.setattr(FakeShop, "open", lambda folder=".": made)
    monkeypatch.setattr(habitue.shop, "Shop", FakeShop)
    return made


@pytest.fixture
def habitue(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Run:
    """Run a command as a person would: exit status, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    for name in ("HABITUE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        status = cli.main([str(word) for word in words])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run
