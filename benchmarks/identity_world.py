"""A world of people whose identifiers are shared, mistyped and written in many ways.

Every rate is stated in `RATES`; what a row holds is drawn for each person and row on its own. The
truth is who each row is about. No one is written with a mark that the resolver could use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["KINDS", "RATES", "World", "make_world"]

KINDS = ("customer_id", "email", "phone", "visitor", "name")

RATES: dict[str, float] = {
    # who lives with whom, and what they share
    "households of one": 0.62,
    "households of two": 0.23,  # the rest: three to five
    "family telephone (of households of several)": 0.25,
    "couple's mailbox (of households of several)": 0.06,
    "orders for a firm (info@ and the reception's telephone)": 0.02,
    # what a person has
    "Chinese": 0.35,
    "second e-mail address": 0.30,
    "third e-mail address": 0.06,
    "second telephone": 0.10,
    "address made of the name": 0.75,
    "second address with the first one's local part": 0.35,
    "account": 0.72,
    "second account": 0.03,
    "till card": 0.35,
    "newsletter": 0.35,
    "browses": 0.50,
    # what goes wrong in a row
    "e-mail mistyped": 0.025,
    "telephone mistyped": 0.02,
    "name mistyped": 0.03,
    "pet name": 0.08,
    "given name as an initial": 0.04,
    "names swapped": 0.05,
    "no name": 0.08,
    "Chinese name in pinyin": 0.20,
    "Chinese name in traditional characters": 0.10,
    "telephone left out": 0.25,
    "made-up telephone of a known pattern": 0.01,
    "the till's own made-up telephone": 0.01,
    "the shop's own e-mail address": 0.01,
}

_GIVEN = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara "
    "Richard Susan Joseph Jessica Thomas Sarah Christopher Karen Charles Lisa Daniel Nancy "
    "Matthew Betty Anthony Sandra Mark Margaret Donald Ashley Steven Kimberly Andrew Emily "
    "Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa George Deborah "
    "Timothy Stephanie Ronald Rebecca Jason Laura Edward Helen Jeffrey Sharon Ryan Cynthia "
    "Jacob Kathleen Gary Amy Nicholas Angela Eric Shirley Jonathan Brenda Stephen Emma Larry "
    "Anna Justin Pamela Scott Nicole Brandon Samantha Benjamin Katherine Samuel Christine "
    "Gregory Hélène Zoë François José Jürgen Søren Olivia Noah Amelia Oliver Isla Harry Ava "
    "Jack Mia Leo Ivy Freya Grace Lily Alfie Poppy Theo "
).split()
_FAMILY = (
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans "
    "Walker White Roberts Green Hall Wood Jackson Clarke Patel Khan Lewis James Phillips "
    "Mason Mitchell Rose Davis Rodriguez Martinez Lopez Gonzalez Anderson Thomas Moore Martin "
    "Lee Perez Harris Clark Ramirez Allen Young King Scott Hill Flores Nguyen Adams Nelson "
    "Baker Rivera Campbell Carter Parker Edwards Collins Stewart Morris Rogers Reed Cook "
    "Morgan Bell Murphy Bailey Cooper Richardson Cox Howard Ward Torres Peterson Gray Watson "
    "Brooks Kelly Sanders Price Bennett O'Brien Müller García Fernández Dubois Lefèvre Hughes "
    "Shaw Hunt Palmer Stone Webb Knight Fox Marsh Barker Holt Pearce Dixon Lambert Fletcher "
    "Hobbs Ingram Osborne Pritchard Quinn Sharp "
).split()
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕欧"
_CHARACTERS = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红玲芬燕彩春菊凤洁梅琳雪荣爱妹香月莺媛"
    "瑞凡佳嘉琼勤珍贞莉莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨浩宇轩"
)
_TRADITIONAL = str.maketrans(
    "张刘陈杨赵黄吴孙罗郑谢韩冯萧邓许傅吕伟丽军艳涛兰红玲凤爱贞锦婷颖瑶",
    "張劉陳楊趙黃吳孫羅鄭謝韓馮蕭鄧許傅呂偉麗軍艷濤蘭紅玲鳳愛貞錦婷穎瑤",
)
_PET = {
    "James": "Jim", "Robert": "Bob", "John": "Johnny", "Michael": "Mike", "William": "Bill",
    "Richard": "Rick", "Joseph": "Joe", "Thomas": "Tom", "Christopher": "Chris", "Daniel": "Dan",
    "Matthew": "Matt", "Anthony": "Tony", "Andrew": "Andy", "Elizabeth": "Liz", "Jennifer": "Jen",
    "Patricia": "Pat", "Margaret": "Maggie", "Rebecca": "Becky", "Katherine": "Kate",
    "Samuel": "Sam", "Benjamin": "Ben", "Nicholas": "Nick", "Edward": "Ed", "Kenneth": "Ken",
    "Timothy": "Tim", "Deborah": "Debbie", "Susan": "Sue", "Jessica": "Jess", "Gregory": "Greg",
}  # fmt: skip
_ROOMS = ("gmail.com", "outlook.com", "yahoo.com", "hotmail.com", "icloud.com", "btinternet.com")
_ROOMS_ZH = ("qq.com", "163.com", "126.com", "gmail.com", "sina.com", "foxmail.com")
_MADE_UP = ("00000000", "13800138000", "12345678", "11111111111", "0000000000")
_SHOP = "orders@corner-shop.example"
_CITIES = ("Leeds", "York", "Bath", "Cardiff", "Derby", "Truro", "Exeter", "Ely", "Wells", "Ripon",
           "London", "Bristol", "Glasgow", "Sheffield", "Oxford")  # fmt: skip
_CITIES_ZH = ("北京", "上海", "广州", "深圳", "杭州", "成都", "南京", "武汉", "西安", "苏州")


@dataclass
class World:
    """Rows of identifiers in the order of `KINDS`, whose each is, and what stands beside it.

    Attributes
    ----------
    rows : list of tuple
        Identifiers as they are written.
    person : list of int
        Who each row is about.
    country, city : list of str
        Of each row; empty where the source has none.
    own : list of bool
        Whether a row holds an identifier of the person's own household, perhaps mistyped. Where all
        are the shop's, a firm's or made up, nothing but a name tells whose the row is.
    """

    rows: list[tuple[str | None, ...]] = field(default_factory=list)
    person: list[int] = field(default_factory=list)
    country: list[str] = field(default_factory=list)
    city: list[str] = field(default_factory=list)
    own: list[bool] = field(default_factory=list)


@dataclass
class _Person:
    given: str
    family: str
    chinese: bool
    city: str
    emails: list[str]
    phones: list[str]
    desk: tuple[str, str] | None = None


class _Maker:
    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self._pool: Any = iter(())
        self.world = World()
        self.people: list[_Person] = []
        self.till = self.phone(False)
        self.mailboxes: set[str] = set()
        self.telephones: set[str] = set()
        self.accounts = 100_000

    def dice(self) -> float:
        """Return a uniform number; drawn a million at a time, for speed."""
        value = next(self._pool, None)
        if value is None:
            self._pool = iter(self.rng.random(1_000_000).tolist())
            value = next(self._pool)
        return float(value)

    def happens(self, what: str) -> bool:
        return self.dice() < RATES[what]

    def pick(self, values: Sequence[Any]) -> Any:
        return values[int(self.dice() * len(values))]

    def number(self, low: int, high: int) -> int:
        return low + int(self.dice() * (high - low))

    # --- who there is --------------------------------------------------------------------------
    def household(self) -> None:
        dice = self.dice()
        size = 1 if dice < RATES["households of one"] else 2
        if dice >= RATES["households of one"] + RATES["households of two"]:
            size = self.number(3, 6)
        chinese = self.happens("Chinese")
        family = self.pick(_SURNAMES) if chinese else self.pick(_FAMILY)
        city = self.pick(_CITIES_ZH if chinese else _CITIES)
        members: list[_Person] = []
        while len(members) < size:
            member = self.member(family, chinese, city, len(members))
            if member.given not in [other.given for other in members]:
                members.append(member)
        if size > 1 and self.happens("family telephone (of households of several)"):
            for member in members:
                member.phones = [members[0].phones[0]]
        if size > 1 and self.happens("couple's mailbox (of households of several)"):
            members[1].emails = [members[0].emails[0]]
        self.people += members

    def member(self, family: str, chinese: bool, city: str, order: int) -> _Person:
        if order == 1 and self.dice() < 0.4:  # partners often keep their own family names
            family = self.pick(_SURNAMES) if chinese else self.pick(_FAMILY)
        if chinese:
            given = "".join(self.pick(_CHARACTERS) for _k in range(1 + (self.dice() < 0.75)))
        else:
            given = self.pick(_GIVEN)
        emails = [self.mailbox(given, family, chinese)]
        for what in ("second e-mail address", "third e-mail address"):
            if self.happens(what):
                emails.append(self.another(emails[0], given, family, chinese))
        phones = [self.phone(chinese)]
        if self.happens("second telephone"):
            phones.append(self.phone(chinese))
        return _Person(given, family, chinese, city, emails, phones)

    def mailbox(self, given: str, family: str, chinese: bool) -> str:
        room = self.pick(_ROOMS_ZH if chinese else _ROOMS)
        while True:
            local = self.local(given, family, chinese)
            if f"{local}@{room}" not in self.mailboxes:
                self.mailboxes.add(f"{local}@{room}")
                return f"{local}@{room}"

    def local(self, given: str, family: str, chinese: bool) -> str:
        if not self.happens("address made of the name"):
            if chinese:
                return str(self.number(10**8, 10**10))
            word: str = self.pick("sunny blue mad lucky old tiny the night".split())
            return f"{word}{self.number(1000, 10**6)}"
        first, last = _ascii(given), _ascii(family)
        number = str(self.number(1, 10_000)) if self.dice() < 0.8 else ""
        form: str = self.pick(("{f}.{l}{n}", "{f}{l}{n}", "{i}{l}{n}", "{l}{f}{n}", "{f}_{l}{n}"))
        return form.format(f=first, l=last, i=first[0], n=number)

    def another(self, first: str, given: str, family: str, chinese: bool) -> str:
        local, _at, room = first.partition("@")
        if self.happens("second address with the first one's local part"):
            free = [r for r in (_ROOMS_ZH if chinese else _ROOMS) if r != room]
            address = f"{local}@{self.pick(free)}"
            if address not in self.mailboxes:
                self.mailboxes.add(address)
                return address
        return self.mailbox(given, family, chinese)

    def phone(self, chinese: bool) -> str:
        known: set[str] = getattr(self, "telephones", set())
        while True:
            if chinese:
                number = f"+861{self.number(3, 10)}{self.number(0, 10**9):09d}"
            else:
                number = f"+447{self.number(1, 10)}{self.number(0, 10**8):08d}"
            if number not in known:
                known.add(number)
                return number

    def firms(self) -> None:
        staff = [p for p in self.people if self.dice() < RATES[
            "orders for a firm (info@ and the reception's telephone)"]]  # fmt: skip
        at = 0
        while at < len(staff):
            size = self.number(2, 9)
            desk = (self.pick(("info", "office", "sales", "reception")), self.phone(False))
            address = f"{desk[0]}@firm{at}.example"
            for person in staff[at : at + size]:
                person.desk = (address, desk[1])
            at += size

    # --- what rows say -------------------------------------------------------------------------
    def rows_of(self, who: int) -> None:
        person = self.people[who]
        accounts = []
        if self.happens("account"):
            accounts.append(self.account(who, person))
            if self.happens("second account"):
                accounts.append(self.account(who, person))
        for _k in range(self.pick((0, 1, 1, 2, 3)) if accounts else self.pick((1, 1, 2, 3, 4))):
            phone = None if self.happens("telephone left out") else self.telephone(person)
            self.add(who, None, self.address(person), phone, None, self.name(person))
        if self.happens("till card"):
            for _k in range(self.number(1, 3)):
                self.add(
                    who, None, None, self.telephone(person, till=True), None, self.name(person)
                )
        if self.happens("newsletter"):
            self.add(who, None, self.address(person), None, None, self.name(person))
        if person.desk:
            for _k in range(self.number(1, 4)):
                self.add(who, None, person.desk[0], person.desk[1], None, self.name(person))
        if self.happens("browses"):
            self.browses(who, person, accounts)

    def account(self, who: int, person: _Person) -> str:
        self.accounts += 1
        number = str(self.accounts)
        phone = None if self.happens("telephone left out") else self.telephone(person)
        self.add(who, number, self.address(person), phone, None, self.name(person))
        for _k in range(self.number(1, 4)):
            self.add(who, number, None, None, None, None)
        return number

    def browses(self, who: int, person: _Person, accounts: list[str]) -> None:
        visitor = f"v{self.number(0, 10**15):015d}"
        if accounts:
            self.add(who, accounts[0], None, None, visitor, None)
        elif self.dice() < 0.6:
            self.add(who, None, self.address(person), None, visitor, None)
        else:
            return  # a visitor who never said who they are is no one's row
        self.add(who, None, None, None, visitor, None)

    def add(self, who: int, *identifiers: str | None) -> None:
        world, person = self.world, self.people[who]
        if not any(identifiers[:4]):
            return
        world.rows.append(identifiers)
        world.person.append(who)
        world.country.append(
            ("中国" if person.chinese else "United Kingdom") if identifiers[2] else ""
        )
        number, email, phone, visitor, _name = identifiers
        world.own.append(
            bool(number or visitor)
            or bool(email and email not in (_SHOP, person.desk and person.desk[0]))
            or bool(phone and phone not in (*_MADE_UP, self.till, person.desk and person.desk[1]))
        )
        world.city.append(person.city if identifiers[0] or identifiers[2] else "")

    def address(self, person: _Person) -> str:
        if self.happens("the shop's own e-mail address"):
            return _SHOP
        address = self.pick(person.emails) if self.dice() < 0.3 else person.emails[0]
        local, _at, room = address.partition("@")
        if self.happens("e-mail mistyped"):
            return f"{self.slip(local)}@{room}"
        dice = self.dice()
        if dice < 0.05:
            return address.upper()
        if dice < 0.08 and room == "gmail.com":
            return f"{local}+shop@{room}"
        if dice < 0.11 and room == "gmail.com" and len(local) > 3:
            return f"{local[:2]}.{local[2:]}@googlemail.com"
        return address.translate(_FULL_WIDTH) if dice > 0.99 else address

    def telephone(self, person: _Person, *, till: bool = False) -> str:
        if self.happens("made-up telephone of a known pattern"):
            return str(self.pick(_MADE_UP))
        if till and self.happens("the till's own made-up telephone"):
            return self.till
        number = self.pick(person.phones) if self.dice() < 0.2 else person.phones[0]
        if self.happens("telephone mistyped"):
            number = number[:5] + self.slip(number[5:])
        bare = number[3:]
        form = self.number(0, 6)
        if person.chinese:
            return (number, bare, f"0086{bare}", f"{bare[:3]} {bare[3:7]} {bare[7:]}",
                    f"+86-{bare}", bare.translate(_FULL_WIDTH))[form]  # fmt: skip
        return (number, f"0{bare}", f"0044{bare}", f"0{bare[:4]} {bare[4:]}",
                f"+44 (0){bare}", f"(0{bare[:4]}) {bare[4:]}")[form]  # fmt: skip

    def name(self, person: _Person) -> str | None:
        if self.happens("no name"):
            return None
        given, family = person.given, person.family
        if person.chinese:
            return self.chinese_name(given, family)
        if self.happens("pet name"):
            given = _PET.get(given, given)
        elif self.happens("given name as an initial"):
            given = f"{given[0]}."
        elif self.happens("name mistyped"):
            given, family = (
                (self.slip(given), family) if self.dice() < 0.5 else (given, self.slip(family))
            )
        if self.happens("names swapped"):
            return f"{family}, {given}" if self.dice() < 0.5 else f"{family} {given}"
        return f"{given} {family}".upper() if self.dice() < 0.1 else f"{given} {family}"

    def chinese_name(self, given: str, family: str) -> str:
        if self.happens("Chinese name in pinyin"):
            first, last = _ascii(given).capitalize(), _ascii(family).capitalize()
            return f"{last} {first}" if self.dice() < 0.5 else f"{first} {last}"
        if self.happens("Chinese name in traditional characters"):
            return f"{family}{given}".translate(_TRADITIONAL)
        if self.happens("name mistyped"):  # a homophone of the last character
            return f"{family}{given[:-1]}{self.pick(_homophones(given[-1]))}"
        return f"{family}{given}"

    def slip(self, text: str) -> str:
        """Leave a character out, double it, change it, or swap two."""
        at = self.number(1, max(len(text), 2))
        kind = self.number(0, 4)
        near = str((int(text[at % len(text)]) + 1) % 10) if text[at % len(text)].isdigit() else "e"
        return (
            text[:at] + text[at + 1 :],
            text[:at] + text[at - 1 : at] + text[at:],
            text[:at] + near + text[at + 1 :],
            text[: at - 1] + text[at : at + 1] + text[at - 1 : at] + text[at + 1 :],
        )[kind]


_FULL_WIDTH = {c: c + 0xFEE0 for c in range(0x21, 0x7F)}
_PINYIN: dict[str, str] = {}
_SOUNDS: dict[str, list[str]] = {}


def _ascii(name: str) -> str:
    if not _PINYIN:
        from pypinyin import lazy_pinyin

        for character in _SURNAMES + _CHARACTERS:
            _PINYIN[character] = "".join(lazy_pinyin(character))
            _SOUNDS.setdefault(_PINYIN[character], []).append(character)
        _PINYIN["曾"] = "zeng"
    if name[0] in _PINYIN:
        return "".join(_PINYIN[c] for c in name)
    import unicodedata

    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in plain if c.isascii() and c.isalpha())


def _homophones(character: str) -> list[str]:
    return _SOUNDS[_PINYIN[character]]


def make_world(people: int, seed: int) -> World:
    """Return a world of so many people; the same seed makes the same world."""
    _ascii("王")
    maker = _Maker(seed)
    while len(maker.people) < people:
        maker.household()
    del maker.people[people:]
    maker.firms()
    for who in range(people):
        maker.rows_of(who)
    return maker.world
