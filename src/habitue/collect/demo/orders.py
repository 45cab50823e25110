"""The sample shop's order exports: one storefront in English, one in Chinese.

``orders.csv`` (UTF-8) reaches to 14 days before the end and ``orders_2.csv`` begins 42 days before
it, so that four weeks of rows stand in both. ``订单.csv`` is GB18030.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.demo.baskets import Lines
from habitue.collect.demo.catalogue import Catalogue, Ints, Reals
from habitue.collect.demo.people import People
from habitue.collect.demo.process import Flags, Lives
from habitue.collect.demo.text import Texts, joined, money, quoted, take, times, whole

__all__ = [
    "CHINESE_HEADER",
    "ENGLISH_HEADER",
    "FIRST_UNTIL",
    "SECOND_FROM",
    "SERVICES",
    "Rows",
    "chinese_lines",
    "english_lines",
    "order_rows",
]

ENGLISH_HEADER = (
    "Order Number,Order Date,Item Code,Item Name,Quantity,Unit Price,Line Discount,Currency,"
    "Customer ID,Email,Shipping Country,Status\n"
)
CHINESE_HEADER = (
    "订单编号,买家会员名,联系手机,订单创建时间,商品编码,宝贝标题,"
    "宝贝总数量,单价,优惠金额,币种,订单状态\n"
)
#: Days before the end where the first English export stops and the second begins.
FIRST_UNTIL, SECOND_FROM = 14.0, 42.0
#: Lines that are no product: code, English title, Chinese title, pence.
SERVICES = (
    ("POST", "POSTAGE", "运费补差价", 395),
    ("M", "Manual", "手续费", 250),
    ("BANK", "Bank Charges", "服务费", 120),
)

SALE, CANCELLED, RETURNED = range(3)
_STATUS = ("completed", "cancelled", "returned")
_STATUS_ZH = ("交易成功", "交易关闭", "退款成功")
_CANCELLED, _GUESTS, _POSTAGE, _SAMPLES, _TWICE = 0.015, 0.06, 0.08, 0.01, 0.008
_WITHOUT_NUMBER = 0.3  # of the orders under a second e-mail


@dataclass(frozen=True)
class Rows:
    """Order lines as exports hold them, by time.

    ``customer`` is an index into the chunk's people, -1 for a guest; ``item`` beyond the
    catalogue's size is one of ``SERVICES``; ``discount`` is in pence for the whole line.
    """

    number: Ints
    customer: Ints
    chinese: Flags
    day: Reals
    item: Ints
    quantity: Ints
    pence: Ints
    discount: Ints
    status: Ints

    def where(self, chosen: Flags | Ints) -> Rows:
        """Return some of the rows."""
        return Rows(**{name: column[chosen] for name, column in vars(self).items()})


def order_rows(
    rng: np.random.Generator,
    catalogue: Catalogue,
    people: People,
    lives: Lives,
    lines: Lines,
    end: float,
    first_number: int,
) -> Rows:
    """Turn orders before the end into export rows, with all that makes exports untidy."""
    past = lives.day < end
    source, customer, day, status = _all_orders(rng, lives, past, end)
    by_time = np.argsort(day, kind="stable")
    source, customer, status = source[by_time], customer[by_time], status[by_time]
    day = day[by_time]
    person = np.maximum(customer, 0)
    chinese = people.chinese[person] & ~(people.cross[person] & (rng.random(len(day)) < 0.5))
    chinese &= customer >= 0
    count = np.bincount(lines.order, minlength=len(lives.day))
    first = np.cumsum(count) - count
    which = np.repeat(np.arange(len(source)), count[source])
    offset = np.arange(len(which)) - np.repeat(
        np.cumsum(count[source]) - count[source], count[source]
    )
    line = first[source][which] + offset
    full = np.round(lines.pence[line] / (1 - lines.discount[line])).astype(np.int64)
    rows = Rows(
        number=first_number + which,
        customer=customer[which],
        chinese=chinese[which],
        day=day[which],
        item=lines.item[line],
        quantity=lines.quantity[line],
        pence=lines.pence[line],
        discount=(full - lines.pence[line]) * lines.quantity[line],
        status=status[which],
    )
    return _untidy(rng, catalogue, rows, lines.returned[line] & (rows.customer >= 0), end)


def _all_orders(
    rng: np.random.Generator, lives: Lives, past: Flags, end: float
) -> tuple[Ints, Ints, Reals, Ints]:
    """Return source order, customer, day and status: real orders, cancelled ones and guests'."""
    real = np.flatnonzero(past)
    cancelled = real[rng.random(len(real)) < _CANCELLED]
    guests = real[rng.random(len(real)) < _GUESTS]
    source = np.concatenate([real, cancelled, guests])
    customer = np.concatenate(
        [lives.customer[real], lives.customer[cancelled], np.full(len(guests), -1)]
    )
    # A cancelled order is a first try, minutes before the one that was kept.
    before = np.maximum(lives.day[cancelled] - rng.uniform(0.001, 0.01, len(cancelled)), 0)
    day = np.concatenate([lives.day[real], before, rng.uniform(0, end, len(guests))])
    status = np.zeros(len(source), dtype=np.int64)
    status[len(real) : len(real) + len(cancelled)] = CANCELLED
    return source, customer, day, status


