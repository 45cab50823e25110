"""Whether two names can be one person's: order, titles, initials, pet names, typing errors, pinyin.

A name never joins records by itself. It tells people apart who share an identifier: a family's
telephone, a couple's mailbox.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

__all__ = ["given_and_family", "latin", "name_form", "same_name", "within_one_edit"]

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff·]+")
_NOT_LETTER = re.compile(r"[^\w\s]+|\d+")
_TITLES = frozenset(
    "mr mrs ms miss mx dr prof sir madam mme m herr frau sr sra jr ii iii "
    "phd md esq guest customer unknown test".split()
)
_HAN_TITLES = re.compile(r"(先生|女士|小姐|太太|老师|经理|收|（.*）)$")
_NOBODY = frozenset("匿名 游客 未知 无 测试 顾客 客户 散客 会员".split())
_COMPOUND = frozenset(
    "欧阳 司马 诸葛 上官 东方 皇甫 尉迟 公孙 慕容 令狐 夏侯 司徒 长孙 宇文".split()
)
#: Readings of surnames that differ from the character's usual one.
_SURNAMES = {"单": "shan", "曾": "zeng", "仇": "qiu", "区": "ou", "解": "xie", "查": "zha",
             "朴": "piao", "翟": "zhai", "尉迟": "yuchi", "盖": "ge", "纪": "ji", "任": "ren",
             "乐": "yue", "华": "hua", "葛": "ge", "繁": "po", "缪": "miao"}  # fmt: skip
_PET = {
    pet: name
    for name, pets in {
        "robert": "bob rob bobby robbie", "william": "bill will billy liam", "richard": "dick rick",
        "elizabeth": "liz beth lizzie betty eliza", "katherine": "kate katie kathy catherine cathy",
        "margaret": "maggie meg peggy", "james": "jim jimmy jamie", "john": "jack johnny jon",
        "michael": "mike mick mickey", "thomas": "tom tommy", "edward": "ed eddie ted ned",
        "charles": "charlie chuck", "jennifer": "jen jenny", "patricia": "pat trish patty",
        "susan": "sue susie", "andrew": "andy drew", "anthony": "tony", "daniel": "dan danny",
        "david": "dave davy", "joseph": "joe joey", "matthew": "matt", "nicholas": "nick",
        "alexander": "alex sandy", "christopher": "chris", "samuel": "sam", "stephen": "steve",
        "steven": "steve", "benjamin": "ben", "timothy": "tim", "gregory": "greg", "peter": "pete",
        "rebecca": "becky", "deborah": "debbie deb", "victoria": "vicky", "abigail": "abby",
        "jessica": "jess", "kenneth": "ken", "ronald": "ron", "donald": "don", "lawrence": "larry",
        "theodore": "ted theo", "francis": "frank", "pamela": "pam", "barbara": "barb",
        "cynthia": "cindy", "sandra": "sandy", "judith": "judy", "philip": "phil", "emily": "em",
    }.items()
    for pet in pets.split()
}  # fmt: skip


@cache
def _simplifier() -> object:
    from opencc import OpenCC

    return OpenCC("t2s")


def _simplified(text: str) -> str:
    converted: str = _simplifier().convert(text)  # type: ignore[attr-defined]
    return converted


@lru_cache(maxsize=1 << 16)
def name_form(value: str) -> str:
    """Return a name as it is compared: letters only, no titles, Chinese simplified.

    Empty where it tells nobody apart: masked (王*), a surname with a title (王先生), nobody's.

    >>> name_form(" Dr. LEE, Ann-Marie "), name_form("張 偉 先生"), name_form("王*")
    ('ann marie lee', '张伟', '')
    """
    text = unicodedata.normalize("NFKC", value).strip()
    if "*" in text or "@" in text:
        return ""
    if any("\u3400" <= c <= "\u9fff" for c in text):
        return _han_form(text)
    family, comma, given = text.partition(",")
    if comma:
        text = f"{given} {family}"
    bare = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in bare if not unicodedata.combining(c)).replace("'", "")
    words = [word for word in _NOT_LETTER.sub(" ", bare).split() if word not in _TITLES]
    return " ".join(words) if sum(map(len, words)) > 1 else ""


def _han_form(text: str) -> str:
    name = "".join(_HAN.findall(_simplified(text)))
    bare = _HAN_TITLES.sub("", name).replace("·", "")
    return "" if len(bare) < 2 or bare in _NOBODY else bare


def given_and_family(form: str) -> tuple[str, str]:
    """Split a compared name into its given and its family name, in Latin letters.

    >>> given_and_family("欧阳小明"), given_and_family("ann marie lee"), given_and_family("ann")
    (('xiaoming', 'ouyang'), ('ann marie', 'lee'), ('ann', ''))
    """
    if _HAN.match(form):
        return _pinyin(form)
    *given, family = form.split() or [""]
    return (" ".join(given), family) if given else (family, "")


@lru_cache(maxsize=1 << 16)
def _pinyin(form: str) -> tuple[str, str]:
    from pypinyin import lazy_pinyin

    at = 2 if form[:2] in _COMPOUND and len(form) > 2 else 1
    family = _SURNAMES.get(form[:at]) or "".join(lazy_pinyin(form[:at]))
    return "".join(lazy_pinyin(form[at:])), family


def latin(name: str) -> str:
    """Return a name in Latin letters, given name first, as platforms want it.

    >>> latin("曾小明"), latin("Ann Lee")
    ('Xiaoming Zeng', 'Ann Lee')
    """
    form = name_form(name)
    if not _HAN.match(form):
        return name
    return " ".join(part.capitalize() for part in _pinyin(form))


@lru_cache(maxsize=1 << 16)
def same_name(a: str, b: str) -> bool:
    """Say whether two compared names can be one person's.

    The given name decides: people who share an identifier mostly share the family name too.

    >>> same_name("ann lee", "lee ann"), same_name("bob smith", "robert smith")
    (True, True)
    >>> same_name("a lee", "ann lee"), same_name("ann lee", "bob lee")
    (True, False)
    >>> same_name("王伟", "wei wang"), same_name("王伟", "王丽")
    (True, False)
    """
    if a == b:
        return True
    han = bool(_HAN.match(a)), bool(_HAN.match(b))
    if all(han):
        # A homophone is how a Chinese name is mistyped. One character apart is a brother or sister:
        # the children of a family often have one in common.
        return _pinyin(a) == _pinyin(b)
    if any(han):
        return _across(a, b) if han[0] else _across(b, a)
    return _same_latin(a.split(), b.split())


def _across(chinese: str, other: str) -> bool:
    given, family = _pinyin(chinese)
    words = other.split()
    if "".join(words) in (given + family, family + given):
        return True
    # An English given name beside the Chinese family name can't be told: it may be the same.
    return family in words and not any(_is_pinyin(word) for word in words if word != family)


@cache
def _syllables() -> frozenset[str]:
    from pypinyin import Style, pinyin_dict
    from pypinyin.style import convert

    readings = {r for text in pinyin_dict.pinyin_dict.values() for r in text.split(",")}
    return frozenset(convert(r, Style.NORMAL, strict=False) for r in readings)


def _is_pinyin(word: str) -> bool:
    known = _syllables()
    return word in known or any(
        word[:k] in known and word[k:] in known for k in range(1, len(word))
    )


def _same_latin(a: list[str], b: list[str]) -> bool:
    if sorted(a) == sorted(b) or "".join(a) in ("".join(b), "".join(b[1:] + b[:1])):
        return True
    if min(len(a), len(b)) == 1:  # one word only: it has to be the other's given or family name
        word, other = (a[0], b) if len(a) == 1 else (b[0], a)
        return any(_same_word(word, part) for part in (other[0], other[-1]))
    if _same_word(a[0], b[0]):
        return True
    # "lee ann" for "ann lee", each perhaps mistyped.
    return _same_word(a[0], b[-1]) and _same_word(a[-1], b[0])


def _same_word(a: str, b: str) -> bool:
    if a == b or _PET.get(a, a) == _PET.get(b, b):
        return True
    short, long = sorted((a, b), key=len)
    if len(short) == 1:
        return long.startswith(short)
    if _PET.get(short) and _PET.get(short) == _PET.get(long):
        return True
    return len(short) >= 3 and a[0] == b[0] and within_one_edit(a, b)


def within_one_edit(a: str, b: str) -> bool:
    """Say whether one letter put in, left out, changed, or swapped with the next makes a of b.

    >>> within_one_edit("anna", "anan"), within_one_edit("ann", "anne")
    (True, True)
    >>> within_one_edit("anna", "nina")
    False
    """
    if a == b:
        return True
    if abs(len(a) - len(b)) > 1:
        return False
    short, long = sorted((a, b), key=len)
    at = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    if len(short) != len(long):
        return short[at:] == long[at + 1 :]
    swapped = a[:at] + a[at + 1 : at + 2] + a[at : at + 1] + a[at + 2 :]
    return a[at + 1 :] == b[at + 1 :] or swapped == b
