from __future__ import annotations

from pathlib import Path

import pytest

from habitue.config import load
from habitue.errors import ConfigError


def settings(folder: Path, text: str) -> Path:
    (folder / "habitue.toml").write_text(text, encoding="utf-8")
    return folder


def test_an_argument_wins_over_the_environment_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = settings(tmp_path, "[run]\nseed = 1\nhorizon_days = 30\nkeep = 3\n")
    monkeypatch.setenv("HABITUE_RUN_SEED", "2")
    monkeypatch.setenv("HABITUE_RUN_HORIZON_DAYS", "60")
    config = load(folder, {"run.seed": 3})
    assert (config.run.seed, config.run.horizon_days, config.run.keep) == (3, 60, 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[run]\nsede = 1\n", r"run\.sede: there is no such setting.*seed"),
        ("[rnu]\nseed = 1\n", r"rnu: there is no such setting.*run"),
        ("[run]\nhorizon_days = 0\n", r"run\.horizon_days.*it is 0"),
        ('[shop]\ntimezone = "Mars/Base"\n', r"shop\.timezone.*Mars/Base"),
        ("[run\n", "not valid TOML"),
    ],
)
def test_what_can_not_be_used_is_said_with_where_and_what(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        load(settings(tmp_path, text))


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert load(tmp_path).shop.name == "My shop"
