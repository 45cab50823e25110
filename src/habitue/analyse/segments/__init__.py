"""Clusters of customers: who behaves alike, named and defined by a rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from habitue import columns
from habitue.analyse.interests import interests
from habitue.analyse.segments.base import Segmenter
from habitue.analyse.segments.describe import describe
from habitue.analyse.segments.features import behaviour, scaled
from habitue.analyse.segments.kmeans import Choice, KMeansSegmenter
from habitue.engines.base import Engine

__all__ = ["FEWEST", "KMeansSegmenter", "Segmentation", "Segmenter", "segment"]

#: With fewer customers, clusters would be drawn from noise: all are one segment.
FEWEST = 50

_CHOICE = pa.schema(
    [
        ("k", pa.int64()),
        ("stability", pa.float64()),
        ("silhouette", pa.float64()),
        ("chosen", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class Segmentation:
    """A shop's customers in segments.

    Attributes
    ----------
    segments : pyarrow.Table
        Columns as ``columns.SEGMENTS`` says, the most worth first.
    members : pyarrow.Table
        Columns as ``columns.MEMBERS`` says, one row a customer.
    choice : pyarrow.Table
        For each number of clusters tried: ``k``, ``stability`` (of the least stable cluster),
        ``silhouette``, ``chosen``.
    note : str
        Why there is but one segment: ``too_few_customers``, ``no_stable_clusters``; else empty.
    """

    segments: pa.Table
    members: pa.Table
    choice: pa.Table
    note: str = ""


def segment(
    engine: Engine,
    as_of: datetime,
    max_segments: int = 10,
    bootstraps: int = 12,
    seed: int = 7,
) -> Segmentation:
    """Return a shop's customers in segments that would be found again.

    Behaviour (see `behaviour`) is clustered by k-means, with the number of clusters chosen by
    stability (see `KMeansSegmenter`). Segments are numbered by their worth, the most first.

    Parameters
    ----------
    engine : Engine
        Knows ``sales``, ``catalogue`` and ``views``.
    as_of : datetime
        What happened before this counts.
    max_segments : int
        Most segments.
    bootstraps : int
        Samples that the stability is measured with.
    seed : int
        The same seed gives the same segments.
    """
    people = behaviour(engine, as_of)
    if people.num_rows == 0:
        return Segmentation(
            columns.SEGMENTS.schema.empty_table(),
            columns.MEMBERS.schema.empty_table(),
            _CHOICE.empty_table(),
            "too_few_customers",
        )
    matrix, features = scaled(people)
    few = people.num_rows < FEWEST
    model = KMeansSegmenter(
        n_clusters=1 if few else None,
        max_clusters=max_segments,
        bootstraps=bootstraps,
        random_state=seed,
    ).fit(matrix)
    distance = model.transform(matrix)[np.arange(len(matrix)), model.labels_]
    segments, members = describe(
        people, model.labels_, distance, model.stability_, features, interests(engine, as_of), seed
    )
    note = "too_few_customers" if few else "" if segments.num_rows > 1 else "no_stable_clusters"
    return Segmentation(segments, members, _chosen(model.choice_, segments.num_rows), note)


def _chosen(choice: list[Choice], k: int) -> pa.Table:
    rows = [
        {
            "k": one.k,
            "stability": one.stability,
            "silhouette": one.silhouette,
            "chosen": one.k == k,
        }
        for one in choice
    ]
    return pa.Table.from_pylist(rows, schema=_CHOICE)
