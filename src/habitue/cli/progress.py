"""How far long work is: a bar on a terminal, one plain line a stage elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from habitue.progress import Silent

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Bar", "PlainLines"]


class PlainLines(Silent):
    """One line a stage on stderr, for pipes, cron and log files."""

    def __init__(self) -> None:
        self._steps = 0
        self._at = 0

    def start(self, title: str, steps: int) -> None:
        """Say what begins."""
        self._steps, self._at = steps, 0
        self._write(title)

    def step(self, title: str) -> None:
        """Say which stage begins."""
        self._at += 1
        self._write(f"[{self._at}/{max(self._steps, self._at)}] {title}")

    def _write(self, text: str) -> None:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


class Bar(Silent):
    """A bar by stage that disappears when the work is done.

    Parameters
    ----------
    console : rich.console.Console
        The terminal, on stderr: stdout holds data only.
    """

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[stage]}", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("", total=1, stage="")
        self._at = 0
        self._steps = 1

    def start(self, title: str, steps: int) -> None:
        """Open the bar."""
        self._at, self._steps = 0, max(1, steps)
        self._progress.update(
            self._task, description=title, total=self._steps, completed=0, stage=""
        )
        self._progress.start()

    def step(self, title: str) -> None:
        """Move to the next stage."""
        self._at += 1
        self._steps = max(self._steps, self._at)
        self._progress.update(
            self._task,
            description=title,
            total=self._steps,
            completed=self._at - 1,
            stage=f"{self._at}/{self._steps}",
        )

    def advance(self, done: int, total: int | None) -> None:
        """Move within the stage; where its length is unknown, say how much is done."""
        if not total:
            self._progress.update(self._task, stage=f"{self._at}/{self._steps} · {done:,}")
        else:
            self._progress.update(
                self._task, completed=max(0, self._at - 1) + min(1.0, done / total)
            )

    def finish(self) -> None:
        """Take the bar away."""
        self._progress.stop()
