"""The commented settings of a new shop say everything and change nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from habitue.config import Config, load
from habitue.locale import use
from habitue.template import settings_file


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_new_shop_has_the_defaults_and_its_name(tmp_path: Path, language: str) -> None:
    with use(language):
        text = settings_file('Ann\'s "tea" 茶')
    (tmp_path / "habitue.toml").write_text(text, encoding="utf-8")
    assert (
        load(tmp_path).model_dump()
        == Config.model_validate({"shop": {"name": 'Ann\'s "tea" 茶'}}).model_dump()
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_setting_is_shown_with_its_default_and_a_note(language: str) -> None:
    with use(language):
        lines = settings_file().splitlines()
    for section, values in Config().model_dump(exclude={"sources"}, by_alias=True).items():
        assert f"[{section}]" in lines
        for key in values:
            shown = [line for line in lines if line.startswith(f"# {key} = ")]
            assert shown, f"{section}.{key} is not shown"
            assert shown[0].split("#")[2].strip(), f"{section}.{key} says nothing of itself"


def test_switching_a_line_on_gives_valid_settings() -> None:
    switched = "\n".join(line.removeprefix("# ") for line in settings_file().splitlines()[2:])
    config = Config.model_validate(tomllib.loads(switched))
    assert config.model_copy(update={"sources": {}}) == Config()
    assert config.sources["orders"].cursor == "updated_at"
