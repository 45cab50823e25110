from __future__ import annotations

from pathlib import Path

import pytest

from habitue.config import load
from habitue.errors import ConfigError
from habitue.locale import use


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


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[run]\nseed = -1", "必须不小于 0"),
        ("[run]\nhorizon_days = 800", "必须不大于 730"),
        ('[run]\nkeep = "many"', "必须是整数"),
        ("[rules]\nmin_support = 1", "必须小于 1"),
        ('[prepare]\nview_weight = "much"', "必须是数字"),
        ('[prepare]\ninternal = "us"', "必须是列表"),
        ("[prepare]\nrates = 2", "必须是表"),
        ('[identity]\nhandles = "sometimes"', "必须是 true 或 false"),
        ('[shop]\nlanguage = "fr"', "必须是以下之一"),
        ('[shop]\ncurrency = "pounds"', "必须写成"),
        ("[shop]\nname = 3", "必须是文本"),
        ('[consent]\npolicy = "' + "v" * 65 + '"', "不能超过 64 个字符"),
        ('[events]\ninternal = ["office"]', "必须是网段"),
        ('[sources.tills]\nurl = "env:TILLS"', "必须填写"),
        ('[schedule]\nrun = "dayly"', "没有这样的时间"),
        ('[shop]\ntimezone = "Mars/Base"', "没有这个时区"),
    ],
)
def test_what_is_wrong_with_a_value_is_said_in_the_readers_language(
    tmp_path: Path, line: str, said: str
) -> None:
    with use("zh"), pytest.raises(ConfigError, match=said):
        load(settings(tmp_path, f"{line}\n"))


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert load(tmp_path).shop.name == "My shop"
