"""Nothing below the minimum follows from what the report shows, told by an attacker of our own.

The attacker reads the page as it is written, knows how its tables add up, and asks of every small
group whether it could have been any other size: a linear programme over the finest groups.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from tests.report.sample import sample

from habitue.protect.linked import linked
from habitue.report import Results, build
from habitue.report.facts import Facts
from habitue.report.groups import LATE, Groups
from habitue.report.tone import Tone
from habitue.report.view import loosely, rough
from habitue.wording import percent
from habitue.wording.keys import BANDS, GROUPS

PEOPLE = st.lists(
    st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from(GROUPS[:4]), st.sampled_from(BANDS)),
    min_size=1,
    max_size=160,
)


class Tables(HTMLParser):
    """The English tables of a page by their captions, as rows of text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, list[list[str]]] = {}
        self._rows: list[list[str]] = []
        self._at = ""
        self.feed(text.partition('<article lang="zh-Hans"')[0])

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._rows = []
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td"):
            self._rows[-1].append("")
        self._at = tag

    def handle_endtag(self, tag: str) -> None:
        self._at = ""

    def handle_data(self, data: str) -> None:
        if self._at == "caption":
            self.found[data] = self._rows
        elif self._at in ("th", "td", "strong") and self._rows and self._rows[-1]:
            self._rows[-1][-1] += data


def small_shop(people: list[tuple[int, str, str]]) -> Results:
    """Return a run whose customers are in these segments, RFM groups and bands."""
    base = sample("en", 60)
    n = len(people)
    ids = np.arange(1, n + 1)
    tables = dict(base.tables)
    for name in ("rfm", "members", "loyalty"):
        tables[name] = pa.table(
            {field.name: pa.nulls(n, field.type) for field in tables[name].schema},
            schema=tables[name].schema,
        )

    def put(table: str, column: str, values: Any) -> None:
        at = tables[table].schema.get_field_index(column)
        field = tables[table].schema.field(at)
        tables[table] = tables[table].set_column(at, field, pa.array(values, field.type))

    for name in ("rfm", "members", "loyalty"):
        put(name, "customer", ids)
    put("rfm", "amount", ids * 1_000_000)
    put("rfm", "group", [g for _s, g, _b in people])
    put("members", "segment", [s for s, _g, _b in people])
    put("loyalty", "band", [b for _s, _g, b in people])
    put("loyalty", "probability", [0.5] * n)
    put("loyalty", "lifetime_value", ids * 1_000_000)
    counts = Counter(s for s, _g, _b in people)
    tables["segments"] = tables["segments"].slice(0, 3)
    put("segments", "customers", [counts[s] for s in (1, 2, 3)])
    put("segments", "share", [counts[s] / n for s in (1, 2, 3)])
    tables["segments"] = tables["segments"].filter(pa.array([counts[s] > 0 for s in (1, 2, 3)]))
    tables["recommendations"] = tables["recommendations"].slice(0, 0)
    return Results(tables, {**base.summary, "findings": [], "notes": []})


def shown_counts(page: str) -> dict[frozenset[tuple[str, Any]], int]:
    """Read off the page how many people it says that groups have."""
    page = page.partition('<article lang="zh-Hans"')[0]
    tables = Tables(page).found
    shown: dict[frozenset[tuple[str, Any]], int] = {}

    def note(text: str, **what: Any) -> None:
        if re.fullmatch(r"[\d,]+", text):
            shown[frozenset(what.items())] = int(text.replace(",", ""))

    for rows in tables.values():
        head = rows[0]
        if head[:2] == ["Band", "Who they are"]:
            for row in rows[1:]:
                note(row[2], band=row[0].lower())
        elif head[0] == "Segment" and "Wavering" in head:
            for row in rows[1:]:
                what = {} if row[0] == "All customers" else {"segment": row[0]}
                for name, cell in zip(head[1:], row[1:], strict=True):
                    note(cell, band=name.lower(), **what)
        elif head[:3] == ["", "Segment", "Customers"]:
            for row in rows[1:]:
                if row[0]:
                    note(row[2], segment=row[1])
        elif head[:2] == ["RFM group", "Wavering or leaving"]:
            for row in rows[1:]:
                note(row[1], group=row[0], late=True)
    tile = r'aria-label="([^"]+)">\s*<h4>[^<]*</h4>\s*<p class="count">([^<]*)'
    for name, count in re.findall(tile, page):
        note(count.strip(), group=name)
    return shown


@settings(max_examples=8, deadline=None, phases=[Phase.generate])
@given(PEOPLE)
def test_no_small_group_follows_from_the_page(people: list[tuple[int, str, str]]) -> None:
    results = small_shop(people)
    page = build(results)
    # What the page calls segments and groups: the attacker reads names.
    facts = Facts(results)
    names = _names(facts)
    told = [(names.get(a, str(a)), names[b], c) for a, b, c in people]
    shown = shown_counts(page)
    if len(people) >= 10:
        shown[frozenset()] = len(people)  # the attacker knows how many customers there are
    for what, count in shown.items():
        assert count == sum(_fits(atom, dict(what)) for atom in told), what
        assert count == 0 or count >= 10 or not what
    _no_small_cell_is_certain(told, shown)


def _names(facts: Facts) -> dict[Any, str]:
    from habitue.wording import rfm_group, segment_name

    names: dict[Any, str] = {s["segment"]: segment_name(s["name"]) for s in facts.segments}
    return names | {g: rfm_group(g) for g in GROUPS}


