"""Decides which column is which field: by name, by what the cells are, and each column once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass

from habitue.collect.consent_words import channel_of, purpose_of, state_of
from habitue.collect.kinds import DATES, MONEY, REALS, fields_of
from habitue.collect.profile import Profile
from habitue.collect.synonyms import rank

__all__ = ["Match", "fits", "match"]

#: Fields whose cells are words of a short list.
_WORDS = {"state": state_of, "purpose": purpose_of, "channel": channel_of}


@dataclass(frozen=True)
class Match:
    """A field's column and how it was recognised: given, name or content."""

    field: str
    column: str
    how: str


def fits(field: str, profile: Profile) -> bool:
    """Say whether a column's cells can be a field's; an empty column fits any."""
    if profile.filled == 0:
        return True
    if field in DATES:
        return profile.typed_date or profile.dates >= 0.5
    if field in MONEY or field in REALS:
        return profile.numbers >= 0.5
    if field == "email":
        return profile.emails >= 0.3
    if field == "phone":
        # Masked and national numbers of all kinds: digits are all that is asked.
        return profile.dates < 0.9 or profile.phones > 0.5
    if field == "name" and profile.digits > 0.5:
        return False  # no person's name: Shopify calls the order's number so
    if field in ("text", "title", "name", "agent", "url"):
        return profile.numbers < 0.9 and not profile.typed_date
    if field in ("currency", "country", "city", "event", "platform"):
        return profile.numbers < 0.9 or field in ("country", "event")
    if field in _WORDS:
        return _share_known(_WORDS[field], profile) >= 0.5
    if field == "item_id" and profile.length > 200:
        return False
    return not (profile.dates > 0.9 and profile.numbers < 0.5 and field.endswith("_id"))


def match(kind: str, profiles: Mapping[str, Profile], given: Mapping[str, str]) -> dict[str, Match]:
    """Return the fields found for one record table.

    Parameters
    ----------
    kind : str
        The record table.
    profiles : mapping
        Profile of each column.
    given : mapping
        Field to column as the user says; an empty column leaves the field out.
    """
    found = {f: Match(f, column, "given") for f, column in given.items() if column}
    taken = set(given.values())
    pairs = sorted(_named(kind, profiles), key=lambda pair: pair[0])
    for _score, field, column in pairs:
        if field not in found and field not in given and column not in taken:
            found[field] = Match(field, column, "name")
            taken.add(column)
    for field, column in _by_content(kind, profiles, found.keys() | given.keys(), taken):
        found[field] = Match(field, column, "content")
        taken.add(column)
    if kind == "purchases" and "unit_price" in found and "amount" in found:
        del found["amount"]
    return found


def _share_known(reads: Callable[[str | None], str | None], profile: Profile) -> float:
    some = profile.texts.slice(0, 200).to_pylist()
    return sum(reads(text) is not None for text in some) / len(some) if some else 0.0


def _named(kind: str, profiles: Mapping[str, Profile]) -> Iterable[tuple[float, str, str]]:
    order = {field: n for n, field in enumerate(fields_of(kind))}
    for column, profile in profiles.items():
        for field in order:
            place = rank(kind, field, column)
            if place is None or not fits(field, profile):
                continue
            # A name that stands early in its field's list is sure; an empty column is a last
            # resort, and of equals the table's leading field goes first.
            yield place + (1000 if profile.filled == 0 else 0) + order[field] / 100, field, column


def _by_content(
    kind: str, profiles: Mapping[str, Profile], found: Set[str], taken: Set[str]
) -> list[tuple[str, str]]:
    """Fields that their cells alone give away, if just one column has such cells."""
    result: list[tuple[str, str]] = []
    free = [p for name, p in profiles.items() if name not in taken and p.filled > 0]
    dated = [p for p in free if p.typed_date or (p.dates >= 0.95 and _surely_date(p))]
    mailed = [p for p in free if p.emails >= 0.8]
    called = [p for p in free if p.phones >= 0.8]
    time = "joined" if kind == "customers" else "time"
    for field, candidates in ((time, dated), ("email", mailed), ("phone", called)):
        if field in fields_of(kind) and field not in found and len(candidates) == 1:
            result.append((field, candidates[0].column))
    return result


def _surely_date(profile: Profile) -> bool:
    return not profile.date_form.style.startswith(("epoch", "compact"))
