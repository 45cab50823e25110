"""Understands a file: which record table it is, and what each column means."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from habitue.collect.base import Fact, Source
from habitue.collect.dates import DateForm, find_style
from habitue.collect.kinds import DATES, KINDS, MONEY, REALS, Kind, fields_of
from habitue.collect.matching import Match, match
from habitue.collect.numbers import decimal_mark
from habitue.collect.profile import Profile, profile
from habitue.collect.texts import as_text, cleaned
from habitue.errors import MappingError
from habitue.locale import _

__all__ = ["Understanding", "header_fingerprint", "understand"]

_ALIASES = {"event_id": "line_id", "comment_id": "line_id"}
_LOOK_AHEAD = 64  # batches looked through for a day above 12


@dataclass(frozen=True)
class Understanding:
    """Which record table a file is, which column each field is, and how its cells are written.

    ``forms`` holds the style of each date column, ``decimal`` the mark before the decimals of
    each number column. ``fill_down`` lists fields written only on the first line of an order.
    """

    kind: str
    fields: dict[str, Match]
    forms: dict[str, DateForm]
    decimal: dict[str, str]
    fill_down: tuple[str, ...]
    header: str
    facts: list[Fact] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        """The columns that are read, each once."""
        return list(dict.fromkeys(found.column for found in self.fields.values()))

    def describe(self) -> list[dict[str, str]]:
        """Return a row for each field: field, column, how it was recognised, how it is written."""
        rows = [
            {"field": f, "column": found.column, "how": found.how, "form": self._form(f)}
            for f, found in self.fields.items()
        ]
        if self.kind == "purchases" and "item_id" not in self.fields:
            column = self.fields["title"].column
            rows.append({"field": "item_id", "column": column, "how": "title", "form": "folded"})
        return rows

    def _form(self, name: str) -> str:
        if name in self.forms:
            form = self.forms[name]
            return f"{form.style} (assumed)" if form.assumed else form.style
        if name in self.decimal:
            return "decimal comma" if self.decimal[name] == "," else "decimal point"
        return ""

    def remember(self) -> tuple[str, dict[str, str]]:
        """Return the header's fingerprint and the mapping, to be used for that header again."""
        return self.header, {name: found.column for name, found in self.fields.items()}


def header_fingerprint(source: Source) -> str:
    """Return what files with the same columns have in common, to remember a mapping by."""
    return hashlib.sha256("\x1f".join(source.columns).encode()).hexdigest()


def understand(
    source: Source, kind: str | None = None, mapping: Mapping[str, str] | None = None
) -> Understanding:
    r"""Find out which record table a file is and what its columns mean.

    Parameters
    ----------
    source : Source
        The opened file.
    kind : str, optional
        The record table, if it is known.
    mapping : mapping of str to str, optional
        Field to column, for what the file does not tell; an empty column leaves a field out.

    Raises
    ------
    MappingError
        If a needed field was not found, or the mapping names an unknown field or column.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from habitue.collect.files import open_source
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name) / "o.csv"
    >>> _n = path.write_text("order,sku,date,price,email\n1,A,2024-05-01,2.50,a@b.example\n")
    >>> known = understand(open_source(path))
    >>> known.kind, sorted(known.fields)
    ('purchases', ['email', 'item_id', 'order_id', 'time', 'unit_price'])
    >>> folder.cleanup()
    """
    if source.kind:  # an export format named the columns as the fields
        kind, mapping = source.kind, {name: name for name in source.columns}
    given = _given(source, kind, mapping or {})
    profiles = {
        name: profile(name, source.sample[name], _month_first(source)) for name in source.columns
    }
    chosen, fields = _choose(source, kind, profiles, given)
    order = {name: n for n, name in enumerate(fields_of(chosen.name))}
    fields = dict(sorted(fields.items(), key=lambda item: order[item[0]]))
    if source.kind:
        fields = {name: replace(found, how="format") for name, found in fields.items()}
    forms = {name: _date_form(source, profiles[m.column], name)
             for name, m in fields.items() if name in DATES}  # fmt: skip
    decimal = _decimals(source, fields, profiles)
    fill = _fill_down(source, fields) if chosen.name == "purchases" else ()
    used = {found.column for found in fields.values()}
    known = Understanding(
        chosen.name,
        fields,
        forms,
        decimal,
        fill,
        header_fingerprint(source),
        unused=source.unused or [name for name in source.columns if name not in used],
    )
    known.facts.extend(source.facts)
    known.facts.extend(_found(known))
    return known


def _given(source: Source, kind: str | None, mapping: Mapping[str, str]) -> dict[str, str]:
    """Check what the user says against the fields and columns that there are."""
    if kind is not None and kind not in KINDS:
        raise MappingError(
            _("There is no record table {kind!r}. There are: {known}.").format(
                kind=kind, known=", ".join(KINDS)
            )
        )
    kinds = [kind] if kind else list(KINDS)
    known = list(dict.fromkeys(name for k in kinds for name in fields_of(k)))
    folded = {name.strip().casefold(): name for name in source.columns}
    result: dict[str, str] = {}
    for name, column in mapping.items():
        wanted = _ALIASES.get(name, name)
        if wanted not in known:
            raise MappingError(
                _("There is no field {field!r}. There are: {known}.").format(
                    field=name, known=", ".join(known)
                )
            )
        found = column if column in source.columns else folded.get(column.strip().casefold())
        if column and found is None:
            raise MappingError(
                _("{file} has no column {column!r}. It has: {known}.").format(
                    file=source.path, column=column, known=_shown(source.columns)
                )
            )
        result[wanted] = found or ""
    return result


