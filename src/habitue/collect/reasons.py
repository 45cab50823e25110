"""Why a row was set aside: one key a reason, and its words."""

from __future__ import annotations

from habitue import locale

__all__ = ["REASONS", "reason_text"]


def _(message: str) -> str:  # marks for extraction; worded when asked
    return message


#: Every reason by its key, in English.
REASONS: dict[str, str] = {
    "few_fields": _("The line has too few fields."),
    "many_fields": _("The line has too many fields."),
    "unbalanced_quote": _("A quotation mark is opened and not closed."),
    "undecodable": _("The line holds bytes that are no text in the file's encoding."),
    "control_characters": _("The line holds control characters."),
    "line_too_long": _("The line is longer than 16 MB."),
    "empty_row": _("All fields of the line are empty."),
    "json_broken": _("The line is no valid JSON."),
    "json_not_object": _("The record is no JSON object."),
    "json_cut_short": _("The JSON text is broken from here on; nothing after it was read."),
    "missing_order": _("The order number is missing."),
    "missing_item": _("The product is missing."),
    "missing_text": _("The comment has no text."),
    "missing_post": _("The post has no id, no address and no text."),
    "one_day": _("The figures of one day only; export them for the posts' whole lifetime."),
    "no_message": _("The conversation holds no message here."),
    "no_words": _("A reaction, a photo or a note of the platform's own: there are no words in it."),
    "withdrawn": _("The message was taken back by who wrote it."),
    "missing_title": _("The product has no title."),
    "missing_customer": _("Nothing in the row names the customer."),
    "missing_date": _("The date is missing."),
    "bad_date": _("The date can't be read."),
    "impossible_date": _("There is no such date or time."),
    "future_date": _("The date is in the future."),
    "early_date": _("The date is before 1990."),
    "missing_quantity": _("The quantity is missing."),
    "bad_quantity": _("The quantity is no number."),
    "missing_price": _("The price is missing."),
    "bad_price": _("The price is no number."),
    "not_finite": _("The number is infinite or not a number (NaN)."),
    "out_of_range": _("The number is too large."),
    "bad_rating": _("The rating is no number."),
    "bad_count": _("The count is no number."),
    "bad_discount": _("The discount is no number."),
    "damaged_id": _("The number was cut by a spreadsheet (1.23E+15), so it names nothing."),
    "erased_person": _("The person was erased and must not come back."),
    "missing_state": _("The row does not say whether the person agrees."),
    "bad_state": _("It is not clear whether the person agrees."),
    "other_purpose": _("There is no such purpose of consent."),
    "missing_channel": _("A consent must say by which channel."),
    "other_channel": _("There is no such channel."),
    "other_event": _("The event is neither a view, nor a cart, nor a search."),
    "unused_event": _("The event is a known one, and says nothing that is kept."),
    "unknown_event": _("The event is none that is known; the format's page lists those that are."),
    "internal_event": _("The event is marked as a test, or as the company's own traffic."),
    "order_without_items": _("The order names no product."),
    "refund_without_items": _("The refund names no product, and its order is not in this file."),
    "no_page": _("The request is for no page: a picture, a script, a robot's rules."),
    "consent_without_time": _("The person is subscribed, but since when is not said."),
    "no_log_line": _("The line is none of an access log."),
    "failed_request": _("The request failed or was sent on to another page."),
}


def reason_text(key: str) -> str:
    """Return a reason in words, in the language in force.

    >>> reason_text("impossible_date")
    'There is no such date or time.'
    """
    return locale._(REASONS[key]) if key in REASONS else key
