"""Klaviyo: profiles of a list or segment, their columns found by name."""

from __future__ import annotations

from habitue.collect.base import Source
from habitue.collect.contacts import Consents, People, Statement
from habitue.collect.export import ExportFormat, Part
from habitue.collect.headers import Header

__all__ = ["Klaviyo"]

_OWN = (
    "Email Marketing Consent", "SMS Marketing Consent", "Email Suppressions", "Profile Created On",
    "First Active", "Last Active", "Date Added", "Last Open", "Last Click", "Initial Source",
    "Historic Customer Lifetime Value", "Email Marketing Consent Timestamp", "State / Region",
    "Predicted Customer Lifetime Value", "$consent_timestamp", "Churn Risk Prediction",
)  # fmt: skip


class Klaviyo(ExportFormat):
    """Exported profiles."""

    name = "klaviyo"
    title = "Klaviyo profiles"
    rank = 50

    @classmethod
    def recognises(cls, source: Source) -> bool:
        header = Header(source.columns)
        contact = header.find("Email", "Email Address", "Phone Number")
        own = header.count(*_OWN)
        return bool(contact) and (own >= 3 or (header.has("Klaviyo ID") and own >= 1))

    def parts(self, source: Source) -> list[Part]:
        header = Header(source.columns)
        columns = {
            "customer_id": [header.find("External ID")],
            "email": [header.find("Email", "Email Address")],
            "phone": [header.find("Phone Number", "Phone")],
            "name": [header.find("First Name"), header.find("Last Name")],
            "country": [header.find("Country")],
            "city": [header.find("City")],
            "joined": [header.find("Profile Created On", "Date Added", "Created")],
        }
        columns = {field: [name for name in names if name] for field, names in columns.items()}
        parts: list[Part] = [People(columns)]
        if said := _statements(header):
            parts.append(Consents(columns, said, "klaviyo export"))
        return parts


def _statements(header: Header) -> list[Statement]:
    found = []
    for channel, word in (("email", "Email"), ("sms", "SMS")):
        state = header.find(f"{word} Marketing Consent")
        times = (
            header.find(f"{word} Marketing Consent Timestamp", f"{word} Consent Timestamp"),
            header.find("$consent_timestamp", "Consent Timestamp") if channel == "email" else "",
        )
        suppressed = (
            header.find(f"{word} Suppressions", f"{word} Suppression"),
            header.find("Suppressed") if channel == "email" else "",
        )
        if state or any(suppressed):
            found.append(
                Statement(
                    channel,
                    state,
                    [name for name in times if name],
                    [name for name in suppressed if name],
                )
            )
    return found
