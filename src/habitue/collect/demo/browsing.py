"""What people looked at in the sample shop, what robots fetched, and how the log garbles it.

A product that will be bought is often looked at some days before, so that browsing tells of the
near future. Of the events, some arrive days late (``received_at``), some twice under one id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.demo.baskets import Lines, Tastes
from habitue.collect.demo.catalogue import Catalogue, Ints, Reals, cell
from habitue.collect.demo.people import People
from habitue.collect.demo.process import Lives
from habitue.collect.demo.text import Texts, take, times, whole
from habitue.collect.demo.words import CATEGORIES, STYLES

__all__ = ["Events", "browse", "event_lines", "robots"]

VIEW, CART, SEARCH = range(3)
_NAMES = ("product_view", "add_to_cart", "search")
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/149.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/149.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_3) AppleWebKit/605.1.15 Safari/605.1.15",
    "Mozilla/5.0 (compatible; SampleBot/2.1; +http://example.com/bot)",
    "ExampleCrawler/1.0 (+http://example.org/crawler)",
)
_HUMANS = 4
_SEEN, _CARTED, _LEAD = 0.55, 0.3, 4.0
_LOGGED_IN, _LATE, _TWICE = 0.8, 0.02, 0.008
_LAPTOP = 0.35  # share of visits from a second device


@dataclass(frozen=True)
class Events:
    """Events of one chunk: whose (-1: a robot), when, what; visits are numbered from 0."""

    customer: Ints
    visit: Ints
    day: Reals
    kind: Ints
    item: Ints
    agent: Ints


def browse(
    rng: np.random.Generator,
    catalogue: Catalogue,
    lives: Lives,
    tastes: Tastes,
    lines: Lines,
    end: float,
) -> Events:
    """Return the events before the end of some lives."""
    order_day = lives.day
    seen = np.flatnonzero(rng.random(len(lines.order)) < _SEEN)
    lead = rng.gamma(1.2, _LEAD / 1.2, len(lives.day))  # one visit before each order
    before = order_day - lead
    carted = np.flatnonzero(rng.random(len(lines.order)) < _CARTED)
    n_orders = len(order_day)
    idle = np.repeat(np.arange(n_orders), rng.poisson(2.2, n_orders))
    idle_day = before[idle]
    idle_item = _of_taste(rng, catalogue, tastes, lives.customer[idle])
    search = np.flatnonzero(rng.random(n_orders) < 0.08)
    order = np.concatenate([lines.order[seen], lines.order[carted], idle, search])
    start = np.concatenate(
        [before[lines.order[seen]], order_day[lines.order[carted]] - 0.02, idle_day, before[search]]
    )
    kind = np.repeat([VIEW, CART, VIEW, SEARCH], [len(seen), len(carted), len(idle), len(search)])
    item = np.concatenate(
        [lines.item[seen], lines.item[carted], idle_item, np.full(len(search), -1)]
    )
    at_order = kind == CART
    day = start + rng.uniform(0, 0.012, len(start))
    past = (day < end) & (day > 0) & (~at_order | (order_day[order] < end))
    order, kind, item, day, at_order = (a[past] for a in (order, kind, item, day, at_order))
    visit = 2 * order + at_order
    agent = (lives.customer[order] * 7 + (_dice(visit) < _LAPTOP)) % _HUMANS
    return Events(lives.customer[order], visit, day, kind, item, agent)


def _dice(number: Ints) -> Reals:
    """Return a throw from 0 to 1 that is the same for all events of a visit."""
    mixed = (number.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    return mixed.astype(np.float64) / 2**24


def _of_taste(
    rng: np.random.Generator, catalogue: Catalogue, tastes: Tastes, customer: Ints
) -> Ints:
    n = len(customer)
    category = np.where(
        rng.random(n) < 0.6, tastes.categories[customer, 0], rng.integers(0, len(CATEGORIES), n)
    )
    style = np.where(
        rng.random(n) < 0.5, tastes.styles[customer, 0], rng.integers(0, len(STYLES), n)
    )
    return catalogue.choose(rng, cell(category, style))


def robots(rng: np.random.Generator, catalogue: Catalogue, end: float, visits: int) -> Events:
    """Return crawlers' events, and visits under a person's agent that are faster than people."""
    length = rng.integers(120, 260, visits)
    visit = np.repeat(np.arange(visits), length)
    step = np.arange(len(visit)) - np.repeat(np.cumsum(length) - length, length)
    pace = np.repeat(rng.uniform(0.2, 0.8, visits), length)  # seconds from page to page
    start = np.repeat(np.floor(rng.uniform(0, end - 1, visits)) + 0.4, length)
    honest = np.repeat(rng.random(visits) < 0.7, length)
    agent = np.where(honest, _HUMANS + visit % 2, visit % _HUMANS)
    item = rng.integers(0, catalogue.size, len(visit))
    kind = np.full(len(visit), VIEW)
    return Events(np.full(len(visit), -1), visit, start + step * pace / 86_400, kind, item, agent)


def event_lines(
    rng: np.random.Generator,
    catalogue: Catalogue,
    people: People,
    events: Events,
    start: datetime,
    chunk: str,
) -> tuple[Texts, Reals, dict[str, int]]:
    """Return events as JSON lines, the day each arrived, and counts of what is garbled."""
    n = len(events.day)
    late = rng.random(n) < _LATE
    delay = np.where(late, rng.uniform(1, 6, n), rng.uniform(0, 0.0003, n))
    columns = _columns(catalogue, people, events, start, chunk, events.day + delay)
    lines = pc.binary_join_element_wise(*columns, "")
    twice = np.flatnonzero(rng.random(n) < _TWICE)
    row = np.concatenate([np.arange(n), twice])
    arrival = np.concatenate([events.day + delay, events.day[twice] + delay[twice] + 0.01])
    counts = {
        "events": n,
        "late_events": int(late.sum()),
        "repeated_events": len(twice),
        "robot_events": int((events.customer < 0).sum()),
    }
    return lines.take(pa.array(row)), arrival, counts


def _columns(
    catalogue: Catalogue,
    people: People,
    events: Events,
    start: datetime,
    chunk: str,
    received: Reals,
) -> list[Texts]:
    n = len(people.customer_id)
    human = events.customer >= 0
    known = human & (_dice(events.visit + 1) < _LOGGED_IN)
    device = [f"{chunk}{i:05x}" for i in range(n)] + [f"{chunk}fffff"]
    words = [f'","query":"{noun[0].split(",")[0].lower()}"' for c in CATEGORIES for noun in c.nouns]
    product = [f'","product_id":"{code}"' for code in catalogue.codes]
    what = np.where(events.item >= 0, events.item, len(product) + events.visit % len(words))
    users = [f',"user_id":"{identifier}"' for identifier in people.customer_id] + [""]
    visitor = np.where(human, events.customer, n)
    stamp = "%Y-%m-%dT%H:%M:%SZ"
    return [
        pa.scalar(f'{{"event_id":"ev-{chunk}'),
        pc.utf8_lpad(whole(np.arange(len(events.day))), 7, "0"),
        pa.scalar('","timestamp":"'),
        times(start, events.day, stamp),
        pa.scalar('","received_at":"'),
        times(start, received, stamp),
        pa.scalar('","event":"'),
        take(_NAMES, events.kind),
        take(product + words, what),
        take(users, np.where(known, visitor, n)),
        pa.scalar(',"anonymous_id":"an-'),
        take(device, visitor),
        pa.scalar(f'","session_id":"s-{chunk}'),
        whole(events.visit),
        pa.scalar('","user_agent":"'),
        take(_AGENTS, events.agent),
        pa.scalar('"}\n'),
    ]
