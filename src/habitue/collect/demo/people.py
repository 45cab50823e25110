"""Who the sample shop's customers are: identifiers, spelt as untidily as exports spell them.

All are invented: addresses at example.com and example.cn, telephone numbers in ranges that are
given to nobody (+44 4…, +86 100…).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from habitue.collect.demo.catalogue import Ints
from habitue.collect.demo.process import Flags
from habitue.collect.demo.words import CITIES, FAMILY, GIVEN

__all__ = ["People", "make_people"]

_CHINESE, _CROSS, _SECOND_EMAIL, _SECOND_PHONE, _HANDLE = 0.25, 0.12, 0.15, 0.08, 0.45


@dataclass(frozen=True)
class People:
    """Identifiers of some customers; an empty string where somebody has none.

    Attributes
    ----------
    chinese : ndarray of shape (n_customers,)
        Buys in the Chinese storefront.
    cross : ndarray of shape (n_customers,)
        Of these, buys in the English one too; the telephone number links both.
    number, login : list of str
        Customer number of the English storefront, login of the Chinese one.
    customer_id : list of str
        The number where there is one, else the login.
    email, email2, phone, phone2, handle : list of str
        As typed the tidy way.
    city, country : list of str
        Where they live.
    """

    chinese: Flags
    cross: Flags
    number: list[str]
    login: list[str]
    customer_id: list[str]
    email: list[str]
    email2: list[str]
    phone: list[str]
    phone2: list[str]
    handle: list[str]
    city: list[str]
    country: list[str]


def make_people(rng: np.random.Generator, start: int, n: int) -> People:
    """Invent the customers ``start`` to ``start + n`` (their index makes identifiers unique)."""
    chinese = rng.random(n) < _CHINESE
    cross = chinese & (rng.random(n) < _CROSS)
    index = np.arange(start, start + n)
    names = [
        f"{GIVEN[g]}.{FAMILY[f]}"
        for g, f in zip(
            rng.integers(0, len(GIVEN), n).tolist(),
            rng.integers(0, len(FAMILY), n).tolist(),
            strict=True,
        )
    ]
    zh = chinese.tolist()
    number = ["" if c and not x else str(200_001 + i) for i, c, x in _zip(index, chinese, cross)]
    login = [
        f"tb_{name.split('.')[1]}{i}" if c else ""
        for name, i, c in zip(names, index.tolist(), zh, strict=True)
    ]
    places = [CITIES[c][k % len(CITIES[c])] for c, k in _zip(chinese, rng.integers(0, 35, n))]
    return People(
        chinese=chinese,
        cross=cross,
        number=number,
        login=login,
        customer_id=[a or b for a, b in zip(number, login, strict=True)],
        email=_some(names, index, "{name}{i}@example.{top}", np.ones(n, dtype=bool), zh),
        email2=_some(
            names, index, "{name}.{i}@mail.example.{top}", rng.random(n) < _SECOND_EMAIL, zh
        ),
        phone=[_phone(0, i, c) for i, c in _zip(index, chinese)],
        phone2=[
            _phone(1, i, c) if has else ""
            for i, c, has in _zip(index, chinese, rng.random(n) < _SECOND_PHONE)
        ],
        handle=_some(names, index, "@{name}_{i}", rng.random(n) < _HANDLE, zh),
        city=[city for city, _country in places],
        country=[country for _city, country in places],
    )


def _zip(*columns: Ints | Flags) -> zip[tuple[int, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)


def _some(names: list[str], index: Ints, form: str, has: Flags, chinese: list[bool]) -> list[str]:
    return [
        form.format(name=name, i=i, top="cn" if zh else "com") if flag else ""
        for name, i, flag, zh in zip(names, index.tolist(), has.tolist(), chinese, strict=True)
    ]


def _phone(which: int, index: int, chinese: int) -> str:
    if chinese:
        return f"+86100{which}{index:07d}"
    return f"+444{which}{index:08d}"