def _fits(atom: tuple[Any, Any, Any], what: dict[str, Any]) -> bool:
    segment, group, band = atom
    has = {"segment": segment, "group": group, "band": band, "late": band in LATE}
    return all(has[key] == value for key, value in what.items())


def _no_small_cell_is_certain(
    people: list[tuple[str, str, str]], shown: dict[frozenset[tuple[str, Any]], int]
) -> None:
    counted = Counter(people)
    atoms = [
        (s, g, b)
        for s in sorted({p[0] for p in people})
        for g in sorted({p[1] for p in people})
        for b in BANDS
    ]
    known = np.array([[_fits(a, dict(w)) for a in atoms] for w in shown], dtype=float)
    known = known.reshape(len(shown), len(atoms))
    sums = np.array(list(shown.values()), dtype=float)
    cells: list[dict[str, Any]] = [{"segment": s} for s in {a[0] for a in atoms}]
    cells += [{"group": g} for g in {a[1] for a in atoms}]
    cells += [{"band": b} for b in BANDS]
    cells += [{"segment": a[0], "band": a[2]} for a in atoms]
    cells += [{"group": a[1], "late": late} for a in atoms for late in (True, False)]
    small = {
        frozenset(cell.items())
        for cell in cells
        if 0 < sum(n for a, n in counted.items() if _fits(a, cell)) < 10
    }
    for key in small:
        wanted = np.array([_fits(a, dict(key)) for a in atoms], dtype=float)
        assert _room(wanted, known, sums) > 0.5, dict(key)


def _room(wanted: np.ndarray, known: np.ndarray, sums: np.ndarray) -> float:
    """Return between which sizes, how far apart, a group may be after all that is known."""
    ends = [
        linprog(sign * wanted, A_eq=known, b_eq=sums, bounds=(0, 1000), method="highs").fun
        for sign in (1, -1)
    ]
    return -(ends[1] or 0.0) - (ends[0] or 0.0)


@settings(max_examples=40, deadline=None, phases=[Phase.generate])
@given(
    st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=5),
    st.integers(3, 12),
)
def test_rows_and_columns_together_give_no_small_cell_away(
    table: list[list[int]], least: int
) -> None:
    counts = np.array(table)
    rows, columns = counts.shape
    atoms = [(r, c) for r in range(rows) for c in range(columns)]
    cells: list[tuple[Any, Any]] = [(None, None), *((r, None) for r in range(rows))]
    cells += [(None, c) for c in range(columns)] + atoms
    member = np.array([[(r in (None, a)) and (c in (None, b)) for a, b in atoms] for r, c in cells])
    row, column, atom = 1, 1 + rows, 1 + rows + columns
    families = [
        (0, list(range(row, column))),
        (0, list(range(column, atom))),
        *((row + r, [atom + r * columns + c for c in range(columns)]) for r in range(rows)),
        *((column + c, [atom + r * columns + c for r in range(rows)]) for c in range(columns)),
    ]
    hidden = linked(member, counts.ravel(), families, least)
    sums = member @ counts.ravel()
    assert hidden[(sums > 0) & (sums < least)].all()
    seen = np.flatnonzero(~hidden)
    for cell in np.flatnonzero((sums > 0) & (sums < least)):
        known = member[seen].astype(float)
        assert _room(member[cell].astype(float), known, sums[seen].astype(float)) > 0.5


def test_two_small_groups_are_not_given_away_as_one() -> None:
    groups = Groups([(1, "new", None)] * 40 + [(2, "new", None)] * 4 + [(3, "new", None)] * 3, 10)
    assert not groups.shown(segment=1)
    assert groups.shown()
    groups = Groups([(1, "new", None)] * 40 + [(2, "new", None)] * 8 + [(3, "new", None)] * 3, 10)
    assert groups.shown(segment=1)


def test_comments_of_one_person_are_no_crowd() -> None:
    comments = sample("en", 60).tables["sentiment"]
    month = comments["time"][0]
    one = pa.table(
        {
            "row_key": pa.array(range(40), pa.int64()),
            "customer": pa.array([7] * 40, pa.int64()),
            "time": pa.array([month.as_py()] * 40, comments.schema.field("time").type),
            "item_id": pa.nulls(40, pa.string()),
            "language": pa.nulls(40, pa.string()),
            "sentiment": pa.array([-0.9] * 40),
            "answer": pa.array([True] * 40),
        }
    )
    said = Tone(one, 10)
    assert said.count() == 40
    assert not said.shown()
    assert not said.shown(answer=True)


def test_the_minimum_is_the_shop_s_own() -> None:
    results = sample("en", 300)
    strict = Results(results.tables, {**results.summary, "min_group": 50})
    assert "groups of fewer than 50 people" in build(strict)
    counts = shown_counts(build(strict))
    assert all(count == 0 or count >= 50 for count in counts.values())


@given(st.integers(1, 400), st.integers(0, 400))
def test_a_loose_share_is_of_no_few_people(whole: int, part: int) -> None:
    part = min(part, whole)
    text = loosely(part / whole, whole, 10)
    if 0 < part < 10 or 0 < whole - part < 10:
        assert text != percent(part / whole)


@pytest.mark.parametrize("count", [10, 14, 15, 99, 105])
def test_a_rough_count_is_near_and_never_below_the_minimum(count: int) -> None:
    assert abs(rough(count, 10) - count) <= 5
    assert rough(count, 10) >= 10
