"""English is the source; the Chinese catalogue is complete and fits it."""

from __future__ import annotations

import ast
import importlib.util
import os
import string
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from habitue import locale
from habitue.locale import _, ngettext, use

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "src/habitue/locale/zh_Hans/LC_MESSAGES/habitue.po"


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    gathered: Catalog = _tool().gather()
    return gathered


@pytest.fixture(scope="module")
def given() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def _texts(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, tuple | list) else [str(value or "")]


def _fields(text: str) -> set[str]:
    return {name for _literal, name, _spec, _kind in string.Formatter().parse(text) if name}


def _of(message: Message) -> str:
    return _texts(message.id)[0]


def test_every_text_is_translated(wanted: Catalog, given: Catalog) -> None:
    known = {_of(m): m for m in given if m.id}
    missing = [_of(m) for m in wanted if m.id and not all(_texts(_string(known, m)))]
    assert not missing, "run `make messages` and translate"


def _string(known: dict[str, Message], message: Message) -> object:
    found = known.get(_of(message))
    return found.string if found else None


def test_the_catalogue_holds_nothing_that_the_code_lost(wanted: Catalog, given: Catalog) -> None:
    texts = {_of(m) for m in wanted}
    assert not [_of(m) for m in given if m.id and _of(m) not in texts], "run `make messages`"
    assert not given.obsolete


def test_no_translation_is_a_guess(given: Catalog) -> None:
    assert not [_of(m) for m in given if m.id and m.fuzzy]


def test_translations_fill_the_same_blanks(given: Catalog) -> None:
    differing = []
    for message in given:
        if not message.id or not all(_texts(message.string)):
            continue
        english = set().union(*(_fields(text) for text in _texts(message.id)))
        for text in _texts(message.string):
            if _fields(text) != english and not (isinstance(message.id, tuple)):
                differing.append(_of(message))
            if isinstance(message.id, tuple) and not _fields(text) <= english:
                differing.append(_of(message))
    assert not differing


def test_chinese_has_one_plural_form(given: Catalog) -> None:
    assert given.num_plurals == 1
    for message in given:
        if isinstance(message.id, tuple):
            assert len(_texts(message.string)) == 1


def test_chinese_is_chinese(given: Catalog) -> None:
    """A text with words in it is not left in English (names such as nDCG may be)."""
    same = [
        _of(m)
        for m in given
        if m.id and " " in _of(m) and any(c.isalpha() for c in _of(m)) and _of(m) == m.string
    ]
    assert not same


def test_texts_are_literal_so_that_they_can_be_gathered() -> None:
    wrong = []
    for path in sorted((ROOT / "src" / "habitue").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("_", "ngettext"):
                count = 2 if ast.unparse(node.func) == "ngettext" else 1
                literal = all(
                    isinstance(a, ast.Constant) and isinstance(a.value, str)
                    for a in node.args[:count]
                )
                if not literal:
                    wrong.append(f"{path.name}:{node.lineno}")
    assert not wrong


def test_use_puts_a_language_in_force_for_a_block() -> None:
    with use("zh"):
        assert _("Common options") == "常用选项"
        with use("en"):
            assert _("Common options") == "Common options"
        assert locale.current() == "zh"
    with use("xx"):
        assert locale.current() == "en"


def test_plurals_follow_the_language() -> None:
    with use("en"):
        assert ngettext("{n} day", "{n} days", 1) == "{n} day"
        assert ngettext("{n} day", "{n} days", 2) == "{n} days"
    with use("zh"):
        assert ngettext("{n} day", "{n} days", 2) == ngettext("{n} day", "{n} days", 1)


def test_set_language_lasts() -> None:
    before = locale.current()
    try:
        locale.set_language("zh")
        assert locale.current() == "zh"
    finally:
        locale.set_language(before)


def test_a_changed_catalogue_is_compiled_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source, compiled = folder / "habitue.po", folder / "habitue.mo"
    monkeypatch.setattr(locale, "__file__", str(tmp_path / "__init__.py"))
    for round_, translated in enumerate(("你好", "您好")):
        head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        source.write_text(f'{head}msgid "Hi"\nmsgstr "{translated}"\n', encoding="utf-8")
        stamp = (compiled.stat().st_mtime if compiled.exists() else 0) + 10 + round_
        os.utime(source, (stamp, stamp))
        locale._catalogue.cache_clear()
        with use("zh"):
            assert _("Hi") == translated
    locale._catalogue.cache_clear()