def _untidy(
    rng: np.random.Generator, catalogue: Catalogue, rows: Rows, back: Flags, end: float
) -> Rows:
    """Add returns, postage and fees, free samples, and lines that stand twice in their order."""
    back &= rows.status == SALE
    status = np.where(back & rows.chinese, RETURNED, rows.status)
    rows = Rows(**{**vars(rows), "status": status})
    sent_back = rows.where(back & ~rows.chinese)
    returned = Rows(
        **{
            **vars(sent_back),
            "quantity": -sent_back.quantity,
            "day": sent_back.day + rng.uniform(3, 20, len(sent_back.day)),
            "status": np.full(len(sent_back.day), RETURNED),
        }
    )
    starts = np.concatenate([[True], rows.number[1:] != rows.number[:-1]]) & (rows.status == SALE)
    charged = rows.where(starts & (rng.random(len(starts)) < _POSTAGE))
    n = len(charged.day)
    service = rng.choice(len(SERVICES), n, p=[0.94, 0.04, 0.02])
    fees = Rows(
        **{
            **vars(charged),
            "item": catalogue.size + service,
            "quantity": np.ones(n, dtype=np.int64),
            "pence": np.array([price for *_names, price in SERVICES])[service],
            "discount": np.zeros(n, dtype=np.int64),
        }
    )
    given = rows.where(starts & (rng.random(len(starts)) < _SAMPLES))
    free = rng.integers(0, catalogue.size, len(given.day))
    nothing = np.zeros(len(given.day), dtype=np.int64)
    samples = Rows(
        **{
            **vars(given),
            "item": free,
            "quantity": nothing + 1,
            "pence": nothing,
            "discount": nothing,
        }
    )
    twice = rows.where((rows.status == SALE) & ~back & (rng.random(len(starts)) < _TWICE))
    parts = [rows, returned, fees, samples, twice]
    together = Rows(
        **{name: np.concatenate([getattr(p, name) for p in parts]) for name in vars(rows)}
    )
    order = np.lexsort((together.item, together.number, together.day))
    return together.where(order[together.day[order] < end])


def english_lines(
    rng: np.random.Generator,
    catalogue: Catalogue,
    people: People,
    rows: Rows,
    start: datetime,
) -> Texts:
    """Return the English storefront's rows as lines of CSV."""
    titles = quoted([*catalogue.titles, *(title for _code, title, *_rest in SERVICES)])
    old = quoted(
        [old or new for old, new in zip(catalogue.old_titles, catalogue.titles, strict=True)]
    )
    renamed = (rng.random(len(rows.item)) < 0.3) & (rows.item < catalogue.size)
    title = np.where(renamed, rows.item + len(titles), rows.item)
    person = np.where(rows.customer < 0, len(people.number), rows.customer)
    # An order has one e-mail, and one way of writing it.
    dice = _dice(rows.number)
    second = np.array([bool(e) for e in people.email2] + [False])[person] & (dice % 10 < 4)
    shown = ~second | (dice // 10 % 10 >= 10 * _WITHOUT_NUMBER)
    emails = [*people.email, "", *people.email2, ""]
    email = take(emails, np.where(second, person + len(people.email) + 1, person))
    typed = pa.array(dice // 100 % 20 == 0)
    email = pc.if_else(typed, pc.utf8_upper(email), email)
    nobody = len(people.number)
    return joined(
        [
            whole(rows.number),
            times(start, rows.day),
            take([*catalogue.codes, *(code for code, *_rest in SERVICES)], rows.item),
            take([*titles, *old], title),
            whole(rows.quantity),
            money(rows.pence),
            money(rows.discount),
            take(["GBP"], np.zeros(len(rows.item), dtype=np.int64)),
            take([*people.number, ""], np.where(shown, person, nobody)),
            email,
            take([*people.country, ""], person),
            take(_STATUS, rows.status),
        ]
    )


def _dice(number: Ints) -> Ints:
    """Return a throw for each order number: the same for all lines of an order."""
    mixed = (number.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(33)
    return mixed.astype(np.int64) % 1_000_003


def chinese_lines(catalogue: Catalogue, people: People, rows: Rows, start: datetime) -> Texts:
    """Return the Chinese storefront's rows as lines of CSV."""
    dice = _dice(rows.number)
    second = np.array([bool(p) for p in people.phone2])[rows.customer] & (dice % 10 < 4)
    n = len(people.phone)
    phone = take([*people.phone, *people.phone2], rows.customer + n * second)
    bare = pc.utf8_slice_codeunits(phone, 3)
    style = dice // 10 % 4
    number = pc.if_else(pa.array(style == 1), _spaced(bare), phone)
    number = pc.if_else(pa.array(style == 2), bare, number)
    number = pc.if_else(
        pa.array(style == 3), pc.binary_join_element_wise(pa.scalar("0086"), bare, ""), number
    )
    titles = quoted([*catalogue.titles_zh, *(title for _code, _en, title, _price in SERVICES)])
    order = pc.utf8_lpad(whole(rows.number), 16, "0")
    return joined(
        [
            pc.binary_join_element_wise(pa.scalar('="26'), order, pa.scalar('"'), ""),
            take(people.login, rows.customer),
            number,
            times(start, rows.day),
            take([*catalogue.codes, *(code for code, *_rest in SERVICES)], rows.item),
            take(titles, rows.item),
            whole(rows.quantity),
            money(rows.pence),
            money(rows.discount),
            take(["GBP"], np.zeros(len(rows.item), dtype=np.int64)),
            take(_STATUS_ZH, rows.status),
        ]
    )


def _spaced(bare: Texts) -> Texts:
    return pc.binary_join_element_wise(
        pa.scalar("+86"),
        pc.utf8_slice_codeunits(bare, 0, 3),
        pc.utf8_slice_codeunits(bare, 3, 7),
        pc.utf8_slice_codeunits(bare, 7, 11),
        " ",
    )
