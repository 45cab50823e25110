"""Numbers about groups of customers that may leave the shop: ``shop.groups``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

from habitue.errors import UsageError
from habitue.locale import _

if TYPE_CHECKING:
    import pyarrow as pa

    from habitue.frame import Frame
    from habitue.shop import Shop

__all__ = ["BY", "Groups"]

#: What customers can be counted by: a name, and the table and column of a run that say it.
BY = {
    "segment": ("members", "segment"),
    "rfm": ("rfm", "group"),
    "loyalty": ("loyalty", "band"),
    "interest": ("interests", "category"),
}


class Groups:
    """Counts of customers, safe to pass on: see ``habitue.protect.groups``.

    Parameters
    ----------
    shop : Shop
        The shop.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def count(self, *by: str) -> Frame:
        """Return how many customers there are by segment, RFM group, loyalty band or interest.

        Numbers are rounded to multiples of five; a group of fewer than ``[protect] min_group``
        people has none, nor have most of less than twice as many.

        Parameters
        ----------
        *by : str
            One or more of ``segment``, ``rfm``, ``loyalty``, ``interest``.

        Raises
        ------
        UsageError
            If customers can't be counted by that.
        """
        import pyarrow as pa

        from habitue.frame import Frame
        from habitue.protect.groups import Answers, groups_key

        for name in by:
            if name not in BY:
                text = _("Customers can't be counted by {name!r}. There are: {known}.")
                raise UsageError(text.format(name=name, known=", ".join(BY)))
        parts = [self._parts(name) for name in by]
        rows: list[dict[str, object]] = []
        key = groups_key(self._shop.vault.ring)
        with self._shop._database.writing() as session:
            answers = Answers(key, session, self._shop.config.protect.min_group)
            for cell in product(*(part.items() for part in parts)):
                group = _common([people for _value, people in cell])
                if len(group):
                    values = {name: value for name, (value, _p) in zip(by, cell, strict=True)}
                    rows.append({**values, "customers": answers.count(group)})
        schema = pa.schema([*((name, pa.string()) for name in by), ("customers", pa.int64())])
        return Frame(pa.Table.from_pylist(rows, schema=schema))

    def _parts(self, name: str) -> dict[str, pa.Array]:
        """Return the customers of each value."""
        import pyarrow.compute as pc

        table, column = BY[name]
        rows = self._shop.current.table(table)
        values = pc.unique(rows[column]).drop_null()
        return {
            str(value): rows.filter(pc.equal(rows[column], value))["customer"]
            for value in values.sort().to_pylist()
        }


def _common(groups: Sequence[pa.Array]) -> pa.Array:
    """Return the customers that are in all of the groups."""
    import numpy as np

    common = np.asarray(groups[0])
    for other in groups[1:]:
        common = np.intersect1d(common, np.asarray(other))
    return common
