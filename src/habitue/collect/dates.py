"""Reads dates and times of many kinds, whole columns at once.

A *style* is the order of a date's parts. The one that fits a column is found from a sample;
cells in another style that can't be mistaken (year first, or month by name) are read as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["STYLES", "DateForm", "Parsed", "find_style", "parse"]

_CLOCK = (
    r"(?:[T\s,]*\s*(?P<before>上午|下午|早上|晚上|凌晨|中午)?\s*(?P<H>\d{1,2})[:时点](?P<M>\d{1,2})"
    r"(?:[:分](?P<S>\d{1,2})(?:[.,:](?P<f>\d{1,9}))?)?[分秒]?\s*"
    r"(?P<after>[AaPp]\.?[Mm]\.?|上午|下午)?\s*"
    r"(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}:?\d{2}|[+-]\d{2})?)?$"
)
_DAY_NAME = r"(?:[A-Za-z]{3,9}\.?,?\s+)?"
_YEAR = r"(?P<y>\d{4}|\d{2})"
_SEPARATOR = r"\s?[-/.\s]\s?"
STYLES: dict[str, str] = {
    "ymd": r"^\s*(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?" + _CLOCK,
    "dmy": rf"^\s*(?P<d>\d{{1,2}}){_SEPARATOR}(?P<m>\d{{1,2}}){_SEPARATOR}{_YEAR}" + _CLOCK,
    "mdy": rf"^\s*(?P<m>\d{{1,2}}){_SEPARATOR}(?P<d>\d{{1,2}}){_SEPARATOR}{_YEAR}" + _CLOCK,
    "compact": r"^\s*(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})"
    r"(?:[T\s]?(?P<H>\d{2}):?(?P<M>\d{2}):?(?P<S>\d{2})?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?$",
    "day month": rf"^\s*{_DAY_NAME}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[-\s/.,]+"
    rf"(?P<name>[A-Za-z]{{3,9}})\.?,?[-\s/]+{_YEAR}" + _CLOCK,
    "month day": rf"^\s*{_DAY_NAME}(?P<name>[A-Za-z]{{3,9}})\.?[-\s/]+(?P<d>\d{{1,2}})"
    r"(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})" + _CLOCK,
    "tweet": r"^[A-Z][a-z]{2} (?P<name>[A-Z][a-z]{2}) (?P<d>\d{1,2}) (?P<H>\d{2}):(?P<M>\d{2}):"
    r"(?P<S>\d{2}) (?P<zone>[+-]\d{4}|UTC|GMT) (?P<y>\d{4})$",
}
_EPOCHS = {"epoch s": 10**6, "epoch ms": 10**3, "epoch us": 1, "epoch ns": -1000}
_EPOCH = r"^\d{9,10}(\.\d+)?$|^\d{12,13}(\.0+)?$|^\d{15,16}(\.0+)?$|^\d{18,19}$"
_UNMISTAKABLE = ("ymd", "day month", "month day", "tweet")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_PM = {"pm", "p.m.", "下午", "晚上"}
_AM = {"am", "a.m.", "上午", "早上", "凌晨"}
_DAY = 86_400_000_000
_YEAR_ONE = -719_162 * _DAY
_PARTS = ("y", "m", "d", "name", "H", "M", "S", "f", "before", "after", "zone")


@dataclass(frozen=True)
class DateForm:
    """A column's style of dates, and whether its order of day and month had to be assumed."""

    style: str
    assumed: bool = False


@dataclass
class Parsed:
    """Microseconds since 1970, whether they say their zone, and what could not be read."""

    micros: np.ndarray
    aware: np.ndarray
    unreadable: np.ndarray
    impossible: np.ndarray


@cache
def _groups(style: str) -> tuple[str, ...]:
    return tuple(part for part in _PARTS if f"(?P<{part}>" in STYLES[style])


