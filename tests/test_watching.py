"""Watched folders and the schedule, on a real shop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from habitue import Shop
from habitue.cli import main
from habitue.errors import ConfigError, ShopError, UsageError
from habitue.shop.scheduling import Scheduling, cron_line, systemd_unit
from habitue.shop.watching import Happened

HEADER = "order,sku,date,price,email\n"


def orders(path: Path, first: int = 1, rows: int = 40) -> Path:
    """Write a complete export that nobody has touched for a minute."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f"{first + n},A{n % 4},2024-0{n % 6 + 1}-1{n % 9},2.50,p{n % 7}@b.example"
        for n in range(rows)
    ]
    path.write_text(HEADER + "\n".join(lines) + "\n")
    old = time.time() - 60
    os.utime(path, (old, old))
    return path


def made(folder: Path, schedule: str = "") -> Shop:
    shop = Shop.create(folder / "shop")
    settings = shop.folder / "habitue.toml"
    if schedule:
        text = settings.read_text().replace("[schedule]", f"[schedule]\n{schedule}")
        settings.write_text(text.replace('# timezone = "UTC"', 'timezone = "Europe/London"'))
    return Shop.open(shop.folder)


def test_files_come_in_as_they_appear_and_once(tmp_path: Path) -> None:
    shop = made(tmp_path)
    told: list[Happened] = []
    orders(tmp_path / "in" / "a.csv")
    watching = shop.watch([tmp_path / "in"], 10, told.append)
    watching.round()
    orders(tmp_path / "in" / "deep" / "b.csv", 100)
    watching.round()
    watching.round()
    assert [(one.what, Path(one.name).name) for one in told] == [
        ("imported", "a.csv"), ("imported", "b.csv")]  # fmt: skip
    assert len(shop.records("purchases")) == 80


def test_a_new_start_reads_nothing_again(tmp_path: Path) -> None:
    shop = made(tmp_path)
    told: list[Happened] = []
    orders(tmp_path / "in" / "a.csv")
    shop.watch([tmp_path / "in"]).round()
    shop.watch([tmp_path / "in"], told=told.append).round()
    assert told == []
    (shop.folder / "state" / "watched").unlink()  # were it lost, nothing comes twice
    shop.watch([tmp_path / "in"], told=told.append).round()
    assert told[0].report is not None
    assert told[0].report.already


def test_a_file_cut_short_is_tried_again_when_it_has_grown(tmp_path: Path) -> None:
    shop = made(tmp_path)
    told: list[Happened] = []
    whole = orders(tmp_path / "whole.csv").read_text()
    path = tmp_path / "in" / "a.csv"
    path.parent.mkdir()
    path.write_text("ord")
    os.utime(path, (1, 1))
    watching = shop.watch([path.parent], 10, told.append)
    watching.round()
    watching.round()
    assert [one.what for one in told] == ["failed"]
    path.write_text(whole)
    os.utime(path, (2, 2))
    watching.round()
    assert [one.what for one in told] == ["failed", "imported"]
    assert (watching.failures, len(shop.records("purchases"))) == (1, 40)


def test_files_stay_where_they_are_unless_asked_to_move(tmp_path: Path) -> None:
    shop = made(tmp_path)
    path = orders(tmp_path / "in" / "sub" / "a.csv")
    shop.watch([tmp_path / "in"]).round()
    assert path.exists()
    orders(tmp_path / "in" / "sub" / "b.csv", 100)
    watching = shop.watch([tmp_path / "in"], move_to=tmp_path / "done")
    watching.round()
    orders(tmp_path / "in" / "sub" / "b.csv", 500)
    watching.round()
    moved = sorted(p.name for p in (tmp_path / "done" / "sub").iterdir())
    assert (path.exists(), moved) == (True, ["b-2.csv", "b.csv"])


def test_a_bad_file_stays_and_does_not_move(tmp_path: Path) -> None:
    shop = made(tmp_path)
    bad = orders(tmp_path / "in" / "bad.csv")
    bad.write_text("colour,size\nred,1\n")
    os.utime(bad, (1, 1))
    shop.watch([tmp_path / "in"], move_to=tmp_path / "done").round()
    assert bad.exists()


