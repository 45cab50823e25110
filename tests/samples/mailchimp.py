"""Mailchimp's audience export: one CSV for each state of subscription, columns in capitals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.samples.base import Sample, write_table

__all__ = ["VARIANTS", "write"]

VARIANTS = (
    "subscribed",
    "unsubscribed",
    "cleaned",
    "nonsubscribed",
    "renamed",
    "with SMS",
    "in German",
)
_OWN = ["MEMBER_RATING", "OPTIN_TIME", "OPTIN_IP", "CONFIRM_TIME", "CONFIRM_IP", "LATITUDE",
        "LONGITUDE", "GMTOFF", "DSTOFF", "TIMEZONE", "CC", "REGION", "LAST_CHANGED"]  # fmt: skip
_MORE = {
    "unsubscribed": ["UNSUB_TIME", "UNSUB_CAMPAIGN_TITLE", "UNSUB_CAMPAIGN_ID", "UNSUB_REASON",
                     "UNSUB_REASON_OTHER"],
    "cleaned": ["CLEAN_TIME", "CLEAN_CAMPAIGN_TITLE", "CLEAN_CAMPAIGN_ID"],
    "with SMS": ["SMS Phone Number", "SMS_MARKETING_STATUS"],
}  # fmt: skip
_LAST = ["LEID", "EUID", "NOTES", "TAGS"]
_FILES = {
    "renamed": "my contacts.csv",
    "with SMS": "subscribed_email_audience_export_0a1b2c.csv",
    "in German": "subscribed_email_audience_export_0a1b2c.csv",
}


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    random = Random(f"{variant}{seed}")
    header = ["Email Address", "First Name", "Last Name", "Phone Number", *_OWN,
              *_MORE.get(variant, []), *_LAST]  # fmt: skip
    if variant == "in German":
        header[:3] = ["E-Mail-Adresse", "Vorname", "Nachname"]
    table: list[list[object]] = []
    expected: dict[str, list[dict[str, Any]]] = {"customers": []}
    rejected: dict[str, int] = {}
    for n in range(max(rows, 3)):
        row = _contact(random, n, header, variant)
        table.append([row.get(name) for name in header])
        german = variant == "in German"
        expected["customers"].append(
            {
                "email": row[header[0]],
                "phone": row.get("Phone Number"),
                "name": None if german else f"Ann Lee-{n}",
                "country": "GB",
                "joined": _moment(row["OPTIN_TIME"]),
            }
        )
        for consent in _said(row, variant, header):
            if consent is None:
                rejected["consent_without_time"] = rejected.get("consent_without_time", 0) + 1
            else:
                expected.setdefault("consents", []).append(consent)
    name = _FILES.get(variant, f"{variant}_email_audience_export_0a1b2c.csv")
    path = write_table(folder / name, header, table)
    return Sample(path, expected, rejected)


def _contact(random: Random, n: int, header: list[str], variant: str) -> dict[str, Any]:
    time = datetime(2021, 1, 1, tzinfo=UTC) + timedelta(seconds=random.randint(0, 10**8))
    row: dict[str, Any] = {
        header[0]: f"ann.{n}.{random.randint(1, 999)}@mail.example",
        header[1]: "Ann",
        header[2]: f"Lee-{n}",
        "Phone Number": None,
        "MEMBER_RATING": random.randint(1, 5),
        "OPTIN_TIME": f"{time:%Y-%m-%d %H:%M:%S}" if n % 3 != 1 else None,
        "CONFIRM_TIME": f"{time + timedelta(hours=1):%Y-%m-%d %H:%M:%S}" if n % 3 == 0 else None,
        "CC": "GB",
        "LAST_CHANGED": f"{time + timedelta(days=9):%Y-%m-%d %H:%M:%S}",
        "LEID": str(1000 + n),
        "EUID": f"{random.getrandbits(40):x}",
    }
    left = f"{time + timedelta(days=30):%Y-%m-%d %H:%M:%S}"
    if variant == "unsubscribed":  # whatever the date looks like, they did unsubscribe
        row["UNSUB_TIME"] = {0: left, 1: None, 2: "0000-00-00 00:00:00"}[n % 3]
        row["UNSUB_REASON"] = "NORMAL"
    elif variant == "cleaned":
        row["CLEAN_TIME"], row["CLEAN_CAMPAIGN_TITLE"] = left, "May news"
    elif variant == "with SMS":
        row["SMS Phone Number"] = f"'+4420{random.randint(10**7, 10**8 - 1)}"
        row["SMS_MARKETING_STATUS"] = ("Subscribed", "Non-subscribed", "Unsubscribed")[n % 3]
    return row


def _said(row: dict[str, Any], variant: str, header: list[str]) -> list[dict[str, Any] | None]:
    """Return the consents that a row stands for; None for one without a time."""
    mail = {"email": row[header[0]], "phone": None, "channel": "email", "purpose": "marketing"}
    if variant in ("nonsubscribed", "renamed"):
        return []
    if variant in ("unsubscribed", "cleaned"):
        time = _moment(row.get("UNSUB_TIME") or row.get("CLEAN_TIME"))
        return [{**mail, "state": "suppressed", "time": time}]
    time = _moment(row["CONFIRM_TIME"] or row["OPTIN_TIME"])
    found = [{**mail, "state": "granted", "time": time} if time else None]
    status = row.get("SMS_MARKETING_STATUS", "Non-subscribed")
    if status != "Non-subscribed":
        state = "granted" if status == "Subscribed" else "suppressed"
        phone = row["SMS Phone Number"].strip("'")
        changed = _moment(row["LAST_CHANGED"])
        found.append({**mail, "channel": "sms", "phone": phone, "state": state, "time": changed})
    return found


def _moment(text: str | None) -> datetime | None:
    if not text or text.startswith("0000"):
        return None
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