def find_style(sample: pa.Array, month_first: bool) -> tuple[DateForm, float]:
    """Return the style that fits most of a sample's texts, and the share that it reads.

    Parameters
    ----------
    sample : pa.Array
        Distinct texts, none empty.
    month_first : bool
        What to take if no day is above 12.
    """
    if len(sample) == 0:
        return DateForm("ymd"), 0.0
    best, share = DateForm("ymd"), 0.0
    for style in ("ymd", "dmy", "compact", "day month", "month day", "tweet"):
        fits = pc.mean(pc.match_substring_regex(sample, STYLES[style])).as_py()
        if fits > share:
            best, share = DateForm(style), fits
    epochs = pc.mean(pc.match_substring_regex(sample, _EPOCH)).as_py()
    if epochs > share:
        digits = pc.utf8_length(pc.replace_substring_regex(sample, r"\.\d+$", ""))
        n = pc.mode(digits)[0]["mode"].as_py()
        style = "s" if n <= 10 else "ms" if n <= 13 else "us" if n <= 16 else "ns"
        return DateForm(f"epoch {style}"), epochs
    if best.style == "dmy":
        best = _order(sample, month_first)
    return best, share


def _order(sample: pa.Array, month_first: bool) -> DateForm:
    """Tell day from month by the numbers above 12."""
    parts = pc.drop_null(pc.extract_regex(sample, STYLES["dmy"]))
    first = pc.cast(pc.struct_field(parts, "d"), pa.int32())
    second = pc.cast(pc.struct_field(parts, "m"), pa.int32())
    days = pc.sum(pc.and_(pc.greater(first, 12), pc.less_equal(second, 12))).as_py() or 0
    months = pc.sum(pc.and_(pc.greater(second, 12), pc.less_equal(first, 12))).as_py() or 0
    if days != months:
        return DateForm("dmy" if days > months else "mdy")
    dotted = pc.any(pc.match_substring_regex(sample, r"^\d+\.\d+\.\d+")).as_py()
    return DateForm("mdy" if month_first and not dotted else "dmy", assumed=not dotted)


def parse(texts: pa.Array, form: DateForm) -> Parsed:
    """Read texts as times.

    >>> p = parse(pa.array(["5/3/2024 下午 2:30", "30/2/2024", "soon"]), DateForm("dmy"))
    >>> int(p.micros[0]), p.impossible.tolist(), p.unreadable.tolist()
    (1709649000000000, [False, True, False], [False, False, True])
    """
    n = len(texts)
    if (iso := _iso(texts)) is not None:
        no = np.zeros(n, bool)
        return Parsed(iso, no, no, no)
    result = Parsed(np.zeros(n, np.int64), np.zeros(n, bool), np.ones(n, bool), np.zeros(n, bool))
    if form.style in _EPOCHS:
        _epochs(texts, form.style, result)
        others: tuple[str, ...] = _UNMISTAKABLE
    else:
        others = (form.style, *(style for style in _UNMISTAKABLE if style != form.style))
    for style in others:
        todo = np.flatnonzero(result.unreadable)
        if len(todo) == 0:
            break
        _styled(texts if len(todo) == n else texts.take(pa.array(todo)), style, todo, result)
    return result


def _iso(texts: pa.Array) -> np.ndarray | None:
    """Return the micros of texts that are all of ISO 8601's form, without a zone; else None."""
    lengths = pc.unique(pc.binary_length(texts)).to_pylist()
    if 13 in lengths or not all(length and length >= 10 for length in lengths):
        return None  # an hour without minutes is no time here
    try:
        micros = np.asarray(pc.cast(pc.cast(texts, pa.timestamp("us")), pa.int64()))
    except pa.ArrowInvalid:
        return None
    return None if len(micros) == 0 or micros.min() < _YEAR_ONE else micros


def _epochs(texts: pa.Array, style: str, result: Parsed) -> None:
    fits = np.asarray(pc.match_substring_regex(texts, _EPOCH).fill_null(False))
    if not fits.any():
        return
    numbers = pc.cast(
        pc.cast(texts.filter(pa.array(fits)), pa.decimal128(38, 9)), pa.decimal128(38, 9)
    )
    unit = _EPOCHS[style]
    values = np.array(
        [int(v * unit) if unit > 0 else int(v / -unit) for v in numbers.to_pylist()], dtype=object
    )
    safe = np.array([abs(v) < 2**62 for v in values])
    at = np.flatnonzero(fits)[safe]
    result.micros[at] = values[safe].astype(np.int64)
    result.aware[at] = True
    result.unreadable[at] = False


