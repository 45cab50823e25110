from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from habitue.prepare.identity import components, people
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
    assert people(database).to_pylist() == [
        {"customer": 3, "person": 3},
        {"customer": 5, "person": 3},
    ]
