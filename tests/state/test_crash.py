"""The crash benchmark in short: real commands, killed and cut off, against the model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from benchmarks.crash_loss import recorder

ROOT = Path(__file__).parents[2]


def _crashed(place: Path, *words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.crash", "--rows", "0", "--folder", str(place)]
    done = subprocess.run([*command, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _assert_sound(found: dict[str, Any]) -> None:
    wrong = ("lost", "doubled", "audit_broken", "erased_back", "left_over")
    assert [found[name] for name in wrong] == [0, 0, 0, 0, 0]
    assert found["other_problems"] == {}
    assert found["acknowledged"] > 0


def test_twelve_kills_and_power_losses_lose_and_double_nothing(tmp_path: Path) -> None:
    losses = 12 if recorder() else 0
    words = ("--kills", "12", "--losses", str(losses), "--acts", "3", "--seed", "5")
    found = _crashed(tmp_path, *words)
    assert found["kills"] >= 12  # one act may kill both ends of a collection
    assert found["losses"] == losses
    _assert_sound(found)


@pytest.mark.skipif(recorder() is None, reason="needs strace")
def test_were_nothing_ever_synced_the_losses_would_show(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.crash", "--rows", "0", "--kills", "0",
               "--losses", "12", "--acts", "2", "--seed", "5", "--unsynced"]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert found["lost"] + sum(found["other_problems"].values()) > 0
