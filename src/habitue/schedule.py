"""When something is due: a few words such as ``daily 03:00``, in the shop's own time zone."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from habitue.locale import _

__all__ = ["GRAMMAR", "Times"]

#: What may be written.
GRAMMAR = "hourly, hourly :15, daily 03:00, weekly mon 03:00, monthly 1 03:00"

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORDS = re.compile(
    r"(?P<hourly>hourly)( :(?P<mark>[0-5]\d))?"
    r"|((?P<daily>daily)|weekly (?P<weekday>" + "|".join(_DAYS) + r")[a-z]*"
    r"|monthly (?P<day>[1-9]|[12]\d|3[01])) (?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)"
)


@dataclass(frozen=True)
class Times:
    """Times that come again.

    A time that the clocks skip in spring is due as much later as they skip; one that they show
    twice in autumn is due the first time. On the 31st of a shorter month the last day counts.

    Examples
    --------
    >>> london = ZoneInfo("Europe/London")
    >>> daily = Times.parse("daily 01:30")
    >>> spring = daily.after(datetime(2026, 3, 28, 12, tzinfo=UTC), london)
    >>> spring.astimezone(london).isoformat()
    '2026-03-29T02:30:00+01:00'
    >>> autumn = daily.after(datetime(2026, 10, 24, 12, tzinfo=UTC), london)
    >>> autumn.isoformat(), daily.after(autumn, london).isoformat()
    ('2026-10-25T00:30:00+00:00', '2026-10-26T01:30:00+00:00')
    """

    at: time
    hourly: bool = False
    weekday: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> Times:
        """Read times from words.

        Raises
        ------
        ValueError
            If they are none of the grammar.
        """
        found = _WORDS.fullmatch(" ".join(text.lower().split()))
        if not found:
            raise ValueError(_("no such times; there are: {known}").format(known=GRAMMAR))
        if found["hourly"]:
            return cls(time(0, int(found["mark"] or 0)), hourly=True)
        at = time(int(found["hour"]), int(found["minute"]))
        weekday = _DAYS.index(found["weekday"]) if found["weekday"] else None
        return cls(at, weekday=weekday, day=int(found["day"]) if found["day"] else None)

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return the next time after a moment, in UTC."""
        if self.hourly:
            return self._next_hour(moment, zone)
        # A skipped time can lie on the day after, so it begins a day early.
        start = moment.astimezone(zone).date() - timedelta(days=1)
        for day in self._dates(start):
            due = datetime.combine(day, self.at, zone).astimezone(UTC)
            if due > moment:
                return due
        raise AssertionError("days do not end")

    def _next_hour(self, moment: datetime, zone: ZoneInfo) -> datetime:
        local = moment.astimezone(zone)
        wait = (self.at.minute - local.minute) % 60
        due = moment + timedelta(minutes=wait)
        due = due.replace(second=0, microsecond=0)
        return (due if due > moment else due + timedelta(hours=1)).astimezone(UTC)

    def _dates(self, start: date) -> Iterator[date]:
        day = start
        while True:
            last = monthrange(day.year, day.month)[1]
            if (self.weekday is None or day.weekday() == self.weekday) and (
                self.day is None or day.day == min(self.day, last)
            ):
                yield day
            day += timedelta(days=1)
