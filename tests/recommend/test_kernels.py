"""The compiled loops against slow ones, and against the Python that they are compiled from."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from tests.recommend.worlds import NOW, naive_top, random_world, two_camps

from habitue.recommend import Again, Content, Hybrid, ItemKNN, UserKNN
from habitue.recommend.heldout import held_out
from habitue.recommend.kernels import association, evidence, ranking
from habitue.recommend.matrix import Matrix
from habitue.recommend.ranking import Fallback, top_n
from habitue.recommend.sparse import dense_product, pattern, rows_of, shared_out

MODULES = (association, evidence, ranking)


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that is compiled, as the Python that it was."""
    for module in MODULES:
        for name, value in vars(module).items():
            if hasattr(value, "py_func"):
                monkeypatch.setattr(module, name, value.py_func)


def answers(seed: int) -> list[Any]:
    """What models with all kinds of settings recommend in a random world, and why."""
    world = random_world(seed, 14, 9)
    models = [
        ItemKNN(neighbours=3, power=1.2, shrinkage=0.5),
        UserKNN(neighbours=4, popularity_exponent=0.2),
        Content(),
        Hybrid({"itemknn": 1.0, "userknn": 0.5, "popular": 0.1, "again": 0.4}),
        Hybrid(),
    ]
    return [m.fit(world, as_of=NOW).with_reasons(list(range(15)), 4) for m in models]


@pytest.mark.parametrize("seed", range(3))
def test_compiled_and_interpreted_give_the_same(seed: int, request: pytest.FixtureRequest) -> None:
    compiled = answers(seed)
    request.getfixturevalue("interpreted")
    for one, other in zip(compiled, answers(seed), strict=True):
        assert one.drop_columns(["score"]).equals(other.drop_columns(["score"]))
        assert one["score"].to_numpy() == pytest.approx(other["score"].to_numpy(), rel=1e-5)


@pytest.mark.parametrize("seed", range(20))
def test_the_kth_largest_is_that_of_a_sort(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 300))
    keys = rng.integers(0, rng.choice([2, 50, 2**31 - 1]), size).astype(np.int32)
    k = int(rng.integers(1, size + 1))
    bins, room = np.empty(2048, np.int64), np.empty(size, np.int32)
    for function in (association._kth_largest, association._kth_largest.py_func):  # type: ignore[attr-defined]
        assert function(keys, size, k, bins, room) == np.sort(keys)[-k]


@pytest.mark.parametrize("density", [0.03, 0.5])
def test_sparse_products_are_those_of_scipy(density: float) -> None:
    drawn = (sp.random(*s, density, random_state=1).toarray() for s in ((20, 30), (30, 25)))
    a, b = (sp.csr_matrix(values.astype(np.float32)) for values in drawn)
    assert dense_product(a, b) == pytest.approx((a @ b).toarray(), rel=1e-5)


def test_what_is_left_out_is_never_among_the_best_and_the_fallback_follows() -> None:
    scores = np.array([[3.0, 0.0, 2.0, 0.0]], dtype=np.float32)
    order = Fallback.of(np.array([-0.1, -0.5, -0.2, -0.3]))
    found = top_n(scores, 4, 0.0, sp.csr_matrix([[1, 0, 0, 0]]), order)
    assert found.columns.tolist() == [2, 3, 1]
    assert found.scores.tolist() == pytest.approx([2.0, -0.3, -0.5])


def test_ties_go_to_the_first_rows_however_many_there_are() -> None:
    x = sp.csr_matrix(np.ones((40, 3), dtype=np.float32))
    similarity = ItemKNN(neighbours=5).fit(sp.csr_matrix(x.T)).similarity_.toarray()
    expected = np.ones((40, 40)) - np.eye(40)
    assert (similarity > 0).tolist() == (naive_top(expected, 5) > 0).tolist()


def test_blocks_come_in_order_whatever_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("habitue.recommend.sparse._SHARED_OUT", 10)
    monkeypatch.setattr("habitue.recommend.sparse.cores", lambda most: 3)
    blocks = shared_out(lambda start, end: list(range(start, end)), 100)
    assert [row for block in blocks for row in block] == list(range(100))
    assert len(blocks) > 3


def test_read_only_arrays_are_taken_too() -> None:
    x = sp.csr_matrix(np.eye(3, dtype=np.float32))
    for array in (x.data, x.indices, x.indptr):
        array.flags.writeable = False
    assert all(part.flags.writeable for part in pattern(x))
    assert ItemKNN().fit(x).rank(np.arange(3), 2).rows.tolist()


def test_one_customer_is_ranked_as_among_all() -> None:
    for model in (ItemKNN(), UserKNN(popularity_exponent=0.3), Again()):
        model.fit(*two_camps())
        whole = model.rank(np.arange(10), 3)
        for row in range(10):
            alone = model.rank(np.array([row]), 3)
            assert alone.columns.tolist() == whole.columns[whole.rows == row].tolist()


def test_other_settings_count_when_fitted_again() -> None:
    matrix = Matrix.of(random_world(3))
    model = UserKNN().fit(matrix)
    model.rank(np.arange(5), 3)
    again = model.set_params(popularity_exponent=0.6).fit(matrix).rank(np.arange(5), 3)
    fresh = UserKNN(popularity_exponent=0.6).fit(matrix).rank(np.arange(5), 3)
    assert (again.scores == fresh.scores).all()


def test_an_unknown_row_is_empty() -> None:
    x = sp.csr_matrix(np.eye(2, dtype=np.float32))
    assert rows_of(x, np.array([-1])).nnz == 0
    assert rows_of(x, np.array([1, -1])).toarray().tolist() == [[0, 1], [0, 0]]


def test_candidates_of_a_blend_are_what_any_part_would_recommend() -> None:
    split = held_out(Matrix.of(random_world(2, 60, 40)), 0.3, 2)
    assert split.came_true(np.zeros(0, np.int64), np.zeros(0, np.int64)).tolist() == []


def test_without_a_folder_for_the_cache_it_compiles_all_the_same(tmp_path: Path) -> None:
    source = Path(association.__file__).parent
    package = tmp_path / "loops"
    shutil.copytree(source, package, ignore=shutil.ignore_patterns("__pycache__"))
    text = (source / "association.py").read_text().replace("habitue.recommend.kernels", "loops")
    (package / "association.py").write_text(text)
    program = (
        "from numba.core import caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "from loops.association import nearest_rows\n"
        "print(len(nearest_rows.signatures))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1"
