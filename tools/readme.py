"""Runs what the READMEs show and puts the real output into them.

Usage: ``make readme``. In a ``console`` block each line that starts with ``$`` is a command; what
stands below it is replaced by what the command prints. A ``python`` block is run as it stands.
Everything happens in a folder of its own, so that the sample shop is always a fresh one.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Block", "Step", "blocks", "main", "masked", "perform", "steps"]

ROOT = Path(__file__).resolve().parent.parent
_FENCED = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RUN_ID = re.compile(r"\b\d{8}T\d{6}Z-\w+")
_PSEUDONYM = re.compile(r"(?<![.\d])\d{15,19}\b")
_BATCH = re.compile(r"\b[0-9a-f]{32}\b")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its kind, its text, where the text stands."""

    kind: str
    text: str
    start: int


@dataclass(frozen=True)
class Step:
    """One command and the output shown for it."""

    command: str
    shown: str


def blocks(page: str) -> Iterator[Block]:
    """Yield the blocks of a page that can be run, in order."""
    for found in _FENCED.finditer(page):
        yield Block(found.group(1), found.group(2), found.start(2))


def steps(block: Block) -> list[Step]:
    """Return the commands of a console block with their output as shown."""
    parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
    return [Step(*(part.split("\n", 1) if "\n" in part else (part, ""))) for part in parts]


def perform(command: str, folder: Path, language: str) -> tuple[Path, str]:
    """Run a command as a person would in a shell; return where they are then, and its output.

    Raises
    ------
    RuntimeError
        If the command fails; the message holds what it said.
    """
    if command.startswith("cd "):
        return (folder / command[3:].strip()).resolve(), ""
    return folder, _run(["bash", "-c", command], folder, language)


def run_python(code: str, folder: Path) -> str:
    """Run a Python block; return what it prints."""
    return _run([sys.executable, "-c", code], folder, "en")


def _run(command: list[str], folder: Path, language: str) -> str:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HABITUE_LANG": language,
        "COLUMNS": "80",
        "PYTHONUTF8": "1",
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{command[-1]}\nended with {done.returncode}:\n{done.stderr}")
    lines = done.stdout.replace("\ufeff", "").splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def masked(output: str, folder: Path) -> str:
    """Return output without what differs from one time to the next: place, run, pseudonyms."""
    output = output.replace(f"{folder}/", "").replace(str(folder), ".")
    output = _BATCH.sub("…", _RUN_ID.sub("…", output))
    return _PSEUDONYM.sub(lambda found: found.group()[:4].ljust(len(found.group()), "x"), output)


def language_of(path: Path) -> str:
    """Return the language that a page is in."""
    return "zh" if ".zh" in path.name else "en"


def refreshed(path: Path, folder: Path) -> str:
    """Return a page with the output that its commands have now."""
    page, place = path.read_text(encoding="utf-8"), folder
    made, done = [], 0
    for block in blocks(page):
        if block.kind != "console":
            continue
        made.append(page[done : block.start])
        for step in steps(block):
            sys.stderr.write(f"$ {step.command}\n")
            place, output = perform(step.command, place, language_of(path))
            shown = masked(output, folder)
            made.append(f"$ {step.command}\n" + (f"{shown}\n" if shown else ""))
        done = block.start + len(block.text)
    return "".join([*made, page[done:]])


def main(arguments: list[str]) -> int:
    """Refresh the pages named."""
    for argument in arguments:
        path = Path(argument)
        with tempfile.TemporaryDirectory() as folder:
            path.write_text(refreshed(path, Path(folder).resolve()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
