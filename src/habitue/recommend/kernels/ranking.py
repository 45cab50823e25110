"""Products of sparse matrices, and the best columns of each row."""

from __future__ import annotations

import numpy as np

from habitue.recommend.kernels import CSR, PATTERN, Csr, Pattern, compiled

__all__ = ["add_normalised", "best_of_products", "best_of_rows", "gains_of_blend", "products"]


@compiled(f"void({CSR}, {CSR}, float32[:, ::1])")
def products(
    a: Csr,
    b: Csr,
    out: np.ndarray,
) -> None:
    """Add the product of two sparse matrices to a dense one."""
    a_indptr, a_indices, a_data = a
    b_indptr, b_indices, b_data = b
    for row in range(len(out)):
        scores = out[row]
        for entry in range(a_indptr[row], a_indptr[row + 1]):
            source, weight = a_indices[entry], a_data[entry]
            for other in range(b_indptr[source], b_indptr[source + 1]):
                scores[b_indices[other]] += weight * b_data[other]


@compiled("void(boolean[::1], int32[::1], int64, int64, boolean)")
def _mark(marks: np.ndarray, places: np.ndarray, start: int, end: int, mark: bool) -> None:
    for at in range(start, end):
        marks[places[at]] = mark


@compiled("int64(int32[::1], float32[::1], int64, int64, int64, float32)")
def _insert(
    columns: np.ndarray, values: np.ndarray, held: int, n: int, column: int, value: float
) -> int:
    """Put a value in its place among the best n so far; return how many are held then.

    Columns must come in ascending order: of equal values the one that came first stays first.
    """
    if held == n:
        held -= 1
    at = held
    while at > 0 and values[at - 1] < value:
        values[at], columns[at] = values[at - 1], columns[at - 1]
        at -= 1
    values[at], columns[at] = value, column
    return held + 1


@compiled(
    "int64(float32[::1], float32, boolean[::1], int32[::1], float32[::1], int64, "
    "int32[::1], float32[::1])"
)
def _best(
    scores: np.ndarray,
    floor: float,
    barred: np.ndarray,
    order: np.ndarray,
    fallback: np.ndarray,
    n: int,
    columns: np.ndarray,
    values: np.ndarray,
) -> int:
    """Write the n best columns of a row above a floor, then others in an order; return how many."""
    held = 0
    least = floor
    for column in range(len(scores)):
        value = scores[column]
        if value > least and not barred[column]:
            held = _insert(columns, values, held, n, column, value)
            if held == n:
                least = values[n - 1]
    for column in order:
        if held == n:
            break
        if not scores[column] > floor and not barred[column]:
            columns[held], values[held] = column, fallback[column]
            held += 1
    return held


@compiled(
    f"void(float32[:, ::1], float32, {PATTERN}, int32[::1], float32[::1], int64, "
    "int32[:, ::1], float32[:, ::1], int64[::1])"
)
def best_of_rows(
    scores: np.ndarray,
    floor: float,
    exclude: Pattern,
    order: np.ndarray,
    fallback: np.ndarray,
    n: int,
    columns: np.ndarray,
    values: np.ndarray,
    counts: np.ndarray,
) -> None:
    """Write the n best columns of each row above a floor, the excluded left out.

    Where fewer are above the floor, columns follow in the order given, with their fallback value.
    """
    x_indptr, x_indices = exclude
    barred = np.zeros(scores.shape[1], np.bool_)
    for row in range(len(scores)):
        _mark(barred, x_indices, x_indptr[row], x_indptr[row + 1], True)
        counts[row] = _best(
            scores[row], floor, barred, order, fallback, n, columns[row], values[row]
        )
        _mark(barred, x_indices, x_indptr[row], x_indptr[row + 1], False)


@compiled(
    f"void({CSR}, {CSR}, float32[::1], {PATTERN}, int32[::1], float32[::1], "
    "int64, int32[:, ::1], float32[:, ::1], int64[::1])"
)
def best_of_products(
    a: Csr,
    b: Csr,
    scale: np.ndarray,
    exclude: Pattern,
    order: np.ndarray,
    fallback: np.ndarray,
    n: int,
    columns: np.ndarray,
    values: np.ndarray,
    counts: np.ndarray,
) -> None:
    """Do as `best_of_rows` with the product of two sparse matrices, its columns scaled."""
    a_indptr, a_indices, a_data = a
    b_indptr, b_indices, b_data = b
    x_indptr, x_indices = exclude
    scores = np.empty(len(scale), np.float32)
    barred = np.zeros(len(scale), np.bool_)
    for row in range(len(counts)):
        for column in range(len(scale)):
            scores[column] = 0
        for entry in range(a_indptr[row], a_indptr[row + 1]):
            source, weight = a_indices[entry], a_data[entry]
            for other in range(b_indptr[source], b_indptr[source + 1]):
                scores[b_indices[other]] += weight * b_data[other]
        for column in range(len(scale)):
            scores[column] *= scale[column]
        _mark(barred, x_indices, x_indptr[row], x_indptr[row + 1], True)
        counts[row] = _best(scores, 0.0, barred, order, fallback, n, columns[row], values[row])
        _mark(barred, x_indices, x_indptr[row], x_indptr[row + 1], False)


@compiled("void(float32[:, ::1], float32[:, ::1], float32)")
def add_normalised(total: np.ndarray, scores: np.ndarray, weight: float) -> None:
    """Add scores to a total as shares of each row's highest, times a weight."""
    for row in range(len(scores)):
        highest = np.float32(0)
        for value in scores[row]:
            highest = max(highest, value)
        if highest > 0:
            for column in range(scores.shape[1]):
                total[row, column] += weight * (scores[row, column] / highest)


@compiled(
    "void(float32[:, :, ::1], float32[::1], float32[:, ::1], boolean[:, ::1], float64[::1], "
    "float64[::1])"
)
def gains_of_blend(
    tables: np.ndarray,
    weights: np.ndarray,
    fallback: np.ndarray,
    true: np.ndarray,
    discount: np.ndarray,
    gains: np.ndarray,
) -> None:
    """Write the discounted gain of each row's best candidates by the weighted sum of some tables.

    Where the sum is not above zero the fallback stands for it. Tables are of shape (n_parts,
    n_rows, n_candidates); ``true`` says which candidates are gains; as many are taken as there are
    discounts.
    """
    n, width = len(discount), fallback.shape[1]
    columns, values = np.empty(n, np.int32), np.empty(n, np.float32)
    blend = np.empty(width, np.float32)
    for row in range(len(gains)):
        for column in range(width):
            blend[column] = 0
        for part in range(len(weights)):
            if weights[part] != 0:
                for column in range(width):
                    blend[column] += weights[part] * tables[part, row, column]
        held = 0
        for column in range(width):
            value = blend[column] if blend[column] > 0 else fallback[row, column]
            if value > -np.inf and (held < n or value > values[n - 1]):
                held = _insert(columns, values, held, n, column, value)
        gains[row] = 0
        for place in range(held):
            if true[row, columns[place]]:
                gains[row] += discount[place]
