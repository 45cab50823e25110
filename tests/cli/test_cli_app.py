"""What holds for every command: streams, exit statuses, languages, help."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from tests.cli.fake_shop import FakeShop, Run

from habitue import cli
from habitue.cli.app import build
from habitue.errors import ShopError, UsageError
from habitue.locale import use

COMMANDS = [
    "demo",
    "init",
    "doctor",
    "import",
    "run",
    "report",
    "segments",
    "rules",
    "loyalty",
    "evaluate",
    "recommend",
    "customer",
]


def test_help_names_every_command(habitue: Run) -> None:
    status, out, _err = habitue("--help")
    assert status == 0
    assert all(command in out for command in COMMANDS)


def test_no_command_at_all_is_a_request_for_help(habitue: Run) -> None:
    assert habitue()[:2] == habitue("--help")[:2]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_command_has_help_in_both_languages(
    habitue: Run, command: str, language: str
) -> None:
    status, out, _err = habitue(command, "--lang", language, "--help")
    assert status == 0
    assert ("常用选项" if language == "zh" else "Common options") in out
    assert max(cell_len(line) for line in out.splitlines()) <= 80


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_shows_every_text_whole(habitue: Run, language: str) -> None:
    """Neither is a text without spaces cut off, nor the name of a section taken for mark-up."""
    with use(language):
        group = build()
    for path, command in _all(group, ()):
        status, out, _err = habitue(*path, "--lang", language, "--help")
        assert status == 0
        assert max(cell_len(line) for line in out.splitlines()) <= 80
        shown = re.sub(r"[│\s]", "", out)
        for text in (command.help, *(getattr(param, "help", None) for param in command.params)):
            assert re.sub(r"\s", "", (text or "").replace("\\[", "[")) in shown, path


def _all(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, one in getattr(command, "commands", {}).items():
        yield from _all(one, (*path, name))


@pytest.mark.parametrize("command", COMMANDS)
def test_common_options_stand_before_a_command_or_after_it(command: str) -> None:
    with use("en"):
        group = build()
    names = {param.name for param in group.commands[command].params}
    assert {"shop", "lang", "json", "quiet", "debug"} <= names


def test_version_goes_to_stdout(habitue: Run) -> None:
    assert habitue("--version") == (0, "habitue 0.1.0\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--nonsense"], "no option --nonsense"),
        (["segmets"], "no such command"),
        (["import"], "PATH is missing"),
        (["customer"], "CUSTOMER is missing"),
        (["rules", "-n", "many"], "-n takes a whole number from 1 up"),
        (["rules", "-n", "0"], "-n takes a whole number from 1 up"),
        (["import", "x", "--as", "orders"], "--as takes one of: purchases"),
        (["report", "spare", "words"], "more words than the command takes: spare words"),
        (["rules", "-n"], "-n needs a value"),
        (["--lang", "fr"], "no language 'fr'"),
    ],
)
def test_a_wrong_call_is_status_2_and_one_message(
    habitue: Run, words: list[str], said: str
) -> None:
    status, out, err = habitue(*words)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_a_known_failure_is_status_1_and_its_message(
    habitue: Run, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: object) -> None:
        raise ShopError("This is no shop.")

    monkeypatch.setattr(FakeShop, "open", fail)
    assert habitue("segments") == (1, "", "Error: This is no shop.\n")


def test_a_usage_error_from_below_is_status_2(habitue: Run, shop: FakeShop) -> None:
    assert habitue("customer", "nobody")[0] == 2


def test_the_unexpected_is_one_message_and_debug_shows_it(
    habitue: Run, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(FakeShop, "open", fail)
    status, out, err = habitue("segments")
    assert (status, out) == (1, "")
    assert err.startswith("Error: Something unexpected went wrong: ZeroDivisionError: boom")
    with pytest.raises(ZeroDivisionError):
        cli.main(["segments", "--debug"])


def test_debug_shows_where_a_known_failure_comes_from(habitue: Run, shop: FakeShop) -> None:
    with pytest.raises(UsageError):
        cli.main(["--debug", "customer", "nobody"])


def test_ctrl_c_is_status_130(
    habitue: Run, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(folder: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeShop, "open", stop)
    assert habitue("segments")[0] == 130


def test_a_closed_pipe_is_quiet(
    habitue: Run, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(folder: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(FakeShop, "open", closed)
    assert habitue("segments") == (141, "", "")


def test_a_closed_pipe_of_a_real_process_is_quiet() -> None:
    script = f'"{sys.executable}" -m habitue --help | true; echo "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.strip() in ("0", "1", "141")


@pytest.mark.parametrize(
    ("environment", "words", "head"),
    [
        ({"LANG": "zh_CN.UTF-8"}, [], "用法"),
        ({"LANG": "zh_CN.UTF-8", "HABITUE_LANG": "en"}, [], "Usage"),
        ({"LANG": "fr_FR.UTF-8"}, [], "Usage"),
        ({"HABITUE_LANG": "zh"}, ["--lang", "en"], "Usage"),
        ({}, ["--lang=zh"], "用法"),
    ],
)
def test_the_language_is_the_options_or_the_environments(
    habitue: Run,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    words: list[str],
    head: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert head in habitue(*words, "--help")[1]


def test_the_shops_own_language_wins_over_the_locale(
    habitue: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "habitue.toml").write_text('[shop]\nlanguage = "zh"\n', encoding="utf-8")
    (tmp_path / "deep").mkdir()
    assert "用法" in habitue("--help")[1]
    assert "用法" in habitue("--shop", tmp_path / "deep", "--help")[1]
    monkeypatch.setenv("HABITUE_LANG", "en")
    assert "Usage" in habitue("--help")[1]


def test_broken_settings_do_not_stop_help(habitue: Run, tmp_path: Path) -> None:
    (tmp_path / "habitue.toml").write_text("[shop", encoding="utf-8")
    assert "Usage" in habitue("--help")[1]


def test_help_needs_none_of_the_heavy_libraries() -> None:
    """The start stays fast because nothing slow is loaded, whatever the machine."""
    heavy = ["duckdb", "pyarrow", "numpy", "scipy", "sklearn", "pydantic", "sqlalchemy"]
    code = (
        "import sys; from habitue.cli import main; status = main(['--help']); "
        f"sys.stderr.write(','.join(m for m in {heavy!r} if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_shells_complete_commands_and_options() -> None:
    def complete(line: str, at: int) -> list[str]:
        environment = {
            **os.environ,
            "_HABITUE_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(at),
        }
        command = [sys.executable, "-m", "habitue"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.split()

    assert complete("habitue seg", 1) == ["segments"]
    assert complete("habitue rules --js", 2) == ["--json"]


def test_no_color_is_heeded_and_pipes_get_none() -> None:
    command = [sys.executable, "-m", "habitue", "--nonsense"]
    plain = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "\x1b" not in plain.stderr
    environment = {**os.environ, "FORCE_COLOR": "1", "NO_COLOR": "1"}
    asked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "\x1b[31" not in asked.stderr
    assert "\x1b[1;31" not in asked.stderr


def test_json_is_one_document_on_stdout(habitue: Run, shop: FakeShop) -> None:
    for words in (
        ["segments"],
        ["rules"],
        ["loyalty"],
        ["evaluate"],
        ["run"],
        ["report"],
        ["import", "orders.csv"],
        ["recommend", "ann@example.com"],
        ["recommend", "--all"],
        ["customer", "ann@example.com"],
    ):
        status, out, _err = habitue(*words, "--json")
        assert status == 0
        assert isinstance(json.loads(out), dict)
