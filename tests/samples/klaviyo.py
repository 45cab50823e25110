"""Klaviyo's profiles, with and without the columns that it adds to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.samples.base import Sample, write_table

__all__ = ["VARIANTS", "write"]

VARIANTS = ("list", "with SMS", "suppressed profiles", "profiles only", "phones only")
_HEADERS = {
    "list": "Email,First Name,Last Name,Phone Number,Email Marketing Consent,"
    "Email Marketing Consent Timestamp,Source,Date Added,Email Suppressions,City,Country",
    "with SMS": "Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Address,"
    "Address 2,City,State / Region,Country,Zip Code,Latitude,Longitude,Source,IP Address,"
    "Email Marketing Consent,Email Marketing Consent Timestamp,SMS Marketing Consent,"
    "SMS Consent Timestamp,First Active,Last Active,Profile Created On,Date Added,Last Open,"
    "Last Click,Churn Risk Prediction,Shopify Tags",
    "suppressed profiles": "Email,Klaviyo ID,First Name,Last Name,Phone Number,City,Country,"
    "Email Suppressions,Profile Created On,Last Active",
    "profiles only": "Email Address,Klaviyo ID,First Name,Last Name,Phone Number,City,Country,"
    "First Active,Last Active,Profile Created On",
    "phones only": "Phone Number,Klaviyo ID,First Name,Last Name,City,Country,"
    "SMS Marketing Consent,SMS Consent Timestamp,Profile Created On,Last Active",
}
_STATES = ("SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED")


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    random = Random(f"{variant}{seed}")
    header = _HEADERS[variant].split(",")
    table: list[list[object]] = []
    expected: dict[str, list[dict[str, Any]]] = {"customers": []}
    rejected: dict[str, int] = {}
    for n in range(max(rows, 4)):
        row = _profile(random, n)
        row = {name: row.get(name) for name in header}
        table.append([row[name] for name in header])
        created = row.get("Profile Created On") or row.get("Date Added")
        expected["customers"].append(
            {
                "email": row.get("Email") or row.get("Email Address"),
                "phone": row.get("Phone Number"),
                "name": f"Ann {n}",
                "city": "Leeds",
                "country": "United Kingdom",
                "joined": _moment(created),
            }
        )
        for channel, word in (("email", "Email"), ("sms", "SMS")):
            state = _state(row, word)
            if state is None:
                continue
            time = _moment(
                row.get(f"{word} Marketing Consent Timestamp")
                or row.get(f"{word} Consent Timestamp")
            )
            if state == "granted" and time is None:
                rejected["consent_without_time"] = rejected.get("consent_without_time", 0) + 1
                continue
            expected.setdefault("consents", []).append(
                {
                    "email": row.get("Email"), "phone": row.get("Phone Number"), "state": state,
                    "channel": channel, "purpose": "marketing", "time": time,
                }
            )  # fmt: skip
    path = write_table(folder / "profiles.csv", header, table, newline="\r\n")
    return Sample(path, expected, rejected)


def _profile(random: Random, n: int) -> dict[str, Any]:
    time = datetime(2022, 1, 1, tzinfo=UTC) + timedelta(seconds=random.randint(0, 10**7))
    mail = f"ann{n}.{random.randint(1, 999)}@mail.example"
    stop = {1: "['USER_SUPPRESSED']", 2: "[]"}.get(n % 4)
    return {
        "Email": mail,
        "Email Address": mail,
        "Klaviyo ID": f"01{random.getrandbits(60):X}",
        "First Name": "Ann",
        "Last Name": str(n),
        "Phone Number": f"+4420{random.randint(10**7, 10**8 - 1)}",
        "City": "Leeds",
        "Country": "United Kingdom",
        "Source": "Form",
        "Email Marketing Consent": _STATES[n % 3],
        "Email Marketing Consent Timestamp": _written(time) if n % 2 == 0 else None,
        "SMS Marketing Consent": _STATES[(n + 1) % 3],
        "SMS Consent Timestamp": _written(time + timedelta(days=1)),
        "Email Suppressions": stop,
        "Profile Created On": _written(time - timedelta(days=1)),
        "Date Added": _written(time - timedelta(days=1)),
        "Last Active": _written(time + timedelta(days=5)),
        "First Active": _written(time),
    }


def _state(row: dict[str, Any], word: str) -> str | None:
    if row.get(f"{word} Suppressions") not in (None, "[]"):
        return "suppressed"
    states = {"SUBSCRIBED": "granted", "UNSUBSCRIBED": "suppressed"}
    return states.get(row.get(f"{word} Marketing Consent") or "")


def _written(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S+00:00}"


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
