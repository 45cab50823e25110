from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from tests.recommend.worlds import naive_top, random_world

from habitue.errors import FormatError, UsageError
from habitue.recommend import Matrix, Popular, load
from habitue.recommend.ranking import largest_per_row, top_n
from habitue.recommend.similarity import Association, nearest
from habitue.recommend.vocabulary import Vocabulary


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, int]:
    """Rows with many ties, wide enough for the shortcut, and how many to take."""
    seed, width = draw(st.integers(0, 10_000)), draw(st.integers(1, 400))
    rng = np.random.default_rng(seed)
    values = rng.integers(0, draw(st.integers(1, 300)), (3, width)).astype(np.float32)
    return values, draw(st.integers(1, 40))


@given(tables())
def test_the_best_are_found_and_ties_stand_in_order(given: tuple[np.ndarray, int]) -> None:
    values, n = given
    ranking = top_n(values, n)
    for row in range(len(values)):
        order = sorted(range(values.shape[1]), key=lambda c: (-values[row, c], c))
        assert ranking.columns[ranking.rows == row].tolist() == order[:n]


@given(tables())
def test_the_largest_are_kept_of_sparse_rows(given: tuple[np.ndarray, int]) -> None:
    values, k = given
    assert (largest_per_row(sp.csr_matrix(values), k).toarray() == naive_top(values, k)).all()


@pytest.mark.parametrize("density", [0.02, 0.6])
def test_neighbours_are_the_same_however_many_threads(
    density: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = sp.random(200, 50, density, random_state=1)
    x = sp.csr_matrix(drawn.toarray().astype(np.float32))
    whole = nearest(x, None, 7, Association(shared=0.3))
    monkeypatch.setattr("habitue.recommend.sparse._SHARED_OUT", 1)
    for threads in (1, 3):
        monkeypatch.setattr("habitue.recommend.sparse.cores", lambda most, n=threads: n)
        parts = nearest(x, None, 7, Association(shared=0.3))
        assert (whole.toarray() == parts.toarray()).all()


def test_recommendations_are_the_same_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Popular().fit(random_world(1))
    whole = model.with_reasons(list(range(30)))
    monkeypatch.setattr("habitue.recommend.base._CELLS", 60)
    assert model.with_reasons(list(range(30))).equals(whole)


def test_a_vocabulary_speaks_any_kind_of_column() -> None:
    vocabulary = Vocabulary.of(pa.array(["b", "a", None]).dictionary_encode())
    assert vocabulary.ids.to_pylist() == ["a", "b"]
    assert vocabulary.positions(pa.chunked_array([["b"], ["x"]])).tolist() == [1, -1]
    assert vocabulary.positions([5]).tolist() == [-1]


def test_ids_of_two_types_are_refused() -> None:
    with pytest.raises(UsageError, match="different types"):
        Matrix.of(pa.table({"customer": [1], "item_id": ["a"]}), pa.table({"item_id": [1]}))


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(UsageError, match="not list"):
        Matrix.of([1, 2])


def test_of_a_repeated_item_the_first_row_counts() -> None:
    items = pa.table({"item_id": ["a", "a"], "title": ["one", "two"]})
    matrix = Matrix.of(pa.table({"customer": [1], "item_id": ["a"]}), items)
    assert matrix.details.texts("title") == ["one"]


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no saved recommender"):
        load(tmp_path)
    (tmp_path / "model.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(FormatError, match="99"):
        load(tmp_path)
