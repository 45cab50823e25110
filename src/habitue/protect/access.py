"""What is held about a person, whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from habitue.protect.holder import Place, Subject, holders

__all__ = ["person_file"]


def person_file(place: Place, who: Subject, now: datetime | None = None) -> dict[str, Any]:
    """Return everything that is held about a person, by holder.

    Parameters
    ----------
    place : Place
        The shop.
    who : Subject
        The person.
    now : datetime, optional
        When it is asked for.
    """
    held = {holder.name: holder.export(who) for holder in holders(place)}
    return {
        "made": (now or datetime.now(UTC)).isoformat(),
        "pseudonyms": sorted(who.customers),
        "held": {name: rows for name, rows in held.items() if rows},
    }
