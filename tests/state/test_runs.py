from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from habitue.errors import NoRunError, ShopError
from habitue.state.lock import writing
from habitue.state.runs import Runs


def publish(runs: Runs, value: int) -> str:
    draft = runs.draft()
    draft.table("t", pa.table({"x": [value]}))
    draft.json("summary.json", {"x": value})
    draft.json("manifest.json", {"seed": value})
    return draft.publish().id


def test_before_the_first_run_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(NoRunError, match="habitue run"):
        Runs(tmp_path).current()


def test_a_published_run_is_in_force(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    publish(runs, 1)
    publish(runs, 2)
    run = runs.current()
    assert (run.summary, run.manifest) == ({"x": 2}, {"seed": 2})
    assert run.table("t")["x"].to_pylist() == [2]
    assert run.report.name == "report.html"


def test_a_draft_is_seen_by_nobody_and_swept_by_the_next(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    first = publish(runs, 1)
    abandoned = runs.draft()
    abandoned.text("report.html", "half")
    assert runs.current().id == first
    publish(runs, 2)
    assert not abandoned.folder.exists()


def test_only_the_latest_runs_are_kept(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    names = [publish(runs, n) for n in range(4)]
    runs.prune(2)
    assert {p.name for p in tmp_path.iterdir() if p.is_dir()} <= {*names}
    assert runs.current().id in {p.name for p in tmp_path.iterdir()}
    assert len([p for p in tmp_path.iterdir() if p.is_dir()]) <= 3


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    code = (
        "import sys, time, pathlib; from habitue.state.lock import writing\n"
        "with writing(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(ShopError, match=str(other.pid)), writing(tmp_path, patience=0.2):
            pass
    finally:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        other.stdout.close()  # type: ignore[union-attr]
    with writing(tmp_path, patience=5):  # a killed holder lets go
        assert (tmp_path / "lock").read_text() == str(os.getpid())
