"""A shop's own category tree, as exports write it, in two levels: department and category."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

__all__ = ["split"]

_SURE = re.compile(r"\s*(?:>+|›|»|→|::)\s*")  # nobody writes these within a name
_UNSURE = (re.compile(r"\s*\|\s*"), re.compile(r"\s*\\\s*"), re.compile(r"\s*/\s*"))
_IDLE = 0.9  # a level with one name for this part of the products divides nothing
_AGAIN = 0.6  # different first parts among the different paths, at most, if paths are a tree

Path = tuple[str, ...]


def split(values: Sequence[str | None]) -> list[tuple[str | None, str] | None]:
    """Return the department and the category that each product's own category says.

    ``>``, ``›``, ``»``, ``→`` and ``::`` always separate levels. ``/``, ``|`` and a backslash do
    if what they part looks like a tree (first parts come again, and no name stands on both
    levels); "Juices/Drinks" stays one name. Levels at the top that hardly divide the products
    ("Home > …" before everything) are skipped; of those below, the first two are taken. One name
    under two departments is told apart by its department.

    Returns
    -------
    list of (department or None, category), or None
        None for a product without one; the department is None where the shop's categories are
        no tree.

    Examples
    --------
    >>> split(["Home > Kitchen > Mugs", "Home > Bath > Soap", None])
    [('Kitchen', 'Mugs'), ('Bath', 'Soap'), None]
    >>> split(["家居/厨房", "家居/浴室", "食品/零食"])
    [('家居', '厨房'), ('家居', '浴室'), ('食品', '零食')]
    >>> split(["Juices/Drinks", "Dairy"])
    [(None, 'Juices/Drinks'), (None, 'Dairy')]
    """
    paths = _paths([_clean(value) for value in values])
    if max((len(path) for path in paths), default=0) < 2:
        return [(None, path[0]) if path else None for path in paths]
    paths = _without_idle(paths)
    if max((len(path) for path in paths), default=0) < 2:
        return [(None, path[0]) if path else None for path in paths]
    pairs = [(path[0], path[min(1, len(path) - 1)]) if path else None for path in paths]
    homes = _homes(pairs)
    return [_told_apart(pair, homes) for pair in pairs]


def _clean(value: str | None) -> str:
    return " ".join(unicodedata.normalize("NFKC", value or "").split())


def _paths(values: Sequence[str]) -> list[Path]:
    paths = [_parts(_SURE, value) for value in values]
    if any(len(path) > 1 for path in paths):
        return paths
    for separator in _UNSURE:
        parted = [_parts(separator, value) for value in values]
        if _is_tree(parted):
            return parted
    return paths


def _parts(separator: re.Pattern[str], value: str) -> Path:
    return tuple(part.strip() for part in separator.split(value) if part.strip())


def _is_tree(paths: Sequence[Path]) -> bool:
    different = {path for path in paths if path}
    deep = {path for path in different if len(path) > 1}
    if not deep or 2 * len(deep) < len(different):
        return False
    first = {path[0] for path in deep}
    second = {path[1] for path in deep}
    comes_again = len(first) <= _AGAIN * len(deep) or (deep == different and len(deep) > 1)
    return comes_again and 10 * len(first & second) <= len(first)


def _without_idle(paths: list[Path]) -> list[Path]:
    while any(len(path) > 1 for path in paths):
        named = [path for path in paths if path]
        top, n = Counter(path[0] for path in named).most_common(1)[0]
        inside = [path for path in named if path[0] == top and len(path) > 1]
        if n < _IDLE * len(named) or 2 * len(inside) < n:
            break
        paths = [path[1:] if path[:1] == (top,) and len(path) > 1 else path for path in paths]
    return paths


def _homes(pairs: Sequence[tuple[str, str] | None]) -> dict[str, set[str]]:
    homes: dict[str, set[str]] = {}
    for department, category in {pair for pair in pairs if pair}:
        homes.setdefault(category, set()).add(department)
    return homes


def _told_apart(
    pair: tuple[str, str] | None, homes: dict[str, set[str]]
) -> tuple[str | None, str] | None:
    if pair is None:
        return None
    department, category = pair
    if len(homes[category]) > 1 and category != department:
        category = f"{category} ({department})"
    return department, category
