"""Association rules: what is bought together in one order."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from habitue import columns
from habitue.analyse.rules.base import RuleMiner, TooManyItemsetsError
from habitue.analyse.rules.baskets import Matrix, to_matrix
from habitue.analyse.rules.eclat import Eclat, pair_counts
from habitue.engines import Engine, time_literal

__all__ = ["LEAST", "MOST", "Eclat", "RuleMiner", "automatic_count", "mine"]

#: An itemset in fewer orders than this is an anecdote.
LEAST = 10
#: Itemsets at most when the support is automatic: what is mined within a second.
MOST = 10_000

_BASKETS = """
SELECT DISTINCT order_id, item_id
FROM sales
WHERE time < {cut} AND amount > 0 AND order_id IS NOT NULL AND item_id IS NOT NULL
"""


def mine(
    engine: Engine,
    as_of: datetime,
    min_support: float = 0.0,
    min_confidence: float = 0.2,
    max_length: int = 3,
) -> pa.Table:
    """Return the association rules of a shop's orders before a cut-off, most useful first.

    Left out are rules that are not *productive* (see ``RuleMiner``): with an item on the left
    that adds nothing, and rules no likelier than their right side alone. Order: rules that are
    significant (adjusted p < .05, lift above 1) first; then by ``lift × leverage``, strength
    times extent; then by confidence, count and the items themselves.

    Parameters
    ----------
    engine : Engine
        Knows the table ``sales``; guest orders count.
    as_of : datetime
        Orders before this count.
    min_support : float
        Share of the orders; 0 is automatic: the smallest count, not below ``LEAST`` orders,
        that gives at most ``MOST`` itemsets (see `automatic_count`).
    min_confidence : float
        Smallest confidence of a rule.
    max_length : int
        Most items in a rule, both sides together.

    Returns
    -------
    pyarrow.Table
        Columns as ``columns.RULES`` says; empty for a shop without orders.
    """
    matrix, items = to_matrix(engine.query(_BASKETS.format(cut=time_literal(as_of))))
    if matrix.shape[0] == 0:
        return columns.RULES.schema.empty_table()
    support = min_support or automatic_count(matrix)
    most = None if min_support else MOST
    while True:
        try:
            miner = Eclat(max(support, 1e-12), min_confidence, max_length, most).fit(matrix)
            break
        except TooManyItemsetsError:
            support = int(support * 1.25) + 1
    return _by_use(_renamed(miner.rules_.filter(pa.array(miner.productive_)), items))


def automatic_count(matrix: Matrix, most: int = MOST, least: int = LEAST) -> int:
    """Return the smallest count, not below `least`, at which at most `most` / 2 pairs are frequent.

    The other half is room for longer itemsets.

    >>> automatic_count(to_matrix([["a", "b"]] * 30 + [["a", "c"]] * 12)[0])
    10
    >>> automatic_count(to_matrix([["a", "b"]] * 30 + [["a", "c"]] * 12)[0], most=2)
    13
    """
    counts = np.sort(pair_counts(matrix, least))[::-1]
    room = most // 2
    return least if len(counts) <= room else int(counts[room]) + 1


def _renamed(rules: pa.Table, items: list[str]) -> pa.Table:
    """Put the items' names in the place of the matrix's column numbers."""
    names = pa.array(items, pa.string())
    left = rules["antecedent"].combine_chunks()
    numbers = pc.cast(left.flatten(), pa.int64())
    lists = pa.ListArray.from_arrays(_offsets(left), names.take(numbers))
    right = names.take(pc.cast(rules["consequent"], pa.int64()))
    return rules.set_column(0, "antecedent", lists).set_column(1, "consequent", right)


def _offsets(lists: pa.ListArray) -> pa.Array:
    lengths = pc.list_value_length(lists).to_numpy(zero_copy_only=False)
    return pa.array(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))


def _by_use(rules: pa.Table) -> pa.Table:
    lift, p = rules["lift"].to_numpy(), rules["p_value"].to_numpy()
    doubtful: npt.NDArray[np.bool_] = (p >= 0.05) | (lift <= 1)
    keys = {
        "doubtful": pa.array(doubtful.astype(np.int8)),
        "use": pa.array(-lift * rules["leverage"].to_numpy()),
        "confidence": pc.negate(rules["confidence"]),
        "count": pc.negate(rules["count"]),
        "left": pc.binary_join(rules["antecedent"], "\x1f"),
        "right": rules["consequent"],
    }
    order = pc.sort_indices(pa.table(keys), sort_keys=[(key, "ascending") for key in keys])
    return rules.take(order)
