"""What every rule miner promises: inherit this, set `miner`, and the tests are yours."""

from __future__ import annotations

import gzip
from collections import Counter
from functools import cache
from itertools import combinations
from typing import Any, ClassVar

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from tests.shared import shared_data

from habitue import columns
from habitue.analyse.rules.base import RuleMiner, TooManyItemsetsError, whole_count
from habitue.analyse.rules.baskets import Matrix, to_matrix
from habitue.errors import UsageError
from habitue.registry import named

__all__ = ["RuleMinerContract", "brute_force", "found", "groceries"]

Sets = dict[frozenset[str], int]
SMALL = [["a", "b"], ["a", "b", "c"], ["a"], [], ["b", "c", "c"]]
BASKETS = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=6), min_size=1, max_size=30)


def brute_force(baskets: list[list[str]], min_count: int, longest: int = 99) -> Sets:
    """Count every part of every basket: slow and obvious."""
    counts: Counter[frozenset[str]] = Counter()
    for basket in baskets:
        items = sorted(set(basket))
        for length in range(1, min(len(items), longest) + 1):
            counts.update(frozenset(part) for part in combinations(items, length))
    return {items: count for items, count in counts.items() if count >= min_count}


def found(miner: RuleMiner) -> Sets:
    """Return a miner's itemsets as a dictionary."""
    table = miner.itemsets_.to_pydict()
    sets = {frozenset(i): c for i, c in zip(table["items"], table["count"], strict=True)}
    assert len(sets) == len(miner.itemsets_), "an itemset is listed twice"
    return sets


def groceries() -> list[list[str]]:
    """Return the baskets of the arules package."""
    path = shared_data("baskets/groceries_baskets.csv")
    return [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]


@cache
def fimi(name: str) -> Matrix:
    """Return the baskets of a FIMI file as a matrix."""
    with gzip.open(shared_data(f"baskets/{name}.dat.gz"), "rt") as file:
        return to_matrix([line.split() for line in file])[0]


