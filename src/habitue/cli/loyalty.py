"""Who stays and who is slipping away: ``loyalty``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from habitue.cli.session import Session
from habitue.locale import _

if TYPE_CHECKING:
    from habitue.frame import Frame

__all__ = ["add"]


def add(app: typer.Typer, kind: type[Any]) -> None:
    """Add this topic's command."""
    app.command(
        "loyalty",
        cls=kind,
        rich_help_panel=_("Results"),
        help=_("How loyal the customers are, and who of worth is slipping away."),
    )(loyalty)


def loyalty(
    ctx: typer.Context,
    n: Annotated[
        int, typer.Option("-n", metavar="N", min=0, help=_("How many customers to list."))
    ] = 10,
) -> None:
    """Print the bands of loyalty and the worthiest who are slipping away."""
    session: Session = ctx.obj
    shop = session.shop()
    summary, frame = shop.summary, shop.loyalty
    bands, slipping = _bands(frame), _slipping(frame, n)
    if session.json:
        kept = {key: summary[key] for key in ("currency", "horizon_days")}
        session.document({**kept, "bands": bands, "slipping": slipping})
        return
    from habitue import wording

    session.show(_bands_table(bands, summary["currency"]))
    if slipping:
        horizon = wording.days(summary["horizon_days"])
        text = _("Of most worth, and slipping away (chance of an order within {horizon}):")
        session.show(
            "", text.format(horizon=horizon), _slipping_table(slipping, summary["currency"])
        )


def _bands_table(rows: list[dict[str, Any]], currency: str) -> Any:
    from habitue import wording
    from habitue.cli.tables import table

    return table(
        [_("band"), _("customers"), _("share"), _("score"), _("expected in 12 months")],
        [
            (
                wording.band(row["band"]),
                wording.number(row["customers"]),
                wording.percent(row["share"]),
                f"{row['score']:.0f}",
                wording.money(row["lifetime_value"], currency),
            )
            for row in rows
        ],
        "tnnnn",
    )


def _slipping_table(rows: list[dict[str, Any]], currency: str) -> Any:
    from habitue import wording
    from habitue.cli.tables import table

    return table(
        [_("customer"), _("band"), _("score"), _("chance"), _("expected in 12 months")],
        [
            (
                str(row["customer"]),
                wording.band(row["band"]),
                f"{row['score']:.0f}",
                wording.percent(row["probability"]),
                wording.money(row["lifetime_value"], currency),
            )
            for row in rows
        ],
        "ktnnn",
    )


def _bands(frame: Frame) -> list[dict[str, Any]]:
    from habitue.wording.keys import BANDS

    found = (
        frame.to_arrow()
        .group_by("band")
        .aggregate([("score", "mean"), ("customer", "count"), ("lifetime_value", "sum")])
        .to_pylist()
    )
    by_band = {row["band"]: row for row in found}
    total = max(1, len(frame))
    return [
        {
            "band": band,
            "customers": by_band[band]["customer_count"],
            "share": by_band[band]["customer_count"] / total,
            "score": by_band[band]["score_mean"],
            "lifetime_value": by_band[band]["lifetime_value_sum"],
        }
        for band in BANDS
        if band in by_band
    ]


def _slipping(frame: Frame, n: int) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    table = frame.to_arrow()
    at_risk = table.filter(pc.is_in(table["band"], value_set=pa.array(["wavering", "leaving"])))
    best = at_risk.sort_by([("lifetime_value", "descending"), ("customer", "ascending")])
    rows: list[dict[str, Any]] = best.slice(0, n).to_pylist()
    return rows
