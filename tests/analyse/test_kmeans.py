from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
from tests.contracts.segmenter import SegmenterContract, blobs

from habitue.analyse.segments.kmeans import KMeansSegmenter, jaccard
from habitue.errors import UsageError


class TestKMeans(SegmenterContract):
    segmenter = KMeansSegmenter
    settings: ClassVar = {"bootstraps": 4, "max_clusters": 6}


@pytest.mark.parametrize("k", [2, 3, 5, 7])
def test_the_planted_number_is_chosen(k: int) -> None:
    model = KMeansSegmenter().fit(blobs(k)[0])
    assert len(model.cluster_centers_) == k
    assert model.stability_.min() > 0.95


def test_a_heap_without_structure_is_one_segment() -> None:
    X = np.random.default_rng(0).normal(size=(400, 6))
    assert len(KMeansSegmenter(threshold=0.85).fit(X).cluster_centers_) == 1


def test_a_given_number_is_obeyed() -> None:
    model = KMeansSegmenter(n_clusters=3).fit(blobs(4)[0])
    assert len(model.cluster_centers_) == 3
    assert [choice.k for choice in model.choice_] == [3]


def test_bounds_are_checked() -> None:
    with pytest.raises(UsageError, match="bootstraps is -1"):
        KMeansSegmenter(bootstraps=-1).fit(blobs()[0])


def test_jaccard_is_that_of_sets() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, 4, 90), rng.integers(0, 4, 90)
    sets = [[set(np.flatnonzero(x == i)) for i in range(4)] for x in (one, other)]
    slow = [max(len(a & b) / len(a | b) for b in sets[1]) for a in sets[0]]
    np.testing.assert_allclose(jaccard(one, other, 4), slow)