def _styled(texts: pa.Array, style: str, at: np.ndarray, result: Parsed) -> None:
    found = pc.extract_regex(texts, STYLES[style])
    fits = np.asarray(pc.is_valid(found))
    if not fits.any():
        return
    at = at[fits]
    found = found.filter(pa.array(fits))
    groups = _groups(style)
    columns = {part: pc.struct_field(found, part) for part in groups}

    def whole(part: str) -> np.ndarray:
        if part not in columns:
            return np.zeros(len(at), np.int64)
        filled = pc.if_else(pc.equal(columns[part], ""), "0", columns[part])
        return np.asarray(pc.cast(filled, pa.int64()))

    year, day = whole("y"), whole("d")
    if "y" in columns:
        short = np.asarray(pc.equal(pc.utf8_length(columns["y"]), 2))
        year = np.where(short, year + np.where(year < 69, 2000, 1900), year)
    named = "name" in columns
    month = _month_numbers(columns["name"]) if named else whole("m")
    hour, halves_wrong = _hours(whole("H"), columns)
    minute, second = whole("M"), whole("S")
    offset, known_zone = _offsets(columns.get("zone"), len(at))
    good_month = (month >= 1) & (month <= 12)
    safe_year = np.clip(year, 1, 9999)
    months = (safe_year - 1970) * 12 + np.clip(month, 1, 12) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    possible = (year >= 1) & good_month & (day >= 1) & (day <= after - first) & ~halves_wrong
    midnight = (hour == 24) & (minute == 0) & (second == 0)
    possible &= ((hour < 24) | midnight) & (minute < 60) & (second < 60)
    micros = (first + day - 1) * _DAY + ((hour * 60 + minute) * 60 + second) * 1_000_000
    micros += _fractions(columns.get("f"), len(at)) - offset
    if named:  # a word that is no month's name makes it no date at all
        keep = month > 0
        at, micros, possible, known_zone = at[keep], micros[keep], possible[keep], known_zone[keep]
    result.micros[at] = micros
    result.aware[at] = known_zone
    result.unreadable[at] = False
    result.impossible[at] = ~possible


def _month_numbers(names: pa.Array) -> np.ndarray:
    short = pc.utf8_slice_codeunits(pc.utf8_lower(names), 0, 3)
    numbers: np.ndarray = np.asarray(
        pc.fill_null(pc.index_in(short, value_set=pa.array(_MONTHS)), -1)
    ).astype(np.int64)
    return numbers + 1


def _hours(hour: np.ndarray, columns: dict[str, pa.Array]) -> tuple[np.ndarray, np.ndarray]:
    """Return hours of the day, and where the half of the day contradicts them."""
    wrong = np.zeros(len(hour), bool)
    for part in ("before", "after"):
        if part not in columns or not pc.any(pc.not_equal(columns[part], "")).as_py():
            continue
        words = pc.utf8_lower(columns[part])
        afternoon = np.asarray(pc.is_in(words, value_set=pa.array(sorted(_PM))))
        morning = np.asarray(pc.is_in(words, value_set=pa.array(sorted(_AM))))
        wrong |= morning & (hour > 12)
        hour = np.where(afternoon & (hour < 12), hour + 12, hour)
        hour = np.where(morning & (hour == 12), 0, hour)
    return hour, wrong


def _fractions(digits: pa.Array | None, n: int) -> np.ndarray:
    if digits is None or not pc.any(pc.not_equal(digits, "")).as_py():
        return np.zeros(n, np.int64)
    padded = pc.utf8_slice_codeunits(pc.utf8_rpad(digits, 9, "0"), 0, 6)
    fractions: np.ndarray = np.asarray(pc.cast(padded, pa.int64()))
    return fractions


def _offsets(zones: pa.Array | None, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return zones' offsets in microseconds, and where one is given."""
    if zones is None or not pc.any(pc.not_equal(zones, "")).as_py():
        return np.zeros(n, np.int64), np.zeros(n, bool)
    encoded = zones.dictionary_encode()
    offsets = np.array([_offset(zone) for zone in encoded.dictionary.to_pylist()], np.int64)
    indices = np.asarray(encoded.indices)
    given = np.array([bool(zone) for zone in encoded.dictionary.to_pylist()])
    return offsets[indices], given[indices]


def _offset(zone: str) -> int:
    zone = zone.removeprefix("UTC").removeprefix("GMT").replace(":", "")
    if not zone or zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[3:5] or 0)
    return (-minutes if zone[0] == "-" else minutes) * 60_000_000