def test_files_are_not_moved_into_what_is_watched(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(UsageError, match="watched itself"):
        made(tmp_path).watch([tmp_path / "in"], move_to=tmp_path / "in" / "done")


def test_whatever_one_file_does_the_watch_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = made(tmp_path)
    told: list[Happened] = []
    orders(tmp_path / "in" / "a.csv")
    monkeypatch.setattr(shop, "import_files", lambda paths: 1 / 0)
    shop.watch([tmp_path / "in"], told=told.append).round()
    assert told == [Happened("failed", str(tmp_path / "in" / "a.csv"),
                             message="ZeroDivisionError: division by zero")]  # fmt: skip


def test_while_another_process_writes_files_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = made(tmp_path)
    told: list[Happened] = []
    orders(tmp_path / "in" / "a.csv")
    watching = shop.watch([tmp_path / "in"], told=told.append)

    def busy(paths: list[Path]) -> None:
        raise ShopError("Process 1 is writing")

    with monkeypatch.context() as patch:
        patch.setattr(shop, "import_files", busy)
        watching.round()
    watching.round()
    assert [one.what for one in told] == ["busy", "imported"]


# --- the command ---------------------------------------------------------------------------
def test_import_watch_once_ends_when_all_is_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = made(tmp_path)
    orders(tmp_path / "in" / "a.csv")
    words = ["--shop", str(shop.folder), "import", "--watch", str(tmp_path / "in"), "--once"]
    assert main([*words, "--interval", "5"]) == 0
    out = capsys.readouterr().out
    assert "a.csv: purchases: read 40 · accepted 40" in out
    assert out.count("\n") == 1
    bad = orders(tmp_path / "in" / "bad.csv")
    bad.write_text("colour,size\nred,1\n")
    os.utime(bad, (1, 1))
    assert main([*words, "--json"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["what"] == "failed"


@pytest.mark.parametrize(
    "words",
    [
        ["--once"],
        ["--watch", "--dry-run"],
        ["--watch", "--interval", "soon"],
        ["--watch", "--as", "items"],
        ["--move-to", "x"],
    ],
)
def test_options_that_do_not_go_together_are_refused(tmp_path: Path, words: list[str]) -> None:
    shop = made(tmp_path)
    assert main(["--shop", str(shop.folder), "import", str(tmp_path), *words]) == 2


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_watch_that_is_ended_or_killed_goes_on_at_the_next_start(
    tmp_path: Path, how: signal.Signals
) -> None:
    shop = made(tmp_path)
    orders(tmp_path / "in" / "a.csv")
    words = [sys.executable, "-m", "habitue", "--shop", str(shop.folder), "import", "--watch",
             str(tmp_path / "in"), "--interval", "0.2"]  # fmt: skip
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert b"a.csv" in process.stdout.readline()
        process.send_signal(how)
        status = process.wait(30)
    assert status == (0 if how != signal.SIGKILL else -how)
    orders(tmp_path / "in" / "b.csv", 100)
    words = [*words[3:], "--once"]
    assert main(words) == 0
    assert len(shop.records("purchases")) == 80


# --- the schedule --------------------------------------------------------------------------
class Present:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def test_a_missed_run_is_made_up_for_once(tmp_path: Path) -> None:
    shop = made(tmp_path, 'run = "daily 03:00"')
    told: list[Happened] = []
    shop.import_files([orders(tmp_path / "a.csv")])
    present = Present(datetime(2026, 7, 1, 12, tzinfo=UTC))
    plan = Scheduling(shop, told.append, present)
    plan.round()
    assert plan.next_run is not None
    assert plan.next_run.isoformat() == "2026-07-02T03:00:00+01:00"
    assert told == []
    present.now += timedelta(days=9)  # the machine was off
    Scheduling(shop, told.append, present).round()
    Scheduling(shop, told.append, present).round()
    assert [one.what for one in told] == ["ran", "next"]
    assert told[1].message == "2026-07-11 03:00 BST"


def test_a_run_that_fails_is_told_and_not_tried_again_at_once(tmp_path: Path) -> None:
    shop = made(tmp_path, 'run = "hourly"')
    told: list[Happened] = []
    present = Present(datetime(2026, 7, 1, 12, 5, tzinfo=UTC))
    plan = Scheduling(shop, told.append, present)
    plan.round()
    present.now += timedelta(hours=1)
    plan.round()
    plan.round()
    assert [one.what for one in told] == ["failed", "next"]


def test_a_clock_that_was_wrong_does_not_stop_the_schedule(tmp_path: Path) -> None:
    shop = made(tmp_path, 'run = "daily 03:00"')
    present = Present(datetime(2126, 7, 1, 12, tzinfo=UTC))
    plan = Scheduling(shop, clock=present)
    plan.round()
    present.now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert plan.next_run is not None
    assert plan.next_run.year == 2026


def test_scheduled_folders_are_watched(tmp_path: Path) -> None:
    shop = made(tmp_path, 'import = ["in"]\ninterval = 5')
    told: list[Happened] = []
    orders(shop.folder / "in" / "a.csv")
    plan = shop.schedule(told.append)
    plan.round()
    assert ([one.what for one in told], plan.next_run, plan.waiting) == (["imported"], None, False)


def test_databases_come_in_before_the_run_which_goes_on_without_them(tmp_path: Path) -> None:
    shop = made(tmp_path, 'import = ["@orders"]\nrun = "hourly"')
    told: list[Happened] = []
    shop.import_files([orders(tmp_path / "a.csv")])
    present = Present(datetime(2026, 7, 1, 12, 5, tzinfo=UTC))
    Scheduling(shop, told.append, present).round()
    present.now += timedelta(hours=1)
    Scheduling(shop, told.append, present).round()
    assert [one.what for one in told] == ["failed", "ran", "next"]
    assert told[0].name == "@orders"


def test_one_process_follows_a_schedule(tmp_path: Path) -> None:
    shop = made(tmp_path, 'run = "hourly"')
    with (
        shop.schedule().alone(),
        pytest.raises(ShopError, match="follows"),
        shop.schedule().alone(),
    ):
        pass


def test_a_schedule_must_be_written_down(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Nothing is scheduled"):
        made(tmp_path).schedule()
    with pytest.raises(ConfigError, match=r"schedule\.run"):
        made(tmp_path / "b", 'run = "at noon"')


def test_the_schedule_command_does_what_is_due_and_prints_how_to_install_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = made(tmp_path, 'import = ["in"]\nrun = "daily 03:00"')
    orders(shop.folder / "in" / "a.csv")
    words = ["--shop", str(shop.folder), "schedule"]
    assert main([*words, "--once"]) == 0
    assert "accepted 40" in capsys.readouterr().out
    assert main([*words, "--cron"]) == 0
    assert f"--shop {shop.folder} schedule --once --quiet" in capsys.readouterr().out
    assert main([*words, "--systemd"]) == 0
    assert "ExecStart=" in capsys.readouterr().out


def test_odd_paths_are_quoted_for_cron_and_systemd() -> None:
    assert "'/a b/50\\%'" in cron_line(Path("/a b/50%"), "habitue")
    unit = systemd_unit(Path("/a b/50%$"), "habitue", "Ann's\n50% off")
    assert '--shop "/a b/50%%$$" schedule' in unit
    assert "Description=Habitué: Ann's 50%% off\n" in unit
