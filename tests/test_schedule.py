"""Times that come again, in zones whose clocks jump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habitue.schedule import Times

NEW_YORK = "America/New_York"
ZONES = ("UTC", "Europe/London", NEW_YORK, "Asia/Shanghai", "Asia/Kolkata",
         "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo")  # fmt: skip
WORDS = ("hourly", "hourly :15", "daily 00:00", "daily 02:30", "daily 23:59", "weekly sun 02:30",
         "monthly 31 02:30", "monthly 1 00:00")  # fmt: skip
MOMENTS = st.datetimes(datetime(1995, 1, 1), datetime(2037, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


def due(words: str, moment: str, zone: str) -> str:
    found = Times.parse(words).after(datetime.fromisoformat(moment), ZoneInfo(zone))
    return found.astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M %z")


@pytest.mark.parametrize(
    ("words", "moment", "zone", "expected"),
    [
        ("daily 03:00", "2026-11-23T03:00:00+00:00", "UTC", "Tue 2026-11-24 03:00 +0000"),
        ("daily 03:00", "2026-11-23T02:59:59+00:00", "UTC", "Mon 2026-11-23 03:00 +0000"),
        ("daily 03:00", "2026-11-23T20:00:00+00:00", "Asia/Shanghai", "Wed 2026-11-25 03:00 +0800"),
        ("Weekly Monday 9:05", "2026-11-23T09:05:00+00:00", "UTC", "Mon 2026-11-30 09:05 +0000"),
        ("monthly 31 06:00", "2026-01-31T06:00:00+00:00", "UTC", "Sat 2026-02-28 06:00 +0000"),
        ("monthly 29 06:00", "2028-02-01T00:00:00+00:00", "UTC", "Tue 2028-02-29 06:00 +0000"),
        ("hourly", "2026-11-23T09:00:00+00:00", "UTC", "Mon 2026-11-23 10:00 +0000"),
        ("hourly :15", "2026-11-23T09:00:00+00:00", "Asia/Kolkata", "Mon 2026-11-23 15:15 +0530"),
        # 02:30 is skipped, then shown twice.
        ("daily 02:30", "2026-03-08T00:00:00-05:00", NEW_YORK, "Sun 2026-03-08 03:30 -0400"),
        ("daily 01:30", "2026-11-01T00:00:00-04:00", NEW_YORK, "Sun 2026-11-01 01:30 -0400"),
        ("daily 01:30", "2026-11-01T01:30:00-04:00", NEW_YORK, "Mon 2026-11-02 01:30 -0500"),
    ],
)  # fmt: skip
def test_what_is_due_next(words: str, moment: str, zone: str, expected: str) -> None:
    assert due(words, moment, zone) == expected


@given(st.sampled_from(WORDS), st.sampled_from(ZONES), MOMENTS)
def test_what_is_due_lies_ahead_and_within_its_period(
    words: str, zone: str, moment: datetime
) -> None:
    found = Times.parse(words).after(moment, ZoneInfo(zone))
    longest = {"hourly": 2 / 24, "daily": 2.1, "weekly": 8.1, "monthly": 32.1}[words.split()[0]]
    assert timedelta() < found - moment <= timedelta(days=longest)


@given(st.sampled_from(ZONES), MOMENTS)
def test_a_day_has_one_daily_time_also_when_clocks_jump(zone: str, moment: datetime) -> None:
    times, place = Times.parse("daily 02:30"), ZoneInfo(zone)
    seen = []
    for _n in range(5):
        moment = times.after(moment, place)
        seen.append(moment.astimezone(place).date())
    # Samoa left out a whole day of the calendar in 2011; no day is ever met twice.
    assert seen == sorted(set(seen))
    assert (seen[-1] - seen[0]).days <= 5


@pytest.mark.parametrize("words", ["", "daily", "daily 24:00", "weekly 03:00", "monthly 32 03:00",
                                   "0 3 * * *", "hourly 15", "daily 3:0"])  # fmt: skip
def test_other_words_are_refused_with_those_that_there_are(words: str) -> None:
    with pytest.raises(ValueError, match="daily 03:00"):
        Times.parse(words)
