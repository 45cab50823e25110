"""Docs that can't drift: links lead somewhere, commands run, everything has its page."""

from __future__ import annotations

import difflib
import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from habitue.cli.app import build

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
_MAKES = re.compile(r"habitue (demo|init|import|run)\b")
DECISIONS = ROOT / "docs" / "decisions"


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("readme", ROOT / "tools" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["readme"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert not [link for link in local if not (page.parent / link).exists()]


@pytest.mark.parametrize("readme", READMES, ids=lambda page: page.name)
def test_the_readme_shows_every_command(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    assert not [command for command in build().commands if f"habitue {command}" not in text]


def test_both_readmes_show_the_same_commands() -> None:
    tool = _tool()

    def commands(path: Path) -> list[str]:
        page = path.read_text(encoding="utf-8")
        return [
            step.command
            for block in tool.blocks(page)
            if block.kind == "console"
            for step in tool.steps(block)
        ]

    assert commands(READMES[0]) == commands(READMES[1])


def test_the_readmes_commands_run_and_print_what_is_shown(tmp_path: Path) -> None:
    """Numbers may differ in their last digits from machine to machine; most words may not.

    The Chinese page reads what the English one has made.
    """
    tool = _tool()
    drifted = []
    for readme in READMES:
        place, language = tmp_path, tool.language_of(readme)
        for block in tool.blocks(readme.read_text(encoding="utf-8")):
            if block.kind == "python":
                tool.run_python(block.text, tmp_path)
                continue
            for step in tool.steps(block):
                if language == "zh" and _MAKES.match(step.command):
                    continue
                place, output = tool.perform(step.command, place, language)
                printed = _shape(tool.masked(output, tmp_path))
                same = difflib.SequenceMatcher(None, _shape(step.shown), printed, autojunk=False)
                if same.ratio() < 0.6:
                    drifted.append(f"{readme.name}: {step.command}: {same.ratio():.2f}")
    assert not drifted, "run `make readme`"


def _shape(text: str) -> str:
    """Return text without spaces, its numbers masked: Chinese has no words to compare."""
    return "".join(re.sub(r"[\d.,]+", "#", text).split())


def test_the_guide_to_contributing_works_as_written(tmp_path: Path) -> None:
    tool = _tool()
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code = "\n".join(block.text for block in tool.blocks(page) if block.kind == "python")
    assert code
    tool.run_python(code, tmp_path)


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    named = [*project["dependencies"], *(name for extra in extras for name in extra)]
    wanted = {re.split(r"[>=\[<]", name)[0].lower() for name in named} - {"habitue"}
    told = " ".join(page.read_text(encoding="utf-8") for page in DECISIONS.glob("0*.md")).lower()
    helpers = {"pandas-stubs", "scipy-stubs", "types-openpyxl", "pytest-cov", "pytest-xdist"}
    assert not [name for name in wanted - helpers if name not in told]


def test_every_decision_is_listed_in_order() -> None:
    listed = re.findall(r"\((0\d{3}-[\w-]+\.md)\)", (DECISIONS / "README.md").read_text("utf-8"))
    assert listed == sorted(path.name for path in DECISIONS.glob("0*.md"))


def test_the_map_shows_every_place() -> None:
    text = (ROOT / "docs" / "map.md").read_text(encoding="utf-8")
    places = [p for p in (ROOT / "src" / "habitue").iterdir() if p.suffix == ".py" or p.is_dir()]
    unnamed = {"__init__.py", "__main__.py", "__pycache__"}
    missing = [p.name for p in places if p.name not in unnamed and f"habitue/{p.name}" not in text]
    assert not missing


def test_the_changelog_is_kept() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "keepachangelog.com" in text
    assert "## [Unreleased]" in text


def test_constraints_hold_everything_that_is_needed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {_folded(line.split("==")[0]) for line in lines if "==" in line}
    extras = project["optional-dependencies"].values()
    named = [*project["dependencies"], *(name for extra in extras for name in extra)]
    wanted = {_folded(re.split(r"[>=\[<]", name)[0]) for name in named} - {"habitue"}
    assert wanted <= pinned
    assert not [line for line in lines if "://" in line or line.startswith("-")]


def _folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
