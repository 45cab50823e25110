"""What speaks for a recommendation: sources, buyers in common, neighbours."""

from __future__ import annotations

import numpy as np

from habitue.recommend.kernels import CSR, PATTERN, Csr, Pattern, compiled

__all__ = ["common_of_neighbours", "in_common", "strongest_sources"]

_SHARED = 6  # items in common that those named in a reason are picked from


@compiled(f"void({CSR}, {CSR}, int64[::1], int64[::1], int64[::1])")
def strongest_sources(
    similarity: Csr,
    dealt: Csr,
    rows: np.ndarray,
    columns: np.ndarray,
    found: np.ndarray,
) -> None:
    """Write the source of each row that adds most to the score of each column; -1 if none does."""
    s_indptr, s_indices, s_data = similarity
    w_indptr, w_indices, w_data = dealt
    weights = np.zeros(len(s_indptr) - 1, np.float32)
    before = -1
    for place in range(len(rows)):
        row = rows[place]
        if row != before:
            if before >= 0:
                for entry in range(w_indptr[before], w_indptr[before + 1]):
                    weights[w_indices[entry]] = 0
            for entry in range(w_indptr[row], w_indptr[row + 1]):
                weights[w_indices[entry]] = w_data[entry]
            before = row
        most = np.float32(0)
        found[place] = -1
        for entry in range(s_indptr[columns[place]], s_indptr[columns[place] + 1]):
            source = s_indices[entry]
            share = s_data[entry] * weights[source]
            if share > most or (share == most and share > 0 and source < found[place]):
                most, found[place] = share, source


@compiled(f"void({PATTERN}, int64[::1], int64[::1], int64[::1])")
def in_common(held: Pattern, one: np.ndarray, two: np.ndarray, counts: np.ndarray) -> None:
    """Write how many columns two rows of a matrix share, of rows in ascending order; 0 for -1."""
    indptr, indices = held
    for place in range(len(one)):
        counts[place] = 0
        if two[place] < 0:
            continue
        a, a_end = indptr[one[place]], indptr[one[place] + 1]
        b, b_end = indptr[two[place]], indptr[two[place] + 1]
        while a < a_end and b < b_end:
            if indices[a] < indices[b]:
                a += 1
            elif indices[a] > indices[b]:
                b += 1
            else:
                counts[place] += 1
                a += 1
                b += 1


@compiled("void(int64[::1], int32[::1], int64[::1], int64, int32[::1], int64[::1])")
def _name(
    having: np.ndarray,
    best: np.ndarray,
    each: np.ndarray,
    column: int,
    named: np.ndarray,
    count: np.ndarray,
) -> None:
    """Write the two items in common that most of some neighbours have, and how many have either."""
    for bit in range(len(best)):
        each[bit] = 0
        for bits in range(len(having)):
            if bits >> bit & 1 and best[bit] != column:  # that they bought it is said already
                each[bit] += having[bits]
    mask = 0
    for place in range(len(named)):
        named[place] = -1
        most, chosen = 0, 0
        for bit in range(len(best)):
            first = each[bit] == most and most > 0 and best[bit] < best[chosen]
            if each[bit] > most or first:
                most, chosen = each[bit], bit
        if most > 0:
            named[place] = best[chosen]
            mask |= 1 << chosen
            each[chosen] = 0
    count[0] = 0
    for bits in range(len(having)):
        if bits & mask:
            count[0] += having[bits]


@compiled(f"int64({PATTERN}, {PATTERN}, int64, int64, int32[::1], int32[::1])")
def _shared_most(
    neighbours: Pattern,
    bought: Pattern,
    who: int,
    customer: int,
    tally: np.ndarray,
    best: np.ndarray,
) -> int:
    """Write a customer's items that most of the neighbours have; return how many."""
    n_indptr, n_indices = neighbours
    p_indptr, p_indices = bought
    first, last = p_indptr[customer], p_indptr[customer + 1]
    for at in range(first, last):
        tally[p_indices[at]] = 0
    for near in range(n_indptr[who], n_indptr[who + 1]):
        other = n_indices[near]
        for at in range(p_indptr[other], p_indptr[other + 1]):
            if tally[p_indices[at]] >= 0:
                tally[p_indices[at]] += 1
    held = 0
    while held < len(best):
        most, chosen = 0, -1
        for at in range(first, last):
            if tally[p_indices[at]] > most:
                most, chosen = tally[p_indices[at]], p_indices[at]
        if chosen < 0:
            break
        best[held] = chosen
        tally[chosen] = 0
        held += 1
    for at in range(first, last):
        tally[p_indices[at]] = -1
    return held


@compiled(f"int64[:, ::1]({PATTERN}, {PATTERN}, int64, int64, int32[::1], int32[::1])")
def _having(
    neighbours: Pattern,
    bought: Pattern,
    who: int,
    items: int,
    code: np.ndarray,
    slot: np.ndarray,
) -> np.ndarray:
    """Return how many neighbours bought each item to explain, by the bits of what they share."""
    n_indptr, n_indices = neighbours
    p_indptr, p_indices = bought
    having = np.zeros((items, 1 << _SHARED), np.int64)
    for near in range(n_indptr[who], n_indptr[who + 1]):
        other, bits = n_indices[near], 0
        for at in range(p_indptr[other], p_indptr[other + 1]):
            bits |= code[p_indices[at]]
        for at in range(p_indptr[other], p_indptr[other + 1]):
            if slot[p_indices[at]] >= 0:
                having[slot[p_indices[at]], bits] += 1
    return having


@compiled(
    f"void({PATTERN}, {PATTERN}, int64[::1], int64[::1], int64[::1], int64, int32[:, ::1], "
    "int64[::1])"
)
def common_of_neighbours(
    neighbours: Pattern,
    bought: Pattern,
    customers: np.ndarray,
    starts: np.ndarray,
    columns: np.ndarray,
    n_items: int,
    named: np.ndarray,
    counts: np.ndarray,
) -> None:
    """Write what neighbours who bought an item share most with a customer, and how many do.

    Parameters
    ----------
    neighbours, bought
        The neighbours of some customers; the purchases of everyone.
    customers : array of shape (n,)
        Who they are.
    starts : array of shape (n + 1,)
        Where the items to explain to each of them start.
    columns : array
        The items to explain.
    n_items : int
        How many items there are.
    named : array of shape (n_columns, 2)
        The items in common that most of those neighbours have; -1 where there are fewer.
    counts : array of shape (n_columns,)
        Neighbours who bought the item and any of those named.
    """
    tally = np.full(n_items, -1, np.int32)  # neighbours who have an item of the customer's
    code = np.zeros(n_items, np.int32)  # the bit of an item in common
    slot = np.full(n_items, -1, np.int32)  # the place of an item to explain
    best = np.empty(_SHARED, np.int32)
    each = np.empty(_SHARED, np.int64)
    for who in range(len(customers)):
        start, end = starts[who], starts[who + 1]
        held = _shared_most(neighbours, bought, who, customers[who], tally, best)
        for bit in range(held):
            code[best[bit]] = 1 << bit
        for place in range(start, end):
            slot[columns[place]] = place - start
        having = _having(neighbours, bought, who, end - start, code, slot)
        for place in range(start, end):
            item = columns[place]
            _name(having[slot[item]], best[:held], each, item, named[place], counts[place:])
        for place in range(start, end):
            slot[columns[place]] = -1
        for bit in range(held):
            code[best[bit]] = 0
