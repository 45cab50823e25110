"""The k rows most strongly associated with each of some rows."""

from __future__ import annotations

import numpy as np

from habitue.recommend.kernels import CSR, Csr, compiled

__all__ = ["nearest_rows"]

_BINS = 2048  # of the eleven bits below the sign of a number


@compiled("int32(int32[::1], int64, int64, int64[::1], int32[::1])")
def _kth_largest(keys: np.ndarray, size: int, k: int, bins: np.ndarray, room: np.ndarray) -> int:
    """Return the k-th largest of the first keys, none below zero, by three counts of their bits."""
    left, held, prefix = k, size, 0
    for digit in range(3):
        shift, mask = (20, 2047) if digit == 0 else (10, 1023) if digit == 1 else (0, 1023)
        for place in range(mask + 1):
            bins[place] = 0
        source = keys if digit == 0 else room
        for place in range(held):
            bins[(source[place] >> shift) & mask] += 1
        chosen = mask
        while bins[chosen] < left:
            left -= bins[chosen]
            chosen -= 1
        prefix |= chosen << shift
        kept = 0
        for place in range(held):
            key = source[place]
            if (key >> shift) & mask == chosen:
                room[kept] = key
                kept += 1
        held = kept
    return prefix


@compiled(f"int64({CSR}, {CSR}, int64, float32[::1], int32[::1])")
def _dot_products(targets: Csr, columns: Csr, row: int, dots: np.ndarray, near: np.ndarray) -> int:
    """Add a row's dot products with all rows; write which are not zero and return how many."""
    t_indptr, t_indices, t_data = targets
    c_indptr, c_indices, c_data = columns
    size, steps = 0, 0
    for entry in range(t_indptr[row], t_indptr[row + 1]):
        steps += c_indptr[t_indices[entry] + 1] - c_indptr[t_indices[entry]]
    if steps > len(dots):  # then it is faster to look which are not zero when all is added up
        for entry in range(t_indptr[row], t_indptr[row + 1]):
            column, weight = t_indices[entry], t_data[entry]
            for other in range(c_indptr[column], c_indptr[column + 1]):
                dots[c_indices[other]] += weight * c_data[other]
        for who in range(len(dots)):
            if dots[who] != 0:
                near[size] = who
                size += 1
        return size
    for entry in range(t_indptr[row], t_indptr[row + 1]):
        column, weight = t_indices[entry], t_data[entry]
        for other in range(c_indptr[column], c_indptr[column + 1]):
            who = c_indices[other]
            if dots[who] == 0:
                near[size] = who
                size += 1
            dots[who] += weight * c_data[other]
    return size


@compiled(
    "int64(int32[::1], float32[::1], int64, int64, int64[::1], int32[::1], int32[::1], "
    "int32[::1], float32[::1])"
)
def _keep_largest(
    near: np.ndarray,
    values: np.ndarray,
    size: int,
    k: int,
    bins: np.ndarray,
    room: np.ndarray,
    tied: np.ndarray,
    found: np.ndarray,
    strengths: np.ndarray,
) -> int:
    """Write the k largest values, all above zero, and whose they are; return how many."""
    end = 0
    if size <= k:
        for at in range(size):
            found[at], strengths[at] = near[at], values[at]
        return size
    bits = values.view(np.int32)  # of floats above zero: in the same order
    edge = _kth_largest(bits, size, k, bins, room)
    ties = 0
    value = np.float32(0)
    for at in range(size):
        if bits[at] > edge:
            found[end], strengths[end] = near[at], values[at]
            end += 1
        elif bits[at] == edge:
            value = values[at]
            tied[ties] = len(near) - near[at]  # so that the first are the largest
            ties += 1
    last = _kth_largest(tied, ties, k - end, bins, room)
    for at in range(ties):
        if tied[at] >= last:
            found[end], strengths[end] = len(near) - tied[at], value
            end += 1
    return end


@compiled(
    f"int64({CSR}, {CSR}, int64[::1], int64, float32, float32[::1], float32[::1], float32, "
    "int32[::1], float32[::1], int64[::1])"
)
def nearest_rows(
    targets: Csr,
    columns: Csr,
    rows: np.ndarray,
    k: int,
    power: float,
    target: np.ndarray,
    source: np.ndarray,
    shrinkage: float,
    found: np.ndarray,
    strengths: np.ndarray,
    counts: np.ndarray,
) -> int:
    """Write the k rows most strongly associated with each of some rows; return how many in all.

    The strength of target t and source s with dot product p is
    ``p^power * target_t * source_s * p / (p + shrinkage)``; of equal ones the first rows are kept.
    Found sources and their strengths stand row after row without gaps, in no order in a row;
    ``counts`` says how many each row has.
    """
    n = len(source)
    dots = np.zeros(n, np.float32)
    near, room, tied = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    values = np.empty(n, np.float32)
    bins = np.empty(_BINS, np.int64)
    end = 0
    for place in range(len(rows)):
        row = rows[place]
        size = _dot_products(targets, columns, row, dots, near)
        kept = 0
        for at in range(size):
            who = near[at]
            p = dots[who]
            dots[who] = 0
            if who == row or p <= 0:
                continue
            strength = p if power == 1 else p**power
            strength = strength * target[row] * source[who]
            if shrinkage > 0:
                strength *= p / (p + shrinkage)
            if strength > 0:
                near[kept], values[kept] = who, strength
                kept += 1
        counts[place] = _keep_largest(
            near, values, kept, k, bins, room, tied, found[end:], strengths[end:]
        )
        end += counts[place]
    return end
