"""Google Analytics 4 as exported from BigQuery: JSON Lines or Parquet, its lists nested."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from habitue.collect.base import Source
from habitue.collect.events import EventLog, Views, each, event_parts, first_of
from habitue.collect.export import ExportFormat, Part
from habitue.collect.nested import Listed, key_values, listed
from habitue.collect.orders import Purchases
from habitue.text import normalise

__all__ = ["GoogleAnalytics"]

_EVENTS = {
    "purchase": "order",
    "ecommerce_purchase": "order",
    "refund": "refund",
    "purchase_refund": "refund",
    "view_item": "view",
    "add_to_wishlist": "view",
    "add_to_cart": "cart",
    "search": "search",
    "view_search_results": "search",
    "page_view": "page",
    "screen_view": "page",
}
#: Events that Google collects or recommends, and that say nothing which is kept.
_UNUSED = frozenset(
    "session_start first_visit first_open user_engagement scroll click file_download form_start "
    "form_submit video_start video_progress video_complete view_item_list select_item "
    "view_promotion select_promotion remove_from_cart view_cart begin_checkout add_shipping_info "
    "add_payment_info login sign_up share select_content generate_lead join_group app_update "
    "app_remove app_exception app_clear_data os_update notification_open notification_receive "
    "notification_dismiss notification_foreground in_app_purchase ad_click ad_impression ad_reward "
    "ad_query ad_exposure dynamic_link_app_open dynamic_link_first_open error firebase_campaign "
    "campaign_details exception timing_complete tutorial_begin tutorial_complete level_up "
    "level_start level_end post_score unlock_achievement earn_virtual_currency "
    "spend_virtual_currency".split()
)
_ITEM = {
    "item_id": ("item_id",),
    "title": ("item_name",),
    "category": ("item_category",),
    "brand": ("item_brand",),
    "quantity": ("quantity",),
    "unit_price": ("price",),
    "revenue": ("item_revenue", "item_refund"),
}
_VALUES = ("string_value", "int_value", "double_value", "float_value")
_PARAMS = ("ga_session_id", "page_location", "transaction_id", "currency")
#: What Google writes where nothing was said.
_NOTHING = pa.array(["(not set)", "(not provided)", "(none)", "not set", "undefined", "null", ""])
#: What tells one event from all others, the same in a day's table and in the next export of it.
_OWN = (
    "user_pseudo_id", "event_timestamp", "event_name", "event_bundle_sequence_id",
    "batch_page_id", "batch_ordering_id", "batch_event_index", "stream_id",
)  # fmt: skip


class GoogleAnalytics(ExportFormat):
    """Events of Google Analytics 4."""

    name = "ga4"
    title = "Google Analytics 4 (BigQuery)"
    rank = 30

    @classmethod
    def recognises(cls, source: Source) -> bool:
        names = set(source.columns)
        return {"event_timestamp", "event_name"} <= names and (
            len(names & {"event_params", "user_pseudo_id", "event_date", "items", "stream_id"}) >= 2
        )

    def parts(self, source: Source) -> list[Part]:
        return event_parts(_Ga4Log(source), (Purchases, Views))


class _Ga4Log(EventLog):
    """Where Google Analytics' facts stand."""

    def columns(self) -> list[str]:
        facts = ("user_id", "event_params", "items", "ecommerce.transaction_id")
        return self.present([*_OWN, *facts])

    def name(self, table: pa.Table) -> pa.Array:
        return first_of(table, "event_name")

    def what(self, table: pa.Table) -> pa.Array:
        kinds = each(self.name(table), _kind)
        marks = self._params(table, ("traffic_type", "debug_mode"))
        ours = pc.or_(
            pc.is_in(marks["traffic_type"], value_set=pa.array(["internal", "developer"])),
            pc.is_in(marks["debug_mode"], value_set=pa.array(["1", "true"])),
        )
        return pc.if_else(ours, pa.scalar("internal_event"), kinds)

    def _params(self, table: pa.Table, wanted: tuple[str, ...]) -> dict[str, pa.Array]:
        if "event_params" not in table.column_names:
            return {key: pa.nulls(len(table), pa.string()) for key in wanted}
        return key_values(table["event_params"], wanted, _VALUES)

    def items(self, table: pa.Table) -> Listed:
        if "items" not in table.column_names:
            return listed(pa.nulls(len(table), pa.string()), _ITEM)
        found = listed(table["items"], _ITEM)
        fields = {name: _said(column) for name, column in found.fields.items()}
        fields["item_id"] = pc.coalesce(fields["item_id"], each(fields["title"], _folded))
        revenue = fields.pop("revenue")
        fields["unit_price"] = pc.coalesce(
            fields["unit_price"], _each_piece(revenue, fields["quantity"])
        )
        return Listed(found.parent, found.place, fields)

    def facts(self, table: pa.Table) -> dict[str, pa.Array]:
        params = {name: _said(cells) for name, cells in self._params(table, _PARAMS).items()}
        user = _said(first_of(table, "user_id"))
        mailed = pc.fill_null(pc.match_substring(user, "@"), False)
        none = pa.scalar(None, pa.string())
        order = pc.coalesce(
            _said(first_of(table, "ecommerce.transaction_id")), params["transaction_id"]
        )
        event = self._ids(table, params, order)
        return {
            "event_id": event,
            "time": first_of(table, "event_timestamp"),
            "order_id": order,
            "currency": params["currency"],
            "session_id": params["ga_session_id"],
            "agent": pa.nulls(len(table), pa.string()),
            "url": params["page_location"],
            "customer_id": pc.if_else(mailed, none, user),
            "email": pc.if_else(mailed, user, none),
            "visitor": _said(first_of(table, "user_pseudo_id")),
        }

    def _ids(self, table: pa.Table, params: dict[str, pa.Array], order: pa.Array) -> pa.Array:
        """Return an id for each event, as Google gives none.

        Events of one batch may share their time and name, so what they are about counts as well.
        """
        own = [first_of(table, name) for name in _OWN]
        about = [params["ga_session_id"], params["page_location"], order]
        items = self.items(table)
        ids: list[list[str]] = [[] for _n in range(len(table))]
        for parent, item in zip(
            items.parent.tolist(), items.fields["item_id"].to_pylist(), strict=True
        ):
            ids[parent].append(item or "")
        about.append(pa.array(["\x1e".join(sorted(row)) for row in ids], pa.string()))
        joined = pc.binary_join_element_wise(
            *own, *about, "\x1f", null_handling="replace", null_replacement=""
        )
        marks = [
            hashlib.blake2b(t.encode(), digest_size=12).hexdigest() for t in joined.to_pylist()
        ]
        return pa.array(marks, pa.string())


def _kind(name: str | None) -> str:
    name = (name or "").lower()
    return _EVENTS.get(name) or ("unused_event" if name in _UNUSED else "unknown_event")


def _said(texts: pa.Array) -> pa.Array:
    empty = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(texts)), value_set=_NOTHING)
    return pc.if_else(empty, pa.scalar(None, pa.string()), texts)


def _folded(title: str | None) -> str | None:
    return None if title is None else normalise(title)


def _each_piece(revenue: pa.Array, quantity: pa.Array) -> pa.Array:
    """Return the price of a piece where only the line's revenue is said."""
    at = np.flatnonzero(np.asarray(revenue.is_valid()))
    prices: list[str | None] = [None] * len(revenue)
    for n in at.tolist():
        try:
            prices[n] = repr(float(revenue[n].as_py()) / float(quantity[n].as_py() or 1))
        except (ValueError, ZeroDivisionError):
            continue
    return pa.array(prices, pa.string())
