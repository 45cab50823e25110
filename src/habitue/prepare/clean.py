"""From purchase records to the sales that count; every row is accounted for by one reason.

Each purchase row gets the first reason that holds, in this order:

``after_cut``       it happened at or after the cut-off
``cancelled``       its status says so; or its order number is ``C`` and digits, quantity below zero
``returned``        its status says so; or its quantity is below zero at a price
``no_quantity``     its quantity is zero or below, without a price
``no_price``        its price is zero or below
``other_currency``  another currency than the shop's, and no rate is given for it
``no_customer``     nobody knows who bought it (it still counts for baskets and popularity)
``counted``         everything else

Of those that are counted, or only lack a customer, service lines are set apart and returns are
taken off. A row of negative quantity takes its pieces off the same customer's latest earlier lines
of the same product (for guests: the same order's), because exports rarely say which line came back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pyarrow as pa

from habitue.columns import ACCOUNTING
from habitue.engines import Engine, time_literal

__all__ = ["accounting", "figures", "known_sales", "net", "select"]

_SALE_COLUMNS = "row_key, order_id, customer, time, item_id"


def select(
    engine: Engine, as_of: datetime, currency: str, rates: Mapping[str, float] | None = None
) -> None:
    """Make ``selected``: every purchase row with its person, its money in one currency, its reason.

    Reads ``purchases`` and ``people`` (``customer, person``).
    """
    rate = "".join(
        f" WHEN currency = '{code}' THEN CAST({value!r} AS DOUBLE)"
        for code, value in sorted((rates or {}).items())
    )
    engine.create(
        "selected",
        f"""
        WITH known AS (
            SELECT t.*, CASE WHEN p.customer IS NULL THEN t.customer ELSE p.person END AS person,
                CASE WHEN currency IS NULL OR currency = '{currency}'
                     THEN CAST(1 AS DOUBLE){rate} END AS rate
            FROM purchases t LEFT JOIN people p ON p.customer = t.customer
        )
        SELECT row_key, line, repeat, order_id, person AS customer, time, item_id, quantity,
            CAST(round(unit_price * coalesce(rate, 1)) AS BIGINT) AS unit_price,
            CAST(round(amount * coalesce(rate, 1)) AS BIGINT) AS amount,
            CAST(round(coalesce(discount, 0) * coalesce(rate, 1)) AS BIGINT) AS discount,
            CASE
                WHEN time >= {time_literal(as_of)} THEN 'after_cut'
                WHEN status = 'cancelled' OR (quantity < 0 AND order_id LIKE 'C%'
                    AND TRY_CAST(substr(order_id, 2) AS BIGINT) IS NOT NULL) THEN 'cancelled'
                WHEN status = 'returned' OR (quantity < 0 AND unit_price > 0) THEN 'returned'
                WHEN quantity <= 0 THEN 'no_quantity'
                WHEN unit_price <= 0 THEN 'no_price'
                WHEN rate IS NULL THEN 'other_currency'
                WHEN person IS NULL THEN 'no_customer'
                ELSE 'counted'
            END AS reason
        FROM known
        """,
    )


def net(engine: Engine) -> None:
    """Make ``lines``: what was sold, with the pieces of each line that came back, and when.

    Reads ``selected`` and ``services`` (``item_id``). ``returned_time`` is the latest return of the
    product by that customer: until then, nothing of it is taken as known.
    """
    party = "CASE WHEN customer IS NULL THEN order_id ELSE CAST(customer AS VARCHAR) END"
    engine.create(
        "lines",
        f"""
        WITH sold AS (
            SELECT *, {party} AS party FROM selected
            WHERE reason IN ('counted', 'no_customer')
              AND item_id NOT IN (SELECT item_id FROM services)
        ),
        back AS (
            SELECT {party} AS party, item_id, -sum(quantity) AS pieces, max(time) AS last_time
            FROM selected WHERE quantity < 0 AND reason IN ('cancelled', 'returned')
            GROUP BY 1, 2
        ),
        matched AS (
            SELECT s.row_key, s.quantity, b.pieces, b.last_time,
                coalesce(sum(s.quantity) OVER (
                    PARTITION BY s.party, s.item_id
                    ORDER BY s.time DESC NULLS LAST, s.line NULLS LAST, s.row_key NULLS LAST
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS later
            FROM sold s JOIN back b
              ON b.party = s.party AND b.item_id = s.item_id AND s.time <= b.last_time
        ),
        taken AS (
            SELECT row_key, last_time, least(quantity, greatest(pieces - later, 0)) AS pieces
            FROM matched
        )
        SELECT s.{_SALE_COLUMNS.replace(", ", ", s.")}, s.quantity, s.unit_price, s.amount,
            s.discount, coalesce(t.pieces, 0) AS returned,
            CASE WHEN t.pieces > 0 THEN t.last_time END AS returned_time
        FROM sold s LEFT JOIN taken t ON t.row_key = s.row_key
        """,
    )


def known_sales(as_of: datetime, currency: str = "", cuts: Sequence[datetime] = ()) -> str:
    """Return the SQL of SALES as known at a moment: later sales and returns are not in it.

    Parameters
    ----------
    as_of : datetime
        The moment.
    currency : str
        What the amounts are in.
    cuts : sequence of datetime
        Cut-offs of a backtest. Of a line before a cut, only returns before that cut are taken off,
        so that nothing that is learnt before the cut has seen what came after it.
    """
    cut = time_literal(as_of)
    earlier = "".join(
        f"WHEN time < {time_literal(t)} THEN {time_literal(t)} " for t in sorted(cuts)
    )
    known_until = f"CASE {earlier}ELSE {cut} END" if cuts else cut
    back = f"(CASE WHEN returned_time < {known_until} THEN returned ELSE 0 END)"
    kept = f"(quantity - {back})"

    def share(column: str) -> str:
        rest = f"CAST(round({column} * ({kept} / quantity)) AS BIGINT)"
        return f"CASE WHEN {back} = 0 THEN {column} ELSE {rest} END AS {column}"

    return f"""
        SELECT {_SALE_COLUMNS}, {kept} AS quantity, unit_price, {share("amount")},
            {share("discount")}, '{currency}' AS currency, {back} AS returned
        FROM lines WHERE time < {cut} AND {kept} > 0
    """


def figures(engine: Engine) -> dict[str, dict[str, int]]:
    """Return lines, customers, orders and revenue, before and after services and returns.

    Reads ``selected`` and ``sales``. *Before* counts rows of a known customer, not cancelled,
    quantity and price above zero, the way such exports are usually summed up.
    """
    before = engine.query(
        """
        SELECT count(*) AS lines, count(DISTINCT customer) AS customers,
            count(DISTINCT order_id) AS orders,
            CAST(coalesce(sum(amount), 0) AS BIGINT) AS amount,
            CAST(coalesce(sum(CASE WHEN repeat > 1 THEN 1 ELSE 0 END), 0) AS BIGINT)
                AS repeated_lines
        FROM selected WHERE reason = 'counted'
        """
    )
    after = engine.query(
        """
        SELECT count(*) AS lines, count(DISTINCT customer) AS customers,
            count(DISTINCT order_id) AS orders,
            CAST(coalesce(sum(amount), 0) AS BIGINT) AS amount
        FROM sales WHERE customer IS NOT NULL
        """
    )
    return {"selected": before.to_pylist()[0], "after": after.to_pylist()[0]}


def accounting(engine: Engine) -> pa.Table:
    """Return why each purchase row was kept or set aside (columns.ACCOUNTING).

    The rows of stage ``select`` add up to the rows read, and those of stage ``prepare`` to the
    rows that ``select`` counted, with and without a customer.
    """
    return engine.query(
        """
        WITH stages AS (
            SELECT 'select' AS stage, reason, amount FROM selected
            UNION ALL
            SELECT 'prepare', 'service_line', amount FROM selected
            WHERE reason IN ('counted', 'no_customer')
              AND item_id IN (SELECT item_id FROM services)
            UNION ALL
            SELECT 'prepare',
                CASE WHEN returned = 0 THEN CASE WHEN customer IS NULL THEN 'guest_sale'
                                                 ELSE 'sale' END
                     WHEN returned < quantity THEN 'reduced_by_return'
                     ELSE 'returned_in_full' END, amount
            FROM lines
        )
        SELECT stage, 'purchases' AS "table", reason, count(*) AS rows,
            CAST(sum(amount) AS BIGINT) AS amount
        FROM stages GROUP BY stage, reason
        ORDER BY stage DESC NULLS LAST, rows DESC NULLS LAST, reason NULLS LAST
        """
    ).cast(ACCOUNTING.schema)
