from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
from tests.worlds import START, purchases

from habitue import Shop
from habitue.collect.demo import write_shop
from habitue.columns import COMMENTS, VIEWS
from habitue.engines import DuckDBEngine
from habitue.prepare.identity import linked, number
from habitue.protect.keys import MasterKey
from habitue.protect.vault import Vault
from habitue.state import Database, Link

NOBODY = pa.table({"customer": pa.array([], pa.int64()), "person": pa.array([], pa.int64())})


def test_what_was_joined_by_hand_is_read_from_the_state(tmp_path: Path) -> None:
    vault = Vault(Database.of(tmp_path), MasterKey(b"k" * 32))
    first, second, _third = vault.resolve([["1"], ["2"], ["3"]], ["customer_id"])
    assert first is not None
    assert second is not None
    with vault._database.writing() as session:
        vault.flush(session, "b")
        session.add(Link(first=first, second=second, kind="hand"))
    one, other = sorted([first, second])
    assert linked(vault._database).to_pylist() == [
        {"customer": one, "person": one},
        {"customer": other, "person": one},
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
            numbered = number(engine, NOBODY, START + timedelta(days=9))
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
