"""What ``doctor`` looks at besides the shop itself: Python, packages, the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from habitue.errors import HabitueError
from habitue.locale import _

if TYPE_CHECKING:
    from habitue.cli.session import Session

__all__ = ["Check", "installation", "shop_checks"]


@dataclass(frozen=True)
class Check:
    """One thing looked at: fine (True), wrong (False), or not as good as it could be (None)."""

    name: str
    ok: bool | None
    message: str
    mend: str = ""


def installation() -> Iterator[Check]:
    """Yield the checks of the installation."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Check(
        _("Python"),
        sys.version_info >= (3, 11),
        version,
        _("Install Python 3.11 or newer and make the virtual environment with it."),
    )
    yield _packages()
    yield _terminal()


def _packages() -> Check:
    from importlib.metadata import PackageNotFoundError, requires, version

    wanted, missing, found = requires("habitue") or [], [], 0
    for requirement in wanted:
        if "extra ==" in requirement:
            continue
        name = requirement.split(">")[0].split("=")[0].split("[")[0].split(";")[0].strip()
        try:
            version(name)
            found += 1
        except PackageNotFoundError:
            missing.append(name)
    message = _("{n} packages found").format(n=found)
    if missing:
        message = _("missing: {names}").format(names=", ".join(missing))
    return Check(
        _("Packages"), not missing, message, _("Install them: python -m pip install habitue")
    )


def _terminal() -> Check:
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    fine = encoding in ("utf8", "gb18030", "gbk", "utf16")
    return Check(
        _("Terminal"),
        True if fine else None,
        _("writes {encoding}").format(encoding=sys.stdout.encoding),
        _("Set PYTHONUTF8=1, so that Chinese and box lines can be written."),
    )


def shop_checks(session: Session) -> Iterator[object]:
    """Yield the checks of the shop, or say that there is none here."""
    try:
        shop = session.shop()
    except HabitueError as error:
        yield Check(
            _("Shop"),
            None,
            str(error),
            _("Make one: habitue init, or try a sample shop: habitue demo"),
        )
        return
    yield from shop.check()
