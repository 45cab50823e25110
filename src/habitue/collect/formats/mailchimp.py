"""Mailchimp: an audience's contacts, in one file for each state of subscription."""

from __future__ import annotations

import re

from habitue.collect.base import Source
from habitue.collect.contacts import Consents, People, Statement
from habitue.collect.export import ExportFormat, Part
from habitue.collect.headers import Header

__all__ = ["Mailchimp"]

_OWN = (
    "MEMBER_RATING", "OPTIN_TIME", "OPTIN_IP", "CONFIRM_TIME", "CONFIRM_IP", "LAST_CHANGED", "LEID",
    "EUID", "UNSUB_TIME", "CLEAN_TIME",
)  # fmt: skip
_UNSUBSCRIBED = ("UNSUB_TIME", "UNSUB_CAMPAIGN_ID", "UNSUB_CAMPAIGN_TITLE", "UNSUB_REASON")
_CLEANED = ("CLEAN_TIME", "CLEAN_CAMPAIGN_ID", "CLEAN_CAMPAIGN_TITLE")
#: What a file's name says, asked in this order; who never subscribed said nothing.
_NAMES = (
    ("", r"(non|not)[-_ ]?subscribed"),
    ("unsubscribed", r"un-?subscribed"),
    ("cleaned", r"cleaned"),
    ("subscribed", r"(?<![a-z])subscribed"),
)
_EMAIL = ("Email Address", "Email", "E-Mail-Adresse", "E-Mail", "电子邮件地址", "邮箱")


class Mailchimp(ExportFormat):
    """The audience export: subscribed, unsubscribed, cleaned and non-subscribed contacts."""

    name = "mailchimp"
    title = "Mailchimp audience"
    rank = 50

    @classmethod
    def recognises(cls, source: Source) -> bool:
        header = Header(source.columns)
        return bool(_email(source)) and header.count(*_OWN) >= 3

    def parts(self, source: Source) -> list[Part]:
        header = Header(source.columns)
        columns = {
            "email": [_email(source)],
            "phone": [header.find("Phone Number", "Phone", "Mobile", "SMS Phone Number")],
            "name": [header.find("First Name", "FNAME"), header.find("Last Name", "LNAME")],
            "country": [header.find("Country"), header.find("CC")],
            "city": [header.find("City")],
            "joined": [header.find("OPTIN_TIME"), header.find("CONFIRM_TIME")],
        }
        columns = {field: [name for name in names if name] for field, names in columns.items()}
        parts: list[Part] = [People(columns)]
        if said := _statements(source, header):
            parts.append(Consents(columns, said, "mailchimp export"))
        return parts


def _email(source: Source) -> str:
    """Return the column of the address; its name follows the account's language."""
    if named := Header(source.columns).find(*_EMAIL):
        return named
    for name in source.columns:
        cells = [cell for cell in source.sample[name].to_pylist() if cell]
        if cells and sum("@" in str(cell) for cell in cells) >= 0.8 * len(cells):
            return name
    return ""


def _statements(source: Source, header: Header) -> list[Statement]:
    """Return what the file says of e-mail and SMS.

    Who unsubscribed or bounced is told by the columns, who subscribed by the file's name alone:
    contacts that never subscribed have the same columns.
    """
    found: list[Statement] = []
    list_of = _list(source, header)
    if list_of in ("unsubscribed", "cleaned"):
        times = [name for name in (header.find("UNSUB_TIME"), header.find("CLEAN_TIME")) if name]
        found.append(Statement("email", "suppressed", times))
    elif list_of == "subscribed":
        times = [header.find("CONFIRM_TIME"), header.find("OPTIN_TIME")]
        found.append(Statement("email", "granted", [name for name in times if name]))
    sms, phone = header.find("SMS_MARKETING_STATUS"), header.find("SMS Phone Number")
    if sms and phone:
        times = [header.find("SMS_OPTIN_TIME"), header.find("LAST_CHANGED")]
        found.append(Statement("sms", sms, [name for name in times if name], named=[phone]))
    return found


def _list(source: Source, header: Header) -> str:
    if header.count(*_UNSUBSCRIBED):
        return "unsubscribed"
    if header.count(*_CLEANED):
        return "cleaned"
    name = source.path.name.casefold()
    return next((state for state, pattern in _NAMES if re.search(pattern, name)), "")
