from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.worlds import START, purchases

from habitue import Shop
from habitue.collect.demo import write_shop
from habitue.columns import COMMENTS, VIEWS
from habitue.engines import DuckDBEngine
from habitue.prepare.identity import components, linked, number
from habitue.state import Database, Link


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), max_size=20))
def test_components_agree_with_repeated_merging(links: list[tuple[int, int]]) -> None:
    person = {number: number for pair in links for number in pair}
    for _ in range(len(person)):
        for a, b in links:
            person[a] = person[b] = min(person[a], person[b])
    found = components(links).to_pylist()
    assert {row["customer"]: row["person"] for row in found} == person


def test_people_are_read_from_the_links_of_the_state(tmp_path: Path) -> None:
    database = Database.of(tmp_path)
    with database.writing() as session:
        session.add(Link(first=3, second=5, kind="email", batch="b"))
    assert linked(database).to_pylist() == [
        {"customer": 3, "person": 3},
        {"customer": 5, "person": 3},
    ]


def test_people_are_numbered_as_they_appear_whatever_their_pseudonyms() -> None:
    lines = [("1", 900, 5, "A", 1, 1.0), ("2", 3, 1, "A", 1, 1.0), ("3", 44, 2, "B", 1, 1.0)]
    orders = []
    for shift in (0, 1_000):
        moved = [(o, (c * 7 + shift) % 1_009, d, i, q, p) for o, c, d, i, q, p in lines]
        with DuckDBEngine() as engine:
            engine.register("purchases", purchases(moved))
            engine.register("views", VIEWS.schema.empty_table())
            engine.register("comments", COMMENTS.schema.empty_table())
            numbered = number(engine, components([]), START + timedelta(days=9))
        orders.append([moved[n][1] for n in (1, 2, 0)])
        assert numbered["customer"].to_pylist() == orders[-1]


def test_two_shops_with_the_same_records_get_the_same_answer(tmp_path: Path) -> None:
    answers = []
    for name in ("a", "b"):
        write_shop(tmp_path / name, customers=150, seed=5)
        shop = Shop.create(tmp_path / name)
        shop.import_files([tmp_path / name / "exports"])
        shop.run()
        answers.append(
            (
                shop.segments.to_pylist(),
                shop.rules.to_pylist(),
                shop.evaluation.to_pylist(),
                shop.loyalty["score"],
                shop.recommendations["item_id"],
            )
        )
    assert answers[0] == answers[1]
