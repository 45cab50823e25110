"""Are probabilities true? The scores and the reliability table.

A chance of 30 % is calibrated if three in ten of those who are given it do order.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from habitue.errors import UsageError
from habitue.locale import _

__all__ = [
    "brier",
    "expected_calibration_error",
    "log_loss",
    "mass_bins",
    "paired",
    "reliability",
]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_TINY = 1e-6  # nothing is certain: keeps logarithms finite


def log_loss(y: ArrayLike, p: ArrayLike) -> Floats:
    """Return each customer's logarithmic loss, -ln of the chance given to what came.

    Good, I. J. (1952), Rational Decisions. Chances are kept a millionth away from 0 and 1.

    >>> log_loss([1, 0], [0.5, 0.5]).round(4)
    array([0.6931, 0.6931])
    """
    target, chance = paired(y, p)
    chance = np.clip(chance, _TINY, 1 - _TINY)
    return np.where(target == 1, -np.log(chance), -np.log1p(-chance))


def brier(y: ArrayLike, p: ArrayLike) -> Floats:
    """Return each customer's squared error (Brier 1950).

    >>> brier([1, 0], [0.5, 0.25])
    array([0.25  , 0.0625])
    """
    target, chance = paired(y, p)
    return (target - chance) ** 2


def mass_bins(p: ArrayLike, bins: int = 10) -> Whole:
    """Return each customer's bin: as many bins of equal mass as there are different chances.

    Customers of equal chance are never parted, so bins may be fewer and of unlike size.

    >>> mass_bins([0.1, 0.2, 0.3, 0.4], bins=2)
    array([0, 0, 1, 1])
    """
    chance = np.asarray(p, dtype=np.float64)
    if len(chance) == 0:
        return np.empty(0, dtype=np.int64)
    _values, where, counts = np.unique(chance, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2  # of each group of equals, in the order of chances
    number = np.minimum((middle * bins / len(chance)).astype(np.int64), bins - 1)
    return np.unique(number[where], return_inverse=True)[1].astype(np.int64)


def expected_calibration_error(y: ArrayLike, p: ArrayLike, bins: int = 10) -> float:
    """Return the expected calibration error over ten bins of equal mass.

    ECE = sum over bins of (n_bin / n) |mean outcome - mean chance| (Naeini, Cooper & Hauskrecht
    2015, AAAI, eq. 3, there with bins of equal width). A perfect model's is above 0 by chance:
    about 0.8 sqrt(bins p (1 - p) / n).

    Raises
    ------
    UsageError
        If there is nobody.

    Examples
    --------
    >>> expected_calibration_error([0, 0, 1, 1], [0.1, 0.1, 0.8, 0.8])
    0.15
    """
    target, chance = paired(y, p)
    if len(target) == 0:
        raise UsageError(_("There is nobody to measure the calibration on."))
    gaps = np.bincount(mass_bins(chance, bins), weights=target - chance)
    return round(float(np.abs(gaps).sum() / len(target)), 12)


def reliability(y: ArrayLike, p: ArrayLike, bins: int = 10) -> pa.Table:
    """Return the reliability table: one row a bin of equal mass, from the lowest chances up.

    Returns
    -------
    pa.Table
        ``bin`` (1 is lowest), ``customers``, ``predicted`` (mean chance), ``observed`` (share that
        ordered), ``low`` and ``high`` (the share's 95 % interval, Wilson 1927).

    Examples
    --------
    >>> reliability([0, 1], [0.2, 0.6], bins=1).select(["predicted", "observed"]).to_pylist()
    [{'predicted': 0.4, 'observed': 0.5}]
    """
    target, chance = paired(y, p)
    where = mass_bins(chance, bins)
    n = np.bincount(where).astype(np.float64)
    observed = np.bincount(where, weights=target) / n
    z = 1.959963984540054
    centre = (observed + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(observed * (1 - observed) / n + z**2 / (4 * n**2))
    return pa.table(
        {
            "bin": pa.array(np.arange(1, len(n) + 1), pa.int64()),
            "customers": pa.array(n.astype(np.int64)),
            "predicted": np.bincount(where, weights=chance) / n,
            "observed": observed,
            "low": np.maximum(centre - half, 0.0),
            "high": np.minimum(centre + half, 1.0),
        }
    )


def paired(y: ArrayLike, p: ArrayLike) -> tuple[Floats, Floats]:
    """Return outcomes and chances as numbers, refused if they are not one to one."""
    target, chance = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    if target.shape != chance.shape:
        raise UsageError(
            _("There are {labels} outcomes for {chances} chances.").format(
                labels=target.size, chances=chance.size
            )
        )
    return target, chance
