"""Gathers the texts to translate and brings the Chinese catalogue up to date.

Usage: ``make messages``. New texts stand in the catalogue with an empty translation; texts that
the code no longer has are removed. Nothing is guessed: a changed text is a new one.
"""

from __future__ import annotations

import sys
import tomllib
from datetime import datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

__all__ = ["gather", "main", "update"]

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "gettext": None, "ngettext": (1, 2)}


def gather() -> Catalog:
    """Return every text that the code and the templates show to a person."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    methods = [(m["pattern"], m["method"]) for m in settings["tool"]["babel"]["mappings"]]
    template = Catalog()
    for file, _line, message, comments, context in extract_from_dir(
        ROOT, methods, keywords=KEYWORDS
    ):
        template.add(message, None, [(file, 0)], auto_comments=comments, context=context)
    return template


def update(path: Path) -> Catalog:
    """Bring a catalogue file up to date with the code, and return it."""
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale="zh_Hans")
    else:
        catalogue = Catalog(locale="zh_Hans")
    catalogue.update(gather(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.project, catalogue.version, catalogue.fuzzy = "habitue", "0", False
    catalogue.header_comment = "# Habitué in Simplified Chinese. Made complete by `make messages`."
    catalogue.last_translator = catalogue.language_team = catalogue.msgid_bugs_address = "Habitué"
    # A fixed date: a catalogue changes only when its texts do.
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, sort_output=True, no_location=True)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)
    return catalogue


def main(arguments: list[str]) -> int:
    """Update the catalogue named; say what is still to be translated."""
    catalogue = update(Path(arguments[0]))
    missing = [m.id for m in catalogue if m.id and not _translated(m.string)]
    sys.stderr.write(f"{len(catalogue)} texts, {len(missing)} to be translated\n")
    for text in missing:
        sys.stdout.write(f"{text}\n")
    return 0


def _translated(string: object) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
