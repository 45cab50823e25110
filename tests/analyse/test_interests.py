from __future__ import annotations

from datetime import timedelta

import pytest
from tests.analyse.worlds_of_analysis import START, shop

from habitue import columns
from habitue.analyse.interests import interests

CUT = START + timedelta(days=100)
CATEGORIES = {"tea": "Drinks", "mug": "Kitchen", "pan": "Kitchen"}


def rows(engine: object, **settings: float) -> dict[tuple[int, str], tuple[float, float]]:
    table = interests(engine, CUT, **settings)  # type: ignore[arg-type]
    return {(r["customer"], r["category"]): (r["share"], r["affinity"]) for r in table.to_pylist()}


def test_share_and_affinity_by_hand() -> None:
    lines = [(1, "o1", "tea", 1, 5.0), (1, "o2", "tea", 2, 5.0), (1, "o3", "mug", 3, 5.0)]
    found = rows(shop([*lines, (2, "o4", "pan", 4, 5.0)], CATEGORIES))
    share, affinity = found[1, "Drinks"]
    assert share == pytest.approx(2 / 3)
    assert affinity == pytest.approx((2 + 5 * 0.5) / (3 + 5) / 0.5)
    assert found[2, "Kitchen"] == pytest.approx((1.0, (1 + 2.5) / 6 / 0.5))


def test_views_count_less_than_carts_and_carts_less_than_purchases() -> None:
    views = [(1, "mug", 5.0, "view"), (1, "tea", 6.0, "cart"), (1, "tea", 200.0, "view")]
    found = rows(shop([(1, "o1", "pan", 1, 5.0)], CATEGORIES, views))
    assert found[1, "Kitchen"][0] == pytest.approx(1.2 / 1.7)
    assert found[1, "Drinks"][0] == pytest.approx(0.5 / 1.7)


def test_who_is_like_everyone_has_affinity_one() -> None:
    lines = [(c, f"o{c}{i}", i, 1, 5.0) for c in (1, 2) for i in ("tea", "mug")]
    assert all(a == pytest.approx(1.0) for _s, a in rows(shop(lines, CATEGORIES)).values())


def test_an_empty_shop_has_no_interests() -> None:
    table = interests(shop([]), CUT)
    assert table.schema.equals(columns.INTERESTS.schema)
    assert len(table) == 0
