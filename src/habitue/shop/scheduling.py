"""What happens by itself: folders that are watched, and runs at their times."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from habitue.errors import HabitueError, ShopError, UsageError
from habitue.locale import _
from habitue.schedule import Times
from habitue.shop.watching import Happened, Watching

if TYPE_CHECKING:
    from habitue.shop import Shop

__all__ = ["Scheduling", "cron_line", "systemd_unit"]


class Scheduling:
    """A shop's schedule, ``[schedule]`` in its settings.

    A run that was missed, because the machine was off, is made up for once.

    Parameters
    ----------
    shop : Shop
        The shop.
    told : callable
        Called with each thing that happens.
    clock : callable
        Returns the present.

    Raises
    ------
    UsageError
        If nothing is scheduled.
    """

    def __init__(
        self,
        shop: Shop,
        told: Callable[[Happened], None] = lambda happened: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        settings = shop.config.schedule
        if not (settings.imports or settings.run):
            text = _(
                "Nothing is scheduled. Say in {file} under [schedule] what to import and when to "
                'run, for instance: import = ["exports"] and run = "daily 03:00"'
            )
            raise UsageError(text.format(file="habitue.toml"))
        self._shop, self._told, self._clock = shop, told, clock
        self._times = Times.parse(settings.run) if settings.run else None
        self._zone = ZoneInfo(shop.config.shop.timezone)
        self._state = shop.folder / "state" / "schedule"
        self.interval = settings.interval
        self.sources = [name[1:] for name in settings.imports if name.startswith("@")]
        folders = [shop.folder / name for name in settings.imports if not name.startswith("@")]
        self.folders = folders
        self._watching = Watching(shop, folders, self.interval, told) if folders else None

    @property
    def waiting(self) -> bool:
        """Whether some file is not complete yet."""
        return self._watching is not None and self._watching.waiting

    @property
    def next_run(self) -> datetime | None:
        """When the next run is due, in the shop's time zone; None if none is scheduled."""
        if self._times is None:
            return None
        return self._times.after(self._last(), self._zone).astimezone(self._zone)

    def cron_line(self, program: str) -> str:
        """Return a line for a crontab that does what is due every ten minutes."""
        return cron_line(self._shop.folder, program)

    def systemd_unit(self, program: str) -> str:
        """Return a service for systemd that follows the schedule."""
        return systemd_unit(self._shop.folder, program, self._shop.config.shop.name)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the schedule for a block: one process at a time follows it.

        Raises
        ------
        ShopError
            If another one does.
        """
        from habitue.state.lock import writing

        lock = writing(self._state, patience=0)
        try:
            lock.__enter__()
        except ShopError as error:
            raise ShopError(_("Another process follows this shop's schedule already.")) from error
        try:
            yield
        finally:
            lock.__exit__(None, None, None)

    def round(self) -> None:
        """Import what is complete and new, and run the loop if it is due."""
        if self._watching is not None:
            self._watching.round()
        due = self.next_run
        if due is not None and due <= self._clock():
            self._run()

    def _run(self) -> None:
        started = self._clock()
        for name in self.sources:
            try:
                report = self._shop.import_source(name)
                self._told(Happened("imported", f"@{name}", report))
            except HabitueError as error:  # the run goes on with what there is
                self._told(Happened("failed", f"@{name}", message=str(error)))
        try:
            done = self._shop.run()
        except ShopError as error:
            self._told(Happened("busy", message=str(error)))  # due still
            return
        except HabitueError as error:
            self._told(Happened("failed", _("run"), message=str(error)))
        else:
            self._told(Happened("ran", done.id, message=str(done.report)))
        self._keep(started)
        self._told(Happened("next", message=f"{self.next_run:%Y-%m-%d %H:%M %Z}"))

    def _last(self) -> datetime:
        """Return when it was last run, or first looked at."""
        now = self._clock()
        try:
            text = (self._state / "times.json").read_text(encoding="utf-8")
            last = datetime.fromisoformat(json.loads(text)["run"])
        except (OSError, ValueError, KeyError, TypeError):
            self._keep(now)
            return now
        return min(last, now)  # a clock that was wrong must not stop it for years

    def _keep(self, moment: datetime) -> None:
        self._state.mkdir(parents=True, exist_ok=True)
        part = self._state / "times.part"
        with part.open("w", encoding="utf-8") as file:
            json.dump({"run": moment.isoformat()}, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._state / "times.json")


def cron_line(shop: Path, program: str) -> str:
    r"""Return a line for a crontab: what is due is looked up, so zones and missed runs are right.

    >>> cron_line(Path("/srv/50% off"), "/usr/bin/habitue")
    "*/10 * * * * /usr/bin/habitue --shop '/srv/50\\% off' schedule --once --quiet"
    """
    from shlex import quote

    command = f"{quote(program)} --shop {quote(str(shop))} schedule --once --quiet"
    return "*/10 * * * * " + command.replace("%", "\\%")


def systemd_unit(shop: Path, program: str, name: str) -> str:
    """Return a service for systemd that follows the schedule and is started again if it ends.

    >>> print(systemd_unit(Path("/srv/shop"), "/usr/bin/habitue", "Corner shop").splitlines()[-1])
    WantedBy=default.target
    """

    def quoted(text: str) -> str:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
        return f'"{escaped}"'.replace("$", "$$")

    described = " ".join(name.replace("%", "%%").split())
    return "\n".join(
        (
            "[Unit]",
            f"Description=Habitué: {described}",
            "",
            "[Service]",
            f"ExecStart={quoted(program)} --shop {quoted(str(shop))} schedule",
            "Restart=on-failure",
            "RestartSec=30",
            "",
            "[Install]",
            "WantedBy=default.target",
        )
    )
