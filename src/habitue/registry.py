"""Finds what can be plugged in (algorithms, sources, formats, engines) by looking at files.

A new one is one new file in its folder: any public class there that derives from the kind's
base and is defined in that file is found, with no list to add it to. Packages outside offer
theirs through entry points in the group ``habitue.<kind>``.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from importlib.metadata import entry_points

from habitue.errors import UsageError
from habitue.locale import _

__all__ = ["find", "named"]


@cache
def find(package: str, base: type) -> dict[str, type]:
    """Return the plug-ins of a kind by name, in alphabetical order.

    Parameters
    ----------
    package : str
        Dotted name of the folder to look in, for instance ``habitue.recommend``.
    base : type
        The class that every plug-in of this kind derives from; a plug-in's name is its ``name``
        attribute.

    Raises
    ------
    UsageError
        If two plug-ins bear the same name.
    """
    found: dict[str, type] = {}
    folder = importlib.import_module(package)
    modules = [
        importlib.import_module(f"{package}.{m.name}")
        for m in pkgutil.iter_modules(folder.__path__)
    ]
    candidates = [
        value
        for module in modules
        for value in vars(module).values()
        if inspect.isclass(value) and value.__module__ == module.__name__
    ]
    group = ".".join(["habitue", package.rsplit(".", 1)[-1]])
    candidates += [entry.load() for entry in entry_points(group=group)]
    for candidate in candidates:
        if not (issubclass(candidate, base) and candidate is not base):
            continue
        name = getattr(candidate, "name", "")
        if not name or inspect.isabstract(candidate):
            continue
        if name in found and found[name] is not candidate:
            text = _("{one} and {other} both call themselves {name!r}.")
            raise UsageError(text.format(one=found[name], other=candidate, name=name))
        found[name] = candidate
    return dict(sorted(found.items()))


def named(package: str, base: type, name: str) -> type:
    """Return the plug-in of that name.

    Raises
    ------
    UsageError
        If there is none; the message lists the names there are.
    """
    found = find(package, base)
    if name not in found:
        text = _("There is no {name!r} in {package}. There are: {known}.")
        raise UsageError(text.format(name=name, package=package, known=", ".join(found)))
    return found[name]
