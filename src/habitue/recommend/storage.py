"""Fitted recommenders on disk: JSON, NumPy arrays, Arrow tables. Loading runs no code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import scipy.sparse as sp

from habitue.errors import FormatError
from habitue.locale import _
from habitue.recommend.base import Recommender
from habitue.recommend.matrix import Details, Matrix
from habitue.recommend.vocabulary import Vocabulary
from habitue.registry import named

__all__ = ["load", "save"]

_FORMAT = 1
_ARRAYS = ("bought", "days_bought", "first", "last")


def save(model: Recommender, folder: Path) -> None:
    """Write a fitted model to a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    matrix = model.matrix_
    about = {"format": _FORMAT, "name": model.name, "parameters": model.get_params(deep=False)}
    (folder / "model.json").write_text(json.dumps(about), encoding="utf-8")
    feather.write_feather(pa.table({"customer": matrix.customers.ids}), folder / "customers.arrow")
    feather.write_feather(matrix.details.table, folder / "items.arrow")
    arrays = {name: getattr(matrix, name) for name in _ARRAYS}
    everything = {
        "weights": matrix.weights,
        "repeatable": matrix.details.repeatable,
        **arrays,
        **{f"fitted.{name}": value for name, value in model._state().items()},
    }
    np.savez(folder / "arrays.npz", **_flat(everything))  # type: ignore[arg-type]


def load(folder: Path) -> Recommender:
    """Return the model that is in a folder."""
    try:
        about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        known = about.get("format") == _FORMAT
    except (OSError, ValueError) as error:
        text = _("{folder} holds no saved recommender.")
        raise FormatError(text.format(folder=folder)) from error
    if not known:
        text = _("The recommender in {folder} is of format {format}; this version reads {known}.")
        raise FormatError(text.format(folder=folder, format=about.get("format"), known=_FORMAT))
    with np.load(folder / "arrays.npz", allow_pickle=False) as file:
        values = _unflat({name: file[name] for name in file.files})
    items = feather.read_table(folder / "items.arrow")
    customers = feather.read_table(folder / "customers.arrow")
    model: Recommender = named("habitue.recommend", Recommender, about["name"])(
        **about["parameters"]
    )
    model.matrix_ = Matrix(
        customers=Vocabulary(customers["customer"].combine_chunks()),
        items=Vocabulary(items["item_id"].combine_chunks()),
        weights=values["weights"],
        details=Details(items, values["repeatable"]),
        **{name: values[name] for name in _ARRAYS},
    )
    prefix = "fitted."
    fitted = {n.removeprefix(prefix): v for n, v in values.items() if n.startswith(prefix)}
    model._restore(fitted)
    return model


def _flat(values: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return sparse matrices as their arrays."""
    flat: dict[str, np.ndarray] = {}
    for name, value in values.items():
        if isinstance(value, sp.csr_matrix):
            for part in ("data", "indices", "indptr"):
                flat[f"{name}/{part}"] = getattr(value, part)
            flat[f"{name}/shape"] = np.array(value.shape)
        else:
            flat[name] = value
    return flat


def _unflat(flat: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return arrays put back into sparse matrices."""
    values: dict[str, Any] = {n: v for n, v in flat.items() if "/" not in n}
    for name in {n.rpartition("/")[0] for n in flat if "/" in n}:
        parts = tuple(flat[f"{name}/{part}"] for part in ("data", "indices", "indptr"))
        values[name] = sp.csr_matrix(parts, shape=tuple(flat[f"{name}/shape"]))
    return values
