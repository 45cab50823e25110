from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.contracts.rule_miner import RuleMinerContract, brute_force, found

from habitue.analyse.rules import eclat
from habitue.analyse.rules.baskets import to_matrix
from habitue.analyse.rules.eclat import Eclat, pair_counts


class TestEclat(RuleMinerContract):
    miner = Eclat


def random_baskets(seed: int, n: int = 300, items: int = 14) -> list[list[str]]:
    rng = np.random.default_rng(seed)
    return [[f"i{j}" for j in np.flatnonzero(rng.random(items) < 0.35)] for _ in range(n)]


def test_memory_bounds_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    baskets = random_baskets(0)
    monkeypatch.setattr(eclat, "_WORDS", 16)
    monkeypatch.setattr(eclat, "_GATHER", 50)
    assert found(Eclat(10).fit(baskets)) == brute_force(baskets, 10)


@pytest.mark.parametrize("seed", [1, 2])
def test_supports_are_those_of_mlxtend(seed: int) -> None:
    frequent_patterns = pytest.importorskip("mlxtend.frequent_patterns")
    baskets = random_baskets(seed)
    matrix, items = to_matrix(baskets)
    frame = pd.DataFrame(matrix.toarray().astype(bool), columns=items)
    peer = frequent_patterns.fpgrowth(frame, min_support=0.05, use_colnames=True)
    expected = dict(zip(peer["itemsets"], peer["support"], strict=True))
    ours = Eclat(0.05).fit(baskets).itemsets_.to_pydict()
    assert dict(zip(map(frozenset, ours["items"]), ours["support"], strict=True)) == pytest.approx(
        expected
    )


def test_pair_counts_are_those_of_brute_force() -> None:
    baskets = random_baskets(3)
    pairs = sorted(n for s, n in brute_force(baskets, 20, 2).items() if len(s) == 2)
    assert sorted(pair_counts(to_matrix(baskets)[0], 20).tolist()) == pairs


def test_an_item_in_every_basket_is_found() -> None:
    baskets = [["always", "a"], ["always", "b"], ["always", "a"]]
    assert found(Eclat(2).fit(baskets)) == brute_force(baskets, 2)
