from __future__ import annotations

import pyarrow as pa

from habitue.engines import DuckDBEngine
from habitue.recommend.offers import offers


def test_what_fits_one_segment_comes_before_what_fits_everybody() -> None:
    members = pa.table({"customer": [1, 2, 3, 4], "segment": [1, 1, 2, 2]})
    recommendations = pa.table(
        {"customer": [1, 2, 3, 4, 1, 2, 3], "item_id": ["all", "all", "all", "all", "a", "a", "b"]}
    )
    with DuckDBEngine() as engine:
        engine.register("members", members)
        engine.register("recommendations", recommendations)
        rows = offers(engine, n=1).to_pylist()
    assert [(row["segment"], row["item_id"], row["customers"]) for row in rows] == [
        (1, "a", 2),
        (2, "b", 1),
    ]


def test_no_recommendations_give_no_offers() -> None:
    nobody = pa.table({"customer": pa.array([], pa.int64()), "segment": pa.array([], pa.int64())})
    nothing = pa.table({"customer": pa.array([], pa.int64()), "item_id": pa.array([], pa.string())})
    with DuckDBEngine() as engine:
        engine.register("members", nobody)
        engine.register("recommendations", nothing)
        assert offers(engine).num_rows == 0
