"""Joins people whom no identifier joins but who are alike beyond doubt: a mistyped address.

The model is Fellegi and Sunter's (1969): two people agree or not in several ways; each agreement
multiplies the odds that they are one by m/u, how often it is seen of one person against how often
of strangers. u is counted, m is found by expectation maximisation (Winkler 1988).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import delete, insert

from habitue.prepare.identity_compare import LEVELS, NOTHING, compare
from habitue.prepare.identity_evidence import evidence, links
from habitue.prepare.identity_graph import Resolution, resolve
from habitue.protect.names import given_and_family
from habitue.protect.normalise import is_role, normalised
from habitue.protect.vault import Vault
from habitue.state import Database, Link

__all__ = ["Outcome", "match"]

Floats = npt.NDArray[np.float64]
_ITERATIONS = 100
_DASHES = re.compile(r"[._-]")


@dataclass(frozen=True)
class Outcome:
    """What the model found.

    Attributes
    ----------
    candidates : int
        How many pairs of people were compared.
    pairs : list of (int, int, float)
        Who were joined, by pseudonym, with the probability that they are one person.
    weights : dict of str to dict of str to float
        For each comparison and level, how much it multiplies the odds, as a power of two.
    """

    candidates: int
    pairs: list[tuple[int, int, float]]
    weights: dict[str, dict[str, float]]


def match(
    database: Database,
    vault: Vault,
    cities: Mapping[int, str],
    *,
    least: float = 0.99,
    handles: bool = False,
    seed: int = 7,
) -> Outcome:
    """Find people who are one beyond doubt and join them; what the model said before is dropped.

    The vault is opened in memory, and nothing but pseudonyms and probabilities is kept.

    Parameters
    ----------
    database : Database
        Holds the evidence; is told who was joined.
    vault : Vault
        Opens names and addresses.
    cities : mapping of int to str
        Where pseudonyms live, as far as is known.
    least : float
        The least probability to join at.
    handles : bool
        Whether names on platforms join (``[identity] handles``).
    seed : int
        Of the random pairs that show how often strangers agree.
    """
    with database.writing() as session:
        session.execute(delete(Link).where(Link.kind == "match"))
    graph = evidence(database)
    said = links(database, graph.customers)
    found = resolve(graph, said, handles=handles)
    facts = _facts(vault, graph.customers, found, cities)
    candidates, strangers = compare(facts, seed)
    probability, weights = _judged(candidates, strangers, facts["people"].num_rows)
    a, b = candidates["a"].to_numpy(), candidates["b"].to_numpy()
    apart = {
        tuple(sorted(pair)) for pair in found.person[said.apart].tolist()
    }  # the model does not overrule a person
    pairs = [
        (int(graph.customers[first]), int(graph.customers[second]), round(float(p), 6))
        for first, second, p in zip(a.tolist(), b.tolist(), probability, strict=True)
        if p >= least and (first, second) not in apart
    ]
    with database.writing() as session:
        if pairs:
            rows = [
                {"first": min(x, y), "second": max(x, y), "kind": "match", "score": p}
                for x, y, p in pairs
            ]
            session.execute(insert(Link), rows)
    return Outcome(candidates.num_rows, pairs, weights)


def _facts(
    vault: Vault, customers: npt.NDArray[Any], found: Resolution, cities: Mapping[int, str]
) -> dict[str, pa.Table]:
    """Return what is known of each person, in the forms in which it is compared."""
    person = dict(zip(customers.tolist(), found.person.tolist(), strict=True))
    names: dict[int, Counter[str]] = defaultdict(Counter)
    emails: set[tuple[int, str, str]] = set()
    phones: set[tuple[int, str]] = set()
    numbered: set[int] = set()
    for customer, kind, value in vault.opened(("name", "email", "phone", "customer_id")):
        who = person.get(customer)
        form = normalised(kind, value, vault.hints)
        if who is None or not form:
            continue
        if kind == "name":
            names[who][form] += 1
        elif kind == "email" and not is_role(form):
            local, _at, room = form.partition("@")
            emails.add((who, form, f"{_DASHES.sub('', local)}@{room}"))
        elif kind == "phone":
            phones.add((who, form))
        elif kind == "customer_id":
            numbered.add(who)
    homes: dict[int, str] = {}
    for customer, city in cities.items():
        if (who := person.get(customer)) is not None:
            homes.setdefault(who, city.strip().casefold())
    people = [
        (who, *_name(names.get(who)), homes.get(who, ""), who in numbered)
        for who in sorted({*names, *(p for p, *_ in emails), *(p for p, _ in phones)})
    ]
    return {
        "people": _table(people, ("person", "given", "family", "city", "number")),
        "emails": _table(sorted(emails), ("person", "address", "bare")),
        "phones": _table(sorted(phones), ("person", "number")),
    }


def _name(forms: Counter[str] | None) -> tuple[str | None, str | None]:
    """Return the name that was written most often, the fullest of those."""
    if not forms:
        return None, None
    best = min(forms, key=lambda form: (" " not in form, len(form) < 4, -forms[form], form))
    return given_and_family(best)


def _table(rows: Iterable[tuple[Any, ...]], columns: tuple[str, ...]) -> pa.Table:
    types = {"person": pa.int64(), "number": pa.bool_()} if "given" in columns else {}
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    types = {"person": pa.int64(), **types}
    return pa.table(
        {
            name: pa.array(column, types.get(name, pa.string()))
            for name, column in zip(columns, values, strict=True)
        }
    )


def _judged(
    candidates: pa.Table, strangers: pa.Table, people: int
) -> tuple[Floats, dict[str, dict[str, float]]]:
    """Return the probability that each pair is one person, and the weights of the model.

    Fellegi and Sunter (1969): the odds are prior odds times the product of m/u over the levels
    seen; a comparison that a side has nothing for says nothing.
    """
    total = max(people * (people - 1) / 2, 1.0)
    levels = {name: candidates[name].to_numpy().astype(np.int64) for name in LEVELS}
    u = {name: _strangers(name, levels[name], strangers, total) for name in LEVELS}
    rarity = candidates["rarity"].to_numpy()
    m = {name: np.full(len(LEVELS[name]), 1 / len(LEVELS[name])) for name in LEVELS}
    n = candidates.num_rows
    probability = np.full(n, 0.5)
    same = (levels["email"] == len(LEVELS["email"]) - 1) | (
        levels["phone"] == len(LEVELS["phone"]) - 1
    )
    two = (levels["name"] == 0) | (levels["name"] == 1) | ((levels["name"] == NOTHING) & same)
    prior = max(n, 1) * 0.5 / total
    for _round in range(_ITERATIONS if n else 0):
        odds = np.full(n, prior / (1 - prior))
        for name, level in levels.items():
            odds *= _factor(name, level, m[name], u[name], rarity)
        # Families share addresses as well as the name: their agreements are not independent, as the
        # model has it. Names that differ, or agree in the family name alone, are two people's; so
        # are those without a name who share an address: the rules had reason not to join them.
        updated = np.where(two, 0.0, odds / (1 + odds))
        prior = min(max(updated.sum(), 1.0) / total, 0.5)
        for name, level in levels.items():
            seen = level != NOTHING
            counts = np.bincount(level[seen], updated[seen], minlength=len(m[name])) + 0.5
            m[name] = counts / counts.sum()
        done = np.abs(updated - probability).max() < 1e-6
        probability = updated
        if done:
            break
    weights = {
        name: dict(zip(LEVELS[name], np.log2(m[name] / u[name]).round(2).tolist(), strict=True))
        for name in LEVELS
    }
    return probability, weights


def _factor(name: str, level: npt.NDArray[np.int64], m: Floats, u: Floats, rarity: Floats) -> Any:
    factor = np.where(level == NOTHING, 1.0, (m / u)[level])
    if name == "name":  # to share a rare name says more (Winkler 1989)
        same = level == len(m) - 1
        factor[same] = m[-1] / rarity[same]
    return factor


def _strangers(
    name: str, level: npt.NDArray[np.int64], strangers: pa.Table, total: float
) -> Floats:
    """Count how often strangers agree; of addresses at most as often as any two people do."""
    size = len(LEVELS[name])
    if name in strangers.column_names:
        seen = strangers[name].to_numpy()
        counts = np.bincount(seen[seen != NOTHING], minlength=size) + 0.5
        return np.asarray(counts / counts.sum())
    counts = np.bincount(level[level > 0], minlength=size) + 0.5
    counts[0] = max(total - counts[1:].sum(), 1.0)
    return np.asarray(counts / counts.sum())
