"""The sample shop's catalogue and customer list as exports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np

from habitue.collect.demo.catalogue import Catalogue, Ints
from habitue.collect.demo.people import People
from habitue.collect.demo.text import Texts, joined, money, quoted, take, times
from habitue.collect.demo.words import CATEGORIES
from habitue.collect.demo.world import Chunk

__all__ = ["CUSTOMERS_HEADER", "customer_lines", "items_csv"]

CUSTOMERS_HEADER = "Customer Number,Email,Phone,Instagram,City,Country,Joined\n"


def items_csv(rng: np.random.Generator, catalogue: Catalogue, categorised: float) -> str:
    """Return the catalogue as CSV, that share of it with a category."""
    has = (rng.random(catalogue.size) < categorised).tolist()
    columns: list[Iterable[str]] = [catalogue.codes, quoted(catalogue.titles)]
    header = ["Item Code", "Item Name"]
    names = [CATEGORIES[c].name for c in catalogue.category.tolist()]
    if categorised > 0:
        header.append("Category")
        columns.append(name if flag else "" for name, flag in zip(names, has, strict=True))
    texts = [
        f"{title} by {brand}, from our {name.lower()} range."
        for title, brand, name in zip(catalogue.titles, catalogue.brands, names, strict=True)
    ]
    price = money(catalogue.pence).to_pylist()
    header += ["Brand", "Price", "Currency", "Description"]
    columns += [catalogue.brands, price, ["GBP"] * catalogue.size, quoted(texts)]
    rows = [",".join(row) for row in zip(*columns, strict=True)]
    return "\n".join([",".join(header), *rows]) + "\n"


def customer_lines(chunk: Chunk, people: People, start: datetime) -> Texts:
    """Return the customer list: a second e-mail or telephone makes a second row of one number."""
    n = chunk.size
    again = np.flatnonzero(
        [bool(a or b) for a, b in zip(people.email2, people.phone2, strict=True)]
    )
    who = np.concatenate([np.arange(n), again])
    second = np.arange(len(who)) >= n

    def either(one: list[str], other: list[str]) -> Texts:
        has: Ints = np.array([bool(value) for value in other])[who] & second
        return take([*one, *other], who + n * has)

    return joined(
        [
            take(people.customer_id, who),
            either(people.email, people.email2),
            either(people.phone, people.phone2),
            take(people.handle, who),
            take(people.city, who),
            take(people.country, who),
            times(start, chunk.lives.joined[who], "%Y-%m-%d"),
        ]
    )