def _choose(
    source: Source, kind: str | None, profiles: dict[str, Profile], given: dict[str, str]
) -> tuple[Kind, dict[str, Match]]:
    candidates = [KINDS[kind]] if kind else list(KINDS.values())
    tried = [
        (k, match(k.name, profiles, given))
        for k in candidates
        if all(name in fields_of(k.name) for name in given)
    ]
    if not tried:
        raise MappingError(
            _("No record table has all of the fields {fields}.").format(fields=", ".join(given))
        )
    complete = [
        (k, found)
        for k, found in tried
        if not k.missing(found.keys())
        and (kind or not k.telltale or k.telltale & (found.keys() | given.keys()))
    ]
    if complete:
        return max(complete, key=lambda pair: pair[0].score(pair[1].keys()))
    nearest = max(tried, key=lambda p: p[0].score(p[1].keys()) - 2 * len(p[0].missing(p[1].keys())))
    raise MappingError(_explain(source, *nearest, sure=kind is not None))


def _explain(source: Source, kind: Kind, found: dict[str, Match], sure: bool) -> str:
    missing = [
        _(" or ").join("+".join(sorted(a)) for a in need) for need in kind.missing(found.keys())
    ]
    recognised = ", ".join(f"{name}={m.column}" for name, m in found.items()) or _("none")
    example = sorted(kind.missing(found.keys())[0][0])[0]
    example = "customer_id" if example == "customer" else example
    first = (
        _("{file}: as {kind} it needs {missing}, and no column was recognised as that.")
        if sure
        else _(
            "{file}: no kind of record fits its columns. Nearest is {kind}, which needs {missing}."
        )
    ).format(file=source.path, kind=kind.name, missing="; ".join(missing))
    return "\n".join(
        [
            first,
            _("Recognised: {fields}.").format(fields=recognised),
            _("Columns there are: {columns}.").format(columns=_shown(source.columns)),
            _("Say which column it is with --map {field}=COLUMN, and the kind with --as.").format(
                field=example
            ),
        ]
    )


def _shown(columns: list[str]) -> str:
    # A file without a header whose first row was taken for one may hold anything: cut it short.
    names = [name[:40] for name in columns[:60]]
    more = len(columns) - len(names)
    return ", ".join(names) + (f" (+{more})" if more > 0 else "")


def _month_first(source: Source) -> bool:
    """American writing: an AM or PM, or prices in dollars."""
    cells = [str(v) for name in source.columns for v in source.sample[name][:20].to_pylist() if v]
    text = " ".join(cells)
    return any(mark in text for mark in ("$", " AM", " PM", " am", " pm"))


def _date_form(source: Source, found: Profile, name: str) -> DateForm:
    """Return a date column's style; if no day is above 12 so far, look further into the file."""
    form = found.date_form
    if not form.assumed:
        return form
    month_first = form.style == "mdy"
    batches = source.batches([found.column])
    for number, raw in enumerate(batches):
        texts = cleaned(as_text(raw.table[found.column])).drop_null().unique()
        later, share = find_style(texts, month_first)
        if share > 0.5 and not later.assumed and later.style in ("dmy", "mdy"):
            return later
        if number >= _LOOK_AHEAD:
            break
    return form


def _decimals(
    source: Source, fields: dict[str, Match], profiles: dict[str, Profile]
) -> dict[str, str]:
    """Return each number column's decimal mark; what one column proves helps the others."""
    columns = {name: profiles[m.column] for name, m in fields.items()
               if name in MONEY or name in REALS}  # fmt: skip
    semicolon = ("delimiter", "semicolon") in source.facts
    proven = {p.decimal for p in columns.values() if p.decimal_known}
    hint = proven.pop() if len(proven) == 1 else "," if semicolon and not proven else "."
    return {
        name: p.decimal if p.decimal_known else decimal_mark(p.texts.to_pylist(), hint)[0]
        for name, p in columns.items()
    }


def _fill_down(source: Source, fields: dict[str, Match]) -> tuple[str, ...]:
    """Tell exports that write an order's own fields on its first line only.

    A few rows without a date are bad rows; it is the export's way if nearly all further lines
    of orders lack it.
    """
    if "order_id" not in fields or "time" not in fields:
        return ()
    own = ("order_id", "time", "customer_id", "email", "phone", "handle", "name", "currency",
           "country", "status")  # fmt: skip
    present = tuple(name for name in own if name in fields)
    columns = {name: source.sample[fields[name].column] for name in present}
    cells = {name: cleaned(as_text(column)).to_pylist() for name, column in columns.items()}
    orders = cells.pop("order_id")
    blank = [not any(row) for row in zip(*cells.values(), strict=True)]
    further = lacking = 0
    for n in range(1, len(orders)):
        if orders[n] is None or orders[n] == orders[n - 1]:
            further += 1
            lacking += blank[n]
    enough = further >= 2 and len(present) > 2 and lacking >= 0.03 * len(orders)
    return present if enough and lacking >= 0.9 * further else ()


def _found(known: Understanding) -> list[Fact]:
    facts: list[Fact] = [("records", known.kind)]
    facts += [("dates", known._form(name)) for name in known.forms]
    if known.decimal:
        marks = sorted(set(known.decimal.values()))
        facts.append(("decimals", " ".join("comma" if m == "," else "point" for m in marks)))
    if known.fill_down:
        facts.append(("order fields", "on an order's first line only"))
    if known.kind == "purchases" and "item_id" not in known.fields:
        facts.append(("item_id", "title, folded"))
    if known.kind == "purchases" and "unit_price" not in known.fields:
        facts.append(("unit_price", "amount / quantity"))
    return facts
