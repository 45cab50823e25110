"""Web events: where they go in, and how they become records."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from habitue.locale import _
from habitue.shop.sources import Sources

if TYPE_CHECKING:
    from habitue.collect.collector import Collector
    from habitue.collect.eventlog import Segments
    from habitue.prepare.ingest import ImportReport
    from habitue.progress import Progress

__all__ = ["WebEvents"]


class WebEvents(Sources):
    """The collection of web events."""

    @cached_property
    def write_key(self) -> str:
        """The key that senders of events must know: of the settings, or made and kept."""
        from habitue.collect.collector import write_key

        return self.config.events.write_key or write_key(self._state / "write_key")

    def collector(self) -> Collector:
        """Open the collection of web events; close it when done."""
        from habitue.collect.collector import Collector
        from habitue.collect.eventlog import EventLog
        from habitue.collect.webevents import Rules

        events = self.config.events
        rules = Rules(events.consent, events.need_consent, events.keep_ip)
        return Collector(EventLog(self._events), rules, self.write_key, events.internal)

    def import_events(self, progress: Progress | None = None) -> list[ImportReport]:
        """Make records of the web events collected so far, each once.

        A file of events is removed when all that is in it is kept. What is killed between goes
        on: a batch that was kept is known by its content.

        Parameters
        ----------
        progress : Progress, optional
            Told how far the work is.
        """
        from habitue.errors import RecordError
        from habitue.progress import Silent, log, running

        reports: list[ImportReport] = []
        with self._writing(), self._engine(importing=True) as engine:
            files = self._segments.settle()
            ingest = self._ingest(engine)
            with running(progress or Silent(), _("Importing"), len(files)) as steps:
                for file in files:
                    steps.step(file.name)
                    try:
                        reports += ingest.file(file, progress=steps)
                    except RecordError as error:
                        # It must not hold up those after it; it stays, for somebody to look at.
                        log.warning("%s", error)
                        file.rename(file.with_suffix(".aside"))
                    else:
                        file.unlink()
        return reports

    @property
    def _events(self) -> Path:
        return self.folder / "events"

    @property
    def _segments(self) -> Segments:
        from habitue.collect.eventlog import Segments

        return Segments(self._events)
