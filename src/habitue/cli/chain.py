"""One customer from records to reasons, each step with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from habitue.cli.people import items_of, offers
from habitue.cli.session import Session
from habitue.cli.tables import grid, table
from habitue.locale import _, ngettext

if TYPE_CHECKING:
    from habitue.shop import Shop

__all__ = ["show_chain"]


def show_chain(session: Session, shop: Shop, chain: dict[str, Any]) -> None:
    """Print an evidence chain: records, RFM, segment, interests, loyalty, offers."""
    currency = shop.summary["currency"]
    session.show(_("Customer {id}").format(id=chain["customer"]))
    _records(session, chain.get("records") or {}, currency)
    _rfm(session, chain.get("rfm") or {}, currency)
    _segment(session, chain.get("segment") or {}, currency)
    _interests(session, chain.get("interests") or [])
    _loyalty(session, chain.get("loyalty") or {}, currency, shop.summary["horizon_days"])
    rows = chain.get("recommendations") or []
    if rows:
        _head(session, _("Offers, and why"))
        session.show(offers(rows[:5], shop.titles(sorted(items_of(rows)))))


def _head(session: Session, text: str) -> None:
    from rich.text import Text

    session.show("", Text(text, style="bold"))


def _records(session: Session, records: dict[str, Any], currency: str) -> None:
    from habitue import wording

    orders = records.get("orders") or []
    views, comments = records.get("views") or 0, records.get("comments") or 0
    _head(session, _("Records"))
    counts = (
        (len(orders), ngettext("{n} order", "{n} orders", len(orders))),
        (views, ngettext("{n} view", "{n} views", views)),
        (comments, ngettext("{n} comment", "{n} comments", comments)),
    )
    session.show(" · ".join(text.format(n=wording.number(n)) for n, text in counts))
    if orders:
        latest = orders[-10:] if len(orders) > 10 else orders
        session.show(
            table(
                [_("order"), _("date"), _("lines"), _("amount")],
                [
                    (
                        str(order.get("order_id", "")),
                        wording.date(order["time"]),
                        wording.number(len(order["lines"])),
                        wording.money(order.get("amount", 0), currency),
                    )
                    for order in latest
                ],
                "tknn",
            )
        )
        if len(latest) < len(orders):
            session.show(_("(the latest {n})").format(n=len(latest)))


def _rfm(session: Session, rfm: dict[str, Any], currency: str) -> None:
    from habitue import wording

    if not rfm:
        return
    _head(session, _("Recency, frequency, money"))
    session.show(
        grid(
            [
                (_("group"), wording.rfm_group(rfm["group"])),
                (_("latest order"), _("{days} ago").format(days=wording.days(rfm["recency"]))),
                (_("orders"), wording.number(rfm["orders"])),
                (_("amount"), wording.money(rfm["amount"], currency)),
                (_("scores"), f"R {rfm['r']} · F {rfm['f']} · M {rfm['m']}"),
            ]
        )
    )


def _segment(session: Session, segment: dict[str, Any], currency: str) -> None:
    from habitue import wording

    if not segment:
        return
    _head(session, _("Segment"))
    rows = [(_("name"), wording.segment_name(segment["name"]))]
    if segment.get("rule"):
        rows.append((_("rule"), wording.segment_rule(segment["rule"], currency)))
    if segment.get("customers") is not None:
        rows.append((_("customers"), wording.number(segment["customers"])))
    session.show(grid(rows))


def _interests(session: Session, interests: list[dict[str, Any]]) -> None:
    from habitue import wording

    if not interests:
        return
    _head(session, _("Interests"))
    session.show(
        table(
            [_("category"), _("share"), _("against all customers")],
            [
                (
                    wording.category(row["category"]),
                    wording.percent(row["share"]),
                    f"{row['affinity']:.1f} ×",
                )
                for row in interests[:5]
            ],
            "tnn",
        )
    )


def _loyalty(session: Session, loyalty: dict[str, Any], currency: str, horizon_days: float) -> None:
    from habitue import wording

    if not loyalty:
        return
    _head(session, _("Loyalty"))
    parts = {
        "habit": _("habit"),
        "value": _("value"),
        "engagement": _("engagement"),
        "voice": _("voice"),
    }
    chance = _("order within {horizon}").format(horizon=wording.days(horizon_days))
    rows = [
        (_("score"), f"{loyalty['score']:.0f} / 100 ({wording.band(loyalty['band'])})"),
        *(
            (name, f"{loyalty[key]:.0f} / 100")
            for key, name in parts.items()
            if loyalty.get(key) is not None
        ),
        (chance, wording.percent(loyalty["probability"])),
        (_("expected in 12 months"), wording.money(loyalty["lifetime_value"], currency)),
    ]
    session.show(grid(rows))
