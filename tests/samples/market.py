"""A small market: orders with all that makes money hard, for the generators to write down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from random import Random
from typing import Any

from habitue.text import normalise

__all__ = ["CENT", "Line", "Order", "item_of", "market", "paid", "record", "share"]

CENT = 10_000  # micros

ENGLISH = (
    "Linen apron", 'Mug, red 12"', "Tea towel - Blue / Large", "Bread knife", "O'Neil bowl",
    "Café press", "Salt & pepper", "Plate 2x", "Jar; glass", "Brush",
)  # fmt: skip
CHINESE = (
    "亚麻围裙", "红色马克杯 350ml", "茶巾（蓝色 大号）", "面包刀", "陶瓷碗 6只装", "法压壶",
    "盐罐", "玻璃罐", "竹刷", "保温杯 白色",
)  # fmt: skip


@dataclass
class Line:
    """A product in an order; money in cents."""

    title: str
    sku: str
    quantity: int
    price: int
    off: int = 0

    @property
    def full(self) -> int:
        return self.price * self.quantity


@dataclass
class Order:
    """An order; ``state`` is sale, cancelled, returned or partly (returned in part)."""

    number: int
    time: datetime
    buyer: int
    state: str
    lines: list[Line] = field(default_factory=list)
    off: int = 0
    shipping: int = 0

    @property
    def full(self) -> int:
        return sum(line.full for line in self.lines)

    @property
    def goods(self) -> int:
        """What was paid for the products together, in cents."""
        return self.full - sum(line.off for line in self.lines) - self.off

    @property
    def email(self) -> str:
        return f"buyer{self.buyer}@mail.example"

    @property
    def phone(self) -> str:
        return f"138{self.buyer:08d}"


def market(
    seed: int,
    rows: int,
    *,
    titles: tuple[str, ...] = ENGLISH,
    line_off: bool = False,
    order_off: bool = True,
    most_lines: int = 4,
    zone: timezone = UTC,
    same_twice: bool = True,
) -> list[Order]:
    """Return orders of about so many lines in all; the first ones have what is special."""
    random = Random(seed)
    made: list[Order] = []
    while sum(len(order.lines) for order in made) < rows:
        n = len(made)
        time = datetime(2024, 1, 3, 9, 5, 7, tzinfo=zone) + timedelta(hours=5 * n, seconds=n)
        state = random.choice(["sale"] * 5 + ["cancelled", "returned", "partly"])
        order = Order(1001 + n, time, random.randrange(1, 9), state)
        chosen = random.sample(range(len(titles)), random.randint(1, most_lines))
        if same_twice and random.random() < 0.1:
            chosen.append(chosen[0])
        for item in chosen:
            line = Line(titles[item], f"SK-{item:03d}", random.randint(1, 3), 199 + 333 * item)
            if line_off and random.random() < 0.3:
                line.off = random.randint(1, line.full // 2)
            order.lines.append(line)
        if order_off and random.random() < 0.4:
            order.off = random.randint(1, order.goods // 2)
        order.shipping = random.choice([0, 0, 495])
        made.append(order)
    return made


def share(total: int, weights: list[int]) -> list[int]:
    """Share a total out by the largest-remainder method, slowly and exactly."""
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    parts = [int(part) for part in exact]
    by_rest = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in by_rest[: total - sum(parts)]:
        parts[n] += 1
    return parts


def paid(order: Order) -> list[int]:
    """Return what was paid for each line, in cents."""
    return share(order.goods, [line.full - line.off for line in order.lines])


def item_of(title: str) -> str:
    """Return the product's code where there is none but its title."""
    return normalise(title)


def record(order: Order, line: Line, cents: int, **more: Any) -> dict[str, Any]:
    """Return the record that a line must become."""
    micros = Fraction(cents * CENT, line.quantity)
    sign = -1 if micros < 0 else 1
    state = "sale" if order.state == "partly" else order.state
    return {
        "order_id": str(order.number),
        "time": order.time.astimezone(UTC),
        "item_id": line.sku or item_of(line.title),
        "title": line.title,
        "quantity": float(line.quantity),
        "unit_price": sign * int(abs(micros) + Fraction(1, 2)),
        "discount": (line.full - cents) * CENT,
        "status": state,
        **more,
    }