class RuleMinerContract:
    """Tests that every miner passes."""

    miner: ClassVar[type[RuleMiner]]

    def make(self, *args: Any, **kwargs: Any) -> RuleMiner:
        return self.miner(*args, **kwargs)

    def test_it_is_found_by_its_name(self) -> None:
        assert named("habitue.analyse.rules", RuleMiner, self.miner.name) is self.miner

    def test_a_clone_has_the_same_parameters(self) -> None:
        model = self.make(0.2, 0.3, 4, 100)
        assert clone(model).get_params() == model.get_params()

    def test_fit_returns_itself_and_leaves_parameters_alone(self) -> None:
        model = self.make(0.2)
        before = model.get_params()
        assert model.fit(SMALL) is model
        assert model.get_params() == before

    @given(baskets=BASKETS, min_count=st.integers(1, 4), longest=st.integers(1, 4))
    @settings(max_examples=60, deadline=None)
    def test_itemsets_are_those_of_brute_force(
        self, baskets: list[list[str]], min_count: int, longest: int
    ) -> None:
        model = self.make(min_count, 0.5, longest).fit(baskets)
        assert found(model) == brute_force(baskets, min_count, longest)

    @given(baskets=BASKETS, min_confidence=st.sampled_from([0.0, 0.4, 0.5, 1.0]))
    @settings(max_examples=40, deadline=None)
    def test_rules_are_those_of_brute_force(
        self, baskets: list[list[str]], min_confidence: float
    ) -> None:
        sets = brute_force(baskets, 2)
        expected = {
            (items - {right}, right): (count, count / sets[items - {right}])
            for items, count in sets.items()
            for right in items
            if len(items) > 1 and count / sets[items - {right}] >= min_confidence
        }
        rules = self.make(2, min_confidence).fit(baskets).rules_.to_pylist()
        seen = {
            (frozenset(r["antecedent"]), r["consequent"]): (r["count"], r["confidence"])
            for r in rules
        }
        assert seen.keys() == expected.keys()
        assert all(seen[rule] == pytest.approx(expected[rule]) for rule in seen)
        for rule in rules:
            share = sets[frozenset([rule["consequent"]])] / len(baskets)
            assert rule["lift"] == pytest.approx(rule["confidence"] / share)

    def test_any_form_of_the_same_baskets_gives_the_same(self) -> None:
        pairs = [(str(number), item) for number, basket in enumerate(SMALL) for item in basket]
        frame = {"basket": [b for b, _i in pairs], "item": [i for _b, i in pairs]}
        whole = [basket for basket in SMALL if basket]
        expected = found(self.make(2).fit(whole))
        for form in (pa.table(frame), pl.DataFrame(frame), pd.DataFrame(frame)):
            assert found(self.make(2).fit(form)) == expected
        matrix = sparse.csr_array([[1, 1, 0], [1, 2, 1], [1, 0, 0], [0, 1, 1]])
        by_number = {frozenset("abc"[int(i)] for i in items): n for items, n in
                     found(self.make(2).fit(matrix)).items()}  # fmt: skip
        assert by_number == expected

    def test_empty_baskets_count_as_baskets(self) -> None:
        model = self.make(0.4).fit(SMALL)
        assert (model.n_baskets_, model.min_count_) == (5, 2)
        assert model.itemsets_["support"].to_pylist()[0] == 0.6

    def test_the_order_of_baskets_and_items_does_not_matter(self) -> None:
        other = [basket[::-1] for basket in SMALL[::-1]]
        assert self.make(1, 0.1).fit(SMALL).rules_.equals(self.make(1, 0.1).fit(other).rules_)

    def test_tables_have_their_columns_and_no_holes(self) -> None:
        model = self.make(1, 0.1).fit(SMALL)
        assert model.rules_.schema.equals(columns.RULES.schema)
        assert model.itemsets_.column_names == ["items", "count", "support"]
        assert all(column.null_count == 0 for column in model.rules_.columns)

    @pytest.mark.parametrize("baskets", [[], [[]], [["a"]]])
    def test_nothing_together_gives_no_rules(self, baskets: list[list[str]]) -> None:
        assert len(self.make(1).fit(baskets).rules_) == 0

    @pytest.mark.parametrize(
        "baskets",
        [
            "abc",
            7,
            ["ab", "c"],
            [1, 2],
            pa.table({"a": ["x"]}),
            pa.table({"basket": ["x", None], "item": ["y", "z"]}),
            sparse.csr_array([[1.0, float("nan")]]),
        ],
    )
    def test_what_is_no_baskets_is_refused(self, baskets: Any) -> None:
        with pytest.raises(UsageError):
            self.make().fit(baskets)

    @pytest.mark.parametrize(
        "wrong",
        [{"min_support": 0}, {"min_confidence": 1.1}, {"max_length": 0}, {"max_itemsets": -1}],
    )
    def test_parameters_out_of_bounds_are_refused(self, wrong: dict[str, float]) -> None:
        with pytest.raises(UsageError):
            self.make(**wrong).fit(SMALL)

    def test_too_many_itemsets_are_an_error_not_a_full_memory(self) -> None:
        baskets = [[f"item {i}" for i in range(40)]] * 3
        with pytest.raises(TooManyItemsetsError, match="1000"):
            self.make(2, max_itemsets=1000).fit(baskets)

    @pytest.mark.parametrize(
        ("name", "share", "sets"),
        [
            ("retail", 0.01, 159),
            ("retail", 0.005, 580),
            ("retail", 0.001, 7589),
            ("T10I4D100K", 0.01, 385),
            ("T10I4D100K", 0.005, 1073),
        ],
    )
    def test_published_itemset_counts(self, name: str, share: float, sets: int) -> None:
        assert len(self.make(share, 0.9).fit(fimi(name)).itemsets_) == sets

    @pytest.mark.parametrize(
        ("support", "confidence", "sets", "rules"),
        [(0.001, 0.8, 13492, 410), (0.001, 0.5, 13492, 5668), (0.006, 0.25, None, 463),
         (0.01, 0.5, 333, 15)],
    )  # fmt: skip
    def test_published_groceries_rules(
        self, support: float, confidence: float, sets: int | None, rules: int
    ) -> None:
        model = self.make(support, confidence).fit(groceries())
        assert len(model.rules_) == rules
        assert sets is None or len(model.itemsets_) == sets

    def test_a_share_is_rounded_up_to_whole_baskets(self) -> None:
        assert whole_count(0.1, 10) == 1
        assert whole_count(0.11, 10) == 2
        assert whole_count(0.29, 100) == 29  # not 30, by a rounding error of 0.29 * 100
